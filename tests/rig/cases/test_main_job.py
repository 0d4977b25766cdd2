"""The integration's own client on the guest, over the protocol of TrueNAS 25.10."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path

import aiohttp
import pytest

from custom_components.truenas_burnin.truenas.agent import Agent, installation
from custom_components.truenas_burnin.truenas.agent.paths import FEED
from custom_components.truenas_burnin.truenas.client import connect
from custom_components.truenas_burnin.truenas.dialect import SCALE_25_10
from custom_components.truenas_burnin.truenas.jsonrpc import JsonRpcTransport
from custom_components.truenas_burnin.truenas.models import Drive as SeenDrive, Fleet
from custom_components.truenas_burnin.truenas.probe import parse_url
from custom_components.truenas_burnin.truenas.surface import (
    AgentState,
    ByteRange,
    Epoch,
    JobStatus,
    Method,
    SurfacePlan,
)
from mock_truenas.real.server import RealTrueNAS
from tests.rig.cases.conftest import keep_table, packed
from tests.rig.guest.drives import MIB
from tests.rig.guest.machine import Machine

pytestmark = pytest.mark.short
PROFILE = "scale-25.10"
SECONDS = 300.0


@asynccontextmanager
async def agent_of(
    session: aiohttp.ClientSession, nas: RealTrueNAS
) -> AsyncIterator[Agent]:
    """Give the agent on a NAS."""
    ssl = aiohttp.Fingerprint(bytes.fromhex(nas.fingerprint or ""))
    transport = JsonRpcTransport(session, parse_url(nas.url), nas.key, ssl=ssl)
    tail = None if SCALE_25_10.tail is None else SCALE_25_10.tail(FEED)
    try:
        yield Agent(transport, packed(), token=SCALE_25_10.upload_token, tail=tail)
    finally:
        await transport.close()


async def fleet_of(session: aiohttp.ClientSession, nas: RealTrueNAS) -> Fleet:
    """Return what the integration sees."""
    client = await connect(session, nas.url, nas.key, nas.fingerprint)
    try:
        return await client.fleet()
    finally:
        await client.close()


def plan_for(drive: SeenDrive) -> SurfacePlan:
    """Return a stamped pass over a whole drive."""
    return SurfacePlan(
        token=f"t-{drive.serial}",
        ledger=Epoch(id="0" * 32, number=1),
        device=drive.name,
        serial=drive.serial,
        lunid=drive.lunid,
        size=drive.size,
        content=(),
        method=Method.STAMPED,
        passes=1,
        ranges=(
            ByteRange(0, drive.size // 2),
            ByteRange(drive.size // 2, drive.size // 2),
        ),
        capacity_check=True,
        discard=False,
        pause_at=100,
        resume_at=90,
        max_errors=100,
    )


async def ended(agent: Agent, plan: SurfacePlan) -> JobStatus:
    """Start a job, and wait for its end as the feed tells of it."""
    news = asyncio.Event()
    agent.listen(news.set)
    status = await agent.start(plan)
    async with asyncio.timeout(SECONDS):
        while status.state in (AgentState.STARTING, AgentState.RUNNING):
            await news.wait()
            news.clear()
            status = (await agent.jobs(ask=False)).get(plan.token, status)
    return status


async def burn_in(guest: Machine, folder: Path) -> None:
    """Find the drives, and burn one in."""
    async with (
        RealTrueNAS(PROFILE, folder, guest.bridge.path) as nas,
        aiohttp.ClientSession() as session,
    ):
        fleet = await fleet_of(session, nas)
        drives = {drive.serial: drive for drive in fleet.drives.values()}
        assert drives.keys() == {*guest.disks, "ROOT"}
        names = guest.names()
        for serial, disk in guest.disks.items():
            seen = drives[serial]
            assert (seen.name, seen.size) == (names[serial], disk.drive.size)
            assert seen.lunid == f"{disk.drive.wwn:x}"
            assert not seen.boot
        assert drives["ROOT"].boot

        disk = guest.disks["SATA0000"]
        plan = plan_for(drives[disk.serial])
        async with agent_of(session, nas) as agent:
            status = await ended(agent, plan)
        assert status.state is AgentState.PASSED, status
        assert disk.store.read(0, MIB) != b"\x5a" * MIB
        assert guest.disks["SATA0001"].store.read(0, MIB) == b"\x5a" * MIB
        check_traces(nas)


def check_traces(nas: RealTrueNAS) -> None:
    """Count what the burn-in left in the audit log, sudo's own rows among it."""
    rows = nas.host.audit.rows()
    logged = [row["event_data"] for row in nas.host.audit.rows("SUDO")]
    programs = [Path(row["sudo"]["accept"]["command"]).name for row in logged]
    runs = programs.count("sh")
    keep_table("traces", {"rows": f"{len(rows)}", "programs": " ".join(programs)})
    assert 0 < len(programs) <= 6 * runs, programs
    assert len(rows) <= 60, Counter(row["event"] for row in rows)
    assert nas.key not in json.dumps(rows)


def test_the_integrations_client(
    guest: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sees the guest's drives, and burns one in by the agent it has put there."""
    # An emulated machine is slower than any NAS.
    monkeypatch.setattr(installation, "_JOB_SECONDS", SECONDS)
    asyncio.run(burn_in(guest, tmp_path))
