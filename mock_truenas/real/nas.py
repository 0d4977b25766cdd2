"""A whole NAS on the machine's drives but its ports."""

from collections.abc import Sequence
import hashlib
from typing import Any, override

from ..methods.disk import Disks
from ..query import apply
from ..system import System
from . import pool_methods, pools
from .drives import RealDrive, drives_of, in_pools
from .host import RealHost
from .shell import MachineShell
from .temperatures import Thermometer
from .watch import Watch


class RealNas(System):
    """The middleware for a machine; there are no wipes, extents and virtual machines."""

    def __init__(self, host: RealHost, *, secure: bool) -> None:
        """Wire the parts."""
        self._host = host
        self._shell = MachineShell(
            host.machine, host.audit, audited=host.profile.audits_commands
        )
        super().__init__(host, self._shell, secure=secure)
        self._watch = Watch(host, self, self._shell.prepare)
        for methods in (
            Disks(host.profile, self._look).methods(),
            pool_methods.methods(host),
            Thermometer(host).methods(),
            dict.fromkeys(_EMPTY, _nothing),
        ):
            self.middleware.add(methods)

    async def start(self) -> None:
        """Set the machine up; raise MachineError where there is none."""
        found = await self._host.storage.read("/etc/machine-id")
        self._host.host_id = hashlib.sha256(found or b"").hexdigest()
        await self._watch.begin()

    @override
    async def stop(self) -> None:
        await self._watch.end()
        await super().stop()
        await self._host.machine.close()

    async def _look(self, exported: bool) -> Sequence[RealDrive]:
        machine = self._host.machine
        return in_pools(
            await drives_of(machine),
            self._host.profile.boot_pool,
            pools.members(await pools.imported(machine)),
            pools.members(await pools.exported(machine)) if exported else {},
        )


_EMPTY = ("iscsi.extent.query", "vm.device.query", "virt.instance.query")


async def _nothing(filters: Any = (), options: Any = None) -> Any:
    return apply([], filters, options)
