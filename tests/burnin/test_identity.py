"""A drive that is called something else goes on being burnt in."""

from dataclasses import replace
from typing import Final

from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.reason import ReasonKey
from custom_components.truenas_burnin.truenas.models import Drive
from custom_components.truenas_burnin.truenas.surface import AgentState

from .fakes import Bench, a_drive

UNIT: Final = "5000c500e1234567"
PLAIN: Final = a_drive(identifier="{serial}SER001", lunid=None)
NAMED: Final = replace(
    PLAIN, identifier=f"{{serial_lunid}}SER001_{UNIT}", lunid=UNIT, name="sdq"
)
OTHER_UNIT: Final = replace(
    NAMED, identifier="{serial_lunid}SER001_5000c500e1234568", lunid="5000c500e1234568"
)


async def queued(bench: Bench) -> BurnIn:
    """Have the drive burnt in, and confirm that."""
    (burn_in,) = await bench.runner.submit(
        bench.nas.now(),
        list(bench.nas.now().drives.values()),
        plan_of(Profile.SURFACE),
        confirmed=frozenset({PLAIN.serial}),
        actor="Ada",
    )
    return burn_in


def reconnect(bench: Bench, drive: Drive) -> None:
    """Have the system call the drive something else, or show another one."""
    bench.nas.drives = {drive.identifier: drive}


async def ended(bench: Bench, burn_in_id: str) -> BurnIn:
    """Return the burn-in once what is written has been read back."""
    bench.nas.set_job(
        state=AgentState.PASSED,
        bytes_done=next(iter(bench.nas.jobs.values())).bytes_total,
    )
    await bench.cycle(4)
    return bench.ledger.kept[burn_in_id]


async def test_in_the_middle_of_a_surface_pass() -> None:
    """It ends as what it found, over a restart too and under its new name."""
    bench = Bench(PLAIN)
    burn_in = await queued(bench)
    await bench.cycle(3)
    reconnect(bench, NAMED)
    await bench.cycle(2)
    assert bench.runner.burn_ins[PLAIN.identifier].device == "sdq"
    await bench.restarted().load()
    await bench.cycle(200)
    found = await ended(bench, burn_in.id)
    assert found.state is BurnInState.PASSED, found.reasons
    assert found.drive.identifier == PLAIN.identifier


async def test_while_it_is_queued() -> None:
    """What was confirmed is begun, on the drive that it was confirmed for."""
    bench = Bench(PLAIN)
    burn_in = await queued(bench)
    reconnect(bench, NAMED)
    await bench.cycle(3)
    (plan,) = bench.nas.plans
    assert (plan.serial, plan.lunid, plan.device) == (PLAIN.serial, UNIT, "sdq")
    assert (await ended(bench, burn_in.id)).state is BurnInState.PASSED


async def test_a_retry() -> None:
    """It is the drive's own, and takes over what it has passed."""
    bench = Bench(PLAIN)
    burn_in = await queued(bench)
    await bench.cycle(3)
    await bench.runner.cancel(burn_in.id, "Ada")
    reconnect(bench, NAMED)
    again = await bench.runner.retry(
        burn_in.id, bench.nas.now(), confirmed=frozenset({PLAIN.serial}), actor="Ada"
    )
    await bench.cycle(3)
    assert (await ended(bench, again.id)).state is BurnInState.PASSED


async def test_another_unit_under_the_old_name() -> None:
    """One that has shown a unit has no other later: a kept confirmation ends."""
    bench = Bench(PLAIN)
    burn_in = await queued(bench)
    await bench.runner.set_hold(True, "Ada")
    reconnect(bench, replace(PLAIN, lunid=UNIT))
    await bench.cycle(1)
    reconnect(bench, replace(PLAIN, lunid=OTHER_UNIT.lunid))
    await bench.runner.set_hold(False, "Ada")
    await bench.cycle(3)
    found = bench.ledger.kept[burn_in.id]
    assert found.state is BurnInState.CANCELLED
    assert [reason.key for reason in found.reasons] == [ReasonKey.DRIVE_CHANGED]
    assert bench.nas.plans == []


async def test_nothing_is_learned_of_another_drive() -> None:
    """One of another size says nothing about the one that was confirmed."""
    bench = Bench(PLAIN)
    burn_in = await queued(bench)
    reconnect(bench, replace(PLAIN, lunid=UNIT, size=PLAIN.size + 512))
    await bench.cycle(1)
    assert bench.ledger.kept[burn_in.id].drive.lunid is None


async def test_another_unit_is_not_taken_for_it() -> None:
    """A dual-actuator drive has two: what was confirmed for one is not for the other."""
    bench = Bench(NAMED)
    burn_in = await queued(bench)
    reconnect(bench, OTHER_UNIT)
    await bench.cycle(100)
    found = bench.ledger.kept[burn_in.id]
    assert found.state is BurnInState.CANCELLED
    assert [reason.key for reason in found.reasons] == [ReasonKey.DRIVE_ABSENT]
    assert bench.nas.plans == []
