"""What the NAS keeps of our doings, and by what one may upload."""

import json
from typing import Any

import aiohttp
import pytest

from mock_truenas.server import MockTrueNAS

from .conftest import JSON_RPC, Enter, Start

SCALE = ("scale-24.10", *JSON_RPC)
PUT = {"method": "filesystem.put", "params": ["/root/x", {"mode": 384}]}


async def upload(
    session: aiohttp.ClientSession,
    nas: MockTrueNAS,
    headers: dict[str, str],
    query: str = "",
) -> tuple[int, str]:
    """Upload a small file; return status and text."""
    form = aiohttp.FormData()
    form.add_field("data", json.dumps(PUT))
    form.add_field("file", b"hi", filename="x")
    url = f"{nas.url}/_upload{query}"
    async with session.post(url, data=form, headers=headers) as response:
        return response.status, await response.text()


def methods(nas: MockTrueNAS) -> list[str]:
    """Return the audited methods that were called."""
    rows = nas.world.audit.rows()
    return [
        row["event_data"]["method"] for row in rows if row["event"] == "METHOD_CALL"
    ]


def kept(nas: MockTrueNAS) -> str:
    """Return all that the log knows, as text."""
    return json.dumps(nas.world.audit.rows())


@pytest.mark.parametrize("profile", ["core-13.0", *SCALE])
async def test_an_upload_by_key(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """The log gets the key in clear, on every generation that has one."""
    nas = await start(profile)
    status, _ = await upload(session, nas, {"Authorization": f"Bearer {nas.key}"})
    assert status == 200
    assert (nas.key in kept(nas)) == (profile != "core-13.0")
    assert bool(nas.world.audit.rows()) == (profile != "core-13.0")
    await upload(session, nas, {"Authorization": "Bearer 1-wrong"})
    assert ("1-wrong" in kept(nas)) == (profile != "core-13.0")


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_an_upload_by_token(enter: Enter, session: Any, profile: str) -> None:
    """It works once, and the log has no key; the call and the upload are in it."""
    client = await enter(profile)
    nas = client.nas
    token = await client.call("auth.generate_token", 60, {}, True, True)
    header = {"Authorization": f"Token {token}"}
    status, text = await upload(session, nas, header)
    assert status == 200
    await client.job(json.loads(text)["job_id"])
    assert nas.world.at("/root/x").read_bytes() == b"hi"
    assert await upload(session, nas, header) == (403, "Invalid token")
    token = await client.call("auth.generate_token", 60)
    for _ in range(2):
        assert (await upload(session, nas, {}, f"?auth_token={token}"))[0] == 200
    for_a_job = await client.call("auth.generate_token", 60, {"job": 1})
    assert (await upload(session, nas, {}, f"?auth_token={for_a_job}"))[0] == 403
    assert (await upload(session, nas, {}))[0] == 401
    assert nas.key not in kept(nas)
    assert methods(nas)[:2] == ["auth.generate_token", "filesystem.put"]
    rows = await client.call("audit.query", {"services": ["MIDDLEWARE"]})
    assert rows[0]["event"] == "AUTHENTICATION"
    await client.socket.close()
    assert (await upload(session, nas, {}, f"?auth_token={token}"))[0] == 403


async def test_rest(session: aiohttp.ClientSession, start: Start) -> None:
    """Every request is a row without the key; a token is to be had there too."""
    nas = await start("scale-24.10")
    key = {"Authorization": f"Bearer {nas.key}"}
    url = f"{nas.url}/api/v2.0"
    body = {"ttl": 60}
    async with session.post(
        f"{url}/auth/generate_token", json=body, headers=key
    ) as reply:
        token = await reply.json()
    assert len(nas.world.audit.rows()) == 1
    assert (await upload(session, nas, {"Authorization": f"Token {token}"}))[0] == 200
    body = {"ttl": 60, "single_use": True}
    async with session.post(
        f"{url}/auth/generate_token", json=body, headers=key
    ) as reply:
        assert reply.status == 400
    async with session.get(
        f"{url}/disk", headers={"Authorization": "Bearer x"}
    ) as reply:
        assert reply.status == 401
    assert methods(nas) == []
    assert [row["success"] for row in nas.world.audit.rows()] == [True] * 3 + [False]
    assert nas.key not in kept(nas)
    async with session.get(f"{nas.debug_url}/debug/audit?service=SUDO") as reply:
        assert await reply.json() == []


async def test_a_download_is_kept(enter: Enter) -> None:
    """Also where another method starts it."""
    client = await enter("scale-25.10")
    client.nas.world.at("/root/x").write_text("hi")
    number, _ = await client.call("core.download", "filesystem.get", ["/root/x"], "x")
    await client.job(number)
    assert methods(client.nas) == ["filesystem.get"]
