"""Keep small files so that a killed process or a power cut never leaves half of one."""

from __future__ import annotations

import os
from pathlib import Path

from . import words
from .errors import Json


def replace(path: Path, value: Json, sync: bool = True) -> None:
    """Put a JSON value into a file in one step; raise OSError.

    With `sync` it is on the disk when this returns, its name included.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write(descriptor, words.encode(value) + "\n")
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)


def read(path: Path) -> Json:
    """Return what `replace` put there, None where there is nothing that can be read."""
    try:
        return words.decode(path.read_bytes())
    except (OSError, ValueError):
        return None


def append(path: Path, *values: Json) -> None:
    """Add lines to a file and return when they are on the disk; raise OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _cut_torn_line(descriptor)
        _write(descriptor, "".join(f"{words.encode(value)}\n" for value in values))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(path: Path) -> list[Json]:
    """Return the values that `append` added, without a last one that was cut off."""
    try:
        text = path.read_bytes()
    except OSError:
        return []
    lines = text[: text.rfind(b"\n") + 1].splitlines()
    return [line for line in map(_decoded, lines) if line is not None]


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk; raise OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decoded(line: bytes) -> Json:
    try:
        return words.decode(line)
    except ValueError:
        return None


def _write(descriptor: int, text: str) -> None:
    """Write all of it: a full disk may take the beginning only."""
    rest = text.encode("ascii")
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _cut_torn_line(descriptor: int) -> None:
    """Remove what a kill or a full disk left behind the last whole line."""
    size = os.fstat(descriptor).st_size
    keep = size
    while keep and os.pread(descriptor, 1, keep - 1) != b"\n":
        keep -= 1
    if keep != size:
        os.ftruncate(descriptor, keep)
