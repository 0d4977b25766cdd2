"""Data name their place, stay the same for ever, and tell what came back instead."""

from __future__ import annotations

import hashlib

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.nas_agent.engines.buffers import Buffer
from custom_components.truenas_burnin.nas_agent.engines.data import (
    UNIT,
    Data,
    Pattern,
    Reason,
    Stamped,
)
from custom_components.truenas_burnin.nas_agent.engines.findings import Cause
from custom_components.truenas_burnin.nas_agent.plan import BLOCK, SECTOR

FAR = 12_000_138_625_024 // BLOCK * BLOCK
"""In the last block of a 12 TB drive."""


def data_at(data: Data, byte: int, length: int = BLOCK, buffer: int = BLOCK) -> bytes:
    """Return what belongs there."""
    memory = Buffer(max(length, buffer))
    data.fill(memory)
    data.place(memory, byte, length)
    return bytes(memory.view[:length])


@pytest.mark.parametrize(
    ("inverted", "digest"), [(False, "9b96051137876d1e"), (True, "327573b65b3d0692")]
)
def test_data_stay_the_same_for_ever(inverted: bool, digest: str) -> None:
    """A job that another version of the agent takes up finds what it expects."""
    data = data_at(Stamped("token", inverted), FAR, 2 * UNIT, 2 * UNIT)
    assert hashlib.sha256(data).hexdigest()[:16] == digest


def test_second_pass_is_the_complement_of_the_first() -> None:
    """A bit that is stuck either way shows in one of them."""
    one = data_at(Stamped("token"), FAR)
    other = data_at(Stamped("token", inverted=True), FAR)
    assert bytes(255 - value for value in one) == other


@given(st.integers(0, 3), st.sampled_from([1, 2, 4, 8]))
def test_data_do_not_depend_on_the_size_of_requests(unit: int, longest: int) -> None:
    """What was written in requests of one size is read in requests of another."""
    data = Stamped("token")
    byte = FAR + unit * UNIT
    one = data_at(data, byte, UNIT, UNIT)
    longer = data_at(data, byte, longest * UNIT, longest * UNIT)
    assert longer[:UNIT] == one


def test_every_sector_names_its_address() -> None:
    """Drives with sectors of 512 bytes may misplace a single one."""
    data = data_at(Stamped("token"), FAR, UNIT, UNIT)
    for offset in range(0, UNIT, SECTOR):
        unit, within = (
            int.from_bytes(data[offset + at : offset + at + 8], "little")
            for at in (8, 16)
        )
        assert unit + within == FAR + offset


def explained(found: bytes, inverted: bool = False, byte: int = FAR) -> Reason:
    """Return why a block that came back differs from what belongs there."""
    data = Stamped("token", inverted)
    return data.explain(found, data_at(data, byte), byte)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("there", [0, 64 << 20, FAR - BLOCK, FAR + UNIT])
def test_data_of_another_address(inverted: bool, there: int) -> None:
    """A wrap, a neighbor, a misplaced write: it is told whose data came."""
    found = data_at(Stamped("token", inverted), there)
    assert explained(found, inverted) == Reason(Cause.OTHER_ADDRESS, there)


def test_one_sector_of_another_address() -> None:
    """Its own place within the block is left out of what is told."""
    data = Stamped("token")
    right, wrong = data_at(data, FAR), data_at(data, FAR - 8 * BLOCK)
    at = 3 * SECTOR
    found = right[:at] + wrong[at : at + SECTOR] + right[at + SECTOR :]
    assert explained(found) == Reason(Cause.OTHER_ADDRESS, FAR - 8 * BLOCK)


def test_data_of_earlier_passes() -> None:
    """Another token, the other pass, the capacity check."""
    for earlier in (Stamped("before"), Stamped("token", inverted=True)):
        assert explained(data_at(earlier, FAR)) == Reason(Cause.EARLIER_PASS)


def test_zeros() -> None:
    """A drive that keeps nothing, or dropped a sector."""
    assert explained(bytes(BLOCK)) == Reason(Cause.ZEROS)
    right = data_at(Stamped("token"), FAR)
    found = right[:SECTOR] + bytes(SECTOR) + right[2 * SECTOR :]
    assert explained(found) == Reason(Cause.ZEROS)


@given(st.integers(0, 8 * BLOCK - 1))
def test_one_bit(bit: int) -> None:
    """Wherever it is, in the stamp too, it is a bit and no other address."""
    found = bytearray(data_at(Stamped("token"), FAR))
    found[bit // 8] ^= 1 << bit % 8
    assert explained(bytes(found)) == Reason(Cause.BITS_DIFFER)


@pytest.mark.parametrize("bit", range(8))
def test_stuck_data_line(bit: int) -> None:
    """The same bit of every byte is no other address, whatever it does to stamps."""
    found = bytes(value & ~(1 << bit) for value in data_at(Stamped("token"), FAR))
    assert explained(found) == Reason(Cause.BITS_DIFFER)


@given(st.binary(min_size=1, max_size=64))
def test_hostile_data_are_explained_too(found: bytes) -> None:
    """Anything may come back."""
    assert explained((found * BLOCK)[:BLOCK]).cause in {Cause.BITS_DIFFER, Cause.ZEROS}


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (b"\xaa" * BLOCK, Cause.EARLIER_PASS),
        (bytes(BLOCK), Cause.ZEROS),
        (b"\xff" * BLOCK, Cause.BITS_DIFFER),
        (data_at(Stamped("token capacity"), FAR), Cause.EARLIER_PASS),
    ],
)
def test_patterns(found: bytes, cause: Cause) -> None:
    """55 was written after aa; ff was not yet written."""
    data = Pattern(0x55, (0xAA,))
    assert data.explain(found, data_at(data, FAR), FAR) == Reason(cause)


def test_buffer_compares_within_itself_only() -> None:
    """Beyond its end is memory of somebody else."""
    one, other = Buffer(BLOCK), Buffer(BLOCK)
    assert one.equals(other, 0, BLOCK)
    other.view[BLOCK - 1] = 1
    assert not one.equals(other, 0, BLOCK)
    with pytest.raises(IndexError):
        one.equals(other, BLOCK, BLOCK)
