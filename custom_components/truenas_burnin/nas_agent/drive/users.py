"""Who has a drive, or a part of it, at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import os
from pathlib import Path
import re

from .. import tools
from ..errors import Json
from ..paths import Paths
from . import names

PASSERS = frozenset(
    (
        "blkid",
        "hdparm",
        "lsblk",
        "nvme",
        "sg_inq",
        "sg_vpd",
        "smartctl",
        "smartd",
        "systemd-udevd",
        "udev-worker",
        "(udev-worker)",
    )
)
"""Programs that look at drives and go away, or only ever look."""

_FLAGS = re.compile(r"^flags:\s+([0-7]+)$", re.MULTILINE)

_Nodes = dict[tuple[int, ...], str]


@dataclass(frozen=True)
class User:
    """Somebody who has the drive or a part of it.

    `kind` is one of mount, swap, holder, process, loop, pool, multipath.
    """

    kind: str
    name: str
    passes_by: bool = False
    """Whether it only ever looks: by what it is, or because it cannot write."""

    def as_json(self) -> dict[str, Json]:
        """Return it as docs/protocol.md has it."""
        return {"kind": self.kind, "name": self.name}


def find(device: str, paths: Paths) -> tuple[User, ...]:
    """Return everybody but this process, whom neither mounts nor waits for anything."""
    nodes = names.nodes(device, paths)
    everybody = _on_freebsd if paths.kernel.freebsd else _on_linux
    found = dict.fromkeys(everybody(device, nodes, paths))
    return tuple(found)


def pools(device: str, paths: Paths) -> tuple[User, ...]:
    """Return the imported pools that have it; asks ZFS, which may take long."""
    try:
        said = tools.run(paths, "zpool", "status", "-LP", patience=10)
    except (tools.Missing, tools.Hangs):
        return ()
    nodes = {str(paths.dev / part.name) for part in names.parts(device, paths)}
    pool = ""
    found = []
    for line in said.output.splitlines():
        column = line.split()
        if column[:1] == ["pool:"]:
            pool = " ".join(column[1:])
        elif column and column[0] in nodes:
            found.append(User("pool", pool))
    return tuple(dict.fromkeys(found))


def _on_linux(device: str, nodes: _Nodes, paths: Paths) -> Iterator[User]:
    yield from _mounts(nodes, paths)
    yield from _swaps(nodes, paths)
    yield from _holders(device, paths)
    yield from _loops(nodes, paths)
    yield from _processes(nodes, paths)


def _mounts(nodes: _Nodes, paths: Paths) -> Iterator[User]:
    """Read proc(5), mountinfo: the third word is the device, the fifth the place."""
    numbers = {
        f"{os.major(node[0])}:{os.minor(node[0])}" for node in nodes if len(node) == 1
    }
    own = {str(paths.dev / name) for name in nodes.values()}
    for line in names.read(paths.proc / "self/mountinfo").splitlines():
        word = line.split()
        if len(word) > 6 and (word[2] in numbers or _source(word) in own):
            yield User("mount", _unescape(word[4]))


def _source(word: list[str]) -> str:
    """Return what is mounted; btrfs has a device number of its own."""
    behind = word.index("-") if "-" in word else len(word)
    return _unescape(word[behind + 2]) if behind + 2 < len(word) else ""


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), text)


def _swaps(nodes: _Nodes, paths: Paths) -> Iterator[User]:
    for line in names.read(paths.proc / "swaps").splitlines()[1:]:
        place = _unescape(line.split(maxsplit=1)[0]) if line.strip() else ""
        if place and names.node_at(Path(place)) in nodes:
            yield User("swap", place)


def _holders(device: str, paths: Paths) -> Iterator[User]:
    folder = names.block(device, paths)
    for holder in (*folder.glob("holders/*"), *folder.glob("*/holders/*")):
        mapped = names.read(paths.sys / "block" / holder.name / "dm/name")
        uuid = names.read(paths.sys / "block" / holder.name / "dm/uuid")
        kind = "multipath" if uuid.startswith("mpath-") else "holder"
        yield User(kind, mapped or holder.name)


def _loops(nodes: _Nodes, paths: Paths) -> Iterator[User]:
    for backing in (paths.sys / "block").glob("loop*/loop/backing_file"):
        if names.node_at(Path(names.read(backing))) in nodes:
            yield User("loop", backing.parent.parent.name)


def _processes(nodes: _Nodes, paths: Paths) -> Iterator[User]:
    own = str(os.getpid())
    for process in paths.proc.iterdir():
        if not process.name.isdecimal() or process.name == own:
            continue
        opened = _opened(process, nodes, paths)
        if opened:
            program = names.read(process / "comm")
            reads = all(_only_reads(process, descriptor) for descriptor in opened)
            name = f"{program} ({process.name})"
            yield User("process", name, passes_by=reads or program in PASSERS)


def _opened(process: Path, nodes: _Nodes, paths: Paths) -> list[str]:
    """Return the descriptors of a process that are one of the nodes.

    Only files among the devices are looked at: asking for those of a network that is
    gone would wait for it.
    """
    devices = f"{paths.dev}/"
    try:
        return [
            descriptor.name
            for descriptor in (process / "fd").iterdir()
            if str(descriptor.readlink()).startswith(devices)
            and names.node_at(descriptor) in nodes
        ]
    except OSError:
        return []  # it ended


def _only_reads(process: Path, descriptor: str) -> bool:
    """Return whether a file is open for reading alone (proc(5), fdinfo, octal flags)."""
    flags = _FLAGS.search(names.read(process / "fdinfo" / descriptor))
    return flags is not None and int(flags.group(1), 8) & os.O_ACCMODE == os.O_RDONLY


def _on_freebsd(device: str, nodes: _Nodes, paths: Paths) -> Iterator[User]:
    """Ask mount(8), swapinfo(8) and fstat(1): FreeBSD has no files that tell it."""
    own = {str(paths.dev / name) for name in nodes.values()}
    for word in _table(paths, "mount", "-p"):
        if word[0] in own and len(word) > 1:
            yield User("mount", word[1])
    for word in _table(paths, "swapinfo"):
        if word[0] in own:
            yield User("swap", word[0])
    for word in _table(paths, "fstat", *sorted(own)):
        if len(word) > 2 and word[2].isdecimal() and int(word[2]) != os.getpid():
            yield User("process", f"{word[1]} ({word[2]})", word[1] in PASSERS)


def _table(paths: Paths, *command: str) -> list[list[str]]:
    try:
        said = tools.run(paths, *command, patience=10)
    except (tools.Missing, tools.Hangs):
        return []
    return [line.split() for line in said.output.splitlines() if line.split()]
