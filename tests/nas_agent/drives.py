"""Drives in memory, sound and faulty, and the plans that are worked on them."""

from __future__ import annotations

from collections.abc import Callable
import errno
from pathlib import Path
import threading
from typing import TYPE_CHECKING, Literal

from custom_components.truenas_burnin.nas_agent import worker
from custom_components.truenas_burnin.nas_agent.claim import Claimed
from custom_components.truenas_burnin.nas_agent.drive.users import User
from custom_components.truenas_burnin.nas_agent.engines.medium import Medium
from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.jobs import Job, Jobs
from custom_components.truenas_burnin.nas_agent.paths import Paths
from custom_components.truenas_burnin.nas_agent.plan import (
    BLOCK,
    Drive,
    Ledger,
    Limits,
    Method,
    Plan,
    Range,
)

if TYPE_CHECKING:
    from typing_extensions import override as override  # noqa: PLC0414 - exported
else:

    def override(method: object) -> object:
        """Do what Python has only from 3.12 on."""
        return method


MIB = 1 << 20
SIZE = 4 * MIB + 1536
"""No multiple of a block, as old drives are."""

BAD = 2 * MIB + 5 * BLOCK
"""Where a faulty drive is faulty."""


class MemoryDrive(Medium):
    """A sound drive. Faulty ones change what one of its methods does."""

    def __init__(self, size: int = SIZE) -> None:
        """Begin with what a used drive may hold."""
        super().__init__(-1)
        self.cells = bytearray(b"old " * (size // 4))
        self.busy = threading.Lock()

    @override
    def read(self, view: memoryview, byte: int) -> int:
        """Read."""
        came = self.cells[byte : byte + len(view)]
        view[: len(came)] = came
        return len(came)

    @override
    def write(self, view: memoryview, byte: int) -> int:
        """Write."""
        with self.busy:
            self.written += len(view)
        if byte >= len(self.cells):
            raise OSError(errno.ENOSPC, "behind the end")
        taken = min(len(view), len(self.cells) - byte)
        self.cells[byte : byte + taken] = view[:taken]
        return taken

    @override
    def flush(self) -> None:
        """Do nothing."""


class HeldDrive(Claimed):
    """A claimed drive; what a test changes, it tells."""

    def __init__(self, medium: MemoryDrive, *, solid_state: bool = True) -> None:
        """Hold it."""
        self.medium = medium
        self.descriptor = -1
        self.device = "sdb"
        self.size = len(medium.cells)
        self.logical_sector = 512
        self.solid_state = solid_state
        self.named = True
        self.users: tuple[User, ...] = ()
        self.degrees: int | None = 30
        self.discarded: list[tuple[int, int]] = []
        self.held = True

    @override
    def __exit__(self, *error: object) -> Literal[False]:
        """Let go."""
        self.held = False
        return False

    @override
    def still_named(self) -> bool:
        """Return what the test says."""
        return self.named

    @override
    def others(self) -> tuple[User, ...]:
        """Return what the test says."""
        return self.users

    @override
    def temperature(self) -> int | None:
        """Return what the test says."""
        return self.degrees

    @override
    def discard(self, start: int, length: int) -> None:
        """Remember it."""
        self.discarded.append((start, length))


def make_plan(
    size: int = SIZE,
    *,
    method: Method = Method.STAMPED,
    passes: int = 1,
    ranges: tuple[Range, ...] | None = None,
    capacity_check: bool = True,
    discard: bool = False,
    max_errors: int = 1000,
    token: str = "burn-1-surface-1",
) -> Plan:
    """Return a plan for all of a drive, in two ranges."""
    half = size // 2 // BLOCK * BLOCK
    return Plan(
        token=token,
        ledger=Ledger("0" * 32, 1),
        drive=Drive("sdb", "SERIAL1", None, size),
        content=frozenset(),
        method=method,
        passes=passes,
        ranges=ranges or (Range(0, half), Range(half, size - half)),
        capacity_check=capacity_check,
        discard=discard,
        limits=Limits(55, 48),
        max_errors=max_errors,
    )


def machine(folder: Path) -> Paths:
    """Return a NAS that has nothing but the agent's folder."""
    return Paths(
        home=folder / "home",
        dev=folder / "dev",
        proc=folder / "proc",
        sys=folder / "sys",
    )


def do(
    paths: Paths,
    plan: Plan,
    held: HeldDrive,
    *,
    leave: Callable[[], None] = lambda: None,
) -> dict[str, Json]:
    """Work at a plan's job, a new one if there is none, and return its status."""
    if not (paths.jobs / plan.token).exists():
        Jobs(paths).create(plan)
    worker.work(
        plan.token,
        paths,
        take=lambda plan, paths: held,
        medium=lambda descriptor: held.medium,
        leave=leave,
    )
    return job_of(paths, plan).status()


def job_of(paths: Paths, plan: Plan) -> Job:
    """Return the job of a plan."""
    return Jobs(paths).get(plan.token)
