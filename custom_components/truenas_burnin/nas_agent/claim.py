"""Take a drive for one job, so that nobody else does, and only if it is the right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .errors import Json
from .paths import Paths
from .plan import Plan

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class User:
    """Somebody who has the drive or a part of it.

    `kind` is one of mount, swap, holder, process, loop, pool, multipath.
    """

    kind: str
    name: str

    def as_json(self) -> dict[str, Json]:
        """Return it as docs/protocol.md has it."""
        return {"kind": self.kind, "name": self.name}


class Claimed:
    """A drive that is this job's alone until the `with` block ends."""

    descriptor: int
    """Open for reading and writing, directly (no cache) where the kernel can."""
    device: str
    size: int
    logical_sector: int
    solid_state: bool

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *error: object) -> Literal[False]:
        """Let go of the drive."""
        raise NotImplementedError

    def still_named(self) -> bool:
        """Return whether its name still leads to the opened drive."""
        raise NotImplementedError

    def others(self) -> tuple[User, ...]:
        """Return who else has the drive or a part of it open at this moment."""
        raise NotImplementedError

    def error_count(self) -> int | None:
        """Return the kernel's count of failed requests, None where it keeps none."""
        raise NotImplementedError

    def temperature(self) -> int | None:
        """Ask the drive for its temperature in °C; may take as long as the drive likes."""
        raise NotImplementedError

    def discard(self, start: int, length: int) -> None:
        """Tell the drive that nobody needs these bytes; raise OSError."""
        raise NotImplementedError


def claim(plan: Plan, paths: Paths, patience: float = 30.0) -> Claimed:
    """Return the planned drive, held; raise Refused, and then nothing was touched.

    A process that only passes by, such as smartctl, is waited for `patience` seconds.
    """
    raise NotImplementedError
