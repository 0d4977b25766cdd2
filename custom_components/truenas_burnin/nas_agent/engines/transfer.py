"""Move the bytes of one request, and find out what exactly could not be moved."""

from __future__ import annotations

from dataclasses import dataclass
import errno
from typing import Callable

from ..plan import BLOCK
from .findings import Cause, Finding, Kind

Move = Callable[[memoryview, int], int]
"""Reads into or writes from a view at a byte; returns how many bytes; raises OSError."""

DRIVE_ERRORS = frozenset(
    getattr(errno, name)
    for name in (
        "EIO",
        "ENODATA",  # Linux: medium error
        "EREMOTEIO",  # Linux: target failure
        "ETIMEDOUT",
        "ENOLINK",  # Linux: transport failure
        "EILSEQ",  # Linux: protection information differs
        "ENOSPC",  # behind the end that the drive has now
    )
    if hasattr(errno, name)
)
"""What the kernel says when a drive did not do it (Linux: blk_errors in blk-core.c).
Whatever else it says is no fault of the drive and is raised."""


@dataclass(frozen=True)
class _Attempt:
    moved: int
    errno: int | None


def transfer(
    kind: Kind, move: Move, view: memoryview, byte: int, most: int
) -> list[Finding]:
    """Move all of `view`; return what went wrong, at most about `most` blocks of it.

    What fails as a whole is tried again in halves, down to the block. If then all goes
    well, that it had failed is the finding. Raises OSError where the drive is not to blame.
    """
    whole = _attempt(move, view, byte)
    if whole.moved == len(view):
        return []
    done = whole.moved - whole.moved % BLOCK
    bad: list[Finding] = []
    _halve(kind, move, view[done:], byte + done, most, bad)
    if bad:
        return bad
    cause = Cause.SHORT if whole.errno is None else Cause.RETRY_SUCCEEDED
    return [Finding(kind, byte + done, len(view) - done, cause, None, whole.errno)]


def _halve(
    kind: Kind, move: Move, view: memoryview, byte: int, most: int, bad: list[Finding]
) -> None:
    if len(bad) >= most:
        return
    attempt = _attempt(move, view, byte)
    if attempt.moved == len(view):
        return
    if len(view) <= BLOCK:
        cause = Cause.SHORT if attempt.errno is None else Cause.IO_ERROR
        bad.append(Finding(kind, byte, len(view), cause, None, attempt.errno))
        return
    middle = -(-len(view) // (2 * BLOCK)) * BLOCK
    _halve(kind, move, view[:middle], byte, most, bad)
    _halve(kind, move, view[middle:], byte + middle, most, bad)


def _attempt(move: Move, view: memoryview, byte: int) -> _Attempt:
    try:
        return _Attempt(move(view, byte), None)
    except OSError as error:
        if error.errno not in DRIVE_ERRORS:
            raise
        return _Attempt(0, error.errno)
