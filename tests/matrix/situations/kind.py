"""What a situation is, and the list of all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from mock_truenas.drive import MockDrive

from ...said import said
from ..bench import BLOCK, SPEED, Bench
from ..program import Program

type Play = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One way to hit the wrong disk; `drives` are connected beside the usual.

    At a fifth of the speed a pass takes long enough to interfere with.
    """

    sentence: str
    play: Play
    profile: str = "core-13.0"
    speed: float = SPEED
    drives: Callable[[], tuple[MockDrive, ...]] = field(default=tuple)

    @property
    def name(self) -> str:
        """Return a name for the test."""
        return self.play.__name__


SITUATIONS: Final[list[Situation]] = []


def situation(sentence: str, **more: Any) -> Callable[[Play], Play]:
    """Put a coroutine into the list, with the sentence of docs/safety.md."""

    def add(play: Play) -> Play:
        SITUATIONS.append(Situation(sentence=sentence, play=play, **more))
        return play

    return add


async def refused(program: Program, attempt: Awaitable[BurnIn]) -> set[str]:
    """Return the keys of the refusals of a start that must not succeed."""
    with pytest.raises(GateRefused) as caught:
        await attempt
    assert not program.runner.busy
    return {
        refusal.key for found in caught.value.refusals.values() for refusal in found
    }


def ended(burn_in: BurnIn, state: BurnInState, *words: str) -> None:
    """Check how a burn-in ended and that its reason says why."""
    assert burn_in.state is state, said(burn_in)
    for word in words:
        assert word in said(burn_in)


def passed(bench: Bench, burn_in: BurnIn, *, again: int = 0) -> None:
    """Check that the target was written once, but for `again` ranges at most."""
    ended(burn_in, BurnInState.PASSED)
    plan = bench.target.size
    assert plan <= bench.target.writes <= plan + again * BLOCK
