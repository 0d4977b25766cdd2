"""A mocked NAS that listens."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
import ssl
from typing import Any, Self, override

from aiohttp import web

from .callers import FULL_ADMIN, Key, new_key
from .certificate import Certificate, certificate
from .clock import Clock
from .debug import Debug
from .drive import MockDrive
from .files import Uploads
from .fleet import default_fleet
from .nas import Nas
from .profile import PROFILES
from .rest import Rest
from .system import System
from .world import World

_LARGEST_UPLOAD = 64 * 2**20


class Server:
    """One NAS on a port of the loopback interface, with https where `tls` is."""

    def __init__(self, system: System, *, port: int, tls: bool) -> None:
        """Prepare; `start` or `async with` opens the port."""
        self.host = system.host
        self.jobs = system.jobs
        self.requests: list[tuple[str, str]] = []
        self.url = self.debug_url = ""
        self._system = system
        self._port = port
        self._certificate = certificate(self.host.root) if tls else None
        self._context: ssl.SSLContext | None = None
        self._runners: list[web.AppRunner] = []

    @property
    def key(self) -> str:
        """The one key it accepts."""
        return self.host.key.text

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of its certificate in hex; None over http."""
        return None if self._certificate is None else self._certificate.fingerprint

    def renew_certificate(self) -> None:
        """Serve another certificate from now on."""
        if self._context is None:
            raise RuntimeError("it does not serve https")
        self._certificate = certificate(self.host.root, renew=True)
        self._load(self._context, self._certificate)

    def _load(self, context: ssl.SSLContext, made: Certificate) -> None:
        context.load_cert_chain(made.chain, made.key)
        self.host.certificate = bytes.fromhex(made.fingerprint)

    async def start(self) -> None:
        """Open the ports."""
        if self._certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._load(self._context, self._certificate)
        whole = web.Application(
            middlewares=[self._faulty], client_max_size=_LARGEST_UPLOAD
        )
        self._serve(whole)
        self.url = await self._listen(whole, self._port, self._context)

    def _serve(self, app: web.Application) -> None:
        profile, middleware = self.host.profile, self._system.middleware
        if profile.rest:
            Rest(self.host, self.jobs, middleware).add(app)
        if profile.json_rpc:
            self._system.endpoint.add(app)
            app.router.add_get("/api/versions", self._versions)
        else:
            app.router.add_get("/api/versions", _to_ui)
        if "message_ids" in profile.job_fields:
            app.router.add_get("/api/boot_id", self._boot_id)
        app.router.add_post("/_upload", Uploads(self.host, middleware).serve)
        app.router.add_get("/_download/{number}", self._system.downloads.serve)
        app.router.add_get("/", _to_ui)
        app.router.add_get("/ui/", _ui)

    async def _listen(
        self, app: web.Application, port: int, context: ssl.SSLContext | None
    ) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        scheme = "http" if context is None else "https"
        host, number = runner.addresses[0][:2]
        return f"{scheme}://{host}:{number}"

    async def stop(self) -> None:
        """Close the ports and end every command."""
        await self._system.stop()
        for runner in self._runners:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop."""
        await self.stop()

    async def _versions(self, request: web.Request) -> web.Response:
        return web.json_response(list(self.host.profile.api_versions))

    async def _boot_id(self, request: web.Request) -> web.Response:
        return web.json_response(self.host.boot_id)

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Let what goes wrong go wrong, except behind the scenes."""
        if request.path.startswith("/debug/"):
            return await handler(request)  # type: ignore[no-any-return]
        self.requests.append((request.method, request.path))
        faults = self.host.faults
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


class MockTrueNAS(Server):
    """One NAS of pretended drives.

    Behind `url` is everything, behind `debug_url` only /debug, without TLS. With
    `tls` it serves https, as generations with JSON-RPC do on their own.
    `treat_loopback_as_remote` lets a key die that is shown over http, which a real NAS
    spares from its own loopback interface.
    """

    def __init__(
        self,
        profile: str,
        root: Path,
        *,
        port: int = 0,
        speed: float = 1.0,
        drives: int | list[MockDrive] = 15,
        key: str | None = None,
        tls: bool | None = None,
        roles: Iterable[str] = (FULL_ADMIN,),
        owner: str = "truenas_admin",
        treat_loopback_as_remote: bool = True,
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
            key=Key(key or new_key(), owner, frozenset(roles)),
            drives=fleet,
        )
        (self.world.filesystem / "root").mkdir(parents=True, exist_ok=True)
        tls = found.json_rpc if tls is None else tls
        self.nas = Nas(self.world, secure=tls or not treat_loopback_as_remote)
        self.commands = self.nas.commands
        super().__init__(self.nas, port=port, tls=tls)

    @override
    async def start(self) -> None:
        await super().start()
        only_debug = web.Application()
        Debug(self.nas).add(only_debug)
        self.debug_url = await self._listen(only_debug, 0, None)
        self.commands.url = self.debug_url

    @override
    def _serve(self, app: web.Application) -> None:
        super()._serve(app)
        Debug(self.nas).add(app)


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _to_ui(request: web.Request) -> web.Response:
    raise web.HTTPFound("/ui/")


async def _ui(request: web.Request) -> web.Response:
    page = "<!doctype html><title>TrueNAS</title><p>A mocked TrueNAS."
    return web.Response(text=page, content_type="text/html")
