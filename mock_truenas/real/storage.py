"""The files of the machine."""

from typing import override

from ..storage import Followed, Storage
from .line import Machine

_MODE = 0o644
"""Of a file for which none is asked, as middlewared's umask makes it."""


class MachineStorage(Storage):
    """Reads and writes over the line."""

    def __init__(self, machine: Machine) -> None:
        """Keep the files of this machine."""
        self._machine = machine

    @override
    async def read(self, path: str) -> bytes | None:
        found = await self._machine.get(_absolute(path))
        return None if found is None else found.data

    @override
    async def write(
        self, path: str, content: bytes, *, append: bool, mode: int | None
    ) -> None:
        before = await self.read(path) if append else None
        await self._machine.put(
            _absolute(path), (before or b"") + content, mode or _MODE
        )

    @override
    async def follow(self, path: str) -> Followed | None:
        found = await self._machine.get(_absolute(path), 0)
        return None if found is None else _Polled(self._machine, path)


class _Polled(Followed):
    """Looks for more.

    A file that has become shorter is another one: who follows the old one hears no more.
    """

    def __init__(self, machine: Machine, path: str) -> None:
        self._machine = machine
        self._path = path
        self._offset = 0
        self._over = False

    @override
    async def read(self) -> bytes:
        if self._over:
            return b""
        found = await self._machine.get(self._path, self._offset)
        if found is None or found.size < self._offset:
            self._over = True
            return b""
        self._offset += len(found.data)
        return found.data


def _absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(path)
    return path
