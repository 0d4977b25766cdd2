"""How a job ends, raised from wherever that becomes clear."""

from __future__ import annotations

from .errors import Code, Json, Refused
from .jobs import State


class Ending(Exception):
    """The job is over, or its worker is; `reason` is told with the state."""

    def __init__(
        self,
        state: State,
        code: Code | None = None,
        details: dict[str, Json] | None = None,
        message: str = "",
    ) -> None:
        """Take the state, and why."""
        super().__init__(state.value, code and code.value, message)
        self.state = state
        self.reason = (
            None if code is None else Refused(code, details, message).as_json()
        )
