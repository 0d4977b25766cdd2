"""Which sweeps a plan makes: all is written with something, then all is read back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..plan import Method, Plan
from .data import Data, Pattern, Stamped

PATTERNS = (0xAA, 0x55, 0xFF, 0x00)
"""Those of `badblocks -w`, in its order: every bit is written both ways twice."""


class Activity(str, Enum):
    """What a worker does."""

    CAPACITY_CHECK = "capacity_check"
    WRITE = "write"
    VERIFY = "verify"
    DISCARD = "discard"
    DONE = "done"


@dataclass(frozen=True)
class Sweep:
    """One write or one read of all ranges; `number` counts from 1."""

    number: int
    activity: Activity
    data: Data


def sweeps_of(plan: Plan) -> tuple[Sweep, ...]:
    """Return the sweeps of a plan in their order."""
    if plan.method is Method.PATTERNS:
        data: list[Data] = [
            Pattern(value, PATTERNS[:index]) for index, value in enumerate(PATTERNS)
        ]
    else:
        data = [
            Stamped(plan.token, inverted=number == 1) for number in range(plan.passes)
        ]
    return tuple(
        Sweep(2 * index + number, activity, one)
        for index, one in enumerate(data)
        for number, activity in enumerate((Activity.WRITE, Activity.VERIFY), 1)
    )
