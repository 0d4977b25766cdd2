"""The REST transport against a real server that misbehaves."""

import json
from pathlib import Path
import re

import aiohttp
import pytest
from yarl import URL

from custom_components.truenas_burnin.truenas import rest as rest_module
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CallFailed,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.rest import RestTransport

from .conftest import Answers

KEY = "1-" + "k" * 64


@pytest.fixture
def rest(session: aiohttp.ClientSession, answers: Answers) -> RestTransport:
    """Return a transport to the server."""
    return RestTransport(session, URL(answers.url), KEY)


async def test_a_call_carries_the_key_and_decodes(
    rest: RestTransport, answers: Answers
) -> None:
    """The reply is JSON, the key a bearer."""
    answers.say((200, '"TrueNAS-13.0-U6.8"'))
    assert await rest.call("system.version") == "TrueNAS-13.0-U6.8"
    method, path, _, headers = answers.asked[0]
    assert (method, path) == ("GET", "/api/v2.0/system/version")
    assert headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        (
            "disk.query",
            ([], {"extra": {"pools": True}}),
            (
                "GET",
                "/api/v2.0/disk",
                {"query-filters": [], "query-options": {"extra": {"pools": True}}},
            ),
        ),
        (
            "core.get_jobs",
            ([["id", "=", 17]],),
            ("GET", "/api/v2.0/core/get_jobs?id=17", None),
        ),
        ("core.job_abort", (17,), ("POST", "/api/v2.0/core/job_abort", 17)),
        ("disk.get_unused", (False,), ("POST", "/api/v2.0/disk/get_unused", False)),
        (
            "disk.temperatures",
            ({"names": ["ada0"], "powermode": "STANDBY"},),
            (
                "POST",
                "/api/v2.0/disk/temperatures",
                {"names": ["ada0"], "powermode": "STANDBY"},
            ),
        ),
        (
            "cronjob.run",
            (7, False),
            ("POST", "/api/v2.0/cronjob/run", {"id": 7, "skip_disabled": False}),
        ),
        ("system.state", (), ("GET", "/api/v2.0/system/state", None)),
        ("cronjob.delete", (7,), ("DELETE", "/api/v2.0/cronjob/id/7", None)),
    ],
)
async def test_parameters_travel_as_the_middleware_takes_them(
    rest: RestTransport,
    answers: Answers,
    method: str,
    params: tuple[object, ...],
    expected: tuple[str, str, object],
) -> None:
    """Body, bare value, query string or path (docs/truenas-api.md §2-6)."""
    answers.say((200, "null"))
    assert await rest.call(method, *params) is None
    verb, path, body, _ = answers.asked[0]
    assert (verb, path, json.loads(body) if body else None) == expected


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, "401: Unauthorized"), AuthenticationFailed),
        ((403, ""), NotAuthorized),
        ((404, '{"message": ""}'), CallFailed),
        ((422, '{"message": "[EFAULT] no", "errno": 14}'), CallFailed),
        ((500, '{"message": "boom", "traceback": "…"}'), CallFailed),
        ((200, "<html>login</html>"), InvalidResponse),
        ((200, '{"half": '), InvalidResponse),
        ((302, "", {"Location": "/ui/"}), InvalidResponse),
        ((302, ""), InvalidResponse),
        ((307, "", {"Location": "https://nas/api"}), HttpsRequired),
        (
            (400, "<h1>The plain HTTP request was sent to HTTPS port</h1>"),
            HttpsRequired,
        ),
        ((400, "[]"), CallFailed),
    ],
)
async def test_every_bad_answer_has_its_error(
    rest: RestTransport,
    answers: Answers,
    answer: tuple[object, ...],
    error: type[TrueNASError],
) -> None:
    """One kind of answer, one kind of error, and the key in none of them."""
    answers.say(answer)
    with pytest.raises(error) as caught:
        await rest.call("system.info")
    assert KEY not in str(caught.value)
    assert len(answers.asked) == 1


async def test_validation_errors_are_told_whole(
    rest: RestTransport, answers: Answers
) -> None:
    """Attribute and message of each."""
    answers.say(
        (
            422,
            '{"disks.0.identifier": [{"message": "X is not valid.", "errno": 22}],'
            ' "odd": 1}',
        )
    )
    with pytest.raises(CallFailed) as caught:
        await rest.call("smart.test.manual_test", [])
    assert caught.value.reason == "disks.0.identifier: X is not valid."
    assert caught.value.errno == 22


@pytest.mark.parametrize("trouble", [None, (502, ""), (503, "x"), (500, "<html>")])
async def test_reading_is_tried_again(
    rest: RestTransport,
    answers: Answers,
    pauses: list[float],
    trouble: tuple[object, ...] | None,
) -> None:
    """A broken connection or a gateway error costs a pause."""
    answers.say(trouble, trouble, (200, "[]"))
    assert await rest.call("disk.get_unused", False) == []
    assert pauses == [0.5, 1.0]


async def test_reading_gives_up(
    rest: RestTransport, answers: Answers, pauses: list[float]
) -> None:
    """Four tries, then the error."""
    answers.say((502, ""))
    with pytest.raises(ConnectionFailed):
        await rest.call("system.info")
    assert len(answers.asked) == 4


@pytest.mark.parametrize("trouble", [None, (502, "")])
async def test_a_change_is_never_sent_twice(
    rest: RestTransport, answers: Answers, trouble: tuple[object, ...] | None
) -> None:
    """A lost reply leaves the outcome unknown."""
    answers.say(trouble)
    with pytest.raises(OutcomeUnknown):
        await rest.call("cronjob.run", 7, False)
    assert len(answers.asked) == 1


async def test_nobody_there(
    session: aiohttp.ClientSession, pauses: list[float], unused_tcp_port: int
) -> None:
    """A refused connection is a failed one, also for a change."""
    rest = RestTransport(session, URL(f"http://127.0.0.1:{unused_tcp_port}"), KEY)
    with pytest.raises(ConnectionFailed):
        await rest.call("system.info")
    with pytest.raises(ConnectionFailed):
        await rest.call("cronjob.run", 7, False)


async def test_upload_and_download(
    rest: RestTransport, answers: Answers, pauses: list[float]
) -> None:
    """A lost reply to an upload is repeated as a new request."""
    answers.say(None, (200, '{"job_id": 5}'))
    assert await rest.upload("/root/x", b"content", 0o600, None) == 5
    _, path, body, headers = answers.asked[1]
    assert (path, headers["Authorization"]) == ("/_upload", f"Bearer {KEY}")
    assert body.index('name="data"') < body.index('name="file"')
    assert '"params": ["/root/x", {"mode": 384}]' in body
    answers.say((200, '{"job_id": 6}'))
    assert await rest.upload("/root/x", b"content", None, None) == 6
    assert '"params": ["/root/x", {}]' in answers.asked[-1][2]
    answers.say((200, "the file"))
    assert await rest.download("/root/x") == b"the file"
    assert answers.asked[-1][2] == '"/root/x"'
    answers.say((422, '{"message": "is not a file"}'))
    assert await rest.download("/root/y") == b""


@pytest.mark.parametrize("body", ["[]", "{}", '{"job_id": "5"}', ""])
async def test_an_upload_without_job_is_refused(
    rest: RestTransport, answers: Answers, body: str
) -> None:
    """The reply must name the job to wait for."""
    answers.say((200, body))
    with pytest.raises(InvalidResponse):
        await rest.upload("/root/x", b"", 0o600, None)


async def test_an_upload_by_token(
    rest: RestTransport, answers: Answers, pauses: list[float]
) -> None:
    """The audit log of the NAS gets to see what is worth nothing in a minute."""
    answers.say((200, '"made"'), (200, '{"job_id": 5}'))
    assert await rest.upload("/root/x", b"content", 0o600, (60, {}, True)) == 5
    (_, path, body, _), (_, _, _, headers) = answers.asked
    assert path == "/api/v2.0/auth/generate_token"
    assert json.loads(body) == {"ttl": 60, "attrs": {}, "match_origin": True}
    assert headers["Authorization"] == "Token made"


def test_every_method_that_is_called_by_its_name_has_a_route() -> None:
    """One that has none would raise KeyError on a NAS that is asked over REST."""
    package = Path(rest_module.__file__).parent
    called = {
        method
        for source in package.rglob("*.py")
        if not source.name.startswith("jsonrpc")
        for method in re.findall(
            r"transport\.call\(\s*\"([\w.]+)\"", source.read_text()
        )
    }
    assert "system.version" in called
    assert called - {"auth.me"} <= rest_module.ROUTES.keys()
