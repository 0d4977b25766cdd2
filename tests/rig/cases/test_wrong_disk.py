"""Never the wrong disk: who has a drive, or what lies on it, refuses, and not a byte changes."""

from dataclasses import dataclass

import pytest

from tests.rig.cases.held import held_write
from tests.rig.guest.agent import GuestAgent, plan
from tests.rig.guest.drives import MIB, Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.store import Store

SIZE = 32 * MIB
MKFS = "mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0"


@dataclass(frozen=True)
class Use:
    """What somebody did with a drive, $D, before; and the code that says so."""

    name: str
    command: str
    code: str

    @property
    def serial(self) -> str:
        """Return the serial number of its drive."""
        return "USE" + self.name.upper()


USES = (
    Use("mounted", f"{MKFS} $D && mkdir -p /m/a && mount $D /m/a", "in_use"),
    Use(
        "partmounted",
        f"echo ,,L | sfdisk -q $D && udevadm settle && {MKFS} ${{D}}1 && mkdir -p /m/b && mount ${{D}}1 /m/b",
        "in_use",
    ),
    Use("swap", "mkswap -q $D && swapon $D", "in_use"),
    Use("lvm", "pvcreate -qy $D && vgcreate -qy rigvg $D && lvcreate -qy -n one -L 8M rigvg", "in_use"),
    Use("md", "mdadm --create /dev/md7 --run --force -l1 -n2 $D missing", "in_use"),
    Use("crypt", "head -c 32 /dev/zero >/run/key && cryptsetup -q luksFormat --type luks1 --pbkdf-force-iterations 1000 $D /run/key && cryptsetup open --key-file /run/key $D rigcrypt", "in_use"),
    Use("loop", "losetup -f $D", "in_use"),
    Use("exclusive", "mkfifo /run/held && (setsid python3 -c 'import os,sys,time;f=os.open(sys.argv[1],os.O_RDWR|os.O_EXCL);open(\"/run/held\",\"w\").close();time.sleep(9999)' $D >/dev/null 2>&1 </dev/null &) ; cat /run/held", "in_use"),
    Use("open", "exec 9<>$D; (setsid sleep 9999 <&9 >/dev/null 2>&1 &)", "in_use"),
    Use("filesystem", f"{MKFS} $D", "content_differs"),
    Use("partition", f"echo ,,L | sfdisk -q $D && udevadm settle && {MKFS} ${{D}}1", "content_differs"),
    Use("member", "mdadm --create /dev/md8 --run --force -l1 -n2 $D missing && mdadm --stop /dev/md8", "content_differs"),
)  # fmt: skip

"""In the middle of the first range."""

GATE_TAKERS = (
    "echo ,,L | sfdisk -q $D",
    f"{MKFS} $D && mkdir -p /m/gate && mount $D /m/gate",
    "pvcreate -qy $D",
)
"""What a person may do while the dialog is open."""

TAKERS = (
    "mount $D /m/x",
    f"{MKFS} $D",
    "pvcreate -ffqy $D",
    "mdadm --create /dev/md9 --run --force -l1 -n2 $D missing",
    "mkswap -q $D && swapon $D",
    "wipefs -qa $D",
    "blockdev --rereadpt $D",
    "cryptsetup open --type plain --cipher aes --key-size 256 --key-file /dev/zero $D rigtaken",
)


@dataclass(frozen=True)
class Prepared:
    """Drives in use, what they held, and how the jobs on them ended."""

    guest: Machine
    agent: GuestAgent
    before: dict[str, Store]


@pytest.fixture(scope="module")
def prepared(module_guest: Machine, agent: GuestAgent) -> Prepared:
    """Put every drive to its use, then let a worker have a go at each."""
    guest = module_guest
    guest.plug(*(Drive(use.serial, size=SIZE) for use in USES))
    names = guest.names()
    for use in USES:
        script = f"set -e; D=/dev/{names[use.serial]}; {use.command}"
        guest.line.out(f"({script}) 2>&1")
    guest.line.out("sync; udevadm settle; sleep 2; sync")
    before = {use.name: guest.disks[use.serial].store.copy() for use in USES}
    agent.work(
        [plan(use.name, names[use.serial], use.serial, SIZE, pieces=1) for use in USES]
    )
    return Prepared(guest, agent, before)


@pytest.mark.short
@pytest.mark.parametrize("use", USES, ids=lambda use: use.name)
def test_a_drive_that_is_in_use_is_refused(use: Use, prepared: Prepared) -> None:
    """It ends before the first byte, and says by whom the drive is used."""
    status = prepared.agent.status(use.name)
    assert status is not None
    assert (status.state, status.code) == ("refused", use.code), status.raw
    details = status.raw["reason"]["details"]
    assert details["users" if use.code == "in_use" else "found"], details

    store = prepared.guest.disks[use.serial].store

    assert store.first_difference(prepared.before[use.name]) is None


@pytest.mark.short
def test_nobody_takes_a_drive_that_is_written(
    module_guest: Machine, agent: GuestAgent
) -> None:
    """Whoever asks the kernel for the drive in the middle of a range is refused, and it passes."""
    guest = module_guest
    (disk,) = guest.plug(Drive("TAKEN001", size=SIZE))
    name = guest.name(disk)
    wanted = plan("taken", name, disk.serial, SIZE, capacity_check=False)
    with held_write(agent, disk, wanted):
        for command in TAKERS:
            ran = guest.line.run(f"mkdir -p /m/x; D=/dev/{name}; {command}")
            assert ran.status, command
    status = agent.status("taken")
    assert status is not None
    assert status.state == "passed", status.raw


def test_a_stranger_who_writes_is_not_blamed_on_the_drive(
    module_guest: Machine, agent: GuestAgent
) -> None:
    """A writer that asks nobody ends the job as refused, never as failed.

    Not in the short form: once, on a busy machine, its dd waited behind the held write.
    """
    guest = module_guest
    (disk,) = guest.plug(Drive("DDTAKEN1", size=SIZE))
    name = guest.name(disk)
    wanted = plan("dd", name, disk.serial, SIZE, capacity_check=False)
    with held_write(agent, disk, wanted):
        target = f"of=/dev/{name} bs=1M seek=28 count=2 oflag=direct"
        guest.line.out(f"dd if=/dev/urandom {target} 2>&1")
    status = agent.status("dd")
    assert status is not None
    assert (status.state, status.code) == ("refused", "interference"), status.raw


@pytest.mark.short
@pytest.mark.parametrize("taker", GATE_TAKERS)
def test_between_the_gate_and_the_start(
    module_guest: Machine, agent: GuestAgent, taker: str
) -> None:
    """What came after the confirmation refuses, and not a byte of it changes."""
    guest = module_guest
    number = GATE_TAKERS.index(taker)
    (disk,) = guest.plug(Drive(f"GATE{number:04}", size=SIZE))
    name = guest.name(disk)
    seen = agent.ask("content", device=name, serial=disk.serial, size=SIZE)
    assert (seen["content"], seen["users"]) == ([], [])

    guest.line.out(f"(set -e; D=/dev/{name}; {taker}) 2>&1; sync; udevadm settle")
    before = disk.store.copy()

    status = agent.start(plan(f"gate-{number}", name, disk.serial, SIZE))
    assert status.state == "refused", status.raw
    assert status.code in {"in_use", "content_differs"}, status.raw
    assert disk.store.first_difference(before) is None
