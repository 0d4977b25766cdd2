"""The machine that programs on a mocked NAS see: its /dev, /proc and /sys, as files.

A drive's node is another name of the sparse file behind it, so that who has it open keeps
it when the name goes away or leads to another drive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
from typing import TYPE_CHECKING

from .drive import MockDrive

if TYPE_CHECKING:
    from .world import World


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: Path


type Content = str | bytes | Path | Link
"""Of a file; a path stands for another name of that file."""


class Machine:
    """Keeps the tree up to date once something runs on the NAS."""

    def __init__(self, world: World) -> None:
        """Begin without a tree."""
        self._world = world
        self._have: dict[str, Content] = {}
        self._begun = False

    def begin(self) -> None:
        """Make the tree, and bring it up to date from now on."""
        self._begun = True
        self.changed()

    def changed(self, drive: MockDrive | None = None) -> None:
        """Bring it up to date."""
        if not self._begun:
            return
        wanted = dict(self._wanted())
        gone = [path for path in self._have if path not in wanted]
        # What a drive is goes first: it must not be open for longer than it is there.
        for path in sorted(wanted, key=lambda path: not path.startswith("facts/")):
            if self._have.get(path) != wanted[path]:
                self._put(self._world.root / path, wanted[path])
        for path in gone:
            self._remove(self._world.root / path)
        self._have = wanted

    def _put(self, file: Path, content: Content) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.fresh")
        fresh.unlink(missing_ok=True)
        if isinstance(content, Path):
            os.link(content, fresh)
        elif isinstance(content, Link):
            fresh.symlink_to(content.target)
        else:
            data = content.encode() if isinstance(content, str) else content
            fresh.write_bytes(data)
        if file.exists() and fresh.samefile(file):
            fresh.unlink()
        else:
            fresh.replace(file)

    def _remove(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        blocks = self._world.filesystem / "sys/block"
        folder = file.parent
        while folder.is_relative_to(blocks) and folder != blocks:
            if any(folder.iterdir()):
                return
            shutil.rmtree(folder)
            folder = folder.parent

    def _wanted(self) -> Iterator[tuple[str, Content]]:
        world, root = self._world, "filesystem"
        for drive in world.drives:
            status = drive.file(world.folder).stat()
            yield f"facts/{status.st_ino}.json", json.dumps(self._facts(drive))
        yield f"{root}/proc/sys/kernel/random/boot_id", f"{world.boot_id}\n"
        yield f"{root}/proc/swaps", "Filename Type Size Used Priority\n"
        yield f"{root}/proc/self/mountinfo", "".join(self._mounts())
        if not world.profile.core:
            yield f"{root}/run/systemd/system/.there", ""
        for number, drive in enumerate(world.connected):
            yield f"{root}/dev/{drive.name}", drive.file(world.folder)
            for part in world.partitions(drive):
                yield f"{root}/dev/{part}", f"a part of {drive.serial}\n"
            if not world.profile.core:
                for path, content in self._sysfs(drive):
                    yield f"{root}/sys/block/{drive.name}/{path}", content
            if drive.opened_by:
                process = f"{root}/proc/{100_000 + number}"
                yield f"{process}/comm", f"{drive.opened_by}\n"
                yield f"{process}/fd/3", Link(world.filesystem / "dev" / drive.name)

    def _facts(self, drive: MockDrive) -> dict[str, object]:
        world = self._world
        good = drive.size if drive.bad_from is None else drive.size * drive.bad_from
        return {
            "serial": drive.serial,
            "size": drive.size,
            "sector": drive.sector,
            "read_only": drive.read_only,
            "busy": bool(drive.pool or drive.boot or drive.mounted),
            "present": drive.present,
            "hangs": drive.hangs,
            "good_bytes": int(good),
            "pass_seconds": world.pass_seconds / world.clock.speed,
        }

    def _mounts(self) -> Iterator[str]:
        for number, drive in enumerate(self._world.connected, 100):
            if drive.mounted:
                node = self._world.filesystem / "dev" / drive.name
                yield (
                    f"{number} 1 8:{number} / {drive.mounted} rw shared:1 - ext4"
                    f" {node} rw\n"
                )

    def _sysfs(self, drive: MockDrive) -> Iterator[tuple[str, Content]]:
        yield "queue/rotational", f"{int(drive.rotation_rate > 0)}\n"
        if drive.nvme:
            yield "device/serial", f"{drive.serial}\n"
            yield "wwid", f"eui.{drive.lunid}\n" if drive.lunid else "\n"
        else:
            serial = drive.serial.encode()
            head = b"\0\x80" + len(serial).to_bytes(2, "big")
            yield "device/vpd_pg80", head + serial
            yield "device/wwid", f"naa.{drive.lunid}\n" if drive.lunid else "\n"
        for number, part in enumerate(self._world.partitions(drive), 1):
            sectors = drive.size // 512 - 4096
            for fact, value in (
                ("partition", number),
                ("start", 2048),
                ("size", sectors),
            ):
                yield f"{part}/{fact}", f"{value}\n"
