"""Every fault that a drive can have, played to the real worker."""

from __future__ import annotations

import errno
from pathlib import Path
import time

import pytest

from custom_components.truenas_burnin.nas_agent import worker
from custom_components.truenas_burnin.nas_agent.engines import lanes
from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.plan import BLOCK, Method

from .drives import (
    BAD,
    MIB,
    SIZE,
    HeldDrive,
    MemoryDrive,
    do,
    job_of,
    machine,
    make_plan,
    override,
)

HERE = slice(BAD, BAD + BLOCK)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for names of unplugged drives to go away."""
    monkeypatch.setattr(worker, "UNPLUGGED_AFTER", 0.0)


class Wraps(MemoryDrive):
    """Has a quarter of the size that it says."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        for start in range(0, len(view), BLOCK):
            part = view[start : start + BLOCK]
            super().read(part, (byte + start) % MIB)
        return len(view)

    @override
    def write(self, view: memoryview, byte: int) -> int:
        for start in range(0, len(view), BLOCK):
            part = view[start : start + BLOCK]
            super().write(part, (byte + start) % MIB)
        return len(view)


class Neighbor(MemoryDrive):
    """Answers a block with its neighbor's data."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        moved = super().read(view, byte)
        if byte <= BAD < byte + len(view):
            there = BAD - byte
            view[there : there + BLOCK] = self.cells[BAD + BLOCK : BAD + 2 * BLOCK]
        return moved


class Cells(MemoryDrive):
    """Changes what it keeps after each write."""

    @override
    def write(self, view: memoryview, byte: int) -> int:
        before = bytes(self.cells[HERE])
        moved = super().write(view, byte)
        if byte <= BAD < byte + len(view):
            self.spoil(before)
        return moved

    def spoil(self, before: bytes) -> None:
        raise NotImplementedError


class LosesWrites(Cells):
    """Keeps what one block had, whatever is written."""

    @override
    def spoil(self, before: bytes) -> None:
        self.cells[HERE] = before


class Misdirects(Cells):
    """Writes one block a MiB further on, after what belongs there."""

    @override
    def spoil(self, before: bytes) -> None:
        there = BAD - MIB
        self.cells[there : there + BLOCK] = self.cells[HERE]
        self.cells[HERE] = before


class StuckLow(Cells):
    """Has a bit in every byte of a block that is always 0."""

    @override
    def spoil(self, before: bytes) -> None:
        self.cells[HERE] = bytes(value & 0xFB for value in self.cells[HERE])


class StuckHigh(Cells):
    """Has a single bit of a single block that is always 1."""

    @override
    def spoil(self, before: bytes) -> None:
        self.cells[BAD + 777] |= 4


class Line(MemoryDrive):
    """Has a data line that is always 0."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        moved = super().read(view, byte)
        view[:] = bytes(view).translate(bytes(value & 0xF7 for value in range(256)))
        return moved


class KeepsNothing(MemoryDrive):
    """Reads zeros."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        view[:] = bytes(len(view))
        return len(view)


class BringsNothing(MemoryDrive):
    """Says that it has read, and puts nothing into memory."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        return len(view) if byte <= BAD < byte + len(view) else super().read(view, byte)


class CannotRead(MemoryDrive):
    """Has an unreadable block."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        if byte <= BAD < byte + len(view):
            raise OSError(errno.EIO, "unreadable")
        return super().read(view, byte)


class CannotWrite(MemoryDrive):
    """Has a block that cannot be written to."""

    @override
    def write(self, view: memoryview, byte: int) -> int:
        if byte <= BAD < byte + len(view):
            raise OSError(errno.EIO, "not writable")
        return super().write(view, byte)


class RetryHides(MemoryDrive):
    """Reads a block at the second attempt only."""

    tried = False

    @override
    def read(self, view: memoryview, byte: int) -> int:
        if byte <= BAD < byte + len(view) and not self.tried:
            self.tried = True
            raise OSError(errno.EIO, "unreadable")
        return super().read(view, byte)


class ShortOnce(MemoryDrive):
    """Breaks off a read once."""

    tried = False

    @override
    def read(self, view: memoryview, byte: int) -> int:
        if byte < BAD < byte + len(view) and not self.tried:
            self.tried = True
            return super().read(view[: BAD - byte], byte)
        return super().read(view, byte)


class Shrinks(MemoryDrive):
    """Loses its end once something is read."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        del self.cells[BAD:]
        return super().read(view, byte)


class CannotFlush(MemoryDrive):
    """Cannot empty its cache."""

    @override
    def flush(self) -> None:
        raise OSError(errno.EIO, "cache")


Told = tuple[type[MemoryDrive], str, str]
FAULTS: list[Told] = [
    (Neighbor, "compare", "other_address"),
    (LosesWrites, "compare", "bits_differ"),
    (StuckLow, "compare", "bits_differ"),
    (StuckHigh, "compare", "bits_differ"),
    (KeepsNothing, "compare", "zeros"),
    (BringsNothing, "compare", "bits_differ"),
    (CannotRead, "read", "io_error"),
    (CannotWrite, "write", "io_error"),
    (RetryHides, "read", "retry_succeeded"),
    (ShortOnce, "read", "short"),
    (Shrinks, "read", "short"),
]
WHOLE_REQUEST = {BringsNothing, RetryHides}
"""Of which nobody can say which block of the request it was."""
UNSEEN_BY_PATTERNS = {Neighbor}


def first(status: dict[str, Json]) -> dict[str, Json]:
    """Return the first error of a status."""
    error = status["first_error"]
    assert isinstance(error, dict)
    return error


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("solid_state", [True, False])
def test_sound_drive_passes(tmp_path: Path, passes: int, solid_state: bool) -> None:
    """Nothing is wrong with a drive of which nothing is wrong."""
    plan = make_plan(passes=passes)
    held = HeldDrive(MemoryDrive(), solid_state=solid_state)
    status = do(machine(tmp_path), plan, held)
    assert status["state"] == "passed"
    assert status["reason"] is None
    assert status["activity"] == "done"
    assert status["errors"] == {"read": 0, "write": 0, "compare": 0, "kernel": 0}
    assert status["bytes_done"] == status["bytes_total"] == 2 * passes * SIZE
    assert not held.held


def test_sound_drive_passes_patterns(tmp_path: Path) -> None:
    """Eight sweeps, and zeros at the end."""
    drive = MemoryDrive()
    status = do(machine(tmp_path), make_plan(method=Method.PATTERNS), HeldDrive(drive))
    assert (status["state"], status["sweeps"]) == ("passed", 8)
    assert drive.cells == bytes(SIZE)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("capacity_check", [True, False])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[0].__name__)
def test_faulty_drive_fails(
    tmp_path: Path, fault: Told, capacity_check: bool, method: Method
) -> None:
    """Each is found, at its place."""
    kind, what, cause = fault
    plan = make_plan(method=method, passes=1, capacity_check=capacity_check)
    if kind is StuckHigh and method is Method.STAMPED:
        plan = make_plan(passes=2, capacity_check=capacity_check)
    status = do(machine(tmp_path), plan, HeldDrive(kind()))
    if method is Method.PATTERNS and kind in UNSEEN_BY_PATTERNS and not capacity_check:
        assert status["state"] == "passed"  # constant patterns have no address
        return
    assert status["state"] == "failed"
    error = first(status)
    if kind in WHOLE_REQUEST:
        assert error["byte"] in {BAD, 2 * MIB}
    elif kind is not KeepsNothing:
        assert error["byte"] == BAD
    if method is Method.STAMPED and not capacity_check:
        assert (error["kind"], error["cause"]) == (what, cause)


@pytest.mark.parametrize("capacity_check", [True, False])
@pytest.mark.parametrize("method", list(Method))
def test_false_size(tmp_path: Path, method: Method, capacity_check: bool) -> None:
    """Constant patterns see it by the capacity check alone."""
    plan = make_plan(method=method, capacity_check=capacity_check)
    status = do(machine(tmp_path), plan, HeldDrive(Wraps()))
    if method is Method.PATTERNS and not capacity_check:
        assert status["state"] == "passed"
        return
    assert status["state"] == "failed"
    error = first(status)
    assert (error["byte"], error["cause"]) == (0, "other_address")
    assert isinstance(error["found_byte"], int)
    assert error["found_byte"] % MIB == 0


@pytest.mark.parametrize("method", list(Method))
def test_misdirected_write(tmp_path: Path, method: Method) -> None:
    """Both places are wrong with stamps: one was overwritten, one has old data."""
    plan = make_plan(method=method, capacity_check=False)
    paths = machine(tmp_path)
    status = do(paths, plan, HeldDrive(Misdirects()))
    assert status["state"] == "failed"
    if method is Method.STAMPED:
        error = first(status)
        assert (error["byte"], error["cause"]) == (BAD - MIB, "other_address")
        assert error["found_byte"] == BAD


@pytest.mark.parametrize("method", list(Method))
def test_data_line_that_is_stuck(tmp_path: Path, method: Method) -> None:
    """Every block differs; the job does not go on for days."""
    plan = make_plan(method=method, max_errors=50)
    status = do(machine(tmp_path), plan, HeldDrive(Line()))
    assert status["state"] == "failed"
    reason = status["reason"]
    assert isinstance(reason, dict)
    assert reason["code"] in {"too_many_errors", "errors_found"}
    assert first(status)["cause"] == "bits_differ"


def test_second_pass_sees_data_of_the_first(tmp_path: Path) -> None:
    """A block that takes the first write and no second one."""

    class TakesOne(MemoryDrive):
        writes = 0

        @override
        def write(self, view: memoryview, byte: int) -> int:
            if byte <= BAD < byte + len(view):
                self.writes += 1
                kept = bytes(self.cells[HERE])
                moved = super().write(view, byte)
                if self.writes > 1:
                    self.cells[HERE] = kept
                return moved
            return super().write(view, byte)

    plan = make_plan(passes=2, capacity_check=False)
    status = do(machine(tmp_path), plan, HeldDrive(TakesOne()))
    assert status["state"] == "failed"
    error = first(status)
    assert (error["sweep"], error["byte"], error["cause"]) == (4, BAD, "earlier_pass")


def test_cache_that_cannot_be_emptied(tmp_path: Path) -> None:
    """What was written may never get to the medium."""
    plan = make_plan(capacity_check=False)
    status = do(machine(tmp_path), plan, HeldDrive(CannotFlush()))
    assert status["state"] == "failed"
    assert status["errors"] == {"read": 0, "write": 1, "compare": 0, "kernel": 0}


def test_slow_block_shows_in_the_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails nothing here; who reads the records may warn."""
    slow = 31.0

    class Slow(MemoryDrive):
        @override
        def read(self, view: memoryview, byte: int) -> int:
            if byte <= BAD < byte + len(view):
                clock.ahead += slow
            return super().read(view, byte)

    class Clock:
        ahead = 0.0

        def monotonic(self) -> float:
            """Return a time that a slow drive moves."""
            return real() + self.ahead

    real, clock = time.monotonic, Clock()
    monkeypatch.setattr(lanes, "time", clock)
    plan = make_plan(capacity_check=False)
    paths = machine(tmp_path)
    assert do(paths, plan, HeldDrive(Slow()))["state"] == "passed"
    slowest = []
    for record in job_of(paths, plan).ranges():
        assert isinstance(record, dict)
        assert isinstance(record["slowest_ms"], float)
        slowest.append(record["slowest_ms"])
    assert slowest[3] >= slow * 1000 > max(slowest[:3])
