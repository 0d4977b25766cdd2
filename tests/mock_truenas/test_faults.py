"""What can be made to go wrong, and that it goes wrong as asked."""

import asyncio
from typing import Any

import aiohttp
import pytest

from .client import Failure, logged_in, opened
from .conftest import JSON_RPC, Enter, Start

pytestmark = pytest.mark.parametrize("profile", JSON_RPC)


async def gone(client: Any) -> int | None:
    """Wait for the end of a connection; return its close code."""
    while (await client.socket.receive(timeout=5)).type.name == "TEXT":
        pass
    code: int | None = client.socket.close_code
    return code


async def test_dropped_before_the_login(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """The connection ends as the login comes; the next one works."""
    nas = await start(profile)
    nas.world.faults.drop_at = {"auth.login_ex": 1}
    async with opened(session, nas) as client:
        await client.send("auth.login_ex", {})
        assert await gone(client) == 1006
    async with logged_in(session, nas) as client:
        assert await client.call("system.version")


async def test_not_done_and_dropped(enter: Enter, session: Any, profile: str) -> None:
    """The call was not carried out."""
    client = await enter(profile)
    client.nas.world.faults.drop_at = {"cronjob.create": 1}
    await client.send("cronjob.create", {"command": "true", "user": "root"})
    assert await gone(client) == 1006
    async with logged_in(session, client.nas) as again:
        assert await again.call("cronjob.query") == []


@pytest.mark.parametrize(
    "faults",
    [
        {"lose_reply": {"cronjob.create": 1}},
        {"lose_reply": {"*": 1}},
        {"lose_replies": True},
    ],
)
async def test_done_and_lost(
    enter: Enter, session: Any, profile: str, faults: dict[str, Any]
) -> None:
    """The call was carried out, its reply never came."""
    client = await enter(profile)
    client.nas.world.faults.set(faults)
    await client.send("cronjob.create", {"command": "true", "user": "root"})
    assert await gone(client) == 1006
    async with logged_in(session, client.nas) as again:
        assert len(await again.call("cronjob.query")) == 1


async def test_dropped_while_subscribed(
    enter: Enter, session: Any, profile: str
) -> None:
    """Events that happen meanwhile are never told."""
    client = await enter(profile)
    nas = client.nas
    await client.call("core.subscribe", "disk.query")
    nas.nas.drop_connections()
    assert await gone(client) == 1006
    nas.nas.change_drive(nas.world.drives[0].serial, {"temperature": 50.0})
    async with logged_in(session, nas) as again:
        await again.call("core.subscribe", "disk.query")
        assert await again.call("system.version")
        assert again.notes == []
        nas.nas.change_drive(nas.world.drives[0].serial, {"temperature": 40.0})
        assert await again.note(lambda params: params["collection"] == "disk.query")


async def test_refusals(enter: Enter, profile: str) -> None:
    """Everything but a login is refused for as long as was asked for."""
    client = await enter(profile)
    world = client.nas.world
    world.faults.set({"refuse": 1800, "refusal": "busy"}, world.clock.elapsed)
    for method in ("system.version", "disk.query", "cronjob.query"):
        with pytest.raises(Failure) as error:
            await client.call(method)
        assert error.value.told == (-32001, 14, "[EFAULT] busy")
    await client.login()
    world.clock.skip(1800)
    assert await client.call("system.version")
    world.faults.set({"refuse": 1800}, world.clock.elapsed)
    world.faults.set({"refuse": 0}, world.clock.elapsed)
    assert await client.call("system.version")


@pytest.mark.parametrize(
    ("faults", "status"), [({"status": 502}, 502), ({"html": True}, 200)]
)
async def test_no_websocket(
    session: aiohttp.ClientSession,
    start: Start,
    profile: str,
    faults: dict[str, Any],
    status: int,
) -> None:
    """Something else answers in its place."""
    nas = await start(profile)
    nas.world.faults.set(faults)
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        await session.ws_connect(f"{nas.url}/api/current")
    assert error.value.status == status


async def test_dropped(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """At the handshake, and at any message of one that is there."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        nas.world.faults.drop = True
        await client.send("system.boot_id")
        assert await gone(client) == 1006
    with pytest.raises(aiohttp.ClientError):
        await session.ws_connect(f"{nas.url}/api/current")


async def test_reboot(enter: Enter, session: Any, profile: str) -> None:
    """Other names, another boot_id, no jobs, no processes; files are still there."""
    client = await enter(profile)
    nas = client.nas
    nas.world.at("/root/x").write_text("kept")
    data = {"command": "sleep 30", "user": "root", "enabled": False}
    cron = await client.call("cronjob.create", data)
    await client.call("cronjob.run", cron["id"])
    await client.note(lambda params: params["fields"]["progress"]["percent"] == 10)
    boot_id = nas.world.boot_id
    before = {drive.serial: drive.name for drive in nas.world.drives}
    await nas.nas.reboot()
    assert await gone(client) == 1006
    after = {drive.serial: drive.name for drive in nas.world.drives}
    assert all(before[serial] != after[serial] for serial in before)
    assert set(before.values()) == set(after.values())
    assert not nas.commands._processes()
    async with logged_in(session, nas) as again:
        assert await again.call("system.boot_id") != boot_id
        assert await again.call("core.get_jobs") == []
        assert nas.world.at("/root/x").read_text() == "kept"


async def test_a_new_certificate(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """The fingerprint is that of what is served, and can change."""
    nas = await start(profile)
    seen = []
    for _ in range(2):
        pin = aiohttp.Fingerprint(bytes.fromhex(nas.fingerprint or ""))
        async with (
            aiohttp.ClientSession() as pinned,
            pinned.get(f"{nas.url}/api/versions", ssl=pin) as response,
        ):
            assert response.status == 200
        seen.append(nas.fingerprint)
        nas.renew_certificate()
        async with aiohttp.ClientSession() as pinned:
            with pytest.raises(aiohttp.ServerFingerprintMismatch):
                await pinned.get(f"{nas.url}/api/versions", ssl=pin)
    assert seen[0] != seen[1]
    plain = await start("core-13.0")
    with pytest.raises(RuntimeError):
        plain.renew_certificate()


async def test_latency(enter: Enter, profile: str) -> None:
    """Replies take their time."""
    client = await enter(profile)
    client.nas.world.faults.latency = 0.2
    began = asyncio.get_running_loop().time()
    await client.call("system.version")
    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_unknown_fault(start: Start, profile: str) -> None:
    """It is no fault."""
    nas = await start(profile)
    with pytest.raises(KeyError):
        nas.world.faults.set({"earthquake": True})
