"""What of a request could not be moved is found to the block."""

from __future__ import annotations

import errno

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.nas_agent.engines.findings import (
    Cause,
    Finding,
    Kind,
)
from custom_components.truenas_burnin.nas_agent.engines.transfer import transfer
from custom_components.truenas_burnin.nas_agent.plan import BLOCK

START = 7 * BLOCK


class Blocks:
    """A drive of which some blocks fail, for ever or for some attempts."""

    def __init__(self, bad: set[int], fails: int = 1 << 30) -> None:
        """Take the blocks, and how many attempts fail."""
        self.bad = bad
        self.fails = fails
        self.asked = 0

    def move(self, view: memoryview, byte: int) -> int:
        """Fail with the whole request as kernels do, or move all of it."""
        self.asked += 1
        blocks = range(byte // BLOCK, -(-(byte + len(view)) // BLOCK))
        if self.fails and self.bad.intersection(blocks):
            self.fails -= 1
            raise OSError(errno.EIO, "bad")
        return len(view)


@given(st.sets(st.integers(7, 38), max_size=6), st.sampled_from([0, 512, 1536]))
def test_every_bad_block_is_named(bad: set[int], rest: int) -> None:
    """Those and no others, also where the request does not end with a block."""
    view = memoryview(bytearray(31 * BLOCK + rest))
    found = transfer(Kind.READ, Blocks(bad).move, view, START, 100)
    last = 38 if rest else 37
    assert {one.byte // BLOCK for one in found} == {one for one in bad if one <= last}
    assert all(one.cause is Cause.IO_ERROR and one.errno == errno.EIO for one in found)
    assert all(
        one.length == (rest if one.byte // BLOCK == 38 else BLOCK) for one in found
    )


def test_error_that_a_retry_hides_is_an_error() -> None:
    """No sound drive fails a request and then does it."""
    view = memoryview(bytearray(32 * BLOCK))
    found = transfer(Kind.WRITE, Blocks({9}, fails=1).move, view, START, 100)
    assert found == [
        Finding(Kind.WRITE, START, len(view), Cause.RETRY_SUCCEEDED, None, errno.EIO)
    ]


def test_bad_blocks_are_not_looked_for_without_end() -> None:
    """Each may take half a minute."""
    drive = Blocks(set(range(100_000)))
    found = transfer(Kind.READ, drive.move, memoryview(bytearray(2048 * BLOCK)), 0, 5)
    assert len(found) == 5
    assert drive.asked < 30


def test_short_request_names_where_it_broke_off() -> None:
    """It is tried again from there; that all came then does not excuse it."""
    view = memoryview(bytearray(8 * BLOCK))
    answers = iter([3 * BLOCK + 512, 5 * BLOCK])
    found = transfer(Kind.READ, lambda part, byte: next(answers), view, START, 100)
    assert found == [Finding(Kind.READ, START + 3 * BLOCK, 5 * BLOCK, Cause.SHORT)]


def test_end_that_is_no_more() -> None:
    """A drive that shrank answers with nothing."""
    view = memoryview(bytearray(2 * BLOCK))
    found = transfer(Kind.READ, lambda part, byte: 0, view, START, 100)
    assert [(one.byte, one.cause) for one in found] == [
        (START, Cause.SHORT),
        (START + BLOCK, Cause.SHORT),
    ]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOMEM, errno.ENODEV])
def test_errors_of_others_accuse_no_drive(number: int) -> None:
    """Ours, the kernel's, or that of who pulled the drive."""

    def move(view: memoryview, byte: int) -> int:
        raise OSError(number, "not the drive's")

    with pytest.raises(OSError, match="not the drive's") as raised:
        transfer(Kind.READ, move, memoryview(bytearray(BLOCK)), 0, 100)
    assert raised.value.errno == number
