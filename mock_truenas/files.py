"""/_upload: filesystem.put by a form of two parts (docs/truenas-api.md §15)."""

import json
from typing import Any

from aiohttp import BodyPartReader, web

from .bearer import Denied, authenticated
from .callers import Call
from .errors import CallError, NoSuchMethod, ValidationError
from .host import Host
from .jobs import Job
from .middleware import Middleware


class Uploads:
    """The endpoint."""

    def __init__(self, host: Host, middleware: Middleware) -> None:
        """Call these methods."""
        self._host = host
        self._middleware = middleware

    async def serve(self, request: web.Request) -> web.Response:
        """Start the job that an upload is for."""
        try:
            data, file = await _parts(request)
            call = _call(data)
            caller = authenticated(self._host, request, masked=False)
            upload = Call(caller, content=_file(file))
            job = await self._start(call["method"], call.get("params") or [], upload)
        except Denied as err:
            return err.response()
        return web.json_response({"job_id": job.id})

    async def _start(self, method: str, params: list[Any], call: Call) -> Job:
        try:
            self._middleware.authorize(method, call.caller)
        except CallError:
            raise Denied(403, "403: Forbidden") from None
        try:
            job = await self._middleware.call(method, params, call)
        except NoSuchMethod:
            raise Denied(422, f"[ENOMETHOD] Method {method!r} not found") from None
        except CallError as err:
            raise Denied(412, str(err)) from None
        except ValidationError as err:
            raise Denied(500, str(err)) from None
        if not isinstance(job, Job):
            raise Denied(500, f"{method} is not a job")
        return job


def _call(data: bytes) -> dict[str, Any]:
    try:
        call = json.loads(data)
    except ValueError as err:
        raise Denied(400, str(err)) from None
    if not isinstance(call, dict) or "method" not in call:
        raise Denied(422)
    return call


def _file(content: bytes | None) -> bytes:
    if content is None:
        raise Denied(405, '"file" not found as second part on payload')
    return content


async def _parts(request: web.Request) -> tuple[bytes, bytes | None]:
    """Return the call and the content of the file."""
    if not request.content_type.startswith("multipart/"):
        raise Denied(405, "No part found on payload")
    parts = [
        (part.name, bytes(await part.read()))
        async for part in await request.multipart()
        if isinstance(part, BodyPartReader)
    ]
    if not parts or parts[0][0] != "data":
        raise Denied(405, '"data" part must be the first on payload')
    second = parts[1] if len(parts) > 1 else (None, b"")
    return parts[0][1], second[1] if second[0] == "file" else None
