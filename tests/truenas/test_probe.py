"""What answers at an address, found out without showing the key."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.truenas_burnin.truenas.client import connect
from custom_components.truenas_burnin.truenas.errors import (
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotReady,
    TrueNASError,
    UnsupportedSystem,
)
from custom_components.truenas_burnin.truenas.probe import (
    api_versions,
    find_web_interface,
    parse_url,
)

from .conftest import Answers
from .websocket_nas import WebsocketNas


@pytest.fixture
async def nas(socket_enabled: None) -> AsyncIterator[WebsocketNas]:
    """Serve over https."""
    async with WebsocketNas() as served:
        yield served


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (" nas.local ", "https://nas.local"),
        ("http://nas.local/ui/dashboard?x=1", "http://nas.local"),
        ("https://10.0.0.2:8443/", "https://10.0.0.2:8443"),
        ("[fe80::1]", "https://[fe80::1]"),
    ],
)
def test_addresses(typed: str, url: str) -> None:
    """However it was copied, its origin is what is kept."""
    assert str(parse_url(typed)) == url


@pytest.mark.parametrize(
    "typed", ["", "https://", "ftp://nas", "https://admin:secret@nas", "nas:port"]
)
def test_bad_addresses(typed: str) -> None:
    """None is guessed at, and none with a password is kept."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse_url(typed)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "versions"),
    [
        ((200, '["v25.04.0", "v25.10.0"]'), ["v25.04.0", "v25.10.0"]),
        ((404, "Not found"), []),
        ((200, "<html>"), []),
        ((200, '{"v": 1}'), []),
        ((200, "[25.04]"), []),
        ((302, "", {"Location": "/ui/"}), []),
        ((400, "Bad request"), []),
    ],
)
async def test_versions(
    answers: Answers, session: aiohttp.ClientSession, answer: Any, versions: list[str]
) -> None:
    """None where it does not speak JSON-RPC; nothing secret is sent."""
    answers.say(answer)
    assert await api_versions(session, URL(answers.url), ssl=True) == versions
    ((verb, path, body, headers),) = answers.asked
    assert (verb, path, body) == ("GET", "/api/versions", "")
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((301, "", {"Location": "https://nas/api/versions"}), HttpsRequired),
        (
            (400, "The plain HTTP request was sent to HTTPS port"),
            HttpsRequired,
        ),
        (None, ConnectionFailed),
        ((429, "Too many requests"), NotReady),
        ((500, ""), NotReady),
        ((502, "<html>Bad Gateway</html>"), NotReady),
        ((503, '["v25.04.0"]'), NotReady),
    ],
)
async def test_no_versions(
    answers: Answers,
    session: aiohttp.ClientSession,
    answer: Any,
    error: type[TrueNASError],
) -> None:
    """Where the key would be sent in the clear, and where nobody answers yet."""
    answers.say(answer)
    with pytest.raises(error):
        await api_versions(session, URL(answers.url), ssl=True)


@pytest.mark.parametrize(
    ("version", "error"),
    [
        ('"TrueNAS-SCALE-22.12.4"', UnsupportedSystem),
        ('"TrueNAS-25.10.0"', InvalidResponse),
        ("5", InvalidResponse),
    ],
)
async def test_a_system_that_is_not_served(
    answers: Answers,
    session: aiohttp.ClientSession,
    version: str,
    error: type[TrueNASError],
) -> None:
    """An old one, one behind the wrong protocol, and what is no TrueNAS at all."""
    answers.say((404, "Not found"), (200, version))
    with pytest.raises(error):
        await connect(session, answers.url, "1-key")
    assert [path for _, path, _, _ in answers.asked] == [
        "/api/versions",
        "/api/v2.0/system/version",
    ]


async def test_a_system_that_starts_is_asked_nothing_else(
    answers: Answers, session: aiohttp.ClientSession
) -> None:
    """Behind a 502 is any generation: some count each REST call, and know no key."""
    answers.say((502, "Bad Gateway"), (200, '"TrueNAS-25.10.0"'))
    with pytest.raises(NotReady):
        await connect(session, answers.url, "1-key")
    assert [path for _, path, _, _ in answers.asked] == ["/api/versions"]


PAGE = (200, "<!doctype html><html><head><title>TrueNAS</title></head></html>")
OLD = (302, "", {"Location": "/ui/"})


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ([(200, '["v25.04.0", "v25.10.0"]')], True),
        ([OLD, PAGE], True),
        ([(502, ""), PAGE], True),
        ([(502, ""), (502, "")], False),
        ([(404, ""), (200, "<title>\nTrueNAS - nas</title>")], True),
        ([(200, '["1.0", "2.0"]')], False),
        ([(404, ""), (200, "<title>Router</title>")], False),
        ([(404, ""), (200, "<title>About TrueNAS</title>")], False),
        ([(404, ""), (404, "<title>TrueNAS</title>")], False),
        ([(404, ""), None], False),
        ([None], False),
    ],
)
async def test_what_answers_is_looked_at(
    answers: Answers, session: aiohttp.ClientSession, said: list[Any], is_one: bool
) -> None:
    """By what every generation says to everybody; nothing secret is sent."""
    url = URL(answers.url)
    answers.say(*said)
    answers.queue.append((404, ""))
    found = await find_web_interface(session, str(url.host), url.port or 0, 1)
    assert found == (url if is_one else None)
    assert all("Authorization" not in headers for *_, headers in answers.asked)


async def test_https_is_preferred(
    nas: WebsocketNas, answers: Answers, session: aiohttp.ClientSession
) -> None:
    """Whatever its certificate; the announced port is not even asked."""
    answers.say(PAGE)
    https, http = URL(nas.url), URL(answers.url)
    found = await find_web_interface(
        session, str(https.host), http.port or 0, https.port or 0
    )
    assert found == https
    assert answers.asked == []


async def test_a_redirect_to_another_port(
    nas: WebsocketNas, answers: Answers, session: aiohttp.ClientSession
) -> None:
    """TrueNAS sends those to https who speak http, if it is set so."""
    https, http = URL(nas.url), URL(answers.url)
    answers.say((301, "", {"Location": str(https.with_host(str(http.host)) / "ui/")}))
    found = await find_web_interface(session, str(http.host), http.port or 0, 1)
    assert found == https.with_host(str(http.host))


@pytest.mark.parametrize(
    "target", ["https://elsewhere.test/ui/", "http://127.0.0.1/ui/", "/ui/", ""]
)
async def test_no_other_redirect_is_followed(
    answers: Answers, session: aiohttp.ClientSession, target: str
) -> None:
    """A NAS sends nobody to another host."""
    url = URL(answers.url)
    answers.say((301, "", {"Location": target}))
    assert await find_web_interface(session, str(url.host), url.port or 0, 1) is None


async def test_nobody_answers(session: aiohttp.ClientSession) -> None:
    """A name without a web server is none of ours."""
    assert await find_web_interface(session, "127.0.0.1", 1, 1) is None


async def test_a_redirect_to_what_is_no_nas(
    answers: Answers, session: aiohttp.ClientSession
) -> None:
    """The server there is asked as any."""
    url = URL(answers.url)
    answers.say((301, "", {"Location": f"https://{url.host}:1/ui/"}))
    assert await find_web_interface(session, str(url.host), url.port or 0, 1) is None
