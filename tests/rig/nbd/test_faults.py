"""Each fault, alone."""

import errno
from threading import Thread
import time

import pytest

from tests.rig.nbd.faults import (
    BLOCK,
    EVERYTHING,
    AnswersElsewhere,
    Fault,
    Hangs,
    Holds,
    KeepsNothing,
    Locked,
    LosesWrites,
    Misplaces,
    ReadFails,
    Rots,
    Shrinks,
    Slow,
    Span,
    StuckBit,
    StuckLine,
    Throttled,
    Wraps,
    WriteFails,
    WriteProtected,
)
from tests.rig.nbd.store import CHUNK, Store

SIZE = 64 * BLOCK
BAD = Span.block(8 * BLOCK)


def blocks(start: int, count: int) -> bytes:
    """Return data of which every block is another."""
    return b"".join(bytes([n]) * BLOCK for n in range(start, start + count))


@pytest.fixture
def store() -> Store:
    return Store(SIZE)


def changed(fault: Fault, wrote: bytes, offset: int = 0) -> list[int]:
    """Write, read back, and return the numbers of the blocks that differ."""
    fault.write(offset, wrote)
    read = fault.read(offset, len(wrote))
    assert len(read) == len(wrote)
    return [
        (offset + at) // BLOCK
        for at in range(0, len(wrote), BLOCK)
        if wrote[at : at + BLOCK] != read[at : at + BLOCK]
    ]


def test_a_sound_drive_returns_what_was_written(store: Store) -> None:
    fault = Fault(store)

    assert fault.size == SIZE
    assert changed(fault, blocks(0, 64)) == []


def test_fake_capacity_wraps_around(store: Store) -> None:
    fault = Wraps(store, 16 * BLOCK)

    fault.write(14 * BLOCK, blocks(1, 4))

    assert fault.read(0, 2 * BLOCK) == blocks(3, 2)
    assert fault.read(30 * BLOCK, BLOCK) == blocks(1, 1)
    assert store.read(16 * BLOCK, BLOCK) == b"\x5a" * BLOCK


def test_a_block_answers_with_its_neighbour(store: Store) -> None:
    fault = AnswersElsewhere(store, BAD)

    assert changed(fault, blocks(0, 64)) == [8]
    assert fault.read(8 * BLOCK, BLOCK) == blocks(9, 1)


def test_writes_are_lost(store: Store) -> None:
    assert changed(LosesWrites(store, BAD), blocks(0, 64)) == [8]
    assert store.read(8 * BLOCK, BLOCK) == b"\x5a" * BLOCK


def test_data_of_an_earlier_pass_stay(store: Store) -> None:
    fault = LosesWrites(store, BAD, kept=1)

    assert changed(fault, blocks(0, 64)) == []
    assert changed(fault, blocks(1, 64)) == [8]
    assert fault.read(8 * BLOCK, BLOCK) == blocks(8, 1)


def test_a_write_lands_elsewhere(store: Store) -> None:
    fault = Misplaces(store, BAD, distance=20 * BLOCK)

    fault.write(8 * BLOCK, blocks(1, 2))

    assert store.read(8 * BLOCK, BLOCK) == b"\x5a" * BLOCK
    assert store.read(9 * BLOCK, BLOCK) == blocks(2, 1)
    assert store.read(28 * BLOCK, BLOCK) == blocks(1, 1)


@pytest.mark.parametrize("value", [False, True])
@pytest.mark.parametrize("offset", [0, 3, 8, 13])
def test_a_data_line_is_stuck(store: Store, value: bool, offset: int) -> None:
    fault = StuckLine(store, lane=3, bit=6, value=value)
    fault.write(0, bytes([0x00 if value else 0xFF]) * 64)

    read = fault.read(offset, 40)

    wrong = [offset + n for n in range(40) if read[n] not in {0x00, 0xFF}]
    assert wrong == [n for n in range(offset, offset + 40) if n % 8 == 3]
    assert read[(3 - offset) % 8] == (0x40 if value else 0xBF)


@pytest.mark.parametrize(("value", "shows"), [(True, 0x00), (False, 0xFF)])
def test_a_single_bit_is_stuck(store: Store, value: bool, shows: int) -> None:
    fault = StuckBit(store, byte=8 * BLOCK + 5, bit=0, value=value)

    assert changed(fault, bytes([shows]) * SIZE) == [8]
    assert changed(fault, bytes([shows ^ 0xFF]) * SIZE) == []


def test_a_bit_rots_with_time(store: Store) -> None:
    now = [0.0]
    fault = Rots(store, byte=8 * BLOCK, age=3600, clock=lambda: now[0])

    assert changed(fault, blocks(0, 64)) == []
    now[0] = 3600
    assert fault.read(8 * BLOCK, 1) == bytes([8 ^ 1])
    assert changed(fault, blocks(0, 64)) == []


def test_nothing_is_kept(store: Store) -> None:
    fault = KeepsNothing(store)
    fault.write(0, blocks(1, 1))

    assert fault.read(0, BLOCK) == bytes(BLOCK)


def test_reads_of_a_span_fail(store: Store) -> None:
    fault = ReadFails(store, BAD)
    fault.write(0, blocks(0, 64))

    with pytest.raises(OSError, match="error") as raised:
        fault.read(0, SIZE)

    assert raised.value.errno == errno.EIO
    assert fault.read(9 * BLOCK, BLOCK) == blocks(9, 1)


def test_a_retry_hides_the_error(store: Store) -> None:
    fault = ReadFails(store, BAD, times=1)

    with pytest.raises(OSError, match="error"):
        fault.read(0, SIZE)
    assert fault.read(0, SIZE) == b"\x5a" * SIZE


def test_writes_to_a_span_fail(store: Store) -> None:
    fault = WriteFails(store, BAD)

    with pytest.raises(OSError, match="error"):
        fault.write(8 * BLOCK, blocks(0, 1))

    fault.write(9 * BLOCK, blocks(0, 1))
    assert fault.read(8 * BLOCK, BLOCK) == b"\x5a" * BLOCK


def test_a_locked_drive_answers_nothing(store: Store) -> None:
    fault = Locked(store)

    with pytest.raises(PermissionError):
        fault.read(0, 1)
    with pytest.raises(PermissionError):
        fault.write(0, b"x")


def test_a_write_protected_drive_only_reads(store: Store) -> None:
    fault = WriteProtected(store)

    with pytest.raises(PermissionError):
        fault.write(0, b"x")
    assert fault.read(0, 1) == b"\x5a"


def test_a_drive_shrinks(store: Store) -> None:
    fault = Shrinks(store, 16 * BLOCK)
    fault.write(15 * BLOCK, blocks(1, 1))

    assert fault.size == SIZE
    with pytest.raises(OSError, match="end"):
        fault.read(15 * BLOCK, BLOCK + 1)
    with pytest.raises(OSError, match="end"):
        fault.write(16 * BLOCK, b"x")


def test_a_slow_drive_can_be_let_go(store: Store) -> None:
    fault = Slow(store, EVERYTHING, seconds=3600)
    reading = Thread(target=fault.read, args=(0, 1))
    reading.start()

    fault.release()

    reading.join(10)
    assert not reading.is_alive()


def test_only_the_span_is_slow(store: Store) -> None:
    fault = Slow(store, BAD, seconds=3600)

    assert fault.read(0, BLOCK) == b"\x5a" * BLOCK


def test_a_write_is_held_until_it_is_let_go(store: Store) -> None:
    fault = Holds(store, BAD)
    writing = Thread(target=fault.write, args=(8 * BLOCK, b"x"))
    writing.start()
    assert fault.holding.wait(10)

    fault.write(0, b"y")
    assert fault.read(8 * BLOCK, 1) == b"\x5a"

    fault.release()
    writing.join(10)
    assert store.read(8 * BLOCK, 1) == b"x"


def test_so_many_bytes_a_second(store: Store) -> None:
    fault = Throttled(store, bytes_per_second=100 * BLOCK)
    began = time.monotonic()

    fault.write(0, bytes(BLOCK))
    assert fault.read(0, 2 * BLOCK) == bytes(BLOCK) + b"\x5a" * BLOCK

    assert time.monotonic() - began >= 0.03


def test_a_throttled_drive_can_be_let_go(store: Store) -> None:
    fault = Throttled(store, bytes_per_second=1)
    reading = Thread(target=fault.read, args=(0, BLOCK))
    reading.start()

    fault.release()

    reading.join(10)
    assert not reading.is_alive()


def test_a_drive_hangs_until_it_is_let_go(store: Store) -> None:
    fault = Hangs(store, BAD)
    assert fault.read(0, BLOCK) == b"\x5a" * BLOCK
    first = Thread(target=fault.write, args=(8 * BLOCK, b"x"))
    first.start()
    assert fault.hanging.wait(10)

    after = Thread(target=fault.read, args=(0, 1))
    after.start()
    assert first.is_alive()
    assert after.is_alive()

    fault.release()
    first.join(10)
    after.join(10)
    assert store.read(8 * BLOCK, 1) == b"x"


def test_a_drive_hangs_for_a_while(store: Store) -> None:
    fault = Hangs(store, BAD, seconds=0.01)

    assert fault.read(8 * BLOCK, 1) == b"\x5a"
    assert fault.hanging.is_set()


def test_a_store_may_be_larger_than_any_file() -> None:
    size = 40 << 40
    store = Store(size, fill=0)
    store.write(size - 2, b"xy")

    assert store.read(size - 3, 3) == b"\0xy"
    with pytest.raises(ValueError, match="outside"):
        store.write(size - 1, b"xy")


def test_stores_are_compared_to_the_byte() -> None:
    store = Store(4 * CHUNK)
    store.write(CHUNK - 1, b"ab")
    before = store.copy()
    assert store.first_difference(before) is None

    store.write(3 * CHUNK + 7, b"x")

    assert store.first_difference(before) == 3 * CHUNK + 7
    assert before.first_difference(store) == 3 * CHUNK + 7
