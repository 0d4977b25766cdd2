"""Which drives are free: asked of the NAS no more often than is safe.

`disk.details` opens every disk of the NAS and reads its labels: polled, it wakes drives
that sleep and disturbs those that are being written (docs/on-the-nas.md).
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from .dialect import Dialect
from .transport import Transport

_SELDOM: Final = 900.0
"""Seconds after which the labels are read again though nothing seems to have changed."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the NAS said of its drives, when, and what it looked like then."""

    reply: Any
    at: float
    about: object


class UsageCall:
    """Ask for the usage of all drives, or repeat what was answered before."""

    def __init__(self, transport: Transport, dialect: Dialect) -> None:
        """Begin without an answer."""
        self._transport = transport
        self._call, self._params = dialect.usage
        self._reads_labels = dialect.knows_exported_pools
        self._answer: _Answer | None = None
        self._changes = 0

    def changed(self) -> None:
        """Ask again at the next poll: the NAS told of a change to disks or pools."""
        self._changes += 1

    async def reply(
        self, boot_id: object, disks: Any, pools: Any, *, anew: bool
    ) -> Any:
        """Return the usage as of now, or of a time since when nothing has changed.

        `disks` is disk.query and `pools` pool.query, None if that was refused. `anew`
        asks whatever is known.
        """
        about = (self._changes, boot_id, _members(disks), _names(pools))
        now = monotonic()
        known = self._answer if self._reads_labels and not anew else None
        if known and known.about == about and now - known.at < _SELDOM:
            return known.reply
        reply = await self._transport.call(self._call, *self._params)
        self._answer = _Answer(reply, now, about)
        return reply


def _members(disks: Any) -> object:
    """Return which disks there are, and the pool of each."""
    return _fields(disks, "identifier", "name", "serial", "size", "pool")


def _names(pools: Any) -> object:
    return _fields(pools, "guid", "name", "status")


def _fields(rows: Any, *keys: str) -> object:
    """Return these of every row; what is no list of rows stands for itself."""
    if not isinstance(rows, list):
        return rows
    return [
        [row.get(key) for key in keys] if isinstance(row, dict) else row for row in rows
    ]
