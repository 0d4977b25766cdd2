"""A mocked NAS that listens."""

import asyncio
from pathlib import Path
import secrets
import string
from typing import Any, Self

from aiohttp import web

from .clock import Clock
from .commands import Commands
from .debug import Debug
from .drive import MockDrive
from .fleet import default_fleet
from .jobs import Jobs
from .methods import all_methods
from .profile import PROFILES
from .rest import Rest
from .world import World

_LETTERS = string.ascii_letters + string.digits


def new_key() -> str:
    """Return an API key in the middleware's form."""
    return "1-" + "".join(secrets.choice(_LETTERS) for _ in range(64))


class MockTrueNAS:
    """One NAS on a port of the loopback interface."""

    def __init__(
        self,
        profile: str,
        root: Path,
        *,
        port: int = 0,
        speed: float = 1.0,
        drives: int | list[MockDrive] = 15,
        key: str | None = None,
    ) -> None:
        """Make the world; `start` or `async with` opens the port."""
        found = PROFILES[profile]
        fleet = (
            default_fleet(drives, found.boot_pool)
            if isinstance(drives, int)
            else drives
        )
        root.mkdir(parents=True, exist_ok=True)
        self.world = World(
            profile=found,
            clock=Clock(speed),
            root=root.resolve(),
            key=key or new_key(),
            drives=fleet,
        )
        (self.world.filesystem / "root").mkdir(parents=True, exist_ok=True)
        self.jobs = Jobs(self.world.clock)
        self.commands = Commands(self.world)
        self.requests: list[tuple[str, str]] = []
        self.url = ""
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def key(self) -> str:
        """The one key it accepts."""
        return self.world.key

    async def start(self) -> None:
        """Open the port."""
        app = web.Application(middlewares=[self._faulty], client_max_size=64 * 2**20)
        Rest(self.world, all_methods(self.world, self.jobs, self.commands)).add(app)
        Debug(self.world, self.jobs, self.commands).add(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = self.commands.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close the port and end every command."""
        self.commands.kill_all()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop."""
        await self.stop()

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Let what goes wrong go wrong, except behind the scenes."""
        if request.path.startswith("/debug/"):
            return await handler(request)  # type: ignore[no-any-return]
        self.requests.append((request.method, request.path))
        faults = self.world.faults
        if faults.latency:
            await asyncio.sleep(faults.latency)
        if faults.drop:
            return _drop(request)
        if faults.status:
            return web.Response(status=faults.status, text="<html>Bad Gateway</html>")
        if faults.html:
            page = "<!doctype html><title>Router</title>"
            return web.Response(text=page, content_type="text/html")
        response: web.StreamResponse = await handler(request)
        if faults.lose_replies and request.method != "GET":
            return _drop(request)
        if faults.half and isinstance(response, web.Response) and response.body:
            body = bytes(response.body)  # type: ignore[arg-type]
            return web.Response(
                body=body[: len(body) // 2], content_type="application/json"
            )
        return response


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
