"""What the agent's codes (docs/protocol.md) mean to a person."""

from collections.abc import Callable, Mapping
from typing import Final

from ..truenas.errors import AgentFailed, InvalidResponse
from ..truenas.surface import ContentItem, Why
from .reason import Reason, ReasonKey, because

FATAL_AGENT_CODES: Final = frozenset(
    {
        "already_done",
        "bad_request",
        "content_differs",
        "debugflags",
        "in_use",
        "interference",
        "ledger_older",
        "ledger_other",
        "locked",
        "no_smart",
        "no_smartctl",
        "not_a_drive",
        "sector_size",
        "self_test_unsupported",
        "serial_busy",
        "serial_differs",
        "size_differs",
        "size_unknown",
        "unknown_verb",
        "write_protected",
    }
)
"""Refusals that another try would not change."""

EPOCH_CODES: Final = frozenset({"ledger_older", "ledger_other"})
"""The NAS obeys another record of burn-ins, or has seen a newer one."""

type _Words = Callable[[Why, str], Reason]


def _plain(key: ReasonKey) -> _Words:
    return lambda _why, _device: because(key)


def _of_device(key: ReasonKey) -> _Words:
    return lambda _why, device: because(key, device=device)


def _in_use(why: Why, device: str) -> Reason:
    if not why.users:
        return because(ReasonKey.DRIVE_IN_USE, device=device)
    users = ", ".join(f"{user.name} ({user.kind})" for user in why.users)
    return because(ReasonKey.DRIVE_USED_BY, device=device, user=users)


def _content_differs(why: Why, device: str) -> Reason:
    found = "; ".join(map(content_text, why.found)) or why.message or "?"
    return because(ReasonKey.CONTENT_DIFFERS, device=device, found=found)


def _smartctl_missing(_why: Why, _device: str) -> Reason:
    return because(ReasonKey.TOOL_MISSING, tool="smartctl")


def _sector_size(why: Why, _device: str) -> Reason:
    return because(ReasonKey.SECTOR_SIZE, bytes=why.said.get("sector", "?"))


_WORDS: Final[Mapping[str, _Words]] = {
    "already_done": _plain(ReasonKey.ALREADY_DONE),
    "content_differs": _content_differs,
    "debugflags": _plain(ReasonKey.DEBUGFLAGS),
    "device_missing": _plain(ReasonKey.DRIVE_LOST),
    "drive_hangs": _of_device(ReasonKey.DRIVE_HANGS),
    "drive_vanished": _plain(ReasonKey.DRIVE_LOST),
    "folder_unsafe": _plain(ReasonKey.FOLDER_UNSAFE),
    "in_use": _in_use,
    "interference": _of_device(ReasonKey.INTERFERENCE),
    "ledger_older": _plain(ReasonKey.LEDGER_OLDER),
    "ledger_other": _plain(ReasonKey.LEDGER_OTHER),
    "locked": _plain(ReasonKey.DRIVE_LOCKED),
    "name_moved": _of_device(ReasonKey.ANOTHER_DRIVE),
    "no_smart": _plain(ReasonKey.WITHOUT_SMART),
    "no_smartctl": _smartctl_missing,
    "no_space": _plain(ReasonKey.NO_SPACE),
    "sector_size": _sector_size,
    "self_test_unsupported": _plain(ReasonKey.SELF_TEST_UNSUPPORTED),
    "serial_busy": _of_device(ReasonKey.ALREADY_WRITTEN),
    "serial_differs": _of_device(ReasonKey.ANOTHER_DRIVE),
    "size_differs": _of_device(ReasonKey.ANOTHER_DRIVE),
    "size_unknown": _of_device(ReasonKey.DRIVE_WITHOUT_SIZE),
    "write_protected": _of_device(ReasonKey.WRITE_PROTECTED),
}


def said_by_agent(why: Why, device: str) -> Reason:
    """Return the reason of a code; what nobody here knows is passed on as it is."""
    words = _WORDS.get(why.code)
    if words is not None:
        return words(why, device)
    return because(ReasonKey.REFUSED, text=why.message or why.code)


def untold(err: AgentFailed | InvalidResponse, device: str) -> Reason:
    """Return why a drive could not be asked."""
    why = err.why if isinstance(err, AgentFailed) else Why(code="", message=str(err))
    return said_by_agent(why, device)


def content_text(item: ContentItem) -> str:
    """Return what was found on a drive in few words, such as *zfs_member tank*."""
    name = item.label or item.uuid
    what = item.type if name is None else f"{item.type} {name}"
    return what if item.place == "drive" else f"{what} ({item.place})"
