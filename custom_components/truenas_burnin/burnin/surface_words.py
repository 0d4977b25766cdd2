"""What a surface pass found out, in words: the byte named, the cause named."""

from collections.abc import Iterator, Mapping
from typing import Final

from ..truenas.surface import Activity, Cause, ErrorKind, ErrorRecord, JobStatus
from .agent_words import said_by_agent
from .reason import Reason, ReasonKey, because

_CAUSES: Final[Mapping[Cause, ReasonKey]] = {
    Cause.RETRY_SUCCEEDED: ReasonKey.BAD_RETRIED,
    Cause.EARLIER_PASS: ReasonKey.BAD_EARLIER_PASS,
    Cause.ZEROS: ReasonKey.BAD_ZEROS,
    Cause.BITS_DIFFER: ReasonKey.BAD_BITS,
}

_COUNTED: Final = frozenset({"errors_found", "too_many_errors"})
"""Codes that say no more than the counts do."""


def what_broke(status: JobStatus) -> Iterator[Reason]:
    """Yield why a pass failed: how often what, and where first."""
    errors, first = status.errors, status.first_error
    if _wraps(status):
        yield because(ReasonKey.CAPACITY_FALSE)
    elif errors.total:
        yield because(
            ReasonKey.SURFACE_ERRORS,
            read=errors.read,
            write=errors.write,
            compare=errors.compare,
            percent=f"{status.percent:.0f}",
        )
    if errors.kernel:
        yield because(ReasonKey.KERNEL_ERRORS, count=errors.kernel)
    if first is not None:
        yield bad_place(first)
    if status.reason is not None and status.reason.code not in _COUNTED:
        yield said_by_agent(status.reason, status.device)
    elif not errors.total:
        percent = f"{status.percent:.0f}"
        yield because(ReasonKey.SURFACE_ERRORS_UNCOUNTED, percent=percent)


def _wraps(status: JobStatus) -> bool:
    first = status.first_error
    return (
        status.activity is Activity.CAPACITY_CHECK
        and first is not None
        and first.cause is Cause.OTHER_ADDRESS
    )


def why_ended(status: JobStatus) -> Reason:
    """Return why a pass ended without having found out anything."""
    if status.reason is None:
        return because(ReasonKey.SURFACE_STOPPED)
    return said_by_agent(status.reason, status.device)


def bad_place(error: ErrorRecord) -> Reason:
    """Return where a drive was not as written, and what it answered instead."""
    where = {"place": place_text(error.byte), "byte": f"{error.byte:,}"}
    if error.cause is Cause.OTHER_ADDRESS:
        found = "?" if error.found_byte is None else f"{error.found_byte:,}"
        return because(ReasonKey.BAD_OTHER_ADDRESS, **where, found=found)
    if (key := _CAUSES.get(error.cause)) is not None:
        return because(key, **where)
    if error.kind is ErrorKind.WRITE:
        return because(ReasonKey.BAD_UNWRITABLE, **where)
    return because(ReasonKey.BAD_UNREADABLE, **where)


def place_text(byte: int) -> str:
    """Return about where a byte is, such as 2.40 TB."""
    for unit, name in ((10**12, "TB"), (10**9, "GB")):
        if byte >= unit:
            return f"{byte / unit:.2f} {name}"
    return f"{byte / 10**6:.2f} MB"
