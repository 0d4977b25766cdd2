"""What a person may set for the burn-ins of one system."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits of the burn-ins of one system.

    Temperatures in °C (docs/guide.md: stop at 55, go on at 48 for hard drives,
    65 and 55 for solid state); `stagger` is seconds between two starts. A pass
    ends after `max_errors`. Nothing is written during `quiet_hours`,
    from and to a local time of day, nor with `yield_to_scrub` during a scrub.
    """

    max_parallel: int = 2
    stagger: int = 0
    quiet_hours: tuple[time, time] | None = None
    yield_to_scrub: bool = False
    hdd_pause_at: int = 55
    hdd_resume_at: int = 48
    ssd_pause_at: int = 65
    ssd_resume_at: int = 55
    max_errors: int = 1000
