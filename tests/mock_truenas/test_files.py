"""Files to and from the NAS, and the one that is followed."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from mock_truenas import downloads, tail
from mock_truenas.server import Server

from .client import Client, Failure
from .conftest import JSON_RPC, REST, Enter, Start

EVERY = sorted({*JSON_RPC, *REST})


async def upload(
    session: aiohttp.ClientSession,
    nas: Server,
    content: bytes,
    *,
    call: Any = None,
    key: str | None = None,
    token: str | None = None,
    names: tuple[str, ...] = ("data", "file"),
) -> tuple[int, str]:
    """Return status and text of an upload."""
    call = call or {"method": "filesystem.put", "params": ["/root/a/b", {"mode": 448}]}
    parts = {"data": call if isinstance(call, str) else json.dumps(call)}
    form = aiohttp.FormData()
    for name in names:
        if name == "file":
            form.add_field("file", content, filename="x")
        else:
            form.add_field(name, parts.get(name, ""))
    headers = {"Authorization": f"Bearer {nas.key if key is None else key}"}
    if token is not None:
        headers = {"Authorization": f"Token {token}"}
    url = f"{nas.url}/_upload"
    async with session.post(url, data=form, headers=headers) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("profile", EVERY)
async def test_upload(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """The file is written with its mode, missing folders are made."""
    nas = await start(profile)
    status, text = await upload(session, nas, b"one\n")
    assert status == 200
    job = nas.jobs.rows[json.loads(text)["job_id"]]
    await nas.jobs.settled(job)
    file = nas.world.at("/root/a/b")
    assert file.read_bytes() == b"one\n"
    assert file.stat().st_mode & 0o777 == 0o700
    append = {"method": "filesystem.put", "params": ["/root/a/b", {"append": True}]}
    _, text = await upload(session, nas, b"two\n", call=append)
    await nas.jobs.settled(nas.jobs.rows[json.loads(text)["job_id"]])
    assert file.read_bytes() == b"one\ntwo\n"
    outside = {"method": "filesystem.put", "params": ["/../../x"]}
    _, text = await upload(session, nas, b"", call=outside)
    job = nas.jobs.rows[json.loads(text)["job_id"]]
    await nas.jobs.settled(job)
    assert job.state == "FAILED"


async def test_upload_by_token(session: aiohttp.ClientSession, enter: Enter) -> None:
    """A token that was made for one use works once."""
    client = await enter("scale-25.10")
    nas = client.nas
    token = await client.call("auth.generate_token", 60, {}, True, True)
    assert (await upload(session, nas, b"", token=token))[0] == 200
    assert (await upload(session, nas, b"", token=token))[0] == 403
    assert (await upload(session, nas, b"", token="guess"))[0] == 403


async def test_upload_by_a_token_of_rest(
    session: aiohttp.ClientSession, start: Start
) -> None:
    """24.10 makes tokens over REST; CORE knows none."""
    nas = await start("scale-24.10")
    url = f"{nas.url}/api/v2.0/auth/generate_token"
    body = {"ttl": 60, "attrs": {}, "match_origin": True}
    headers = {"Authorization": f"Bearer {nas.key}"}
    async with session.post(url, json=body, headers=headers) as response:
        token = await response.json()
    assert (await upload(session, nas, b"", token=token))[0] == 200
    core = await start("core-13.0")
    assert (await upload(session, core, b"", token=token))[0] == 401


@pytest.mark.parametrize("profile", EVERY)
async def test_bad_uploads(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """Each has its status."""
    nas = await start(profile)
    assert (await upload(session, nas, b"", key="1-wrong"))[0] == 401
    assert (await upload(session, nas, b"", names=("file",)))[0] == 405
    assert (await upload(session, nas, b"", names=("data",)))[0] == 405
    assert (await upload(session, nas, b"", call="{"))[0] == 400
    assert (await upload(session, nas, b"", call="{}"))[0] == 422
    unknown = {"method": "filesystem.puff", "params": []}
    assert (await upload(session, nas, b"", call=unknown))[0] == 422
    params = {"method": "filesystem.put", "params": [1, 2, 3]}
    assert (await upload(session, nas, b"", call=params))[0] in (412, 500)
    params = {"method": "filesystem.put", "params": [[]]}
    assert (await upload(session, nas, b"", call=params))[0] == 500
    no_job = {"method": "system.version", "params": []}
    assert (await upload(session, nas, b"", call=no_job))[0] == 500
    async with session.post(f"{nas.url}/_upload", json={}) as response:
        assert response.status == 405
    nas.world.faults.set({"refuse": 60}, nas.world.clock.elapsed)
    assert (await upload(session, nas, b""))[0] == 412
    assert not nas.world.at("/root/a/b").exists()


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_upload_is_for_full_admin(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """Others are forbidden."""
    nas = await start(profile, roles={"READONLY_ADMIN"})
    assert (await upload(session, nas, b""))[0] == 403


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_download(enter: Enter, session: Any, profile: str) -> None:
    """The address works once; its token, its time and its job must be right."""
    client = await enter(profile)
    nas = client.nas
    nas.world.at("/root/x").write_bytes(b"\0content")

    async def fetch(path: str) -> tuple[int, bytes]:
        async with session.get(nas.url + path) as response:
            return response.status, await response.read()

    args = ("core.download", "filesystem.get", ["/root/x"], "x.bin", True)
    job, path = await client.call(*args)
    assert path.startswith(f"/_download/{job}?auth_token=")
    assert await fetch(path + "wrong") == (401, b"")
    assert await fetch(f"/_download/{job}") == (401, b"")
    assert await fetch("/_download/99?auth_token=x") == (401, b"")
    assert await fetch("/_download/x?auth_token=x") == (404, b"")
    async with session.get(nas.url + path) as response:
        assert await response.read() == b"\0content"
        assert 'filename="x.bin"' in response.headers["Content-Disposition"]
    assert await fetch(path) == (410, b"")
    _, path = await client.call(*args)
    nas.jobs.forget()
    assert await fetch(path) == (404, b"")
    job, path = await client.call("core.download", "filesystem.get", ["/no"], "x", True)
    record = await client.job(job)
    assert record["error"] == "[EFAULT] /no is not a file"
    assert await fetch(path) == (200, b"")
    with pytest.raises(Failure, match="is not a job"):
        await client.call("core.download", "system.version", [], "x")
    with pytest.raises(Failure, match="Pipe 'input'"):
        await client.call("filesystem.put", "/root/x")


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_download_ends(
    enter: Enter, session: Any, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not fetched within its time is gone."""
    client = await enter(profile)
    monkeypatch.setattr(downloads, "DIRECT_SECONDS", -1.0)
    _, path = await client.call("core.download", "filesystem.get", ["/x"], "x")
    async with session.get(client.nas.url + path) as response:
        assert response.status == 410


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_logs(enter: Enter, session: Any, profile: str) -> None:
    """The whole output of a job, not only its ends."""
    client = await enter(profile)
    data = {"command": "seq 100", "user": "root", "stdout": False}
    cron = await client.call("cronjob.create", data)
    job = await client.call("cronjob.run", cron["id"])
    await client.job(job)
    path = await client.call("core.job_download_logs", job, "log.txt")
    async with session.get(client.nas.url + path) as response:
        lines = (await response.text()).splitlines()
    assert lines[:100] == [str(number) for number in range(1, 101)]
    job = await client.call("disk.wipe", "none", "QUICK")
    with pytest.raises(Failure, match="This job has no logs"):
        await client.call("core.job_download_logs", job, "log.txt")


def followed(profile: str, path: str, lines: int | None = None) -> str:
    """Return the name of the event in a generation's form."""
    if profile == "scale-25.04":
        return f"{tail.TAIL}:{path}" + ("" if lines is None else f":{lines}")
    given = {"path": path} | ({} if lines is None else {"tail_lines": lines})
    return f"{tail.TAIL}:{json.dumps(given)}"


async def text_of(client: Client, name: str) -> str:
    """Return the next piece of a followed file."""
    told = await client.note(lambda params: params["collection"] == name)
    assert told["msg"] == "added"
    return str(told["fields"]["data"])


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_tail(enter: Enter, profile: str) -> None:
    """The last lines, then what comes; the old file even when it was replaced."""
    client = await enter(profile)
    file = client.nas.world.at("/root/log")
    file.write_text("".join(f"{number}\n" for number in range(9)))
    name = followed(profile, "/root/log", 2)
    subscription = await client.call("core.subscribe", name)
    assert await text_of(client, name) == "7\n8\n"
    with file.open("a") as log:
        log.write("half a li")
        log.flush()
        assert await text_of(client, name) == "half a li"
        file.unlink()
        file.write_text("new\n")
        log.write("ne\n")
    assert await text_of(client, name) == "ne\n"
    await client.call("core.unsubscribe", subscription)
    while (ended := await client.receive())["method"] != "notify_unsubscribed":
        pass
    assert ended["params"] == {"collection": name, "error": None}


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_tail_is_not_hasty(enter: Enter, profile: str) -> None:
    """Not more than two pieces a second, whatever the speed of the world."""
    client = await enter(profile)
    file = client.nas.world.at("/root/log")
    file.touch()
    name = followed(profile, "/root/log")
    await client.call("core.subscribe", name)
    assert await text_of(client, name) == ""
    pieces = []
    began = asyncio.get_running_loop().time()
    with file.open("a") as log:
        for number in range(3):
            log.write(f"{number}")
            log.flush()
            pieces.append(await text_of(client, name))
    assert pieces == ["0", "1", "2"]
    assert asyncio.get_running_loop().time() - began > 2 * tail.SECONDS


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_tail_of_nothing(enter: Enter, profile: str) -> None:
    """A file that is not there ends it at once, without an error."""
    client = await enter(profile)
    name = followed(profile, "/root/none")
    await client.call("core.subscribe", name)
    ended = await client.note(lambda params: "error" in params)
    assert ended == {"collection": name, "error": None}


@pytest.mark.parametrize(
    "argument",
    [
        "/root/log:10",
        "",
        "[]",
        '{"path":1}',
        '{"path":"/x","tail_lines":"2"}',
        '{"path":"/x","lines":2}',
    ],
)
async def test_bad_argument(enter: Enter, argument: str) -> None:
    """25.10 takes the subscription, and ends it with what is wrong."""
    client = await enter("scale-25.10")
    await client.call("core.subscribe", f"{tail.TAIL}:{argument}")
    ended = await client.note(lambda params: "error" in params)
    assert ended["error"]["error"] == 22
    assert ended["error"]["trace"] is None
    assert ended["error"]["extra"]


async def test_bad_argument_of_25_04(enter: Enter) -> None:
    """A number of lines that is none."""
    client = await enter("scale-25.04")
    await client.call("core.subscribe", f"{tail.TAIL}:/x:many")
    ended = await client.note(lambda params: "error" in params)
    assert "invalid literal" in ended["error"]["reason"]
