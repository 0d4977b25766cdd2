"""A whole NAS of pretended drives but its ports: what it runs, what befalls it."""

import asyncio
from collections.abc import Sequence
from typing import Any, override

from .commands import Commands
from .events import Change
from .faults import Faults
from .methods import disk_older, pool, usage
from .methods.disk import Disks
from .methods.smart import SelfTests
from .methods.temperatures import Thermometer
from .methods.wipe import Wiping
from .rows import Described
from .system import System
from .world import World


class Nas(System):
    """One NAS; `secure` is whether clients come over TLS, or seem to."""

    def __init__(self, world: World, *, secure: bool) -> None:
        """Wire the parts."""
        self.world = world
        self.commands = Commands(world)
        super().__init__(world, self.commands, secure=secure)
        self._wiping = Wiping(world, self.jobs)
        disks = Disks(world.profile, self._look)
        for methods in (
            disk_older.methods(world, disks),
            disks.methods(),
            pool.methods(world),
            usage.methods(world),
            SelfTests(world, self.jobs).methods(),
            Thermometer(world).methods(),
            self._wiping.methods(),
        ):
            self.middleware.add(methods)

    async def _look(self, exported: bool) -> Sequence[Described]:
        return self.world.connected

    async def restart(self) -> None:
        """Restart the middleware: jobs are forgotten, detached commands go on."""
        self.forget()
        await asyncio.to_thread(self.commands.restart)
        await self.endpoint.restart()

    async def reboot(self) -> None:
        """Reboot: nothing survives but files, and the drives get other names."""
        self.forget()
        await self.commands.cut_power()
        self.drop_connections()
        self.world.reboot()

    @override
    async def stop(self) -> None:
        self.forget()
        await self.commands.stop()
        self.drop_connections()

    async def reset(self) -> None:
        """End all commands, self-tests and faults, and forget the writes."""
        self.forget()
        await self.commands.cut_power()
        self.world.faults = Faults()
        self.world.scans = {}
        self.world.alerts = {}
        for drive in self.world.drives:
            drive.running, drive.log, drive.writes = None, [], 0
            drive.attributes, drive.present = {}, True

    @override
    def forget(self) -> None:
        super().forget()
        self._wiping.stop()

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
