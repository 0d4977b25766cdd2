"""/debug/*: look behind the scenes, and make things go wrong."""

from typing import Any

from aiohttp import web

from .commands import Commands
from .drive import BACKING_BYTES, MockDrive
from .jobs import Jobs
from .smartctl import run
from .world import PASS_SECONDS, World


class Debug:
    """The endpoints that no real NAS has."""

    def __init__(self, world: World, jobs: Jobs, commands: Commands) -> None:
        """Act on these."""
        self._world = world
        self._jobs = jobs
        self._commands = commands

    def add(self, app: web.Application) -> None:
        """Serve them."""
        router = app.router
        router.add_get("/debug/state", self.state)
        router.add_get("/debug/writes", self.writes)
        router.add_post("/debug/shim", self.shim)
        router.add_post("/debug/complete-all-jobs", self.complete)
        router.add_post("/debug/restart", self.restart)
        router.add_post("/debug/reboot", self.reboot)
        router.add_post("/debug/reset", self.reset)
        router.add_post("/debug/faults", self.faults)
        router.add_post("/debug/skip", self.skip)
        router.add_post("/debug/drive/{serial}", self.drive)
        router.add_post("/debug/agent", self.agent)

    async def state(self, request: web.Request) -> web.Response:
        """Everything."""
        return web.json_response(self._world.state())

    async def writes(self, request: web.Request) -> web.Response:
        """Bytes written to each drive, in bytes of the size it claims."""
        return web.json_response({d.serial: d.writes for d in self._world.drives})

    async def complete(self, request: web.Request) -> web.Response:
        """End all self-tests as if their time was over."""
        self._world.complete_tests()
        return web.json_response(len(self._jobs.encoded()))

    async def restart(self, request: web.Request) -> web.Response:
        """Restart the middleware: its jobs are forgotten, commands go on."""
        self._jobs.forget()
        return web.json_response(True)

    async def reboot(self, request: web.Request) -> web.Response:
        """Reboot: nothing survives but files, and the drives get other names."""
        self._commands.kill_all()
        self._jobs.forget()
        self._world.reboot()
        return web.json_response(True)

    async def reset(self, request: web.Request) -> web.Response:
        """End all commands, self-tests and faults, and forget the writes."""
        self._commands.kill_all()
        self._jobs.forget()
        self._world.faults = type(self._world.faults)()
        for drive in self._world.drives:
            drive.running, drive.log, drive.writes = None, [], 0
            drive.attributes, drive.present = {}, True
        return web.json_response(True)

    async def faults(self, request: web.Request) -> web.Response:
        """Set faults by name."""
        try:
            self._world.faults.set(await request.json())
        except KeyError as err:
            raise web.HTTPBadRequest(text=f"unknown fault {err}") from None
        return web.json_response(True)

    async def skip(self, request: web.Request) -> web.Response:
        """Let world seconds pass at once."""
        self._world.clock.skip((await request.json())["seconds"])
        return web.json_response(True)

    async def drive(self, request: web.Request) -> web.Response:
        """Change a drive: join a pool, get hot, get unplugged, change its serial."""
        serial = request.match_info["serial"]
        found = [d for d in self._world.drives if d.serial == serial]
        if not found:
            raise web.HTTPNotFound(text=serial)
        for name, value in (await request.json()).items():
            if name not in MockDrive.__dataclass_fields__:
                raise web.HTTPBadRequest(text=f"unknown fact {name}")
            setattr(found[0], name, value)
        self._world.make_file(found[0])
        return web.json_response(True)

    async def agent(self, request: web.Request) -> web.Response:
        """Run a command on the NAS, as its administrator would."""
        command = (await request.json())["command"]
        status, output = await self._commands.run(command)
        return web.json_response({"status": status, "output": output})

    async def shim(self, request: web.Request) -> web.Response:
        """Answer a program of the NAS."""
        if request.headers.get("X-Secret") != self._world.secret:
            raise web.HTTPForbidden
        question = await request.json()
        answers = {
            "smartctl": self._smartctl,
            "medium": self._medium,
            "written": self._written,
            "damaged": self._damaged,
        }
        return web.json_response(answers[question["tool"]](question))

    def _smartctl(self, question: dict[str, Any]) -> dict[str, Any]:
        arguments = question["arguments"]
        self._world.commands.append(["smartctl", *arguments])
        name = str(arguments[-1] if arguments else "").removeprefix("/dev/")
        found = self._world.drive(name=name)
        output, status = run(found, arguments, self._world.clock.elapsed)
        return {"output": output, "status": status}

    def _medium(self, question: dict[str, Any]) -> dict[str, Any]:
        drive = self._world.drive(name=question["device"])
        if drive is None:
            return {"error": "No such file or directory"}
        limit = None
        if drive.bad_from is not None:
            limit = int(BACKING_BYTES * drive.bad_from) // 4096 * 4096
        return {
            "file": str(drive.file(self._world.folder)),
            "serial": drive.serial,
            "size": drive.size,
            "backing": BACKING_BYTES,
            "limit": limit,
            # What ZFS has open, the kernel does not let badblocks have.
            "busy": drive.pool is not None or drive.boot,
            "pass_seconds": PASS_SECONDS / self._world.clock.speed,
        }

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
