"""A made-up NAS: files for drives, a kernel that says so, and tools that say lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
import errno
import fcntl
import json
import os
from pathlib import Path
import shlex
import stat
import uuid

from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.paths import Paths

SIZE = 1 << 20


@dataclass
class FileKernel:
    """Drives are regular files; who has one exclusively, has it locked."""

    freebsd: bool = False
    sector: int = 512
    read_only: bool = False
    sizes: dict[int, int] = field(default_factory=dict)
    """By inode, where it is not the file's."""
    serials: dict[int, str] = field(default_factory=dict)

    def is_drive(self, status: os.stat_result) -> bool:
        """Return whether it is a file."""
        return stat.S_ISREG(status.st_mode)

    def open_exclusively(self, node: Path) -> int:
        """Open and lock it."""
        descriptor = os.open(node, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise OSError(errno.EBUSY, "busy") from error
        return descriptor

    def size(self, descriptor: int) -> int:
        """Return the file's."""
        status = os.fstat(descriptor)
        return self.sizes.get(status.st_ino, status.st_size)

    def logical_sector(self, descriptor: int) -> int:
        """Return what the test wants."""
        return self.sector

    def is_read_only(self, descriptor: int) -> bool:
        """Return what the test wants."""
        return self.read_only

    def serial(self, descriptor: int) -> str:
        """Return what the test wants."""
        return self.serials.get(os.fstat(descriptor).st_ino, "")

    def discard(self, descriptor: int, start: int, length: int) -> None:
        """Write zeros."""
        os.pwrite(descriptor, bytes(length), start)


@dataclass(frozen=True)
class Says:
    """What a tool says when its words contain `when`."""

    output: str = ""
    status: int = 0
    when: str = ""
    hangs: bool = False


class Machine:
    """One NAS below a folder."""

    def __init__(self, folder: Path, *, new: bool = True) -> None:
        """Set up one that runs Linux and has no drives, or find an earlier one again."""
        self.folder = folder
        self.loop = ""
        self.kernel = FileKernel()
        self.paths = Paths(
            home=folder / "root/home",
            dev=folder / "dev",
            proc=folder / "proc",
            sys=folder / "sys",
            udev=folder / "udev",
            run=folder / "run",
            systemd=folder / "no systemd",
            search=f"{folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            kernel=self.kernel,
            version="0123456789ab",
        )
        if new:
            self._set_up()

    def _set_up(self) -> None:
        folders = (
            "root/home",
            "dev",
            "proc/self",
            "sys/block",
            "udev/data",
            "run",
            "bin",
        )
        for name in (*folders, "proc/sys/kernel/random"):
            (self.folder / name).mkdir(parents=True)
        self.paths.home.chmod(0o700)
        self.boot()
        self.tool("blkid", Says(status=2))
        self.tool("zpool")
        self.smartctl()

    @property
    def freebsd(self) -> Paths:
        """Return the same machine as one that runs FreeBSD."""
        return replace(self.paths, kernel=replace(self.kernel, freebsd=True))

    def boot(self) -> str:
        """Boot it; return the boot id."""
        boot = str(uuid.uuid4())
        (self.folder / "proc/sys/kernel/random/boot_id").write_text(f"{boot}\n")
        return boot

    def drive(self, name: str, serial: str = "", size: int = SIZE) -> Path:
        """Plug in a drive, whose serial the kernel knows; return its node."""
        node = self.paths.dev / name
        node.parent.mkdir(exist_ok=True)
        with node.open("wb") as file:
            file.truncate(size)
        block = self.block(name)
        (block / "device").mkdir(parents=True)
        (block / "queue").mkdir()
        (block / "queue/rotational").write_text("1\n")
        if serial:
            self.vital_product_data(name, serial)
        return node

    def block(self, name: str) -> Path:
        """Return where Linux describes a drive."""
        return self.folder / "sys/block" / name

    def vital_product_data(self, name: str, serial: str) -> None:
        """Let the drive tell the kernel a serial by SCSI's page."""
        text = serial.encode()
        page = b"\x00\x80" + len(text).to_bytes(2, "big") + text
        (self.block(name) / "device/vpd_pg80").write_bytes(page)

    def partition(self, name: str, number: int) -> Path:
        """Give a drive a partition; return its node."""
        part = self.block(name) / f"{name}{number}"
        part.mkdir()
        (part / "partition").write_text(f"{number}\n")
        node = self.paths.dev / f"{name}{number}"
        node.write_bytes(bytes(4096))
        return node

    def tool(self, name: str, *answers: Says) -> None:
        """Install a tool that answers as the first of `answers` whose words are there."""
        lines = [
            "#!/bin/sh",
            f'printf "%s\\n" "$*" >>{shlex.quote(str(self._log(name)))}',
        ]
        for answer in (*answers, Says()):
            file = self.folder / "bin" / f"{name}.{uuid.uuid4().hex}"
            file.write_text(answer.output)
            act = "exec sleep 300" if answer.hangs else f"cat {shlex.quote(str(file))}"
            words = shlex.quote(answer.when)
            lines.append(f'case "$*" in *{words}*) {act}; exit {answer.status} ;; esac')
        program = self.folder / "bin" / name
        fresh = self.folder / "bin" / f"{name}.fresh"
        fresh.write_text("\n".join(lines) + "\n")
        fresh.chmod(0o755)
        fresh.replace(program)

    def smartctl(self, *answers: Says, serial: str = "") -> None:
        """Install a smartctl; what no answer fits, it answers with the serial alone."""
        said = smart(serial_number=serial) if serial else smart("", status=2)
        self.tool("smartctl", *answers, said)

    def remove_tool(self, name: str) -> None:
        """Take a tool away; the machine the tests run on may have it too."""
        (self.folder / "bin" / name).unlink()
        object.__setattr__(self.paths, "search", str(self.folder / "bin"))

    def calls(self, name: str) -> list[str]:
        """Return the words with which a tool was called, each time."""
        try:
            return self._log(name).read_text().splitlines()
        except FileNotFoundError:
            return []

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.calls"

    def process(self, pid: int, program: str, *opened: Path) -> Path:
        """Run a process that has files open; return its folder."""
        folder = self.paths.proc / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "comm").write_text(f"{program}\n")
        for number, file in enumerate(opened, 3):
            (folder / "fd" / str(number)).symlink_to(file)
        return folder


def smart(
    *lines: str, when: str = "", status: int = 0, hangs: bool = False, **said: Json
) -> Says:
    """Return what smartctl says with --json=co."""
    about: dict[str, Json] = {"version": [7, 4], "exit_status": status}
    about["output"] = list(lines)
    return Says(json.dumps({"smartctl": about, **said}), status, when, hangs)


def plan(**changed: Json) -> dict[str, Json]:
    """Return the arguments of a start for the drive sdb."""
    return {
        "token": "a1-surface-1",
        "ledger": {"id": "0" * 32, "number": 1},
        "drive": {"device": "sdb", "serial": "WD-1234", "lunid": None, "size": SIZE},
        "content": [],
        "method": "stamped",
        "passes": 1,
        "ranges": [[0, SIZE]],
        "capacity_check": False,
        "discard": False,
        "limits": {"pause_at": 55, "resume_at": 48},
        "max_errors": 1000,
        **changed,
    }
