"""The REST API v2.0 with its authentication, its errors and its oddities."""

from collections.abc import Mapping
import json
from typing import Any

from aiohttp import web

from .errors import CallError, ValidationError
from .methods import Method
from .query import from_query_string
from .routes import ROUTES, Route
from .world import World


class BadBody(Exception):
    """The body is not what the route takes: HTTP 400."""


def add_rest(app: web.Application, world: World, methods: Mapping[str, Method]) -> None:
    """Serve every route of the table."""
    for route in ROUTES:
        app.router.add_route(
            route.verb, f"/api/v2.0/{route.path}", _handler(world, methods, route)
        )

    async def get_file(request: web.Request) -> web.Response:
        denied = unauthorized(world, request)
        if denied is not None:
            return denied
        try:
            content = await methods["filesystem.get"](json.loads(await request.text()))
        except CallError as err:
            return _call_error(err)
        except ValueError:
            return _bad("Malformed JSON")
        return web.Response(body=content, content_type="application/octet-stream")

    async def no_such_column(request: web.Request) -> web.Response:
        denied = unauthorized(world, request)
        # CORE filters on a column `id` that disks do not have (truenas-api.md §2.2).
        return denied or _crash("KeyError: 'id'")

    async def by_number(request: web.Request) -> web.Response:
        denied = unauthorized(world, request)
        if denied is not None:
            return denied
        name = {"cronjob": "cronjob.query", "pool": "pool.query"}[
            request.path.split("/")[3]
        ]
        number = request.match_info["id"]
        found = (
            await methods[name]([["id", "=", int(number)]]) if number.isdigit() else []
        )
        if not found:
            return web.json_response({"message": ""}, status=404)
        return web.json_response(found[0])

    async def pool_disks(request: web.Request) -> web.Response:
        denied = unauthorized(world, request)
        if denied is not None:
            return denied
        number = int(request.match_info["id"])
        found = await methods["pool.query"]([["id", "=", number]])
        if not found:
            return web.json_response({"message": ""}, status=404)
        name = found[0]["name"]
        return web.json_response([d.name for d in world.connected if d.pool == name])

    app.router.add_post("/api/v2.0/filesystem/get", get_file)
    app.router.add_get("/api/v2.0/disk/id/{id}", no_such_column)
    app.router.add_get("/api/v2.0/cronjob/id/{id}", by_number)
    app.router.add_get("/api/v2.0/pool/id/{id}", by_number)
    app.router.add_post("/api/v2.0/pool/id/{id}/get_disks", pool_disks)
    app.router.add_post("/_upload", _uploader(world, methods))
    app.router.add_get("/api/versions", _to_ui)
    app.router.add_get("/", _to_ui)
    app.router.add_get("/ui/", _ui)


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


def _handler(world: World, methods: Mapping[str, Method], route: Route) -> Any:
    async def handle(request: web.Request) -> web.Response:
        denied = unauthorized(world, request)
        if denied is not None:
            return denied
        try:
            params = await _params(request, route)
            result = await methods[route.method](*params)
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

    return handle


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


def _uploader(world: World, methods: Mapping[str, Method]) -> Any:
    async def upload(request: web.Request) -> web.Response:
        denied = unauthorized(world, request)
        if denied is not None:
            return denied
        parts: list[tuple[str | None, bytes]] = []
        if request.content_type.startswith("multipart/"):
            async for part in await request.multipart():
                parts.append((part.name, await part.read()))  # type: ignore[union-attr]
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
            number = await methods[method](*params, content=parts[1][1])
        except CallError as err:
            return web.Response(status=412, text=err.reason)
        return web.json_response({"job_id": number})

    return upload
