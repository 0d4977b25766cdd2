"""/debug/*: look behind the scenes, and make things go wrong."""

from typing import Any

from aiohttp import web

from .methods.alert import raise_alert
from .nas import Nas
from .pools import Scan
from .smartctl.program import run
from .tools import FREEBSD, LINUX


class Debug:
    """The endpoints that no real NAS has."""

    def __init__(self, nas: Nas) -> None:
        """Act on this NAS."""
        self._nas = nas
        self._world = nas.world

    def add(self, app: web.Application) -> None:
        """Serve them."""
        router = app.router
        router.add_get("/debug/audit", self.audit)
        router.add_get("/debug/state", self.state)
        router.add_get("/debug/writes", self.writes)
        router.add_post("/debug/shim", self.shim)
        router.add_post("/debug/complete-all-jobs", self.complete)
        router.add_post("/debug/restart", self.restart)
        router.add_post("/debug/reboot", self.reboot)
        router.add_post("/debug/reset", self.reset)
        router.add_post("/debug/faults", self.faults)
        router.add_post("/debug/skip", self.skip)
        router.add_post("/debug/drop-connections", self.drop_connections)
        router.add_post("/debug/expire-sessions", self.expire_sessions)
        router.add_post("/debug/key", self.key)
        router.add_post("/debug/alert", self.alert)
        router.add_post("/debug/pool/{name}", self.pool)
        router.add_post("/debug/drive/{serial}", self.drive)
        router.add_post("/debug/agent", self.agent)

    async def state(self, request: web.Request) -> web.Response:
        """Everything."""
        return web.json_response(self._world.state())

    async def audit(self, request: web.Request) -> web.Response:
        """Return the audit log, perhaps of one `service` only."""
        rows = self._world.audit.rows(request.query.get("service"))
        return web.json_response(rows)

    async def writes(self, request: web.Request) -> web.Response:
        """Bytes of ranges written to each drive, in bytes of the size it claims."""
        return web.json_response({d.serial: d.writes for d in self._world.drives})

    async def complete(self, request: web.Request) -> web.Response:
        """End all self-tests as if their time was over."""
        self._world.complete_tests()
        return web.json_response(len(self._nas.jobs.rows))

    async def restart(self, request: web.Request) -> web.Response:
        """Restart the middleware."""
        await self._nas.restart()
        return web.json_response(True)

    async def reboot(self, request: web.Request) -> web.Response:
        """Reboot the NAS; the drives get other names."""
        await self._nas.reboot()
        return web.json_response(True)

    async def reset(self, request: web.Request) -> web.Response:
        """Make everything as it was in the beginning."""
        await self._nas.reset()
        return web.json_response(True)

    async def faults(self, request: web.Request) -> web.Response:
        """Set faults by name."""
        try:
            self._world.faults.set(await request.json(), self._world.clock.elapsed)
        except KeyError as err:
            raise web.HTTPBadRequest(text=f"unknown fault {err}") from None
        return web.json_response(True)

    async def skip(self, request: web.Request) -> web.Response:
        """Let world seconds pass at once."""
        self._world.clock.skip((await request.json())["seconds"])
        return web.json_response(True)

    async def drop_connections(self, request: web.Request) -> web.Response:
        """Break every websocket off."""
        self._nas.drop_connections()
        return web.json_response(True)

    async def expire_sessions(self, request: web.Request) -> web.Response:
        """Let every session be over."""
        self._nas.expire_sessions()
        return web.json_response(True)

    async def key(self, request: web.Request) -> web.Response:
        """Change the API key: `revoked`, `expired`, `access`, `roles`, `owner`."""
        for name, value in (await request.json()).items():
            if name not in self._world.key.__dataclass_fields__:
                raise web.HTTPBadRequest(text=f"unknown fact {name}")
            changed = frozenset(value) if name == "roles" else value
            setattr(self._world.key, name, changed)
        return web.json_response(True)

    async def alert(self, request: web.Request) -> web.Response:
        """Raise an alert: `klass`, `text`, and perhaps `level` and `args`."""
        return web.json_response(raise_alert(self._world, **await request.json()))

    async def pool(self, request: web.Request) -> web.Response:
        """Start (`function`, `percentage`) or end (nothing) a scrub or resilver."""
        name = request.match_info["name"]
        if name not in self._world.pools:
            raise web.HTTPNotFound(text=name)
        wanted = await request.json()
        now = self._world.clock.now()
        if wanted:
            function = wanted.get("function", "SCRUB")
            percentage = float(wanted.get("percentage", 0))
            self._world.scans[name] = Scan(function, now, percentage)
        elif name in self._world.scans:
            scan = self._world.scans[name]
            scan.ended, scan.percentage = now, 100.0
        return web.json_response(True)

    async def drive(self, request: web.Request) -> web.Response:
        """Change a drive: join a pool, get hot, get unplugged, change its serial."""
        serial = request.match_info["serial"]
        if serial not in [drive.serial for drive in self._world.drives]:
            raise web.HTTPNotFound(text=serial)
        try:
            self._nas.change_drive(serial, await request.json())
        except KeyError as err:
            raise web.HTTPBadRequest(text=f"unknown fact {err}") from None
        return web.json_response(True)

    async def agent(self, request: web.Request) -> web.Response:
        """Run a command on the NAS, as its administrator would."""
        command = (await request.json())["command"]
        status, output = await self._nas.commands.run(command)
        return web.json_response({"status": status, "output": output})

    async def shim(self, request: web.Request) -> web.Response:
        """Answer a program of the NAS."""
        if request.headers.get("X-Secret") != self._world.secret:
            raise web.HTTPForbidden
        question = await request.json()
        if question["tool"] == "systemd-run":
            unit, command = question["unit"], question["command"]
            await self._nas.commands.start_unit(unit, command)
            return web.json_response(True)
        known = FREEBSD if self._world.profile.core else LINUX
        if tool := known.get(question["tool"]):
            output, status = tool(self._world, question["arguments"])
            return web.json_response({"output": output, "status": status})
        answers = {
            "smartctl": self._smartctl,
            "written": self._written,
            "damaged": self._damaged,
        }
        return web.json_response(answers[question["tool"]](question))

    def _smartctl(self, question: dict[str, Any]) -> dict[str, Any]:
        arguments = question["arguments"]
        self._world.commands.append(["smartctl", *arguments])
        found = self._world.device(str(arguments[-1] if arguments else ""))
        output, status = run(found, arguments, self._world.clock.elapsed)
        if "-X" in arguments or "-t" in arguments:
            self._world.clock.skip(0)
        return {"output": output, "status": status}

    def _written(self, question: dict[str, Any]) -> bool:
        for drive in self._world.drives:
            if drive.serial == question["serial"]:
                drive.writes += question["bytes"]
        return True

    def _damaged(self, question: dict[str, Any]) -> bool:
        for drive in self._world.drives:
            if drive.serial == question["serial"]:
                drive.damaged(question["errors"])
        return True
