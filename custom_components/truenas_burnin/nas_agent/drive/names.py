"""Names of drives and of their parts, on Linux and on FreeBSD."""

from __future__ import annotations

from dataclasses import dataclass
import os
from pathlib import Path
import re
import stat

from .. import tools
from ..paths import Paths

_NVME = re.compile(r"(?:nvd|nda)(\d+)")
_WHOLE = re.compile(r"(multipath/)?[A-Za-z]+\d+|multipath/[\w.-]+")
_SLICE = re.compile(r"[ps](\d+)[a-h]?")


@dataclass(frozen=True)
class Part:
    """A node of a drive: the whole one or a partition."""

    place: str
    """`drive` or `partition N`, as docs/protocol.md names it."""
    name: str
    """In the folder of devices."""


def read(path: Path) -> str:
    """Return the text of a small file of the kernel, '' if it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def block(device: str, paths: Paths) -> Path:
    """Return the folder in which Linux describes a drive."""
    return paths.sys / "block" / device.replace("/", "!")


def is_whole(device: str, paths: Paths) -> bool:
    """Return whether the name is a drive's, not a partition's."""
    if paths.kernel.freebsd:
        return _WHOLE.fullmatch(device) is not None
    return block(device, paths).exists()


def parts(device: str, paths: Paths) -> list[Part]:
    """Return the nodes of a drive, the whole one first."""
    found = (
        _slices(device, paths) if paths.kernel.freebsd else _partitions(device, paths)
    )
    return [Part("drive", device), *found]


def _partitions(device: str, paths: Paths) -> list[Part]:
    numbered = [
        (int(number), folder.parent.name)
        for folder in block(device, paths).glob("*/partition")
        if (number := read(folder)).isdecimal()
    ]
    return [Part(f"partition {number}", name) for number, name in sorted(numbered)]


def _slices(device: str, paths: Paths) -> list[Part]:
    node = paths.dev / device
    return [
        Part(f"partition {found.group(1)}", str(other.relative_to(paths.dev)))
        for other in sorted(node.parent.glob(f"{node.name}*"))
        if (found := _SLICE.fullmatch(other.name[len(node.name) :]))
    ]


def node_of(status: os.stat_result) -> tuple[int, ...]:
    """Return what two files have in common exactly if they are the same device."""
    if stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode):
        return (status.st_rdev,)
    return (status.st_dev, status.st_ino)


def node_at(path: Path) -> tuple[int, ...]:
    """Return the same for a path, () if nothing is there."""
    try:
        return node_of(path.stat())
    except OSError:
        return ()


def nodes(device: str, paths: Paths) -> dict[tuple[int, ...], str]:
    """Return the nodes of a drive and its parts, with their names."""
    found = {node_at(paths.dev / part.name): part.name for part in parts(device, paths)}
    found.pop((), None)
    return found


def asked_as(device: str, paths: Paths) -> str:
    """Return the name by which smartctl knows a drive.

    FreeBSD gives the disk of an NVMe controller another name, and smartctl cannot send
    anything through GEOM's multipath.
    """
    if not paths.kernel.freebsd:
        return device
    nvme = _NVME.fullmatch(device)
    if nvme:
        return f"nvme{nvme.group(1)}"
    if device.startswith("multipath/"):
        return _first_path(device, paths) or device
    return device


def _first_path(device: str, paths: Paths) -> str:
    """Return the first provider of a multipath node (gmultipath(8), `status -s`)."""
    try:
        said = tools.run(paths, "gmultipath", "status", "-s", patience=10)
    except (tools.Missing, tools.Hangs):
        return ""
    for line in said.output.splitlines():
        column = line.split()
        if len(column) >= 3 and column[0] == device:
            return column[2]
    return ""
