"""What goes wrong, as set by /debug/faults."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Faults:
    """What goes wrong; all of it until it is set back.

    Of every request: `latency` seconds, an HTTP `status`, `drop` the connection,
    an `html` page instead of an answer, `half` of an answer, `lose_replies` of what
    changes something.
    By method, with how often (`*`: any method): `drop_at` drops the connection
    instead of doing it, `lose_reply` does it and drops the connection.
    `refuse` (world seconds) answers every call but logins with `refusal`.
    `idle` drops a websocket after so many real seconds without a frame to it; None
    is the generation's own time.
    """

    latency: float = 0.0
    status: int = 0
    drop: bool = False
    lose_replies: bool = False
    html: bool = False
    half: bool = False
    drop_at: dict[str, int] = field(default_factory=dict)
    lose_reply: dict[str, int] = field(default_factory=dict)
    refuse: float = 0.0
    refusal: str = "Service is not available at the moment"
    idle: float | None = None
    refuse_until: float = 0.0

    def set(self, wanted: Mapping[str, Any], elapsed: float = 0.0) -> None:
        """Replace the faults that are named; raise KeyError for unknown names."""
        for name, value in wanted.items():
            if name not in self.__dataclass_fields__:
                raise KeyError(name)
            setattr(self, name, deepcopy(value))
        if "refuse" in wanted:
            self.refuse_until = elapsed + self.refuse if self.refuse else 0.0

    def refuses(self, method: str, elapsed: float) -> bool:
        """Tell whether a call is refused at a time in world seconds."""
        return elapsed < self.refuse_until and not method.startswith("auth.")

    def drops(self, method: str) -> bool:
        """Tell whether this call drops the connection instead; count it."""
        return _counted(self.drop_at, method)

    def loses(self, method: str) -> bool:
        """Tell whether the reply to this call is lost; count it."""
        return _counted(self.lose_reply, method)


def _counted(times: dict[str, int], method: str) -> bool:
    for name in (method, "*"):
        if times.get(name, 0) > 0:
            times[name] -= 1
            return True
    return False
