"""What answers at an address, found out without showing the key."""

from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.truenas_burnin.truenas.client import connect
from custom_components.truenas_burnin.truenas.errors import (
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    TrueNASError,
    UnsupportedSystem,
)
from custom_components.truenas_burnin.truenas.probe import api_versions, parse_url

from .conftest import Answers


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
    ],
)
async def test_no_versions(
    answers: Answers,
    session: aiohttp.ClientSession,
    answer: Any,
    error: type[TrueNASError],
) -> None:
    """Where the key would be sent in the clear, and where nobody answers."""
    answers.say(answer)
    with pytest.raises(error):
        await api_versions(session, URL(answers.url), ssl=True)


@pytest.mark.parametrize(
    ("version", "error"),
    [
        ('"TrueNAS-SCALE-22.12.4"', UnsupportedSystem),
        ('"TrueNAS-25.10.0"', UnsupportedSystem),
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
