"""What a pool is doing besides being there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .clock import stamp


@dataclass
class Scan:
    """A scrub or resilver; `function` SCRUB or RESILVER, times of the world."""

    function: str
    started: datetime
    percentage: float = 0.0
    ended: datetime | None = None

    @property
    def running(self) -> bool:
        """Tell whether it goes on."""
        return self.ended is None

    def encode(self) -> dict[str, Any]:
        """Return what pool.query says of it."""
        total = 4_000_000_000_000
        done = int(total * self.percentage / 100)
        return {
            "function": self.function,
            "state": "SCANNING" if self.running else "FINISHED",
            "start_time": stamp(self.started),
            "end_time": stamp(self.ended),
            "percentage": self.percentage,
            "bytes_to_process": total,
            "bytes_processed": done,
            "bytes_issued": done,
            "pause": None,
            "errors": 0,
            "total_secs_left": 3600 if self.running else None,
        }
