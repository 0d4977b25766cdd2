"""Everything the client can ask for, on every generation."""

import asyncio

import pytest

from custom_components.truenas_burnin.truenas.dialect import Protocol
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    CallFailed,
    HttpsRequired,
)
from custom_components.truenas_burnin.truenas.models import (
    Drive,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)
from custom_components.truenas_burnin.truenas.surface import AgentState, SurfacePlan
from mock_truenas.pools import Scan

from ..plans import a_plan
from .conftest import JSON_RPC, Connect, Pair


async def test_the_system(pair: Pair) -> None:
    """Identity, version and rights."""
    system, world = pair.client.system, pair.mock.world
    assert system.host_id == world.host_id
    assert system.boot_id == world.boot_id
    assert system.version == pair.profile.version
    assert (system.commands, system.wipe) == (True, False)


async def test_never_by_a_road_that_costs_the_key_or_an_alert(pair: Pair) -> None:
    """JSON-RPC generations see no REST call, and no key in the clear."""
    drive = await pair.drive()
    await pair.client.smart(drive)
    paths = [path for _, path in pair.mock.requests]
    rest = any(path.startswith("/api/v2.0") for path in paths)
    assert rest is (pair.dialect.protocol is Protocol.REST)
    assert pair.mock.world.alerts == {}
    assert pair.mock.world.key.alive


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_plain_http_is_refused_before_the_key_is_shown(
    pairs: Connect, profile: str
) -> None:
    """The NAS would revoke it."""
    with pytest.raises(HttpsRequired):
        await pairs(profile, tls=False)


async def test_the_fleet(pairs: Connect, profile: str) -> None:
    """Every drive, and who has it."""
    pair = await pairs(profile, drives=15)
    world = pair.mock.world
    free = [d for d in world.drives if not (d.pool or d.boot or d.exported_pool)]
    exported, lent, guest = free[0], free[1], free[2]
    exported.exported_pool, lent.extent, guest.vm = "old", True, True
    fleet = await pair.client.fleet()
    assert fleet.drives.keys() == {drive.identifier for drive in world.drives}
    for known in world.drives:
        drive = fleet.drives[known.identifier]
        assert (drive.name, drive.serial) == (known.name, known.serial)
        assert (drive.size, drive.boot) == (known.size, known.boot)
        assert (drive.pool is not None) is bool(known.pool or known.boot)
        assert drive.temperature == known.temperature
    if pair.dialect.knows_exported_pools:
        assert fleet.drives[exported.identifier].exported_pool == "old"
        assert not fleet.drives[exported.identifier].unused
    assert fleet.drives[lent.identifier].used_by == "iSCSI extent1"
    machine = fleet.drives[guest.identifier].used_by
    assert machine is not None
    assert machine.startswith("VM ")
    assert [d.used_by for d in fleet.drives.values()].count(None) == 13


async def test_scrubs(pairs: Connect, profile: str) -> None:
    """While one runs, and not after."""
    pair = await pairs(profile, drives=15)
    world = pair.mock.world
    assert not (await pair.client.fleet()).scrubbing
    name = next(drive.pool for drive in world.drives if drive.pool and not drive.boot)
    scan = world.scans[name] = Scan("SCRUB", world.clock.now(), 10.0)
    assert (await pair.client.fleet()).scrubbing
    scan.ended = world.clock.now()
    assert not (await pair.client.fleet()).scrubbing


async def test_smart_reports(pairs: Connect, profile: str) -> None:
    """ATA and SAS."""
    pair = await pairs(profile, drives=15)
    for known in (
        next(drive for drive in pair.mock.world.drives if not drive.sas),
        next(drive for drive in pair.mock.world.drives if drive.sas),
    ):
        report = await pair.client.smart(await pair.drive(known.serial))
        assert report.serial == known.serial
        assert report.passed
        assert report.protocol == ("SCSI" if known.sas else "ATA")


async def test_a_drive_without_smart(pair: Pair) -> None:
    """Is told from one whose SMART record cannot be read just now."""
    drive = await pair.drive()
    known = next(d for d in pair.mock.world.drives if d.serial == drive.serial)
    known.without_smart = True
    report = await pair.client.smart(drive)
    assert (report.serial, report.size) == (drive.serial, drive.size)
    assert report.without_smart
    assert (await pair.client.self_test_log(drive)).without_smart
    with pytest.raises((AgentFailed, CallFailed)):
        await pair.client.start_self_test(drive, SelfTestKind.SHORT)


async def started(pair: Pair, serial: str) -> tuple[Drive, SelfTestLog]:
    """Start a long self-test; return the drive and the log as it was before."""
    drive = await pair.drive(serial)
    before = await pair.client.self_test_log(drive)
    assert before.running_percent is None
    await pair.client.start_self_test(drive, SelfTestKind.LONG)
    return drive, before


@pytest.mark.parametrize(("sas", "fails"), [(False, True), (True, False)])
async def test_a_self_test(
    pairs: Connect, profile: str, sas: bool, fails: bool
) -> None:
    """Running is seen while it runs, also where a job says it is over already.

    Then the log decides.
    """
    pair = await pairs(profile, drives=15, speed=1.0)
    world = pair.mock.world
    known = next(
        drive
        for drive in world.drives
        if drive.sas is sas and not (drive.pool or drive.boot)
    )
    known.failing_test = fails
    drive, before = await started(pair, known.serial)
    world.clock.skip(30)
    log = await pair.client.self_test_log(drive)
    assert log.running_percent is not None
    assert log.tests == before.tests
    with pytest.raises((CallFailed, AgentFailed)):
        await pair.client.start_self_test(drive, SelfTestKind.SHORT)
    world.complete_tests()
    pair.client._self_tests.forget(drive)
    log = await pair.client.self_test_log(drive)
    assert log.running_percent is None
    assert len(log.tests) == len(before.tests) + 1
    assert log.tests[0].kind is SelfTestKind.LONG
    outcome = SelfTestStatus.FAILED if fails else SelfTestStatus.PASSED
    assert log.tests[0].status is outcome


@pytest.mark.parametrize("sas", [False, True])
async def test_an_aborted_self_test(pairs: Connect, profile: str, sas: bool) -> None:
    """It is neither failed nor still running, whatever the NAS calls it."""
    pair = await pairs(profile, drives=15, speed=1.0)
    known = next(
        drive
        for drive in pair.mock.world.drives
        if drive.sas is sas and not (drive.pool or drive.boot)
    )
    drive, _ = await started(pair, known.serial)
    pair.mock.world.clock.skip(30)
    await pair.client.abort_self_test(drive)
    log = await pair.client.self_test_log(drive)
    assert log.running_percent is None
    assert log.tests[0].status is SelfTestStatus.ABORTED


def surface(drive: Drive, token: str = "t1") -> SurfacePlan:
    """Return a plan for the first blocks of a drive."""
    return a_plan(drive.name, drive.serial, drive.size, token=token)


async def test_a_surface_pass(pair: Pair) -> None:
    """Started once, however often it is asked for; followed, and cleaned up."""
    drive = await pair.drive()
    request = surface(drive)
    await pair.client.start_surface(request)
    await pair.client.start_surface(request)
    async with asyncio.timeout(60):
        while True:
            status = (await pair.client.surface_status(ask=True))["t1"]
            if status.state.final:
                break
    assert (status.state, status.percent) == (AgentState.PASSED, 100.0)
    assert (status.serial, status.device) == (drive.serial, drive.name)
    read = await pair.client.surface_status(ask=False)
    assert read["t1"].state is AgentState.PASSED
    kept = await pair.client.surface_records("t1")
    rows = [(row.sweep, row.start, row.length) for row in kept.ranges]
    assert rows == [
        (sweep, item.start, item.length) for sweep in (1, 2) for item in request.ranges
    ]
    await pair.client.clean_surface("t1")
    assert await pair.client.surface_status(ask=True) == {}


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_the_status_is_pushed(pair: Pair) -> None:
    """From its first line to its last, nothing is read meanwhile."""
    drive = await pair.drive()
    changed = asyncio.Event()
    pair.client.listen(changed.set)
    await pair.client.start_surface(surface(drive))
    await pair.client.surface_status(ask=False)
    before = len(pair.mock.requests)
    async with asyncio.timeout(60):
        while True:
            changed.clear()
            status = (await pair.client.surface_status(ask=False)).get("t1")
            if status is not None and status.state.final:
                break
            await changed.wait()
    assert status.state is AgentState.PASSED
    assert pair.mock.requests[before:] == []


async def test_a_drive_that_is_another_by_now(pair: Pair) -> None:
    """The agent looks at the serial before it writes."""
    drive = await pair.drive()
    other = next(
        known
        for known in pair.mock.world.drives
        if known.serial != drive.serial and not known.boot
    )
    status = await pair.client.start_surface(surface(drive_at(drive, other.name)))
    assert status.state is AgentState.REFUSED
    assert status.reason is not None
    assert status.reason.code in ("serial_differs", "size_differs")
    assert all(known.writes == 0 for known in pair.mock.world.drives)


def drive_at(drive: Drive, name: str) -> Drive:
    """Return the drive as if it had another name."""
    return Drive(
        **{
            field: getattr(drive, field) for field in Drive.__slots__ if field != "name"
        },
        name=name,
    )


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_news(pair: Pair) -> None:
    """A drive that is pulled and a job that ends are told of; our own jobs are not."""
    told = asyncio.Event()
    pair.client.listen(told.set)
    async with asyncio.timeout(10):
        await told.wait()
    drive = await pair.drive()
    told.clear()
    await pair.client.smart(drive)
    assert not told.is_set()
    pair.mock.nas.change_drive(drive.serial, {"present": False})
    async with asyncio.timeout(10):
        await told.wait()


async def test_a_drive_that_is_called_something_else(pair: Pair) -> None:
    """It stays the same to us, and the NAS is told the name that it knows."""
    first = await pair.drive()
    known = next(one for one in pair.mock.world.drives if one.serial == first.serial)
    known.lunid = None
    drive = await pair.drive(first.serial)
    assert (drive.identifier, drive.lunid) == (first.identifier, None)
    assert drive.system_identifier == known.identifier
    await pair.client.start_self_test(drive, SelfTestKind.LONG)
    assert known.running or known.log
