"""The rig's own checks can fail: an agent that is broken in one place is seen."""

from dataclasses import dataclass
from pathlib import Path
import shutil

from custom_components.truenas_burnin.truenas.packing import pack
from tests.rig.cases.held import held_write
from tests.rig.guest.agent import GuestAgent, plan, source
from tests.rig.guest.drives import MIB, Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.faults import LosesWrites

from .faults import BAD, SIZE
from .test_wrong_disk import MKFS


@dataclass(frozen=True)
class Mutation:
    """One line of the agent, changed."""

    file: str
    old: str
    new: str

    def agent(self, guest: Machine, folder: Path) -> GuestAgent:
        """Return an agent in the guest with this mutation."""
        copy = folder / "nas_agent"
        shutil.copytree(source(), copy)
        text = (copy / self.file).read_text()
        assert text.count(self.old) == 1, self
        (copy / self.file).write_text(text.replace(self.old, self.new))
        return GuestAgent(guest.line, pack(copy))


CLAIMS_NOTHING = Mutation("kernel.py", "os.O_RDWR | os.O_EXCL |", "os.O_RDWR |")
LOOKS_AT_NO_CONTENT = Mutation(
    "claim.py", "if not plan.content.issuperset(found):", "if False:"
)
COMPARES_ONE_BLOCK = Mutation(
    "engines/surface.py", "self.wanted, start, part)", "self.wanted, start, BLOCK)"
)


def test_an_agent_that_claims_nothing(module_guest: Machine, tmp_path: Path) -> None:
    """Others then take the drive while it is written: test_nobody_takes_a_drive_that_is_written."""
    agent = CLAIMS_NOTHING.agent(module_guest, tmp_path)
    (disk,) = module_guest.plug(Drive("MUTATED1", size=SIZE))
    name = module_guest.name(disk)
    wanted = plan("m1", name, disk.serial, SIZE, capacity_check=False)
    with held_write(agent, disk, wanted):
        # As an import of a pool does; mkswap would wait for the write that is held.
        opens = f"import os; os.open('/dev/{name}', os.O_RDWR | os.O_EXCL)"
        ran = module_guest.line.run(["python3", "-c", opens])
    assert ran.status == 0, ran


def test_an_agent_that_looks_at_no_content(
    module_guest: Machine, tmp_path: Path
) -> None:
    """A file system nobody spoke of is then lost: test_a_drive_that_is_in_use_is_refused."""
    agent = LOOKS_AT_NO_CONTENT.agent(module_guest, tmp_path)
    (disk,) = module_guest.plug(Drive("MUTATED2", size=32 * MIB))
    name = module_guest.name(disk)
    module_guest.line.out(f"{MKFS} /dev/{name} && sync")
    before = disk.store.copy()

    agent.work([plan("m2", name, disk.serial, 32 * MIB)])

    assert disk.store.first_difference(before) is not None


def test_an_agent_that_compares_one_block(
    module_guest: Machine, tmp_path: Path
) -> None:
    """A drive that lost a write then passes: test_only_sound_drives_pass."""
    agent = COMPARES_ONE_BLOCK.agent(module_guest, tmp_path)
    (disk,) = module_guest.plug(Drive("MUTATED3", size=SIZE))
    disk.breaks(LosesWrites(disk.store, BAD))
    name = module_guest.name(disk)

    agent.work([plan("m3", name, disk.serial, SIZE, capacity_check=False)])

    status = agent.status("m3")
    assert status is not None
    assert status.state == "passed", status.raw
