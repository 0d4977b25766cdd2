"""The REST API v2.0 with its authentication, its errors and its oddities."""

from collections.abc import Mapping
import json
from typing import Any

from aiohttp import BodyPartReader, web

from .errors import CallError, ValidationError
from .methods import Method
from .query import from_query_string
from .routes import ROUTES, Route
from .world import World


class BadBody(Exception):
    """The body is not what the route takes: HTTP 400."""


class Rest:
    """The HTTP side of the methods."""

    def __init__(self, world: World, methods: Mapping[str, Method]) -> None:
        """Serve these methods."""
        self._world = world
        self._methods = methods

    def add(self, app: web.Application) -> None:
        """Serve every route of the table, and the odd ones."""
        for route in ROUTES:
            path = f"/api/v2.0/{route.path}"
            app.router.add_route(route.verb, path, self._handler(route))
        app.router.add_post("/api/v2.0/filesystem/get", self.get_file)
        app.router.add_get("/api/v2.0/disk/id/{id}", self.no_such_column)
        app.router.add_get("/api/v2.0/cronjob/id/{id}", self.by_number)
        app.router.add_get("/api/v2.0/pool/id/{id}", self.by_number)
        app.router.add_post("/api/v2.0/pool/id/{id}/get_disks", self.pool_disks)
        app.router.add_post("/_upload", self.upload)
        app.router.add_get("/api/versions", _to_ui)
        app.router.add_get("/", _to_ui)
        app.router.add_get("/ui/", _ui)

    def _handler(self, route: Route) -> Any:
        async def handle(request: web.Request) -> web.Response:
            denied = unauthorized(self._world, request)
            return denied or await self._answer(route, request)

        return handle

    async def _answer(self, route: Route, request: web.Request) -> web.Response:
        try:
            params = await _params(request, route)
            result = await self._methods[route.method](*params)
        except BadBody as err:
            return _bad(str(err))
        except CallError as err:
            return _call_error(err)
        except ValidationError as err:
            said = [{"message": err.message, "errno": err.errno}]
            return web.json_response({err.attribute: said}, status=422)
        except Exception as err:  # noqa: BLE001 - as the middleware does
            return _crash(f"{type(err).__name__}: {err}")
        return web.json_response(result)

    async def get_file(self, request: web.Request) -> web.Response:
        """filesystem.get: the answer is the file."""
        denied = unauthorized(self._world, request)
        if denied is not None:
            return denied
        try:
            path = json.loads(await request.text())
            content = await self._methods["filesystem.get"](path)
        except CallError as err:
            return _call_error(err)
        except ValueError:
            return _bad("Malformed JSON")
        return web.Response(body=content, content_type="application/octet-stream")

    async def no_such_column(self, request: web.Request) -> web.Response:
        """disk/id: CORE filters on a column that disks lack (truenas-api.md §2.2)."""
        return unauthorized(self._world, request) or _crash("KeyError: 'id'")

    async def by_number(self, request: web.Request) -> web.Response:
        """One row by its number."""
        denied = unauthorized(self._world, request)
        if denied is not None:
            return denied
        return await self._row(request.path.split("/")[3], request.match_info["id"])

    async def _row(self, kind: str, number: str) -> web.Response:
        found = []
        if number.isdigit():
            found = await self._methods[f"{kind}.query"]([["id", "=", int(number)]])
        if not found:
            return web.json_response({"message": ""}, status=404)
        return web.json_response(found[0])

    async def pool_disks(self, request: web.Request) -> web.Response:
        """Return the names of a pool's drives."""
        denied = unauthorized(self._world, request)
        if denied is not None:
            return denied
        number = int(request.match_info["id"])
        found = await self._methods["pool.query"]([["id", "=", number]])
        if not found:
            return web.json_response({"message": ""}, status=404)
        name = found[0]["name"]
        members = [d.name for d in self._world.connected if d.pool == name]
        return web.json_response(members)

    async def upload(self, request: web.Request) -> web.Response:
        """filesystem.put by a form of two parts (truenas-api.md §15)."""
        denied = unauthorized(self._world, request)
        if denied is not None:
            return denied
        parts: list[tuple[str | None, bytes]] = []
        if request.content_type.startswith("multipart/"):
            async for part in await request.multipart():
                if isinstance(part, BodyPartReader):
                    content = bytes(await part.read())
                    parts.append((part.name, content))
        if [name for name, _ in parts] != ["data", "file"]:
            return web.Response(status=405, text="Wrong parts")
        try:
            call = json.loads(parts[0][1])
            method, params = call["method"], call["params"]
        except ValueError, KeyError, TypeError:
            return web.Response(status=400, text="Bad JSON")
        if method != "filesystem.put":
            return web.Response(status=422, text="No such method")
        try:
            number = await self._methods[method](*params, content=parts[1][1])
        except CallError as err:
            return web.Response(status=412, text=err.reason)
        return web.json_response({"job_id": number})


async def _to_ui(request: web.Request) -> web.Response:
    raise web.HTTPFound("/ui/")


async def _ui(request: web.Request) -> web.Response:
    page = "<!doctype html><title>TrueNAS</title><p>A mocked TrueNAS."
    return web.Response(text=page, content_type="text/html")


def unauthorized(world: World, request: web.Request) -> web.Response | None:
    """Return the answer to a request without the right key."""
    if request.headers.get("Authorization") == f"Bearer {world.key}":
        return None
    return web.Response(status=401, text="401: Unauthorized")


async def _params(request: web.Request, route: Route) -> list[Any]:
    body = await _body(request)
    if "id" in request.match_info:
        return [int(request.match_info["id"])]
    if route.query:
        if request.query:
            return list(from_query_string(request.query))
        if body is None:
            return []
        _only(body, ("query-filters", "query-options"))
        return [body.get("query-filters", []), body.get("query-options", {})]
    if route.names:
        given = {} if body is None else body
        _only(given, route.names)
        for name in route.names[: route.required]:
            if name not in given:
                raise BadBody(f"{name} attribute expected")
        params = []
        for name in route.names:
            if name not in given:
                break
            params.append(given[name])
        return params
    return [] if body is None else [body]


def _only(body: Any, names: tuple[str, ...]) -> None:
    if not isinstance(body, dict):
        raise BadBody("Endpoint expects an object")
    for name in body:
        if name not in names:
            raise BadBody(f"{name} attribute unexpected")


async def _body(request: web.Request) -> Any:
    text = await request.text()
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise BadBody("Malformed JSON") from None


def _bad(message: str) -> web.Response:
    return web.json_response({"message": message}, status=400)


def _call_error(err: CallError) -> web.Response:
    return web.json_response({"message": err.reason, "errno": err.errno}, status=422)


def _crash(message: str) -> web.Response:
    said = {"message": message, "traceback": f"Traceback\n{message}"}
    return web.json_response(said, status=500)
