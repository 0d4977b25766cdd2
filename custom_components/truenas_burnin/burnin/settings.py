"""What a person may set for the burn-ins of one system."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits of the burn-ins of one system.

    Temperatures in °C (DESIGN.md §8: stop at 55, go on at 48 for hard drives,
    65 and 55 for solid state); `agent_tick` is seconds between two status lines.
    """

    max_parallel: int = 2
    hold: bool = False
    hdd_pause_at: int = 55
    hdd_resume_at: int = 48
    ssd_pause_at: int = 65
    ssd_resume_at: int = 55
    agent_tick: int = 5
    max_errors_per_range: int = 1000
