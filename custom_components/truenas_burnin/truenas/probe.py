"""Find out what answers at an address, before anything secret is sent there."""

import json
from typing import Final

import aiohttp
from yarl import URL

from .certificate import certificate_rejected
from .errors import ConnectionFailed, HttpsRequired

_PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=20, connect=10)


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

    Asked without the key, so that nothing secret goes to a wrong address.
    """
    try:
        async with session.get(
            url / "api/versions", allow_redirects=False, timeout=_PROBE_TIMEOUT, ssl=ssl
        ) as response:
            location = response.headers.get("Location", "")
            if url.scheme == "http" and location.startswith("https:"):
                raise HttpsRequired("redirected to https")
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
        raise ConnectionFailed(str(err) or type(err).__name__) from err
    except ValueError:
        return []
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return []
    return found
