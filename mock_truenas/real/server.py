"""A NAS on the drives of a machine that listens."""

from collections.abc import Iterable
from pathlib import Path
from typing import override

from ..callers import FULL_ADMIN, Key, new_key
from ..clock import Clock
from ..profile import PROFILES
from ..server import Server
from .host import RealHost
from .line import Machine
from .nas import RealNas
from .storage import MachineStorage

REAL_PROFILES = sorted(
    name for name, profile in PROFILES.items() if not profile.smart_api
)
"""Generations whose middleware does nothing to drives that the agent does not do."""


class RealTrueNAS(Server):
    """One NAS on the machine behind `line`; `root` keeps its certificate and log."""

    def __init__(
        self,
        profile: str,
        root: Path,
        line: Path,
        *,
        port: int = 0,
        key: str | None = None,
        tls: bool | None = None,
        roles: Iterable[str] = (FULL_ADMIN,),
        owner: str = "truenas_admin",
    ) -> None:
        """Prepare; `start` or `async with` sets the machine up and opens the port."""
        if profile not in REAL_PROFILES:
            raise ValueError(f"{profile} needs pretended drives")
        root.mkdir(parents=True, exist_ok=True)
        machine = Machine(line)
        found = PROFILES[profile]
        host = RealHost(
            profile=found,
            clock=Clock(1.0),
            root=root.resolve(),
            key=Key(key or new_key(), owner, frozenset(roles)),
            storage=MachineStorage(machine),
            machine=machine,
        )
        tls = found.json_rpc if tls is None else tls
        self._nas = RealNas(host, secure=tls)
        super().__init__(self._nas, port=port, tls=tls)

    @override
    async def start(self) -> None:
        try:
            await self._nas.start()
        except BaseException:
            await self._nas.stop()
            raise
        await super().start()
