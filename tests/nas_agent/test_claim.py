"""The claim: the right drive, nobody else's, holding what was confirmed, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import errno
import os
from pathlib import Path
import shutil
import subprocess
import threading
import time
from typing import Any

import pytest

from custom_components.truenas_burnin.nas_agent import claim as claiming, smartctl
from custom_components.truenas_burnin.nas_agent.claim import Claimed, claim
from custom_components.truenas_burnin.nas_agent.errors import Code, Json, Refused
from custom_components.truenas_burnin.nas_agent.kernel import KERNEL
from custom_components.truenas_burnin.nas_agent.paths import Paths
from custom_components.truenas_burnin.nas_agent.plan import Plan
from custom_components.truenas_burnin.nas_agent.smartctl import Answer

from .machine import SIZE, Machine, Says, plan, smart

TANK: dict[str, Json] = {
    "place": "partition 1",
    "type": "zfs_member",
    "label": "tank",
    "uuid": "123",
    "usage": "filesystem",
}
BLKID_TANK = (
    "DEVNAME=/dev/sdb1\nLABEL=tank\nUUID=123\nTYPE=zfs_member\nUSAGE=filesystem\n"
)


def refusal(machine: Machine, patience: float = 0.0, **changed: Json) -> Refused:
    """Return why the drive of a plan is not claimed; nothing may have been written."""
    before = set(machine.paths.dev.iterdir())
    nodes = {node: node.read_bytes() for node in before if node.is_file()}
    with pytest.raises(Refused) as refused:
        claim(Plan.read(plan(**changed)), machine.paths, patience)
    for node, content in nodes.items():
        assert not node.exists() or node.read_bytes() == content
    assert set(machine.paths.dev.iterdir()) <= before
    return refused.value


def drive(**changed: Json) -> dict[str, Json]:
    """Return the drive of a plan."""
    return {
        "device": "sdb",
        "serial": "WD-1234",
        "lunid": None,
        "size": SIZE,
        **changed,
    }


def claimed(machine: Machine, **changed: Json) -> Claimed:
    """Claim the drive of a plan."""
    return claim(Plan.read(plan(**changed)), machine.paths, 0.0)


def test_is_held_to_the_end(machine: Machine) -> None:
    """Nobody else can have it until the block ends."""
    node = machine.drive("sdb", "WD-1234")

    with claimed(machine) as held:
        assert (held.device, held.size, held.logical_sector) == ("sdb", SIZE, 512)
        assert not held.solid_state
        assert held.still_named()
        assert os.pwrite(held.descriptor, b"data", 0) == 4
        with pytest.raises(OSError, match="busy"):
            machine.kernel.open_exclusively(node)
    os.close(machine.kernel.open_exclusively(node))


def test_is_opened_before_it_is_identified(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were it the other way round, another drive could have the name by then."""
    order: list[str] = []
    machine.drive("sdb", "WD-1234")
    opened = machine.kernel.open_exclusively

    def open_it(node: Path) -> int:
        order.append("opened")
        return opened(node)

    monkeypatch.setattr(machine.kernel, "open_exclusively", open_it)
    introduce = claiming.introduce

    def identify(device: str, serial: str, paths: Paths) -> Answer | None:
        order.append("identified")
        return introduce(device, serial, paths)

    monkeypatch.setattr(claiming, "introduce", identify)
    with claimed(machine):
        assert order == ["opened", "identified"]


def test_held_by_another_job(machine: Machine) -> None:
    """A second claim is refused."""
    machine.drive("sdb", "WD-1234")
    with claimed(machine):
        assert refusal(machine).code is Code.IN_USE


def test_lets_go_when_refused(machine: Machine) -> None:
    """A refusal leaves no open file behind."""
    node = machine.drive("sdb", "OTHER")
    refusal(machine)
    os.close(machine.kernel.open_exclusively(node))


def test_missing(machine: Machine) -> None:
    """A node that vanished is not made anew as a file."""
    assert refusal(machine).code is Code.DEVICE_MISSING
    assert list(machine.paths.dev.iterdir()) == []


def test_vanishes_while_it_is_claimed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the opening nothing is made either."""
    node = machine.drive("sdb", "WD-1234")
    opened = machine.kernel.open_exclusively

    def unplug(path: Path) -> int:
        node.unlink()
        return opened(path)

    monkeypatch.setattr(machine.kernel, "open_exclusively", unplug)
    with pytest.raises(Refused) as refused:
        claimed(machine)
    assert refused.value.code is Code.DEVICE_MISSING
    assert not node.exists()


def test_not_a_drive(machine: Machine) -> None:
    """A folder is none, nor is a node that sysfs does not know as a whole drive."""
    (machine.paths.dev / "sdb").mkdir()
    with pytest.raises(Refused) as refused:
        claimed(machine)
    assert refused.value.code is Code.NOT_A_DRIVE

    machine.drive("sdc", "WD-1234")
    machine.partition("sdc", 1)
    assert refusal(machine, drive=drive(device="sdc1")).code is Code.NOT_A_DRIVE


def test_serial_differs(machine: Machine) -> None:
    """The refusal names what is there instead."""
    machine.drive("sdb", "WD-9999")
    refused = refusal(machine)
    assert refused.code is Code.SERIAL_DIFFERS
    assert refused.details["serials"] == ["WD-9999"]


@pytest.mark.parametrize(
    "there", ["WD-12345", "WD-123", "D-1234", "wd-1234", "WD 1234"]
)
def test_serial_never_by_a_part(machine: Machine, there: str) -> None:
    """A serial that is part of another is another one's."""
    machine.drive("sdb", there)
    assert refusal(machine).code is Code.SERIAL_DIFFERS


@pytest.mark.parametrize(
    ("planned", "there"),
    [("WD 12", "  WD 12 "), ("WD__12", "WD 12"), ("WD_12", "WD   12"), ("_WD", "WD\0")],
)
def test_serial_as_udev_writes_it(machine: Machine, planned: str, there: str) -> None:
    """Runs of blanks and underscores are the same."""
    machine.drive("sdb", there)
    with claimed(machine, drive=drive(serial=planned)):
        pass


def test_no_serial_anywhere(machine: Machine) -> None:
    """A drive that nobody knows is nobody's."""
    machine.drive("sdb")
    machine.remove_tool("smartctl")
    assert refusal(machine).code is Code.SERIAL_DIFFERS


def test_serial_by_smartctl(machine: Machine) -> None:
    """A USB bridge has a serial of its own; the drive's counts as well."""
    machine.drive("sdb", "BRIDGE-1")
    machine.smartctl(serial="WD-1234")
    with claimed(machine):
        pass


def test_serial_of_nvme(machine: Machine) -> None:
    """NVMe tells its controller's serial in sysfs."""
    machine.drive("nvme0n1")
    (machine.block("nvme0n1") / "device/serial").write_text("S1234    \n")
    (machine.block("nvme0n1") / "queue/rotational").write_text("0\n")
    with claimed(machine, drive=drive(device="nvme0n1", serial="S1234")) as held:
        assert held.solid_state


def test_lunid_differs(machine: Machine) -> None:
    """Two actuators have one serial; their logical units tell them apart."""
    machine.drive("sdb", "WD-1234")
    (machine.block("sdb") / "device/wwid").write_text("naa.5000c500a1b2c3d4\n")

    refused = refusal(machine, drive=drive(lunid="5000c500a1b2c3d5"))
    assert refused.code is Code.SERIAL_DIFFERS
    for same in ("5000c500a1b2c3d4", "0x5000C500A1B2C3D4", None, "t10.ATA WD"):
        with claimed(machine, drive=drive(lunid=same)):
            pass


def test_lunid_of_bridge(machine: Machine) -> None:
    """A USB bridge invents one for the kernel; the drive's own is enough."""
    machine.drive("sdb", "WD-1234")
    (machine.block("sdb") / "device/wwid").write_text("naa.3001234500000001\n")
    wwn: Json = {"naa": 5, "oui": 0xC50, "id": 0xA1B2C3D4}
    machine.smartctl(smart(serial_number="WD-1234", wwn=wwn))
    with claimed(machine, drive=drive(lunid="5000c500a1b2c3d4")):
        pass
    refused = refusal(machine, drive=drive(lunid="5000c500a1b2c3d5"))
    assert refused.code is Code.SERIAL_DIFFERS


LEFT, RIGHT = "5000c500a1b2c3d4", "5000c500a1b2c3d8"


def halves(machine: Machine) -> None:
    """Plug in a drive with two actuators: two drives of one serial."""
    for name, unit in (("sdb", LEFT), ("sdc", RIGHT)):
        machine.drive(name, "WD-1234")
        (machine.block(name) / "device/wwid").write_text(f"naa.{unit}\n")


@pytest.mark.parametrize(("device", "unit"), [("sdb", LEFT), ("sdc", RIGHT)])
def test_half_a_drive(machine: Machine, device: str, unit: str) -> None:
    """The serial is that of both: the logical unit has to be told, and to be the one."""
    halves(machine)
    with claimed(machine, drive=drive(device=device, lunid=unit, unit=unit)) as held:
        assert held.device == device
    other = RIGHT if unit == LEFT else LEFT
    wrong = refusal(machine, drive=drive(device=device, lunid=None, unit=other))
    assert wrong.code is Code.SERIAL_DIFFERS
    assert wrong.details["lunids"] == [f"naa.{unit}"]


@pytest.mark.parametrize("told", ["", "naa.5000c500a1b2", "t10.ATA WD"])
def test_half_a_drive_that_does_not_say_which(machine: Machine, told: str) -> None:
    """A name that decides nothing is enough for a drive whose serial is its alone."""
    machine.drive("sdb", "WD-1234")
    (machine.block("sdb") / "device/wwid").write_text(told)
    with claimed(machine, drive=drive(lunid=LEFT)):
        pass
    silent = refusal(machine, drive=drive(lunid=LEFT, unit=LEFT))
    assert silent.code is Code.SERIAL_DIFFERS


def test_half_a_drive_told_by_smartctl(machine: Machine) -> None:
    """FreeBSD has no other word of it."""
    halves(machine)
    (machine.block("sdb") / "device/wwid").unlink()
    machine.smartctl(smart(serial_number="WD-1234", logical_unit_id=f"0x{LEFT}"))
    with claimed(machine, drive=drive(lunid=LEFT, unit=LEFT)):
        pass


def test_size(machine: Machine) -> None:
    """Another size, or none, is another drive."""
    node = machine.drive("sdb", "WD-1234", size=2 * SIZE)
    refused = refusal(machine)
    assert refused.code is Code.SIZE_DIFFERS
    assert refused.details["size"] == 2 * SIZE

    machine.kernel.sizes[node.stat().st_ino] = 0
    assert refusal(machine).code is Code.SIZE_UNKNOWN


def test_sectors(machine: Machine) -> None:
    """Sectors of 520 bytes are for other systems."""
    machine.drive("sdb", "WD-1234")
    machine.kernel.sector = 520
    assert refusal(machine).code is Code.SECTOR_SIZE
    machine.kernel.sector = 4096
    with claimed(machine) as held:
        assert held.logical_sector == 4096


def test_write_protected(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the kernel says so when it is opened or when it is asked."""
    machine.drive("sdb", "WD-1234")
    machine.kernel.read_only = True
    assert refusal(machine).code is Code.WRITE_PROTECTED

    def refuse(node: Path) -> int:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(machine.kernel, "open_exclusively", refuse)
    assert refusal(machine).code is Code.WRITE_PROTECTED


@pytest.mark.parametrize("code", [errno.ENXIO, errno.ENODEV, errno.EIO])
def test_gone_when_opened(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The node of an unplugged drive is there a little longer."""
    machine.drive("sdb", "WD-1234")

    def refuse(node: Path) -> int:
        raise OSError(code, "gone")

    monkeypatch.setattr(machine.kernel, "open_exclusively", refuse)
    assert refusal(machine).code is Code.DRIVE_VANISHED


@pytest.mark.parametrize(
    "security", [{"locked": True}, {"string": "ENABLED, PW level HIGH, **LOCKED**"}]
)
def test_locked(machine: Machine, security: dict[str, Json]) -> None:
    """A drive behind a password can be neither read nor written."""
    machine.drive("sdb", "WD-1234")
    machine.smartctl(smart(serial_number="WD-1234", ata_security=security))
    assert refusal(machine).code is Code.LOCKED


@pytest.mark.parametrize(
    "security",
    [
        {"locked": False},
        {"string": "Disabled, NOT FROZEN [SEC1]"},
        {"string": "ENABLED, PW level HIGH, not locked, FROZEN"},
    ],
)
def test_not_locked(machine: Machine, security: dict[str, Json]) -> None:
    """A password alone locks nothing."""
    machine.drive("sdb", "WD-1234")
    machine.smartctl(smart(serial_number="WD-1234", ata_security=security))
    with claimed(machine):
        pass


def test_hangs(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drive that does not say who it is, is not waited for."""
    machine.drive("sdb", "WD-1234")
    machine.smartctl(smart(hangs=True))
    monkeypatch.setattr(smartctl, "PATIENCE", 0.2)
    assert refusal(machine).code is Code.DRIVE_HANGS


# --- who has it


def test_mounted(machine: Machine) -> None:
    """A mount is named by its place."""
    machine.drive("sdb", "WD-1234")
    node = machine.partition("sdb", 1)
    (machine.paths.proc / "self/mountinfo").write_text(
        f"36 35 0:44 / /mnt/a\\040b rw - btrfs {node} rw\n"
    )
    refused = refusal(machine)
    assert refused.code is Code.IN_USE
    assert refused.details["users"] == [{"kind": "mount", "name": "/mnt/a b"}]


def test_swap(machine: Machine) -> None:
    """Swap is named by its partition."""
    machine.drive("sdb", "WD-1234")
    node = machine.partition("sdb", 2)
    (machine.paths.proc / "swaps").write_text(
        f"Filename Type Size\n{node} partition 1\n"
    )
    assert refusal(machine).details["users"] == [{"kind": "swap", "name": str(node)}]


@pytest.mark.parametrize("where", ["sdb", "sdb/sdb1"])
def test_held(machine: Machine, where: str) -> None:
    """Volumes are named as people know them, arrays by their number."""
    machine.drive("sdb", "WD-1234")
    machine.partition("sdb", 1)
    for holder, name, mapping in (("dm-0", "vg-data", "LVM-x"), ("md127", "", "")):
        (machine.folder / "sys/block" / where / "holders" / holder).mkdir(parents=True)
        (machine.folder / "sys/block" / holder / "dm").mkdir(parents=True)
        (machine.folder / "sys/block" / holder / "dm/name").write_text(name)
        (machine.folder / "sys/block" / holder / "dm/uuid").write_text(mapping)
    users = refusal(machine).details["users"]
    assert isinstance(users, list)
    assert {"kind": "holder", "name": "vg-data"} in users
    assert {"kind": "holder", "name": "md127"} in users


def test_multipath(machine: Machine) -> None:
    """A path of a multipath device is not the drive to write to."""
    machine.drive("sdb", "WD-1234")
    (machine.block("sdb") / "holders/dm-1").mkdir(parents=True)
    (machine.block("dm-1") / "dm").mkdir(parents=True)
    (machine.block("dm-1") / "dm/name").write_text("mpatha")
    (machine.block("dm-1") / "dm/uuid").write_text("mpath-35000c500")
    assert refusal(machine).details["users"] == [
        {"kind": "multipath", "name": "mpatha"}
    ]


def test_loop(machine: Machine) -> None:
    """The kernel's claim does not see a loop device."""
    node = machine.drive("sdb", "WD-1234")
    (machine.block("loop3") / "loop").mkdir(parents=True)
    (machine.block("loop3") / "loop/backing_file").write_text(f"{node}\n")
    assert refusal(machine).details["users"] == [{"kind": "loop", "name": "loop3"}]


def test_process_that_stays(machine: Machine) -> None:
    """Nor does it see who opened it without asking."""
    machine.drive("sdb", "WD-1234")
    node = machine.partition("sdb", 1)
    machine.process(4711, "dd", node)
    assert refusal(machine).details["users"] == [
        {"kind": "process", "name": "dd (4711)"}
    ]


def test_process_that_passes_by(machine: Machine) -> None:
    """Smartctl is waited for."""
    node = machine.drive("sdb", "WD-1234")
    process = machine.process(4711, "smartctl", node)
    opened = process / "fd/3"
    threading.Timer(0.3, opened.unlink).start()

    began = time.monotonic()
    with claim(Plan.read(plan()), machine.paths, 20.0) as held:
        assert held.others() == ()
    assert 0.3 <= time.monotonic() - began < 10


def test_others(machine: Machine) -> None:
    """While the work goes on, those who only look are left out."""
    node = machine.drive("sdb", "WD-1234")
    with claimed(machine) as held:
        machine.process(4711, "smartctl", node)
        assert held.others() == ()
        reader = machine.process(4712, "python3", node)
        (reader / "fdinfo").mkdir()
        (reader / "fdinfo/3").write_text("pos:\t0\nflags:\t0100000\n")
        assert held.others() == ()
        machine.process(4713, "dd", node)
        assert [user.name for user in held.others()] == ["dd (4713)"]


def test_pool_that_the_kernel_keeps_to_itself(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZFS stands in no list of the kernel; it is asked by name."""
    node = machine.drive("sdb", "WD-1234")
    machine.tool(
        "zpool", Says(f"  pool: tank\n state: ONLINE\n\t{node}  ONLINE 0 0 0\n")
    )

    def busy(node: Path) -> int:
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(machine.kernel, "open_exclusively", busy)
    refused = refusal(machine)
    assert refused.code is Code.IN_USE
    assert refused.details["users"] == [{"kind": "pool", "name": "tank"}]


# --- what lies on it


def test_content_that_nobody_confirmed(machine: Machine) -> None:
    """The refusal says what is there."""
    machine.drive("sdb", "WD-1234")
    machine.partition("sdb", 1)
    machine.tool("blkid", Says(BLKID_TANK, when="sdb1"), Says(status=2))
    refused = refusal(machine)
    assert refused.code is Code.CONTENT_DIFFERS
    assert refused.details["found"] == [TANK]


def test_content_that_was_confirmed(machine: Machine) -> None:
    """The same is fine, and so is less: a job that is taken up has overwritten it."""
    machine.drive("sdb", "WD-1234")
    machine.partition("sdb", 1)
    machine.tool("blkid", Says(BLKID_TANK, when="sdb1"), Says(status=2))
    with claimed(machine, content=[TANK]):
        pass
    machine.tool("blkid", Says(status=2))
    with claimed(machine, content=[TANK]):
        pass


@pytest.mark.parametrize(
    "changed",
    [{"label": "other"}, {"uuid": None}, {"place": "drive"}, {"type": "ext4"}],
)
def test_content_that_is_another(machine: Machine, changed: dict[str, Json]) -> None:
    """A confirmation is for what was seen, to the letter."""
    machine.drive("sdb", "WD-1234")
    machine.partition("sdb", 1)
    machine.tool("blkid", Says(BLKID_TANK, when="sdb1"), Says(status=2))
    refused = refusal(machine, content=[{**TANK, **changed}])
    assert refused.code is Code.CONTENT_DIFFERS


def test_content_unknown(machine: Machine) -> None:
    """A drive that cannot be looked at is not an empty one."""
    machine.drive("sdb", "WD-1234")
    machine.tool("blkid", Says("blkid: error\n", status=4))
    assert refusal(machine).code is Code.CONTENT_UNKNOWN
    machine.remove_tool("blkid")
    assert refusal(machine).code is Code.CONTENT_UNKNOWN


def test_content_that_cannot_be_read(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blkid says that it found nothing also where the drive answers with an error."""
    machine.drive("sdb", "WD-1234")

    opened = Path.open

    def fail(path: Path, *words: Any, **more: Any) -> Any:
        if path == machine.paths.dev / "sdb":
            raise OSError(errno.EIO, "Input/output error")
        return opened(path, *words, **more)

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(Refused) as refused:
        claimed(machine)
    assert refused.value.code is Code.CONTENT_UNKNOWN


# --- FreeBSD


@pytest.fixture
def core(machine: Machine) -> Machine:
    """Return a NAS that runs FreeBSD, with one empty drive ada0."""
    node = machine.drive("ada0")
    machine.kernel.serials[node.stat().st_ino] = "WD-1234"
    machine.kernel.freebsd = True
    machine.tool("sysctl", Says("0\n"))
    machine.tool("zdb", Says("failed to read label 0\n"))
    machine.tool("file", Says("data\n"))
    for name in ("mount", "swapinfo", "fstat"):
        machine.tool(name)
    return machine


ADA0 = drive(device="ada0")


def test_core(core: Machine) -> None:
    """The kernel tells the serial of the opened device."""
    with claimed(core, drive=ADA0) as held:
        assert held.still_named()
    assert refusal(core, drive=drive(device="ada0", serial="X")).code is (
        Code.SERIAL_DIFFERS
    )


@pytest.mark.parametrize("said", ["16\n", "0x10\n", "17\n", "nonsense\n"])
def test_core_debugflags(core: Machine, said: str) -> None:
    """With the foot-shooting flag an open for writing keeps nobody off."""
    core.tool("sysctl", Says(said))
    assert refusal(core, drive=ADA0).code is Code.DEBUGFLAGS


def test_core_partition(core: Machine) -> None:
    """A slice is no drive."""
    (core.paths.dev / "ada0p1").write_bytes(bytes(SIZE))
    assert refusal(core, drive=drive(device="ada0p1")).code is Code.NOT_A_DRIVE


def test_core_multipath(core: Machine) -> None:
    """The node of all paths is claimed; smartctl is asked on the first of them."""
    node = core.drive("multipath/disk1")
    core.kernel.serials[node.stat().st_ino] = "WD-1234"
    core.drive("da0")
    core.tool(
        "gmultipath", Says("multipath/disk1  OPTIMAL  da0 (ACTIVE)\n", when="status -s")
    )
    core.smartctl(serial="WD-1234")
    multipath = drive(device="multipath/disk1")
    with claimed(core, drive=multipath) as held:
        assert held.device == "multipath/disk1"
    assert core.calls("smartctl")
    assert all(call.endswith("/dev/da0") for call in core.calls("smartctl"))


def test_core_content(core: Machine) -> None:
    """Labels of pools are read from every partition."""
    (core.paths.dev / "ada0p2").write_bytes(bytes(SIZE))
    core.tool(
        "zdb",
        Says("    version: 5000\n    name: 'tank'\n    pool_guid: 42\n", when="ada0p2"),
        Says("failed to unpack label 0\n", status=1),
    )
    refused = refusal(core, drive=ADA0)
    assert refused.details["found"] == [{**TANK, "place": "partition 2", "uuid": "42"}]


def test_core_users(core: Machine) -> None:
    """mount, swapinfo and fstat tell who has it."""
    node = core.paths.dev / "ada0"
    core.tool("mount", Says(f"{node}\t/mnt/x\tufs rw 1 1\n"))
    core.tool("swapinfo", Says(f"Device Blocks\n{node} 1 0\n"))
    core.tool("fstat", Says(f"USER CMD PID FD\nroot dd 4711 3 {node}\n"))
    assert refusal(core, drive=ADA0).details["users"] == [
        {"kind": "mount", "name": "/mnt/x"},
        {"kind": "swap", "name": str(node)},
        {"kind": "process", "name": "dd (4711)"},
    ]


def test_name_moves(machine: Machine) -> None:
    """Another drive under the name is noticed."""
    node = machine.drive("sdb", "WD-1234")
    with claimed(machine) as held:
        node.unlink()
        assert not held.still_named()
        machine.drive("sdc", "WD-9999").rename(node)
        assert not held.still_named()


def test_temperature(machine: Machine) -> None:
    """Degrees, or nothing; a drive that sleeps is left alone."""
    machine.drive("sdb", "WD-1234")
    machine.smartctl(
        smart(when="-A", serial_number="WD-1234", temperature={"current": 41})
    )
    with claimed(machine) as held:
        assert held.temperature() == 41
        assert machine.calls("smartctl")[-1].startswith("-n standby")
        machine.smartctl(smart("Device is in STANDBY mode, exit(2)", status=2))
        assert held.temperature() is None
        machine.remove_tool("smartctl")
        assert held.temperature() is None


def test_discard(machine: Machine) -> None:
    """The kernel is told."""
    node = machine.drive("sdb", "WD-1234")
    node.write_bytes(b"x" * SIZE)
    with claimed(machine) as held:
        held.discard(4096, 8192)
    assert node.read_bytes() == b"x" * 4096 + bytes(8192) + b"x" * (SIZE - 12288)


# --- a real kernel, where the machine has devices to give away


@pytest.fixture
def loop(machine: Machine) -> Iterator[Machine]:
    """Return a NAS with the kernel and devices of this machine."""
    image = machine.folder / "image"
    with image.open("wb") as file:
        file.truncate(SIZE)
    losetup = shutil.which("losetup", path="/usr/sbin:/sbin:/usr/bin")
    if losetup is None or os.geteuid() != 0:
        pytest.skip("no losetup")
    made = subprocess.run(  # noqa: S603
        [losetup, "--find", "--show", str(image)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no loop device")
    node = made.stdout.strip()
    machine.paths = replace(
        machine.paths,
        dev=Path("/dev"),
        proc=Path("/proc"),
        sys=Path("/sys"),
        kernel=KERNEL,
    )
    machine.smartctl(serial="WD-1234")
    machine.loop = node.rpartition("/")[2]
    yield machine
    subprocess.run([losetup, "--detach", node], check=True)  # noqa: S603


def test_real_kernel(loop: Machine) -> None:
    """The kernel itself tells size and sectors, and keeps a second claim off."""
    job = Plan.read(plan(drive=drive(device=loop.loop)))
    with claim(job, loop.paths, 10.0) as held:
        assert (held.size, held.logical_sector) == (SIZE, 512)
        assert held.still_named()
        assert held.others() == ()
        with pytest.raises(Refused) as refused:
            claim(job, loop.paths, 0.0)
        assert refused.value.code is Code.IN_USE
        with Path("/dev", loop.loop).open("r+b") as file:
            other = subprocess.Popen(["sleep", "60"], stdin=file)  # noqa: S607
            try:
                assert [user.kind for user in held.others()] == ["process"]
            finally:
                other.kill()
                other.wait()
    claim(job, loop.paths, 10.0).__exit__()


def test_real_kernel_without_drive(loop: Machine) -> None:
    """A character device of Linux is no drive."""
    for name in ("null", "zero"):
        with pytest.raises(Refused) as refused:
            claim(Plan.read(plan(drive=drive(device=name))), loop.paths, 0.0)
        assert refused.value.code is Code.NOT_A_DRIVE


@pytest.mark.parametrize(
    ("said", "usage"),
    [
        ("DOS/MBR boot sector; partition 1 : ID=0xee\n", "partitiontable"),
        ("Unix Fast File system [v2] (little-endian)\n", "other"),
    ],
)
def test_core_other_content(core: Machine, said: str, usage: str) -> None:
    """What file(1) knows is content as well."""
    core.tool("file", Says(said))
    found = refusal(core, drive=ADA0).details["found"]
    assert isinstance(found, list)
    assert [one["usage"] for one in found if isinstance(one, dict)] == [usage]


def test_core_unreadable_content(core: Machine) -> None:
    """A drive that cannot be read is not one that holds nothing."""
    core.tool("file", Says("cannot open `/dev/ada0' (Input/output error)\n"))
    assert refusal(core, drive=ADA0).code is Code.CONTENT_UNKNOWN
