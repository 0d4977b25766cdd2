"""A small web server that answers what a test says."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
import pytest


@dataclass
class Answers:
    """Answers given in turn, the last one for ever; what was asked is kept."""

    queue: list[Any] = field(default_factory=list)
    asked: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def say(self, *answers: Any) -> None:
        """Answer with these: a (status, body, headers?) tuple or None to hang up."""
        self.queue = list(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Give the next answer."""
        body = (await request.read()).decode(errors="replace")
        self.asked.append(
            (request.method, request.path_qs, body, dict(request.headers))
        )
        answer = self.queue.pop(0) if len(self.queue) > 1 else self.queue[0]
        if callable(answer):
            answer = answer(request, body)
        if answer is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        status, text, *headers = answer
        return web.Response(
            status=status, text=text, headers=headers[0] if headers else {}
        )


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a client session that may open sockets."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def answers(socket_enabled: None) -> AsyncIterator[Answers]:
    """Serve on a port of the loopback interface."""
    served = Answers()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    served.url = f"http://{host}:{port}"
    yield served
    await runner.cleanup()


type Sleeper = Callable[[float], Awaitable[None]]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses between tries, which take no time."""
    taken: list[float] = []

    async def pause(seconds: float) -> None:
        taken.append(seconds)

    module = "custom_components.truenas_burnin.truenas.http.asyncio.sleep"
    monkeypatch.setattr(module, pause)
    return taken
