"""Requests to a NAS that carry the API key, and what their answers mean.

Connection errors and 5xx answers of harmless requests are tried again with
back-off, each time as a new request; one that changes something is sent once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import json
from typing import Any, Final

import aiohttp
from yarl import URL

from .certificate import certificate_rejected
from .errors import (
    NO_SUCH_METHOD,
    AuthenticationFailed,
    CallFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    TrueNASError,
    text_of,
)

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)
"""nginx on the NAS gives a request 60 s (docs/truenas-api.md §4.2)."""

_BACK_OFF: Final = (0.5, 1.0, 2.0)
"""Seconds before the second, third and fourth try of a harmless request."""

_HTTPS_PORT_MARK: Final = "plain HTTP request was sent to HTTPS port"
"""nginx's words for http spoken to its TLS port."""

type Options = Callable[[], dict[str, Any]]
"""Makes what a request is sent with, anew for each try: a form is sent once."""

type Credentials = Callable[[], Awaitable[Mapping[str, str]]]
"""Makes the headers that say who asks, anew for each try: a token works once."""


async def nobody() -> Mapping[str, str]:
    """Return no credentials."""
    return {}


class Http:
    """Send requests to one NAS."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        api_key: str,
        ssl: bool | aiohttp.Fingerprint,
    ) -> None:
        """Keep where to and as whom; nothing is sent yet."""
        self.session = session
        self.url = url
        self.ssl = ssl
        self._api_key = api_key

    async def _key(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._api_key}"}

    async def request(
        self,
        method: str,
        verb: str,
        url: URL,
        options: Options = dict,
        *,
        reads: bool,
        credentials: Credentials | None = None,
    ) -> bytes:
        """Return the body of the answer; `method` is what an error is told by.

        `reads` means that a repeat is harmless. It is sent as the API key where no
        other credentials are given. Raise TrueNASError.
        """
        who = credentials or self._key
        for pause in _BACK_OFF if reads else ():
            try:
                return await self._once(
                    method, verb, url, await who(), options(), reads
                )
            except CertificateRejected:
                raise
            except ConnectionFailed:
                await asyncio.sleep(pause)
        return await self._once(method, verb, url, await who(), options(), reads)

    async def upload(
        self,
        path: str,
        content: bytes,
        mode: int | None,
        token: Callable[[], Awaitable[str]] | None,
    ) -> int:
        """Write a file through `/_upload`; return the id of the job that does it.

        Writing the same twice is harmless. A NAS with an audit log keeps the headers
        of an upload there in clear text: `token` makes one to send instead of the key.
        """

        async def by_token() -> Mapping[str, str]:
            return {} if token is None else {"Authorization": f"Token {await token()}"}

        options = {} if mode is None else {"mode": mode}
        call = {"method": "filesystem.put", "params": [path, options]}

        def form() -> dict[str, Any]:
            data = aiohttp.FormData()
            data.add_field("data", json.dumps(call))
            data.add_field("file", content, filename="file")
            return {"data": data}

        method = "filesystem.put"
        url = self.url / "_upload"
        credentials = None if token is None else by_token
        try:
            body = await self.request(
                method, "POST", url, form, reads=True, credentials=credentials
            )
        except AuthenticationFailed as err:
            if token is None:
                raise
            # Of the token, which lives for a minute: nothing is said of the key.
            raise ConnectionFailed(f"{method}: the token was not accepted") from err
        answer = decoded(method, body)
        if not isinstance(answer, dict) or not isinstance(answer.get("job_id"), int):
            raise InvalidResponse(f"{method}: no job id in the answer")
        return int(answer["job_id"])

    async def _once(
        self,
        method: str,
        verb: str,
        url: URL,
        headers: Mapping[str, str],
        options: dict[str, Any],
        reads: bool,
    ) -> bytes:
        try:
            async with self.session.request(
                verb,
                url,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
                ssl=self.ssl,
                **options,
            ) as response:
                body = await response.read()
        except (
            aiohttp.ClientConnectorCertificateError,
            aiohttp.ServerFingerprintMismatch,
        ) as err:
            raise certificate_rejected(err) from err
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as err:
            raise ConnectionFailed(f"{method}: {err}") from err
        except (aiohttp.ClientError, TimeoutError) as err:
            reason = f"{method}: {text_of(err)}"
            raise (ConnectionFailed if reads else OutcomeUnknown)(reason) from err
        failure = _failure(method, response, body, reads=reads)
        if failure is not None:
            raise failure
        return body


def _failure(
    method: str, response: aiohttp.ClientResponse, body: bytes, *, reads: bool
) -> TrueNASError | None:
    """Return what an answer means if it is not a result."""
    status = response.status
    text = body[:2000].decode(errors="replace")
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        location = response.headers.get("Location", "")
        if location.startswith("https:") and response.url.scheme == "http":
            return HttpsRequired(f"{method}: redirected to https")
        return InvalidResponse(f"{method}: redirected to {location or 'nowhere'}")
    if status == 400 and _HTTPS_PORT_MARK in text:
        return HttpsRequired(f"{method}: this port serves https")
    if status == 401:
        return AuthenticationFailed("the API key was not accepted")
    if status == 403:
        return NotAuthorized(f"the API key may not call {method}")
    if status in (502, 503, 504):
        gateway = f"{method}: the NAS answered {status}"
        return (ConnectionFailed if reads else OutcomeUnknown)(gateway)
    reason, errno = _reason(text)
    if status == 404 and reason is None:
        return CallFailed(method, "the NAS has no such method", NO_SUCH_METHOD)
    if status == 500 and reads and reason is None:
        return ConnectionFailed(f"{method}: the NAS answered 500")
    return CallFailed(method, reason or f"HTTP status {status}", errno)


def _reason(text: str) -> tuple[str | None, int | None]:
    """Return message and errno of an error body (docs/truenas-api.md §1.1)."""
    try:
        answer = json.loads(text)
    except ValueError:
        return None, None
    if not isinstance(answer, dict):
        return None, None
    message = answer.get("message")
    if isinstance(message, str):
        errno = answer.get("errno")
        return message, errno if isinstance(errno, int) else None
    found = [
        f"{attribute}: {item['message']}"
        for attribute, items in answer.items()
        if isinstance(items, list)
        for item in items
        if isinstance(item, dict) and isinstance(item.get("message"), str)
    ]
    return ("; ".join(found), 22) if found else (None, None)


def decoded(method: str, body: bytes) -> Any:
    """Return the JSON of an answer, None for an empty one."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError as err:
        raise InvalidResponse(f"{method}: the answer is not JSON") from err
