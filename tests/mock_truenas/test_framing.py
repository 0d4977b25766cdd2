"""Frames, messages and their limits, as the wire has them."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import WSMsgType
import pytest

from .client import Failure, logged_in, opened
from .conftest import JSON_RPC, Enter, Start

pytestmark = pytest.mark.parametrize("profile", JSON_RPC)


async def test_versions(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """Every listed version is served; boot_id over HTTP from 25.10 on."""
    nas = await start(profile)
    async with session.get(f"{nas.url}/api/versions") as response:
        assert response.content_type == "application/json"
        versions = await response.json()
    assert versions == list(nas.world.profile.api_versions)
    for version in versions:
        async with opened(session, nas, version) as client:
            assert await client.call("system.boot_id") == nas.world.boot_id
    async with session.get(f"{nas.url}/api/boot_id") as response:
        assert response.status == (404 if profile == "scale-25.04" else 200)
    async with session.get(f"{nas.url}/api/v24.10") as response:
        assert response.status == 404
    async with session.get(f"{nas.url}/", allow_redirects=False) as response:
        assert response.headers["Location"] == "/ui/"
    async with session.get(f"{nas.url}/ui/") as response:
        assert "TrueNAS" in await response.text()


@pytest.mark.parametrize(
    ("text", "code", "words", "number"),
    [
        ("{", -32700, "", None),
        ("1", -32700, "Invalid Message Format", None),
        ("[]", -32700, "Batch messages are not supported at this time", None),
        ('{"id":7}', -32600, "Missing 'jsonrpc' member", 7),
        ('{"jsonrpc":"1","id":7}', -32600, "'jsonrpc' member", 7),
        ('{"jsonrpc":"2.0","id":7}', -32600, "Missing 'method' member", 7),
        ('{"jsonrpc":"2.0","id":7,"method":1}', -32600, "'method' member", 7),
        ('{"jsonrpc":"2.0","id":7,"method":""}', -32600, "'method' member", 7),
        ('{"jsonrpc":"2.0","id":[],"method":"a"}', -32600, "'id' member", []),
        (
            '{"jsonrpc":"2.0","id":"x","method":"core.ping","params":{}}',
            -32600,
            "'params' member must be of type array",
            "x",
        ),
        (
            '{"jsonrpc":"2.0","id":null,"method":"core.pong"}',
            -32601,
            "Method does not exist",
            None,
        ),
    ],
)
async def test_bad_messages(
    session: aiohttp.ClientSession,
    start: Start,
    profile: str,
    text: str,
    code: int,
    words: str,
    number: Any,
) -> None:
    """Each is answered, and the connection goes on."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        await client.socket.send_str(text)
        answer = await client.receive()
        assert answer["jsonrpc"] == "2.0"
        assert answer["id"] == number
        assert answer["error"]["code"] == code
        assert words in answer["error"]["message"]
        assert "data" not in answer["error"]
        assert await client.call("system.boot_id")


async def test_notifications(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """What has no id gets no answer, whatever is wrong with it."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        for method, params in (("no.such", "[]"), ("core.ping", "{}"), ("x.y", "[1]")):
            text = f'{{"jsonrpc":"2.0","method":"{method}","params":{params}}}'
            await client.socket.send_str(text)
        assert await client.call("system.boot_id")
        assert client.notes == []


async def test_binary(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """Only text is understood."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        await client.socket.send_bytes(b"{}")
        message = await client.socket.receive()
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1003)


@pytest.mark.parametrize(("login", "size", "code"), [(0, 8192, 1007), (1, 65536, 1009)])
async def test_size(
    session: aiohttp.ClientSession,
    start: Start,
    profile: str,
    login: int,
    size: int,
    code: int,
) -> None:
    """One character too many ends the connection."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        if login:
            await client.login()
        text = '{"jsonrpc":"2.0","id":"x","method":"core.ping"}'
        await client.socket.send_str(text + " " * (size - len(text)))
        assert (await client.receive())["id"] == "x"
        await client.socket.send_str(text + " " * (size + 1 - len(text)))
        message = await client.socket.receive()
        assert (message.type, message.data) == (WSMsgType.CLOSE, code)


async def test_too_many_calls(enter: Enter, profile: str) -> None:
    """The twenty-first at once is refused; the others are not."""
    client = await enter(profile)
    client.nas.world.faults.latency = 0.2
    numbers = [await client.send("system.version") for _ in range(21)]
    with pytest.raises(Failure) as error:
        await client.reply(numbers[-1])
    assert error.value.code == -32000
    assert error.value.message == (
        "Maximum number of concurrent calls (20) has exceeded"
    )
    assert error.value.data == {}
    answers = {note["id"] for note in client.notes}
    while len(answers) < 20:
        answers.add((await client.receive())["id"])
    assert answers == set(numbers[:-1])


async def test_idle(session: aiohttp.ClientSession, start: Start, profile: str) -> None:
    """Nginx hangs up where it hears nothing; pings keep it listening."""
    nas = await start(profile)
    expected = 3600 if profile == "scale-26.0" else 60
    assert nas.world.profile.idle_seconds == expected
    nas.world.faults.idle = 0.3
    async with opened(session, nas) as client:
        reading = asyncio.create_task(client.socket.receive())
        for _ in range(5):
            await asyncio.sleep(0.1)
            await client.socket.ping()
        assert not reading.done()
        message = await reading
        assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)
        assert client.socket.close_code == 1006


@pytest.mark.parametrize(
    ("method", "params", "attribute", "words"),
    [
        ("cronjob.run", ["1"], "id", "Input should be a valid integer"),
        ("cronjob.run", [], "id", "Field required"),
        ("cronjob.run", [1, 1], "skip_disabled", "Input should be a valid boolean"),
        ("cronjob.run", [1, True, 3], "", "Too many arguments (expected 2, found 3)"),
        (
            "cronjob.create",
            [{"user": "root", "command": "x" * 1025}],
            "data.command",
            "String should have at most 1024 characters",
        ),
        (
            "cronjob.create",
            [{"user": "root", "command": "x", "extra": 1}],
            "data.extra",
            "Extra inputs are not permitted",
        ),
    ],
)
async def test_strict_models(
    enter: Enter,
    profile: str,
    method: str,
    params: list[Any],
    attribute: str,
    words: str,
) -> None:
    """Methods converted by 25.04 take nothing but what they ask for."""
    client = await enter(profile)
    with pytest.raises(Failure) as error:
        await client.call(method, *params)
    assert error.value.code == -32602
    assert error.value.message == "Invalid params"
    data = error.value.data
    assert data["extra"] == [[attribute, words, 22]]
    assert data["reason"] == f"[EINVAL] {attribute}: {words}\n"
    assert (data["error"], data["errname"]) == (22, "EINVAL")
    assert data["trace"]["class"] == "ValidationErrors"
    assert ("frames" in data["trace"]) is (profile != "scale-26.0")


@pytest.mark.parametrize(
    ("method", "params", "old", "new"),
    [
        ("disk.query", [[], {"sort": 1}], "Field was not expected", "Extra inputs"),
        ("disk.details", [{"type": "ALL"}], "Invalid choice: ALL", "Input should be"),
        ("disk.details", [{"join_partitions": 1}], "Not a boolean", "valid boolean"),
        ("core.job_abort", ["x"], "Not an integer", "valid integer"),
        ("core.job_abort", [], "attribute required", "Field required"),
        ("disk.temperatures", ["sda"], "Not a list", "valid list"),
        ("system.info", [1], "Too many arguments (expected 0, found 1)", "Too many"),
    ],
)
async def test_old_schemas(
    enter: Enter, profile: str, method: str, params: list[Any], old: str, new: str
) -> None:
    """On 25.04 what was not converted speaks in older words."""
    client = await enter(profile)
    with pytest.raises(Failure) as error:
        await client.call(method, *params)
    wanted = old if profile == "scale-25.04" else new
    assert wanted in error.value.data["reason"]
    if not old.startswith("Too many"):
        assert error.value.code == -32602
        assert error.value.data["error"] == 22


async def test_old_schemas_convert(enter: Enter, profile: str) -> None:
    """They take the text of a number for the number; models do not."""
    client = await enter(profile)
    number = await client.call("core.download", "filesystem.get", ["/x"], "x")
    abort = client.call("core.job_abort", str(number[0]))
    if profile == "scale-25.04":
        assert await abort is None
    else:
        with pytest.raises(Failure):
            await abort


async def test_pending_calls_of_a_lost_connection(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """26 gives them up; before, they are done all the same."""
    nas = await start(profile)
    async with logged_in(session, nas) as client:
        nas.world.faults.latency = 0.2
        await client.send("cronjob.create", {"command": "true", "user": "root"})
        (connection,) = nas.nas.endpoint.connections
        # A message that is none is answered at once: the call has begun by then.
        await client.socket.send_str("[]")
        await client.receive()
        calls = set(connection.calls)
    assert len(calls) == 1
    await asyncio.wait(calls)
    nas.world.faults.latency = 0
    async with logged_in(session, nas) as client:
        made = await client.call("cronjob.query", [], {"count": True})
        assert made == (0 if profile == "scale-26.0" else 1)
