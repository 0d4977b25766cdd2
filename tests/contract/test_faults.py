"""What befalls a NAS and its connections, on every generation."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CallFailed,
    ConnectionFailed,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import SelfTestKind
from custom_components.truenas_burnin.truenas.surface import AgentState

from .conftest import JSON_RPC, Pair
from .test_client import surface

_DEAD_KEY = "expired or was revoked|was not accepted"
"""26 says only once of a key that it was revoked; the next login is a wrong key."""

READS = ("disk.query", "system.boot_id", "boot.get_disks", "disk.temperatures")


@pytest.mark.parametrize("fault", ["drop_at", "lose_reply"])
@pytest.mark.parametrize("method", READS)
async def test_a_poll_outlives_a_connection(
    pair: Pair, fault: str, method: str
) -> None:
    """Dropped before or after the call was executed: reading is repeated."""
    pair.fault(**{fault: {method: 2}})
    assert (await pair.client.fleet()).drives


@pytest.mark.parametrize("fault", ["drop_at", "lose_reply"])
async def test_the_agent_outlives_a_lost_run(pair: Pair, fault: str) -> None:
    """Whether or not it ran, it is asked again and answers once."""
    drive = await pair.drive()
    await pair.client.smart(drive)
    pair.fault(**{fault: {"cronjob.run": 1}})
    assert (await pair.client.smart(drive)).serial == drive.serial


@pytest.mark.parametrize("fault", ["drop_at", "lose_reply"])
async def test_a_surface_pass_starts_once(pair: Pair, fault: str) -> None:
    """A lost reply to its start is no second writer."""
    drive = await pair.drive()
    await pair.client.smart(drive)
    pair.fault(**{fault: {"cronjob.run": 1}})
    await pair.client.start_surface(surface(drive))
    statuses = await pair.client.surface_status(ask=True)
    assert list(statuses) == ["t1"]
    assert statuses["t1"].state in (AgentState.RUNNING, AgentState.PASSED)


async def test_a_self_test_whose_reply_is_lost(pair: Pair) -> None:
    """It is not repeated; where the agent starts it, the agent tells."""
    drive = await pair.drive()
    pair.fault(lose_reply={"smart.test.manual_test": 1})
    if pair.profile.smart_api:
        with pytest.raises(OutcomeUnknown):
            await pair.client.start_self_test(drive, SelfTestKind.LONG)
    else:
        await pair.client.start_self_test(drive, SelfTestKind.LONG)
    started = [known.running for known in pair.mock.world.drives if known.running]
    assert len(started) == 1


async def test_a_middleware_restart(pair: Pair) -> None:
    """Jobs are forgotten and numbered anew; what runs detached goes on."""
    drive = await pair.drive()
    request = surface(drive)
    await pair.client.start_surface(request)
    await pair.mock.nas.restart()
    assert (await pair.client.fleet()).drives
    assert "t1" in await pair.client.surface_status(ask=True)
    await pair.client.stop_surface("t1")


async def test_a_reboot(pair: Pair) -> None:
    """Names move, identifiers do not, and the boot id says that it happened."""
    before = await pair.client.fleet()
    await pair.mock.nas.reboot()
    after = await pair.client.fleet()
    assert after.system.boot_id != before.system.boot_id
    assert after.drives.keys() == before.drives.keys()
    moved = [
        identifier
        for identifier, drive in after.drives.items()
        if drive.name != before.drives[identifier].name
    ]
    assert moved
    report = await pair.client.smart(after.drives[moved[0]])
    assert report.serial == after.drives[moved[0]].serial


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_an_expired_session(pair: Pair) -> None:
    """A new login, and nobody notices."""
    await pair.client.fleet()
    pair.mock.nas.expire_sessions()
    assert (await pair.client.fleet()).drives


@pytest.mark.parametrize("fact", ["revoked", "expired"])
@pytest.mark.parametrize("profile", JSON_RPC)
async def test_a_key_that_dies(pair: Pair, fact: str) -> None:
    """A connection lives on; the next login tells that the key is dead."""
    setattr(pair.mock.world.key, fact, True)
    pair.mock.nas.drop_connections()
    with pytest.raises(AuthenticationFailed, match=_DEAD_KEY):
        await pair.client.fleet()


async def test_refusals_for_half_an_hour(pair: Pair) -> None:
    """Each poll fails in a way that says so, and the first after it succeeds."""
    pair.fault(refuse=1800.0)
    for _ in range(3):
        with pytest.raises((CallFailed, ConnectionFailed)):
            await pair.client.fleet()
        pair.mock.world.clock.skip(500)
    pair.mock.world.clock.skip(500)
    assert (await pair.client.fleet()).drives


@pytest.mark.parametrize(
    "faults", [{"status": 502}, {"drop": True}, {"html": True}, {"latency": 0.1}]
)
async def test_http_that_misbehaves(pair: Pair, faults: dict[str, Any]) -> None:
    """While it does, our errors come out; afterwards all is well."""
    pair.fault(**faults)
    pair.mock.nas.drop_connections()
    with suppress(TrueNASError):
        await pair.client.fleet()
    pair.fault(**dict.fromkeys(faults, 0))
    async with asyncio.timeout(30):
        while True:
            try:
                assert (await pair.client.fleet()).drives
            except TrueNASError:
                continue
            break


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_an_idle_connection_is_kept(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By pings, far more often than the NAS's web server wants them."""
    place = "custom_components.truenas_burnin.truenas.jsonrpc"
    monkeypatch.setattr(f"{place}._HEARTBEAT", 0.2)
    pair.mock.nas.drop_connections()
    await pair.client.fleet()
    socket = pair.client._transport._socket  # type: ignore[attr-defined]
    pair.fault(idle=0.6)
    await pair.client.fleet()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await asyncio.wait([socket._reader])
    assert socket.open
