"""A whole NAS but its ports: the middleware, its jobs, what it runs, what befalls it."""

import asyncio
from typing import Any

from .callers import Caller
from .commands import Commands
from .downloads import Downloads
from .events import Change
from .faults import Faults
from .jobs import Jobs
from .methods import alert, audit, pool, system, usage
from .methods.auth import Logins
from .methods.core import Core
from .methods.cronjob import CronJobs
from .methods.disk import Disks
from .methods.filesystem import Files
from .methods.smart import SelfTests
from .methods.temperatures import Thermometer
from .methods.wipe import Wiping
from .middleware import Middleware
from .rpc.endpoint import Endpoint
from .world import World


class Nas:
    """One NAS; `secure` is whether clients come over TLS, or seem to."""

    def __init__(self, world: World, *, secure: bool) -> None:
        """Wire the parts."""
        self.world = world
        self.jobs = Jobs(world.clock, world.profile, world.events)
        self.commands = Commands(world)
        self.downloads = Downloads(self.jobs)
        self.middleware = Middleware(world)
        self.endpoint = Endpoint(world, self.jobs, self.middleware, secure=secure)
        self._wiping = Wiping(world, self.jobs)
        for methods in (
            alert.methods(world),
            audit.methods(world),
            pool.methods(world),
            system.methods(world),
            usage.methods(world),
            Core(world, self.jobs, self.downloads, self._invoke).methods(),
            CronJobs(world, self.jobs, self.commands).methods(),
            Disks(world).methods(),
            Files(world, self.jobs).methods(),
            Logins(world).methods(),
            SelfTests(world, self.jobs).methods(),
            Thermometer(world).methods(),
            self._wiping.methods(),
        ):
            self.middleware.add(methods)

    async def _invoke(self, name: str, params: list[Any], caller: Caller | None) -> Any:
        return await self.middleware.invoke(name, params, caller)

    async def restart(self) -> None:
        """Restart the middleware: jobs are forgotten, detached commands go on."""
        self._forget()
        await asyncio.to_thread(self.commands.restart)
        await self.endpoint.restart()

    async def reboot(self) -> None:
        """Reboot: nothing survives but files, and the drives get other names."""
        self._forget()
        await self.commands.cut_power()
        self.drop_connections()
        self.world.reboot()

    async def stop(self) -> None:
        """Switch it off."""
        self._forget()
        await self.commands.stop()
        self.drop_connections()

    async def reset(self) -> None:
        """End all commands, self-tests and faults, and forget the writes."""
        self._forget()
        await self.commands.cut_power()
        self.world.faults = Faults()
        self.world.scans = {}
        self.world.alerts = {}
        for drive in self.world.drives:
            drive.running, drive.log, drive.writes = None, [], 0
            drive.attributes, drive.present = {}, True

    def _forget(self) -> None:
        self.world.tokens.forget()
        self._wiping.stop()
        self.jobs.forget()
        self.downloads.forget()

    def drop_connections(self) -> None:
        """Break every websocket off, with no goodbye."""
        for connection in list(self.endpoint.connections):
            connection.drop()

    def expire_sessions(self) -> None:
        """Let every session be over with its next message."""
        for connection in self.endpoint.connections:
            connection.expire()

    def change_drive(self, serial: str, facts: dict[str, Any]) -> None:
        """Change a drive and tell of it: KeyError for no such drive or fact."""
        drive = {drive.serial: drive for drive in self.world.drives}[serial]
        for name in facts:
            if name not in drive.__dataclass_fields__:
                raise KeyError(name)
        was_there, identifier = drive.present, drive.identifier
        if facts.get("present") is False and was_there:
            self.world.drive_changed(drive, Change.REMOVED)
        for name, value in facts.items():
            setattr(drive, name, value)
        self.world.make_file(drive)
        if drive.present:
            known = was_there and identifier == drive.identifier
            change = Change.CHANGED if known else Change.ADDED
            self.world.drive_changed(drive, change)
