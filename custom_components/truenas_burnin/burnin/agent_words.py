"""What the agent's codes of refusals (agent.sh) mean to a person."""

from typing import Final

from .reason import Reason, ReasonKey, because

FATAL_AGENT_CODES: Final = frozenset(
    {
        "already_done",
        "bad_request",
        "busy",
        "in_use",
        "no_badblocks",
        "no_lock",
        "no_smartctl",
        "other_plan",
        "serial_changed",
        "size_changed",
    }
)
"""Refusals that another try would not change."""


def said_by_agent(code: str, words: str, device: str) -> Reason:
    """Return the reason of a code; `words` are what the agent says beside it."""
    match code:
        case "already_done":
            return because(ReasonKey.ALREADY_DONE)
        case "busy":
            return because(ReasonKey.ALREADY_WRITTEN, device=device)
        case "device_lost":
            return because(ReasonKey.DRIVE_LOST)
        case "in_use":
            return because(ReasonKey.DRIVE_IN_USE, device=device)
        case "no_badblocks" | "no_smartctl":
            return because(ReasonKey.TOOL_MISSING, tool=code.removeprefix("no_"))
        case "no_lock":
            return because(ReasonKey.TOOL_MISSING, tool="flock")
        case "other_plan":
            return because(ReasonKey.OTHER_PLAN)
        case "serial_changed" | "size_changed":
            return because(ReasonKey.ANOTHER_DRIVE, device=device)
        case _:
            return because(ReasonKey.REFUSED, text=words or code)
