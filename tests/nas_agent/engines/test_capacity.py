"""The blocks of the capacity check are spread so that false sizes show."""

from __future__ import annotations

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.nas_agent.engines.capacity import blocks
from custom_components.truenas_burnin.nas_agent.plan import BLOCK

TB = 10**12


@given(st.integers(8 * BLOCK, 40 * TB))
def test_blocks_lie_on_the_drive(size: int) -> None:
    """First, last, what is left at the end; apart and in order."""
    size -= size % 512
    chosen = blocks(size, "token")
    assert chosen[0].byte == 0
    assert chosen[-1].byte + chosen[-1].length == size
    assert all(
        one.byte + one.length <= other.byte for one, other in zip(chosen, chosen[1:])
    )
    assert all(one.byte % BLOCK == 0 and 0 < one.length <= BLOCK for one in chosen)
    assert len(chosen) <= 1002


def test_blocks_are_the_same_again() -> None:
    """The same seed chooses the same, another one does not."""
    assert blocks(TB, "a") == blocks(TB, "a") != blocks(TB, "b")


@pytest.mark.parametrize("power", range(24, 40))
def test_sizes_of_chips_show_at_once(power: int) -> None:
    """What wraps at a power of two has many blocks at the same place."""
    real = 1 << power
    chosen = blocks(2 * TB, "token")
    assert len({one.byte % real for one in chosen}) < len(chosen) - 10


def test_about_a_thousand() -> None:
    """A minute on a hard drive."""
    assert 1000 <= len(blocks(12 * TB, "token")) <= 1002
