"""The REST API v2.0 with its authentication, its errors and its oddities."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp import web

from .bearer import Denied, authenticated
from .callers import Call, Caller
from .errors import CallError, MatchNotFound, ValidationError
from .host import Host
from .jobs import Job, Jobs
from .middleware import Middleware
from .query import from_query_string
from .routes import Route, routes


class BadBody(Exception):
    """The body is not what the route takes: HTTP 400."""


type Answer = Callable[[web.Request, Caller], Awaitable[web.Response]]
"""Answers a request of somebody who may send it."""


class Rest:
    """The HTTP side of the methods."""

    def __init__(self, host: Host, jobs: Jobs, middleware: Middleware) -> None:
        """Serve these methods."""
        self._host = host
        self._jobs = jobs
        self._middleware = middleware

    def add(self, app: web.Application) -> None:
        """Serve every route of the table, and the odd ones."""
        for route in routes(self._host.profile):
            if self._middleware.knows(route.method):
                path = f"/api/v2.0/{route.path}"
                answer = self._route(route)
                app.router.add_route(route.verb, path, self._guarded(answer))
        odd: tuple[tuple[str, str, Answer], ...] = (
            ("POST", "filesystem/get", self.get_file),
            ("GET", "disk/id/{id:[^/]+}", self.disk),
            ("GET", "cronjob/id/{id}", self.by_number),
            ("GET", "pool/id/{id}", self.by_number),
            ("POST", "pool/id/{id}/get_disks", self.pool_disks),
        )
        for verb, path, answer in odd:
            app.router.add_route(verb, f"/api/v2.0/{path}", self._guarded(answer))

    def _guarded(self, answer: Answer) -> Any:
        """Return the handler that lets in who may come, and tells what goes wrong."""

        async def handle(request: web.Request) -> web.Response:
            try:
                return await answer(request, self._caller(request))
            except Denied as err:
                return err.response()
            except BadBody as err:
                return web.json_response({"message": str(err)}, status=400)
            except MatchNotFound:
                return web.json_response({"message": ""}, status=404)
            except CallError as err:
                said = {"message": err.reason, "errno": err.errno}
                return web.json_response(said, status=422)
            except ValidationError as err:
                return web.json_response(_flaws(err), status=422)
            except Exception as err:  # noqa: BLE001 - as the middleware does
                return _crash(f"{type(err).__name__}: {err}")

        return handle

    def _caller(self, request: web.Request) -> Caller:
        caller = authenticated(self._host, request, masked=True)
        if self._host.profile.users:
            # Roles say nothing of REST.
            if not caller.full_admin:
                raise Denied(403)
            self._host.rest_calls += 1
        return caller

    def _route(self, route: Route) -> Answer:
        async def answer(request: web.Request, caller: Caller) -> web.Response:
            params = await _params(request, route, core=self._host.profile.core)
            return web.json_response(
                await self._call(request, route.method, params, caller)
            )

        return answer

    async def _call(
        self, request: web.Request, method: str, params: list[Any], caller: Caller
    ) -> Any:
        faults = self._host.faults
        if faults.drops(method):
            return _drop(request)
        call = Call(caller=caller, downloads=True)
        result = await self._middleware.call(method, params, call)
        if faults.loses(method):
            return _drop(request)
        return result.id if isinstance(result, Job) else result

    async def get_file(self, request: web.Request, caller: Caller) -> web.Response:
        """filesystem.get: the answer is the file."""
        call = Call(caller=caller, downloads=True)
        params = [await _body(request)]
        job = await self._middleware.call("filesystem.get", params, call)
        await self._jobs.settled(job)
        if job.error is not None:
            raise job.error
        return web.Response(body=job.output, content_type="application/octet-stream")

    async def disk(self, request: web.Request, caller: Caller) -> web.Response:
        """disk/id: CORE filters on a column that disks lack (docs/truenas-api.md §2.2)."""
        if self._host.profile.core:
            return _crash("KeyError: 'id'")
        filters = [["identifier", "=", request.match_info["id"]]]
        params = [filters, {"get": True}]
        return web.json_response(
            await self._middleware.call("disk.query", params, Call(caller=caller))
        )

    async def by_number(self, request: web.Request, caller: Caller) -> web.Response:
        """One row by its number."""
        kind, number = request.path.split("/")[3], request.match_info["id"]
        if not number.isdigit():
            raise MatchNotFound
        params = [[["id", "=", int(number)]], {"get": True}]
        return web.json_response(
            await self._middleware.call(f"{kind}.query", params, Call(caller=caller))
        )

    async def pool_disks(self, request: web.Request, caller: Caller) -> web.Response:
        """Return the names of a pool's drives."""
        params = [int(request.match_info["id"])]
        try:
            names = await self._middleware.call(
                "pool.get_disks", params, Call(caller=caller)
            )
        except ValidationError:
            raise MatchNotFound from None
        return web.json_response(names)


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _flaws(err: ValidationError) -> dict[Any, Any]:
    said: dict[Any, Any] = {}
    for attribute, message, errno in err.flaws:
        said.setdefault(attribute, []).append({"message": message, "errno": errno})
    return said


async def _params(request: web.Request, route: Route, *, core: bool) -> list[Any]:
    if "id" in request.match_info:
        return [int(request.match_info["id"])]
    body = await _body(request)
    if route.query:
        if request.query:
            return list(from_query_string(request.query, core=core))
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
        raise BadBody("Endpoint accepts multiple params, object/dict expected.")
    unexpected = [name for name in body if name not in names]
    if unexpected:
        words = ", ".join(unexpected)
        raise BadBody(f"The following attributes are not expected: {words}")


async def _body(request: web.Request) -> Any:
    text = await request.text()
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise BadBody("Malformed JSON") from None


def _crash(message: str) -> web.Response:
    said = {"message": message, "traceback": f"Traceback\n{message}"}
    return web.json_response(said, status=500)
