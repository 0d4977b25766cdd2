"""Find out what answers at an address, before anything secret is sent there."""

from contextlib import AbstractAsyncContextManager
import json
import re
from typing import Final

import aiohttp
from yarl import URL

from .certificate import certificate_rejected
from .errors import ConnectionFailed, HttpsRequired, NotReady, TrueNASError, text_of

_PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=20, connect=10)

_VERSION: Final = re.compile(r"v\d{2}\.\d+\.\d+")
"""A version of the JSON-RPC API, such as v25.10.0 and v26.0.0."""

_TOO_EARLY: Final = (408, 425, 429)
"""What says *try again later*, as every 5xx does."""

_TITLE: Final = re.compile(rb"<title>\s*TrueNAS\b", re.IGNORECASE)
"""What the page of the web interface is called, of every generation."""

_PAGE_BYTES: Final = 65_536


def parse_url(address: str) -> URL:
    """Return scheme, host and port of what a person typed; https by default.

    Raise ValueError if it is no address of a web server.
    """
    typed = address.strip()
    url = URL(typed if "://" in typed else f"https://{typed}")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("not an http or https address")
    if url.user or url.password:
        raise ValueError("an address with a user name in it")
    return url.origin()


async def api_versions(
    session: aiohttp.ClientSession, url: URL, ssl: bool | aiohttp.Fingerprint
) -> list[str]:
    """Return the JSON-RPC versions a system serves; none before 25.04.

    Asked without the key, so that nothing secret goes to a wrong address. Raise
    NotReady where the answer says nothing of the system: one that starts is no older
    one, and is not to be asked as such.
    """
    try:
        async with session.get(
            url / "api/versions", allow_redirects=False, timeout=_PROBE_TIMEOUT, ssl=ssl
        ) as response:
            location = response.headers.get("Location", "")
            if url.scheme == "http" and location.startswith("https:"):
                raise HttpsRequired("redirected to https")
            if response.status >= 500 or response.status in _TOO_EARLY:
                raise NotReady(f"the NAS responded with HTTP {response.status}")
            body = await response.text(errors="replace")
            if response.status == 400 and "HTTPS port" in body:
                raise HttpsRequired("this port serves https")
            found = json.loads(body) if response.status == 200 else []
    except (
        aiohttp.ClientConnectorCertificateError,
        aiohttp.ServerFingerprintMismatch,
    ) as err:
        raise certificate_rejected(err) from err
    except (aiohttp.ClientError, TimeoutError) as err:
        raise ConnectionFailed(text_of(err)) from err
    except ValueError:
        return []
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return []
    return found


async def find_web_interface(
    session: aiohttp.ClientSession, host: str, port: int, https_port: int = 443
) -> URL | None:
    """Return the address of the TrueNAS web interface of a host, None without one.

    `port` is where it serves http, which is what it announces. https is preferred;
    its certificate is not checked, because nothing secret is sent.
    """
    https = URL.build(scheme="https", host=host, port=https_port)
    http = URL.build(scheme="http", host=host, port=port)
    for url in (https, http):
        if await _is_truenas(session, url):
            return url
    moved = await _https_of(session, http)
    if moved is not None and moved != https and await _is_truenas(session, moved):
        return moved
    return None


async def _is_truenas(session: aiohttp.ClientSession, url: URL) -> bool:
    """Tell whether TrueNAS answers, by its API versions or its page."""
    try:
        try:
            versions = await api_versions(session, url, False)
        except NotReady:
            versions = []
        if versions:
            return all(_VERSION.match(version) for version in versions)
        async with _get_page(session, url) as response:
            page = await response.content.read(_PAGE_BYTES)
            return response.status == 200 and _TITLE.search(page) is not None
    except TrueNASError, aiohttp.ClientError, TimeoutError:
        return False


async def _https_of(session: aiohttp.ClientSession, url: URL) -> URL | None:
    """Return where a host sends those who speak http to it, if to itself by https."""
    try:
        async with _get_page(session, url) as response:
            found = URL(response.headers.get("Location", "")).origin()
    except aiohttp.ClientError, TimeoutError, ValueError:
        return None
    return found if found.scheme == "https" and found.host == url.host else None


def _get_page(
    session: aiohttp.ClientSession, url: URL
) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
    return session.get(
        url / "ui/", allow_redirects=False, timeout=_PROBE_TIMEOUT, ssl=False
    )
