"""A client that speaks the raw protocol."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from mock_truenas.server import MockTrueNAS, Server


class Failure(Exception):
    """The error of a reply."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data") or {}

    @property
    def told(self) -> tuple[int, int | None, str | None]:
        """Code, errno and reason."""
        return self.code, self.data.get("error"), self.data.get("reason")


@dataclass
class Client[N: Server = MockTrueNAS]:
    """One websocket; `notes` are the notifications that came between replies."""

    socket: aiohttp.ClientWebSocketResponse
    nas: N
    notes: list[dict[str, Any]] = field(default_factory=list)
    _last: int = 0

    async def send(self, method: str, *params: Any, **more: Any) -> int:
        """Send a request; return its id."""
        self._last += 1
        head = {"jsonrpc": "2.0", "id": self._last}
        await self.socket.send_json({**head, "method": method, "params": list(params)})
        return self._last

    async def reply(self, number: int | None) -> Any:
        """Return the result with this id; raise Failure."""
        while True:
            message = await self.receive()
            if message.get("id", "none") != number:
                self.notes.append(message)
            elif "error" in message:
                raise Failure(message["error"])
            else:
                return message["result"]

    async def receive(self) -> dict[str, Any]:
        """Return the next message."""
        message: dict[str, Any] = await self.socket.receive_json(timeout=10)
        return message

    async def call(self, method: str, *params: Any) -> Any:
        """Return the result of a call; raise Failure."""
        return await self.reply(await self.send(method, *params))

    async def login(self, key: str | None = None, owner: str = "truenas_admin") -> Any:
        """Log in with a key and its owner; return the answer."""
        return await self.call(
            "auth.login_ex",
            {
                "mechanism": "API_KEY_PLAIN",
                "username": owner,
                "api_key": key or self.nas.key,
                "login_options": {"user_info": False},
            },
        )

    async def note(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the parameters of the first notification that is wanted."""
        while True:
            for index, note in enumerate(self.notes):
                if wanted(note["params"]):
                    del self.notes[index]
                    return dict(note["params"])
            self.notes.append(await self.receive())

    async def job(self, number: int) -> dict[str, Any]:
        """Return a job once it has ended; core.get_jobs must be subscribed to."""
        await self.note(
            lambda params: (
                params.get("id") == number
                and params["fields"]["state"] not in ("WAITING", "RUNNING")
            )
        )
        found: dict[str, Any] = await self.call(
            "core.get_jobs", [["id", "=", number]], {"get": True}
        )
        return found


@asynccontextmanager
async def opened[N: Server](
    session: aiohttp.ClientSession, nas: N, version: str = "current"
) -> AsyncIterator[Client[N]]:
    """Give a client that has not logged in."""
    async with session.ws_connect(f"{nas.url}/api/{version}") as socket:
        yield Client(socket, nas)


@asynccontextmanager
async def logged_in[N: Server](
    session: aiohttp.ClientSession, nas: N
) -> AsyncIterator[Client[N]]:
    """Give a client that has logged in and is told of jobs."""
    async with opened(session, nas) as client:
        answer = await client.login(owner=nas.host.key.owner)
        assert answer["response_type"] == "SUCCESS"
        await client.call("core.subscribe", "core.get_jobs")
        yield client
