"""The NAS's own files: in a folder of this machine, or elsewhere."""

from abc import ABC, abstractmethod
import asyncio
from pathlib import Path
from typing import BinaryIO, override


class Followed(ABC):
    """A file that is followed from its beginning."""

    @abstractmethod
    async def read(self) -> bytes:
        """Return what is there beyond what was read."""

    def close(self) -> None:  # noqa: B027 - not all have something to close
        """Follow it no more."""


class Storage(ABC):
    """Files by their absolute paths; a path that leads nowhere is a ValueError."""

    @abstractmethod
    async def read(self, path: str) -> bytes | None:
        """Return a whole file, None where there is none."""

    @abstractmethod
    async def write(
        self, path: str, content: bytes, *, append: bool, mode: int | None
    ) -> None:
        """Write a file; folders are made."""

    @abstractmethod
    async def follow(self, path: str) -> Followed | None:
        """Open a file, None where there is none."""


class LocalStorage(Storage):
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder that need not be there yet."""
        self._folder = folder

    def at(self, path: str) -> Path:
        """Return where a file is on this machine."""
        target = (self._folder / path.lstrip("/")).resolve()
        if not path.startswith("/") or not target.is_relative_to(
            self._folder.resolve()
        ):
            raise ValueError(path)
        return target

    @override
    async def read(self, path: str) -> bytes | None:
        file = self.at(path)
        return await asyncio.to_thread(file.read_bytes) if file.is_file() else None

    @override
    async def write(
        self, path: str, content: bytes, *, append: bool, mode: int | None
    ) -> None:
        await asyncio.to_thread(_write, self.at(path), content, append, mode)

    @override
    async def follow(self, path: str) -> Followed | None:
        file = self.at(path)
        if not file.exists():
            return None
        return _Opened(await asyncio.to_thread(file.open, "rb"))


class _Opened(Followed):
    """The file that was opened is followed, also when another has taken its place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @override
    async def read(self) -> bytes:
        return await asyncio.to_thread(self._file.read)

    @override
    def close(self) -> None:
        self._file.close()


def _write(file: Path, content: bytes, append: bool, mode: int | None) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab" if append else "wb") as target:
        target.write(content)
    if mode:
        file.chmod(mode)
