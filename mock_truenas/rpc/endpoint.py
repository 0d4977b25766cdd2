"""/api/current and the pinned versions: from frames to calls and back."""

import asyncio
from collections.abc import Mapping
import json
import random
import time
from typing import Any

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from ..access import rule
from ..callers import Call
from ..errors import EBUSY, CallError, NoSuchMethod
from ..host import Host
from ..jobs import Job, Jobs
from ..middleware import Middleware
from . import errors
from .connection import Connection
from .limits import ANONYMOUS_BYTES, BYTES, MOST_BYTES, WAITING, RateLimit, TooManyCalls


class BadMessage(Exception):
    """The text is no message."""


class BadRequest(Exception):
    """The message is no request."""


class Endpoint:
    """Every websocket of the NAS."""

    def __init__(
        self,
        host: Host,
        jobs: Jobs,
        middleware: Middleware,
        *,
        secure: bool,
    ) -> None:
        """Begin without connections; `secure` is what the key is told of them."""
        self.connections: set[Connection] = set()
        self._host = host
        self._jobs = jobs
        self._middleware = middleware
        self._secure = secure
        self._limit = RateLimit()

    def add(self, app: web.Application) -> None:
        """Serve them."""
        app.router.add_get("/api/current", self.serve)
        for version in self._host.profile.api_versions:
            app.router.add_get(f"/api/{version}", self.serve)

    async def restart(self) -> None:
        """Close all connections, as the end of the middleware does."""
        self._limit.forget()
        for connection in list(self.connections):
            await connection.close(WSCloseCode.SERVICE_RESTART)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with one client until it goes."""
        socket = web.WebSocketResponse(autoping=False, max_msg_size=2 * MOST_BYTES)
        await socket.prepare(request)
        connection = Connection(self._host, request, socket, secure=self._secure)
        self.connections.add(connection)
        try:
            await self._listen(socket, connection)
        finally:
            self.connections.discard(connection)
            connection.over()
        return socket

    async def _listen(
        self, socket: web.WebSocketResponse, connection: Connection
    ) -> None:
        while (message := await self._next(socket, connection)) is not None:
            if message.type is WSMsgType.PING:
                await connection.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                if not await self._take(connection, message):
                    return
            elif message.type is WSMsgType.BINARY:
                words = f"Invalid websocket message type: {message.type!r}"
                await connection.close(WSCloseCode.UNSUPPORTED_DATA, words)
                return
            elif message.type is not WSMsgType.PONG:
                return

    async def _next(
        self, socket: web.WebSocketResponse, connection: Connection
    ) -> WSMessage | None:
        """Return the next frame; None if nginx has given up waiting for our words."""
        idle = self._host.faults.idle or self._host.profile.idle_seconds
        while (left := connection.spoken + idle - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    return await socket.receive()
            except TimeoutError:
                continue
        connection.drop()
        return None

    async def _take(self, connection: Connection, frame: WSMessage) -> bool:
        """Begin what a frame asks for; tell whether the connection goes on."""
        text = str(frame.data)
        limit = ANONYMOUS_BYTES if connection.caller is None else BYTES
        if len(text) > limit:
            if connection.caller is None:
                words = "Anonymous connection max message length is 8 kB"
                await connection.close(WSCloseCode.INVALID_TEXT, words)
            else:
                words = "Max message length is 64 kB"
                await connection.close(WSCloseCode.MESSAGE_TOO_BIG, words)
            return False
        try:
            message = _message(text)
        except BadMessage as err:
            said = errors.plain(errors.INVALID_JSON, str(err))
            connection.send({"error": said, "id": None})
            return True
        connection.look_at_session()
        try:
            method, params = _request(message)
        except BadRequest as err:
            said = errors.plain(errors.INVALID_REQUEST, str(err))
            _answer(connection, message, {"error": said})
            return True
        if self._host.faults.drop or self._host.faults.drops(method):
            connection.drop()
            return False
        if not self._middleware.knows(method):
            words = "Method does not exist"
            said = errors.plain(errors.METHOD_NOT_FOUND, words)
            _answer(connection, message, {"error": said})
            return True
        task = asyncio.create_task(self._call(connection, message, method, params))
        connection.calls.add(task)
        task.add_done_callback(connection.calls.discard)
        return True

    async def _call(
        self,
        connection: Connection,
        message: Mapping[str, Any],
        method: str,
        params: list[Any],
    ) -> None:
        try:
            async with connection.turnstile.passing():
                reply = await self._reply(connection, message, method, params)
        except TooManyCalls:
            words = f"Maximum number of concurrent calls ({WAITING}) has exceeded"
            reply = {"error": errors.plain(errors.TOO_MANY_CALLS, words)}
        faults = self._host.faults
        if faults.loses(method) or (faults.lose_replies and not _reads(method)):
            connection.drop()
            return
        _answer(connection, message, reply)

    async def _reply(
        self,
        connection: Connection,
        message: Mapping[str, Any],
        method: str,
        params: list[Any],
    ) -> dict[str, Any]:
        call = Call(connection.caller, message.get("id"), connection)
        if self._host.faults.latency:
            await asyncio.sleep(self._host.faults.latency)
        try:
            await self._count(connection, method)
            result = await self._middleware.call(method, params, call)
            if isinstance(result, Job):
                result = await self._started(connection, result)
        except NoSuchMethod:
            words = "Method does not exist"
            return {"error": errors.plain(errors.METHOD_NOT_FOUND, words)}
        except Exception as err:  # noqa: BLE001 - as the middleware does
            frames = self._host.profile.trace_frames
            return {"error": errors.failure(err, frames=frames)}
        return {"result": result}

    async def _started(self, connection: Connection, job: Job) -> Any:
        """Return the number of a job, or its result if the client wants to wait."""
        if connection.options["legacy_jobs"]:
            return job.id
        await self._jobs.settled(job)
        if job.error is not None:
            raise job.error
        return job.result

    async def _count(self, connection: Connection, method: str) -> None:
        needed = rule(self._host.profile, method)
        if needed.login or not needed.counted or connection.caller is not None:
            return
        if self._limit.exceeded(method, connection.address):
            await self._host.clock.sleep(random.uniform(1, 10))
            raise CallError("Rate Limit Exceeded", EBUSY)


def _reads(method: str) -> bool:
    """Tell whether a lost reply to a method would not matter."""
    return method.rpartition(".")[2] in _READING or method.startswith(
        ("auth.", "system.")
    )


_READING = frozenset(
    {
        "details",
        "download",
        "get_disks",
        "get_jobs",
        "list",
        "ping",
        "query",
        "results",
        "subscribe",
        "temperatures",
    }
)


def _message(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError as err:
        raise BadMessage(str(err)) from None
    if isinstance(message, list):
        raise BadMessage("Batch messages are not supported at this time")
    if not isinstance(message, dict):
        raise BadMessage("Invalid Message Format")
    return message


def _request(message: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return method and parameters; raise BadRequest."""
    if "jsonrpc" not in message:
        raise BadRequest("Missing 'jsonrpc' member")
    if message["jsonrpc"] != "2.0":
        raise BadRequest(
            "'jsonrpc' member must be of type string and must be exactly '2.0'"
        )
    if not isinstance(message.get("id"), int | str | None):
        raise BadRequest("'id' member must be of type null, string or number")
    if "method" not in message:
        raise BadRequest("Missing 'method' member")
    if not isinstance(message["method"], str) or not message["method"]:
        raise BadRequest("'method' member must be of type string")
    params = message.get("params", [])
    if not isinstance(params, list):
        raise BadRequest("'params' member must be of type array")
    return message["method"], params


def _answer(
    connection: Connection, message: Mapping[str, Any], reply: dict[str, Any]
) -> None:
    """Send a reply, unless the message was a notification."""
    if "id" in message:
        connection.send({**reply, "id": message["id"]})
