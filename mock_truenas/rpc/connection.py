"""One websocket: who is on it, what it is told, what it has asked for."""

import asyncio
import json
import time
from typing import Any
import uuid

from aiohttp import web

from ..audit import LOGOUT
from ..callers import Caller
from ..events import Change, Event
from ..host import Host
from ..jobs import Job
from ..scram import Exchange
from ..tail import TAIL, FileTail
from . import errors
from .limits import Turnstile


class Connection:
    """The state of a connection; `secure` is whether keys may be shown on it."""

    def __init__(
        self,
        host: Host,
        request: web.Request,
        socket: web.WebSocketResponse,
        *,
        secure: bool,
    ) -> None:
        """Begin with nobody logged in, and hear of all events."""
        self.caller: Caller | None = None
        self.secure = secure
        self.address = request.remote or ""
        self.spoken = time.monotonic()
        """When something was last sent."""
        self.exchange: Exchange | None = None
        """A login that is half done."""
        self.turnstile = Turnstile()
        self.calls: set[asyncio.Task[None]] = set()
        self.options = {
            "legacy_jobs": True,
            "private_methods": False,
            "py_exceptions": False,
        }
        self._host = host
        self._request = request
        self._socket = socket
        self._subscriptions: dict[str, str] = {}
        self._tails: dict[str, FileTail] = {}
        self._expires = 0.0
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._sending = asyncio.create_task(self._send_all())
        self._deaf = host.events.listen(self._hear)

    def log_in(self, caller: Caller) -> None:
        """Let a caller in, for thirty days."""
        self.caller = caller
        self._expires = self._host.clock.elapsed + SESSION_SECONDS

    def log_out(self) -> None:
        """Let nobody be logged in."""
        if self.caller is not None:
            data = {"credentials": self.caller.dumped()}
            self._host.audit.log(LOGOUT, data, self.caller, websocket=True)
        self.caller = None

    def expire(self) -> None:
        """Let the session be over with the next message."""
        self._expires = 0.0

    def look_at_session(self) -> None:
        """Log out a session that is too old; done with each message."""
        if self.caller is not None and self._host.clock.elapsed >= self._expires:
            self.log_out()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message after those before it."""
        self._outbox.put_nowait(json.dumps({"jsonrpc": "2.0", **message}))

    async def _send_all(self) -> None:
        while True:
            text = await self._outbox.get()
            self.spoken = time.monotonic()
            try:
                await self._socket.send_str(text)
            except ConnectionError, RuntimeError:
                return

    def drop(self) -> None:
        """Break the connection off, with no goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def pong(self, data: bytes) -> None:
        """Answer a ping."""
        self.spoken = time.monotonic()
        await self._socket.pong(data)

    async def close(self, code: int, words: str = "") -> None:
        """Say goodbye."""
        await self._socket.close(code=code, message=words.encode())

    def over(self) -> None:
        """Let go of everything."""
        self.log_out()
        self._deaf()
        self._sending.cancel()
        for tail in list(self._tails.values()):
            tail.stop()
        if self._host.profile.cancels_calls:
            for call in self.calls:
                call.cancel()

    async def subscribe(self, name: str) -> str:
        """Tell of a collection from now on; return the subscription's id."""
        number = str(uuid.uuid4())
        if name.partition(":")[0] == TAIL:
            self._follow(number, name)
        else:
            self._subscriptions[number] = name
        return number

    async def unsubscribe(self, number: str) -> None:
        """End a subscription."""
        self._subscriptions.pop(number, None)
        if tail := self._tails.get(number):
            tail.stop()

    def _follow(self, number: str, name: str) -> None:
        def tell(text: str) -> None:
            self._notify(
                "collection_update",
                {"msg": "added", "collection": name, "fields": {"data": text}},
            )

        def ended(error: Exception | None) -> None:
            self._tails.pop(number, None)
            frames = self._host.profile.trace_frames
            said = None
            if error is not None:
                said = errors.data(error, frames=frames, trace=False)
            self._notify("notify_unsubscribed", {"collection": name, "error": said})

        self._tails[number] = FileTail(self._host, name, tell, ended)

    def _hear(self, event: Event) -> None:
        wanted = self._subscriptions.values()
        if event.collection not in wanted and "*" not in wanted:
            return
        if isinstance(event.about, Job) and (
            self.caller is None or event.about.readable(self.caller) is not None
        ):
            return
        params: dict[str, Any] = {
            "msg": event.change.value,
            "collection": event.collection,
            "id": event.id,
        }
        if event.change is not Change.REMOVED:
            params["fields"] = event.fields
        self._notify("collection_update", params)

    def _notify(self, method: str, params: dict[str, Any]) -> None:
        self.send({"method": method, "params": params})


SESSION_SECONDS = 30 * 86400.0
"""Host seconds until a session is over (docs/truenas-api.md §1.2)."""
