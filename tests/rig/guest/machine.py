"""QEMU as a NAS whose drives come, go, break and change places."""

from collections.abc import Iterable, Sequence
import json
from pathlib import Path
import shutil
import subprocess
from threading import Event
import time
from typing import Self

from .accelerator import Accelerator
from .bridge import Bridge
from .drives import FIXED, MIB, Disk, Drive, Kind
from .line import Line
from .qmp import Qmp

_MEMORY_MIB = 1024
_PORTS = 12
_SATA = 4
_KERNEL = (
    "root=/dev/disk/by-label/rigroot rw console=ttyS0 quiet loglevel=3 mitigations=off"
    " random.trust_cpu=on systemd.show_status=0 net.ifnames=0"
)

_SERIALS = r"""
cd /sys/block; LC_ALL=C
for d in sd* nvme* vd*; do
  s=
  if [[ -e $d/device/vpd_pg80 ]]; then
    { read -r -d '' _; read -r -d '' _; IFS= read -r -d '' s; } <$d/device/vpd_pg80
    s=${s:1}
  elif [[ -e $d/device/serial ]]; then read -r s <$d/device/serial
  elif [[ -e $d/serial ]]; then read -r -d '' s <$d/serial
  fi
  [[ $s || ! -e $d ]] || s=$(lsblk -dno SERIAL /dev/$d)
  echo $d $s
done 2>/dev/null
"""
"""Tells names and serial numbers by bash alone: a program more for each drive takes seconds
where it is emulated. The page begins with 0, 0x80, 0 and the length."""


class MachineError(Exception):
    """The machine did not do what it was told."""


def fixed_drives() -> list[Drive]:
    """Return the drives that a saved guest has from its start."""
    sata = [
        Drive(
            serial=f"SATA000{number}",
            kind=Kind.SATA,
            size=16 * MIB,
            wwn=0x5000C50012345600 + number,
            bus=f"ide.{number}",
        )
        for number in range(_SATA)
    ]
    sas = Drive("SAS00000", Kind.SAS, 16 * MIB, wwn=0x5000C50012345680, bus="sas.0")
    return [*sata, sas]


class Machine:
    """One guest in one folder of its own. A context: it leaves nothing running."""

    def __init__(self, image: Path, folder: Path, accelerator: Accelerator) -> None:
        """Prepare a guest of an image (vmlinuz, initrd, root.img); `folder` is made anew."""
        self.folder = folder
        self.disks: dict[str, Disk] = {}
        self.udev = True
        self._image = image
        self._accelerator = accelerator
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Line | None = None
        self._qmp: Qmp | None = None
        self._plugged: dict[str, str] = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.bridge = Bridge(folder / "bridge.sock")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self.power_cut()
        for disk in self.disks.values():
            disk.close()
        self.bridge.close()

    @property
    def line(self) -> Line:
        """Return the line to the running guest."""
        if self._line is None:
            raise MachineError("no guest runs")
        return self._line

    @property
    def qmp(self) -> Qmp:
        """Return QEMU's own line."""
        if self._qmp is None:
            raise MachineError("no guest runs")
        return self._qmp

    # Life.

    def boot(self, disks: Iterable[Disk] = ()) -> None:
        """Start from the beginning with these drives, in this order; the root disk stays as it is."""
        self._make_root(self._image / "root.img", "raw")
        self._launch(list(disks), ())
        if not self.line.said_hello.wait(900):
            raise MachineError(f"the guest did not start: {self._console()}")
        self.line.out(
            "udevadm settle -t 60; modprobe -a sd_mod ahci nvme virtio_scsi; udevadm settle -t 60",
            seconds=300,
        )

    def resume(self, saved: Path) -> None:
        """Start from a saved guest, with its fixed drives."""
        self._make_root(saved / "root.qcow2", "qcow2")
        disks = [self.add(drive) for drive in fixed_drives()]
        self._launch(disks, ("-incoming", f"exec:cat {saved}/state"))
        self._until_status("running", "inmigrate")
        self.line.out(f"date -s @{time.time():.0f}")

    def save(self, into: Path) -> None:
        """Boot, and keep the running guest in a folder for `resume`."""
        self.boot([self.add(drive) for drive in fixed_drives()])
        self.line.run("systemctl is-system-running --wait", seconds=600)
        self.line.out("udevadm settle; sync; echo 3 >/proc/sys/vm/drop_caches")
        self.qmp.do("stop")
        self.qmp.do("migrate", {"uri": f"exec:cat >{into}/state"})
        while (status := self.qmp.do("query-migrate").get("status")) != "completed":
            if status in {"failed", "cancelled"}:
                raise MachineError("the guest cannot be saved")
            Event().wait(0.2)
        self.qmp.do("quit")
        self._ended()
        shutil.move(self.folder / "root.qcow2", into / "root.qcow2")

    def power_cut(self) -> None:
        """End the guest at once, whatever it is doing; drives keep what they have."""
        if self._process is None:
            return
        for disk in self.disks.values():
            disk.heals()
        self._process.kill()
        self._ended()

    def reset(self) -> None:
        """Press the reset button, and wait until the guest has started."""
        self.line.said_hello.clear()
        self.qmp.do("system_reset")
        if not self.line.said_hello.wait(900):
            raise MachineError(f"the guest did not start again: {self._console()}")
        self.line.out("udevadm settle -t 60", seconds=120)

    # Drives.

    def add(self, drive: Drive, fill: int = 0x5A) -> Disk:
        """Make a drive that lies beside the machine, not plugged in yet."""
        if drive.serial in self.disks:
            self.disks[drive.serial].close()
        disk = Disk(drive, self.folder, fill)
        self.disks[drive.serial] = disk
        return disk

    def plug(self, *disks: Disk | Drive) -> list[Disk]:
        """Plug drives in, in this order, and wait until the guest has a name for each."""
        plugged = [
            self.add(item) if isinstance(item, Drive) else item for item in disks
        ]
        for disk in plugged:
            if disk.drive.kind in FIXED:
                raise MachineError(f"QEMU plugs in no {disk.drive.kind} drive later")
            bus = self._bus(disk.drive)
            self.qmp.do("blockdev-add", disk.node(f"n-{disk.serial}"))
            self.qmp.do(
                "device_add", disk.drive.device(disk.serial, f"n-{disk.serial}", bus)
            )
            self._plugged[disk.serial] = bus
        self._wait_for_names({disk.serial for disk in plugged}, 600)
        if self.udev:
            self.line.out("udevadm settle -t 300", seconds=360)
        return plugged

    def without_udev(self) -> None:
        """Let nobody look at drives that are plugged in: that takes longer than a test on them."""
        self.line.out("udevadm control --stop-exec-queue")
        self.udev = False

    def unplug(self, disk: Disk) -> None:
        """Pull a drive out, and wait until the guest has noticed."""
        self.qmp.forget_events()
        self.qmp.do("device_del", {"id": disk.serial})
        if not self.qmp.until(
            lambda event: (
                event["event"] == "DEVICE_DELETED"
                and event["data"].get("device") == disk.serial
            ),
            60,
        ):
            raise MachineError(f"{disk.serial} cannot be pulled out")
        self.qmp.do("blockdev-del", {"node-name": f"n-{disk.serial}"})
        self._plugged.pop(disk.serial, None)

    def name(self, disk: Disk) -> str:
        """Return the kernel's name of a drive, sdb; waits for it."""
        return self._wait_for_names({disk.serial}, 120)[disk.serial]

    def names(self) -> dict[str, str]:
        """Return the kernel's names of all drives by serial number."""
        words = (line.split() for line in self.line.out(_SERIALS).splitlines())
        return {word[1]: word[0] for word in words if len(word) == 2}

    def _wait_for_names(self, serials: set[str], seconds: float) -> dict[str, str]:
        end = time.monotonic() + seconds
        while True:
            found = self.names()
            if serials <= found.keys():
                return found
            if time.monotonic() > end:
                raise MachineError(f"the guest does not see {serials - found.keys()}")
            Event().wait(0.3)

    def _bus(self, drive: Drive) -> str:
        match drive.kind:
            case Kind.NVME | Kind.VIRTIO:
                taken = set(self._plugged.values())
                return next(
                    f"port{n}" for n in range(_PORTS) if f"port{n}" not in taken
                )
            case Kind.USB | Kind.UAS:
                return "xhci.0"
            case _:
                return "scsi.0"

    # QEMU.

    def _make_root(self, backing: Path, form: str) -> None:
        root = self.folder / "root.qcow2"
        if not root.exists():
            command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", form, "-b"]
            subprocess.run([*command, str(backing), str(root)], check=True)

    def shape(self) -> str:
        """Return all that a saved guest has in common with the machine that resumes it."""
        fixed = [drive.device(drive.serial, "", "") for drive in fixed_drives()]
        return json.dumps([self._words(), fixed])

    def _launch(self, disks: Sequence[Disk], more: Sequence[str]) -> None:
        self._plugged = {}
        words = [*self._words(), *more]
        for disk in disks:
            bus = self._bus(disk.drive)
            node = f"n-{disk.serial}"
            words += ["-blockdev", json.dumps(disk.node(node))]
            words += ["-device", json.dumps(disk.drive.device(disk.serial, node, bus))]
            self._plugged[disk.serial] = bus
        for name in ("rig.sock", "qmp.sock"):
            (self.folder / name).unlink(missing_ok=True)
        with (self.folder / "qemu.err").open("ab") as errors:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        self._qmp = Qmp(self._socket("qmp.sock"))
        self._line = self.bridge.line = Line(self._socket("rig.sock"))

    def _words(self) -> list[str]:
        ports = [
            word
            for number in range(_PORTS)
            for word in (
                "-device",
                f"pcie-root-port,id=port{number},chassis={number + 1},slot={number + 1}",
            )
        ]
        return [
            "qemu-system-x86_64", *self._accelerator.words, "-machine", "q35", "-smp", "2", "-m", str(_MEMORY_MIB),
            "-nodefaults", "-display", "none", "-serial", f"file:{self.folder}/console.log",
            "-kernel", str(self._image / "vmlinuz"), "-initrd", str(self._image / "initrd"), "-append", _KERNEL,
            "-drive", f"if=none,id=root,file={self.folder}/root.qcow2,format=qcow2,cache=unsafe",
            "-device", "virtio-blk-pci,drive=root,serial=ROOT",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=rig,path={self.folder}/rig.sock,server=on,wait=off",
            "-device", "virtserialport,chardev=rig,name=rig",
            "-qmp", f"unix:{self.folder}/qmp.sock,server=on,wait=off",
            "-device", "virtio-scsi-pci,id=scsi", "-device", "mptsas1068,id=sas",
            "-device", "qemu-xhci,id=xhci", "-device", "virtio-rng-pci", *ports,
        ]  # fmt: skip

    def _socket(self, name: str) -> Path:
        """Return a socket once QEMU listens at it."""
        path = self.folder / name
        end = time.monotonic() + 60
        while not path.exists():
            if (
                self._process is None
                or self._process.poll() is not None
                or time.monotonic() > end
            ):
                raise MachineError(
                    (self.folder / "qemu.err").read_text(errors="replace")
                )
            Event().wait(0.02)
        return path

    def _until_status(self, wanted: str, passing: str) -> None:
        while (status := self.qmp.do("query-status")["status"]) != wanted:
            if status == "paused":
                self.qmp.do("cont")
            elif status != passing:
                raise MachineError(f"the guest is {status}")
            Event().wait(0.05)

    def _ended(self) -> None:
        if self._process is not None:
            self._process.wait()
        self.bridge.line = None
        if self._line is not None:
            self._line.close()
        if self._qmp is not None:
            self._qmp.close()
        self._process = self._line = self._qmp = None

    def _console(self) -> str:
        text = (self.folder / "console.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-30:])
