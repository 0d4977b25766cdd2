"""Transport for the REST API v2.0: TrueNAS CORE 13 and SCALE up to 24.10."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

import aiohttp
from yarl import URL

from .errors import CallFailed
from .http import Http, decoded
from .transport import READING, Heard, Token, Transport
from .upload_token import made_by


@dataclass(frozen=True, slots=True)
class Route:
    """How a method is reached over REST.

    `names` are the keys its parameters get in a JSON object; a method with a
    single unnamed parameter sends it bare.
    """

    verb: str
    path: str
    names: tuple[str, ...] = ()


def _get(path: str, *names: str) -> Route:
    return Route("GET", path, names)


def _post(path: str, *names: str) -> Route:
    return Route("POST", path, names)


ROUTES: Final[Mapping[str, Route]] = {
    "auth.generate_token": _post("auth/generate_token", "ttl", "attrs", "match_origin"),
    "boot.get_disks": _get("boot/get_disks"),
    "core.get_jobs": _get("core/get_jobs"),
    "core.job_abort": _post("core/job_abort"),
    "cronjob.create": _post("cronjob"),
    "cronjob.delete": Route("DELETE", "cronjob/id"),
    "cronjob.query": _get("cronjob"),
    "cronjob.run": _post("cronjob/run", "id", "skip_disabled"),
    "disk.details": _post("disk/details"),
    "disk.get_unused": _post("disk/get_unused"),
    "disk.query": _get("disk", "query-filters", "query-options"),
    "disk.temperatures": _post("disk/temperatures"),
    "iscsi.extent.query": _get("iscsi/extent"),
    "pool.query": _get("pool"),
    "smart.test.abort": _post("smart/test/abort"),
    "smart.test.manual_test": _post("smart/test/manual_test"),
    "smart.test.results": _get("smart/test/results"),
    "system.boot_id": _get("system/boot_id"),
    "system.host_id": _get("system/host_id"),
    "system.info": _get("system/info"),
    "system.product_type": _get("system/product_type"),
    "system.state": _get("system/state"),
    "system.version": _get("system/version"),
    "vm.device.query": _get("vm/device"),
}
"""The calls of this integration (docs/truenas-api.md §2-7)."""


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
        self._http = Http(session, url, api_key, ssl)
        self._api = url / "api/v2.0"

    @override
    async def call(self, method: str, *params: Any) -> Any:
        """Call a method of the table above; `params` as the middleware takes them.

        A query with named parameters sends them as a JSON body of the GET, which
        is the only way to options on CORE; one without takes filters for equality
        as its single parameter, and sends them in the query string.
        """
        route = ROUTES[method]
        url = self._api / route.path
        options: dict[str, Any] = {}
        if route.names:
            options["json"] = dict(zip(route.names, params, strict=True))
        elif route.verb == "DELETE":
            url = url / str(params[0])
        elif params and route.verb == "GET":
            options["params"] = {field: value for field, _, value in params[0]}
        elif params:
            options["json"] = params[0]
        body = await self._http.request(
            method, route.verb, url, lambda: options, reads=method in READING
        )
        return decoded(method, body)

    @override
    async def upload(
        self, path: str, content: bytes, mode: int | None, token: Token | None
    ) -> int:
        """Write a file; return the id of the job that does it."""
        return await self._http.upload(path, content, mode, made_by(self, token))

    @override
    async def download(self, path: str) -> bytes:
        """Read a file through filesystem.get, whose answer is the file itself."""
        url = self._api / "filesystem/get"
        try:
            return await self._http.request(
                "filesystem.get", "POST", url, lambda: {"json": path}, reads=True
            )
        except CallFailed:
            return b""

    @override
    def listen(self, event: str, heard: Heard) -> None:
        """Do nothing: REST tells of nothing by itself."""

    @override
    async def close(self) -> None:
        """Do nothing: each request stands alone, the session is the caller's."""
