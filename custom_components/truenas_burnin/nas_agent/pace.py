"""How often the service does what, in seconds. Tests and the demo have a faster one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds."""

    poll: float = 0.2
    """Between two looks for requests."""
    look: float = 1.0
    """Between two looks at the jobs."""
    progress: float = 10.0
    """Between two lines about a job that only got further."""
    minute: float = 60.0
    """Between two signs of life, two looks at a self-test, two lines of a quiet job."""
    idle: float = 600.0
    """Without a request, a job or a self-test, until the service ends."""
    keep: float = 600.0
    """For which replies are kept."""
    partial: float = 5.0
    """For which a request that is not complete is waited for."""
    old: float = 120.0
    """For which a request is good."""
    start: float = 60.0
    """For which `start` waits for the worker's claim; a passing process has 30."""
    stop: float = 20.0
    """For which `stop` waits for the worker's end."""
    stale: float = 120.0
    """Without a sign of life, until a service counts as hanging."""
    replace: float = 10.0
    """For which an older service is given to end."""
