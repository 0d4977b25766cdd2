"""Notices what befalls the machine: gone, booted again, other drives."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ..events import Change, Event
from ..rows import Described, database_row
from ..system import System
from .drives import RealDrive, drives_of
from .host import RealHost
from .line import MachineError

_BOOT_ID, _PARTITIONS = "/proc/sys/kernel/random/boot_id", "/proc/partitions"
SECONDS = 10.0
"""Real seconds between two looks, each of which is work for an emulated machine; the
line tells of nothing by itself."""


class Watch:
    """Looks at the machine again and again."""

    def __init__(
        self, host: RealHost, system: System, booted: Callable[[], Awaitable[None]]
    ) -> None:
        """Begin with nothing seen; `booted` is called after each boot."""
        self._host = host
        self._booted = booted
        self._system = system
        self._partitions = ""
        self._drives: Sequence[RealDrive] = ()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Look, and look on; raise MachineError where there is no machine."""
        self._host.boot_id, self._partitions = await self._seen()
        await self._booted()
        self._drives = await drives_of(self._host.machine)
        self._host.machine.gone = self._lost
        self._task = asyncio.create_task(self._go_on())

    async def end(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            try:
                await self._look()
            except MachineError:
                continue  # It is gone or slow, or its drives change at this moment.

    async def _seen(self) -> tuple[str, str]:
        ran = await self._host.machine.run(["cat", _BOOT_ID, _PARTITIONS], seconds=60)
        boot_id, _, partitions = ran.out.partition("\n")
        return boot_id, partitions

    async def _look(self) -> None:
        boot_id, partitions = await self._seen()
        if boot_id != self._host.boot_id:
            self._lost()
            await self._booted()
            self._host.boot_id = boot_id
        self._host.faults.drop = False
        if partitions != self._partitions:
            now = await drives_of(self._host.machine)
            self._tell(self._drives, now)
            self._drives, self._partitions = now, partitions

    def _lost(self) -> None:
        """Be off, as the middleware is whose machine is."""
        self._host.faults.drop = True
        self._system.forget()
        self._system.drop_connections()

    def _tell(self, before: Sequence[RealDrive], now: Sequence[RealDrive]) -> None:
        old = {drive.identifier: drive for drive in before}
        new = {drive.identifier: drive for drive in now}
        for identifier in old.keys() - new.keys():
            self._emit(Change.REMOVED, old[identifier])
        for identifier, drive in new.items():
            if identifier not in old:
                self._emit(Change.ADDED, drive)
            elif drive != old[identifier]:
                self._emit(Change.CHANGED, drive)

    def _emit(self, change: Change, drive: Described) -> None:
        row = None if change is Change.REMOVED else database_row(drive)
        self._host.events.emit(Event("disk.query", change, drive.identifier, row))
