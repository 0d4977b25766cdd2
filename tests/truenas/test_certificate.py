"""The certificate a person is asked to trust, read from a real server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
import ssl
from typing import cast

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
import pytest
from yarl import URL

from custom_components.truenas_burnin.truenas.certificate import (
    Certificate,
    certificate_rejected,
    read_certificate,
    readable,
)
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed

from .conftest import Answers
from .websocket_nas import WebsocketNas


@pytest.fixture
async def nas(socket_enabled: None) -> AsyncIterator[WebsocketNas]:
    """Serve."""
    async with WebsocketNas() as served:
        yield served


async def read(url: str) -> Certificate:
    """Read as the config flow does, away from the event loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, read_certificate, URL(url))


async def test_a_certificate_nobody_vouches_for(nas: WebsocketNas) -> None:
    """All that a person compares is there."""
    found = await read(nas.url)
    assert (found.subject, found.issuer) == ("CN=localhost", "CN=localhost")
    assert found.not_before < datetime.now(UTC) < found.not_after
    assert found.fingerprint == nas.fingerprint.hex()
    assert found.readable_fingerprint == nas.fingerprint.hex(":").upper()


async def test_a_port_without_tls(answers: Answers) -> None:
    """There is no certificate to be read."""
    answers.say((200, "hello"))
    with pytest.raises(ConnectionFailed, match="its certificate cannot be read"):
        await read(answers.url.replace("http:", "https:"))


async def test_nobody_there(nas: WebsocketNas) -> None:
    """Neither is there behind a closed port."""
    url = nas.url
    await nas.__aexit__()
    with pytest.raises(ConnectionFailed, match="its certificate cannot be read"):
        await read(url)


def test_readable() -> None:
    """In upper-case pairs, as browsers show it."""
    assert readable("0aff") == "0A:FF"


def test_what_is_wrong_with_a_certificate() -> None:
    """In the words of whoever checked it, without those of the library."""
    key = cast("ConnectionKey", None)
    told = ssl.SSLCertVerificationError(1, "[SSL] verify failed (_ssl.c:1127)")
    told.verify_message = "self-signed certificate"
    for error, words in ((told, "self-signed certificate"), (ValueError("odd"), "odd")):
        wrong = aiohttp.ClientConnectorCertificateError(key, error)
        assert str(certificate_rejected(wrong)) == words
