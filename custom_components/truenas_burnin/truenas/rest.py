"""Transport for the REST API v2.0: TrueNAS CORE 13 and SCALE up to 24.10.

Connection errors and 5xx answers of reading calls are tried again with back-off,
each time as a new request; a call that changes something is sent once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import Any, Final, override

import aiohttp
from yarl import URL

from .certificate import certificate_rejected
from .errors import (
    AuthenticationFailed,
    CallFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    TrueNASError,
)
from .transport import Transport

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)
"""nginx on the NAS gives a REST call 60 s (truenas-api.md §4.2)."""

_BACK_OFF: Final = (0.5, 1.0, 2.0)
"""Seconds before the second, third and fourth try of a reading call."""

_HTTPS_PORT_MARK: Final = "plain HTTP request was sent to HTTPS port"
"""nginx's words for http spoken to its TLS port."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a method is reached over REST.

    `names` are the keys its parameters get in a JSON object; a method with a
    single unnamed parameter sends it bare. `reads` means it changes nothing.
    """

    verb: str
    path: str
    names: tuple[str, ...] = ()
    reads: bool = False


def _get(path: str, *names: str) -> Route:
    return Route("GET", path, names, reads=True)


def _ask(path: str, *names: str) -> Route:
    return Route("POST", path, names, reads=True)


def _do(path: str, *names: str) -> Route:
    return Route("POST", path, names)


ROUTES: Final[Mapping[str, Route]] = {
    "boot.get_disks": _get("boot/get_disks"),
    "core.get_jobs": _get("core/get_jobs"),
    "core.job_abort": _do("core/job_abort"),
    "cronjob.create": _do("cronjob"),
    "cronjob.delete": Route("DELETE", "cronjob/id"),
    "cronjob.query": _get("cronjob"),
    "cronjob.run": _do("cronjob/run", "id", "skip_disabled"),
    "disk.details": _ask("disk/details"),
    "disk.get_unused": _ask("disk/get_unused"),
    "disk.query": _get("disk", "query-filters", "query-options"),
    "disk.temperatures": _ask("disk/temperatures"),
    "smart.test.abort": _do("smart/test/abort"),
    "smart.test.manual_test": _do("smart/test/manual_test"),
    "smart.test.results": _get("smart/test/results"),
    "system.boot_id": _get("system/boot_id"),
    "system.host_id": _get("system/host_id"),
    "system.info": _get("system/info"),
    "system.product_type": _get("system/product_type"),
    "system.version": _get("system/version"),
}
"""The calls of this integration (truenas-api.md §2-7)."""


class RestTransport(Transport):
    """Speak REST v2.0 with an API key as bearer."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        api_key: str,
        *,
        ssl: bool | aiohttp.Fingerprint = True,
    ) -> None:
        """Keep where to speak to and as whom; nothing is sent yet."""
        self._session = session
        self._ssl = ssl
        self._url = url
        self._headers = {"Authorization": f"Bearer {api_key}"}

    @override
    async def call(self, method: str, *params: Any) -> Any:
        """Call a method of the table above; `params` as the middleware takes them.

        A query with named parameters sends them as a JSON body of the GET, which
        is the only way to options on CORE; one without takes filters for equality
        as its single parameter, and sends them in the query string.
        """
        route = ROUTES[method]
        url = self._url / "api/v2.0" / route.path
        options: dict[str, Any] = {}
        if route.names:
            options["json"] = dict(zip(route.names, params, strict=True))
        elif route.verb == "DELETE":
            url = url / str(params[0])
        elif params and route.verb == "GET":
            options["params"] = {field: value for field, _, value in params[0]}
        elif params:
            options["json"] = params[0]
        _, body = await self._send(method, route.verb, url, route.reads, options)
        return _decode(method, body)

    @override
    async def upload(self, path: str, content: bytes, mode: int) -> int:
        """Write a file through `/_upload`; writing the same twice is harmless."""
        call = {"method": "filesystem.put", "params": [path, {"mode": mode}]}

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("data", json.dumps(call))
            data.add_field("file", content, filename="file")
            return data

        _, body = await self._retried(
            "filesystem.put", "POST", self._url / "_upload", lambda: {"data": form()}
        )
        answer = _decode("filesystem.put", body)
        if not isinstance(answer, dict) or not isinstance(answer.get("job_id"), int):
            raise InvalidResponse("filesystem.put: no job id in the answer")
        return int(answer["job_id"])

    @override
    async def download(self, path: str) -> bytes:
        """Read a file through filesystem.get, whose answer is the file itself."""
        url = self._url / "api/v2.0/filesystem/get"
        try:
            _, body = await self._retried(
                "filesystem.get", "POST", url, lambda: {"json": path}
            )
        except CallFailed:
            return b""
        return body

    @override
    async def close(self) -> None:
        """Do nothing: each request stands alone, the session is the caller's."""

    async def _send(
        self, method: str, verb: str, url: URL, reads: bool, options: dict[str, Any]
    ) -> tuple[int, bytes]:
        if reads:
            return await self._retried(method, verb, url, lambda: options)
        return await self._once(method, verb, url, options, reads=False)

    async def _retried(
        self, method: str, verb: str, url: URL, options: Any
    ) -> tuple[int, bytes]:
        for pause in _BACK_OFF:
            try:
                return await self._once(method, verb, url, options(), reads=True)
            except CertificateRejected:
                raise
            except ConnectionFailed:
                await asyncio.sleep(pause)
        return await self._once(method, verb, url, options(), reads=True)

    async def _once(
        self, method: str, verb: str, url: URL, options: dict[str, Any], *, reads: bool
    ) -> tuple[int, bytes]:
        try:
            async with self._session.request(
                verb,
                url,
                headers=self._headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
                ssl=self._ssl,
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
            reason = f"{method}: {err or type(err).__name__}"
            raise (ConnectionFailed if reads else OutcomeUnknown)(reason) from err
        failure = _failure(method, response, body, reads=reads)
        if failure is not None:
            raise failure
        return response.status, body


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
    if status == 500 and reads and reason is None:
        return ConnectionFailed(f"{method}: the NAS answered 500")
    return CallFailed(method, reason or f"HTTP status {status}", errno)


def _reason(text: str) -> tuple[str | None, int | None]:
    """Return message and errno of an error body (truenas-api.md §1.1)."""
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


def _decode(method: str, body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError as err:
        raise InvalidResponse(f"{method}: the answer is not JSON") from err
