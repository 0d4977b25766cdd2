"""How jobs end, are taken up, and whose fault it is."""

from __future__ import annotations

import errno
from pathlib import Path
import threading

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.truenas_burnin.nas_agent import guard, interference, worker
from custom_components.truenas_burnin.nas_agent.drive.users import User
from custom_components.truenas_burnin.nas_agent.engines.capacity import blocks
from custom_components.truenas_burnin.nas_agent.engines.findings import (
    Cause,
    Finding,
    Kind,
)
from custom_components.truenas_burnin.nas_agent.engines.surface import Surface
from custom_components.truenas_burnin.nas_agent.errors import Code, Json, Refused
from custom_components.truenas_burnin.nas_agent.jobs import Job, Jobs
from custom_components.truenas_burnin.nas_agent.paths import Paths
from custom_components.truenas_burnin.nas_agent.plan import BLOCK, Method, Plan, Range
from custom_components.truenas_burnin.nas_agent.rollback import is_ahead

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


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for names of unplugged drives to go away, nor for strangers to."""
    monkeypatch.setattr(worker, "UNPLUGGED_AFTER", 0.0)
    monkeypatch.setattr(interference, "PASSING", 0.0)


def code(status: dict[str, Json]) -> object:
    """Return the code of a status' reason."""
    reason = status["reason"]
    return reason["code"] if isinstance(reason, dict) else None


def end(status: dict[str, Json]) -> tuple[object, object]:
    """Return the state and its reason's code."""
    return status["state"], code(status)


class Killed(BaseException):
    """What a kill is to a process: nothing behind it is done."""


class Mortal(MemoryDrive):
    """Kills its worker at one of its requests."""

    def __init__(self, dies_at: int) -> None:
        """Count down."""
        super().__init__()
        self.left = dies_at

    def step(self) -> None:
        """Count one call."""
        self.left -= 1
        if self.left == 0:
            raise Killed

    @override
    def read(self, view: memoryview, byte: int) -> int:
        self.step()
        return super().read(view, byte)

    @override
    def write(self, view: memoryview, byte: int) -> int:
        self.step()
        moved = super().write(view, byte)
        self.step()
        return moved

    @override
    def flush(self) -> None:
        self.step()


RANGES = (Range(0, MIB), Range(MIB, 2 * MIB + BLOCK), Range(4 * MIB, 1536))


@pytest.mark.parametrize(
    ("method", "passes"),
    [(Method.STAMPED, 1), (Method.STAMPED, 2), (Method.PATTERNS, 1)],
)
@given(kills=st.lists(st.integers(1, 25), max_size=6))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_job_is_taken_up_wherever_it_was_killed(
    tmp_path_factory: pytest.TempPathFactory,
    method: Method,
    passes: int,
    kills: list[int],
) -> None:
    """No sound drive fails by that, and no range is left out or done twice."""
    paths = machine(tmp_path_factory.mktemp("nas"))
    plan = make_plan(method=method, passes=passes, ranges=RANGES, capacity_check=False)
    drive = Mortal(0)
    revisions = []
    for kill in kills:
        drive.left = kill
        try:
            do(paths, plan, HeldDrive(drive))
        except Killed:
            status = job_of(paths, plan).look()
            assert status["state"] == "interrupted"
            revisions.append(status["revision"])
    drive.left = 0
    status = do(paths, plan, HeldDrive(drive))
    assert end(status) == ("passed", None)
    assert status["bytes_done"] == status["bytes_total"]
    revisions.append(status["revision"])
    assert revisions == sorted(set(revisions), key=revisions.index) == sorted(revisions)  # type: ignore[type-var]
    records = job_of(paths, plan).ranges()
    sweeps = status["sweeps"]
    assert isinstance(sweeps, int)
    assert [(one["sweep"], one["index"]) for one in map(as_dict, records)] == [
        (sweep, index) for sweep in range(1, sweeps + 1) for index in range(3)
    ]


def as_dict(value: Json) -> dict[str, Json]:
    """Return a record."""
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("kill", [1, 100, 1500, 2100, 2900])
def test_killed_in_the_capacity_check(tmp_path: Path, kill: int) -> None:
    """It is made again only while no range depends on what is where."""
    paths, plan, drive = machine(tmp_path), make_plan(ranges=RANGES), Mortal(kill)
    with pytest.raises(Killed):
        do(paths, plan, HeldDrive(drive))
    drive.left = 0
    assert end(do(paths, plan, HeldDrive(drive))) == ("passed", None)


def test_capacity_check_spares_what_is_written(tmp_path: Path) -> None:
    """A job that was killed in its second range does not spoil its first."""
    paths, plan, drive = machine(tmp_path), make_plan(ranges=RANGES), Mortal(0)
    drive.left = 3 * len(blocks(SIZE, plan.token)) + 1 + 3 + 1
    with pytest.raises(Killed):
        do(paths, plan, HeldDrive(drive))
    assert len(job_of(paths, plan).ranges()) == 1
    first = bytes(drive.cells[:MIB])
    drive.left = 2
    with pytest.raises(Killed):
        do(paths, plan, HeldDrive(drive))
    assert drive.cells[:MIB] == first


def test_damaged_checkpoint_begins_anew(tmp_path: Path) -> None:
    """What is before the damage belongs to a later pass already."""
    paths, drive = machine(tmp_path), Mortal(12)
    plan = make_plan(passes=2, capacity_check=False)
    with pytest.raises(Killed):
        do(paths, plan, HeldDrive(drive))
    ranges = job_of(paths, plan).folder / "ranges.jsonl"
    lines = ranges.read_text().splitlines()
    assert len(lines) == 5
    ranges.write_text("\n".join([lines[0], "x", *lines[2:], ""]))
    drive.left = 0
    status = do(paths, plan, HeldDrive(drive))
    assert end(status) == ("passed", None)
    assert len(job_of(paths, plan).ranges()) == 8


def test_progress_does_not_go_back_while_a_job_is_taken_up(tmp_path: Path) -> None:
    """What the worker tells first has been read from the job's folder."""
    paths, plan, drive = machine(tmp_path), make_plan(capacity_check=False), Mortal(8)
    with pytest.raises(Killed):
        do(paths, plan, HeldDrive(drive))
    job = job_of(paths, plan)
    told = []

    def look(plan: Plan, paths: Paths) -> HeldDrive:
        told.append(job.status())
        raise Refused(Code.DEVICE_MISSING)

    worker.work(plan.token, paths, take=look)
    assert told[0]["state"] == "starting"
    assert told[0]["bytes_done"] == SIZE + 2 * MIB
    assert (told[0]["sweep"], told[0]["range"], told[0]["activity"]) == (2, 1, "verify")


def test_ended_job_does_nothing_more(tmp_path: Path) -> None:
    """Not even claim its drive."""
    paths, plan, drive = machine(tmp_path), make_plan(), MemoryDrive()
    status = do(paths, plan, HeldDrive(drive))
    drive.cells[:] = bytes(SIZE)
    assert do(paths, plan, HeldDrive(drive)) == status
    assert not any(drive.cells)


class FailsOnce(MemoryDrive):
    """Cannot read a block once, and kills its worker in the next request."""

    failed = False
    deadly = True

    @override
    def read(self, view: memoryview, byte: int) -> int:
        if byte <= BAD < byte + len(view) and not self.failed:
            self.failed = True
            raise OSError(errno.EIO, "unreadable")
        if byte >= 4 * MIB and self.deadly:
            raise Killed
        return super().read(view, byte)


def test_error_survives_a_kill_before_its_range_is_done(tmp_path: Path) -> None:
    """The range is done again without it; the drive fails all the same."""
    paths, drive = machine(tmp_path), FailsOnce(8 * MIB)
    plan = make_plan(8 * MIB, capacity_check=False, ranges=(Range(0, 8 * MIB),))
    with pytest.raises(Killed):
        do(paths, plan, HeldDrive(drive))
    drive.deadly = False
    status = do(paths, plan, HeldDrive(drive))
    assert end(status) == ("failed", "errors_found")
    assert status["errors"] == {"read": 1, "write": 0, "compare": 0, "kernel": 0}


class Errs(MemoryDrive):
    """Answers every request with one error from some moment on."""

    number = errno.EIO

    @override
    def read(self, view: memoryview, byte: int) -> int:
        raise OSError(self.number, "no")


@pytest.mark.parametrize(
    ("number", "ended"),
    [
        (errno.ENODEV, ("interrupted", "drive_vanished")),
        (errno.ENXIO, ("interrupted", "drive_vanished")),
        (errno.EROFS, ("refused", "write_protected")),
        (errno.ENOMEM, ("interrupted", "internal")),
        (errno.EINVAL, ("interrupted", "internal")),
        (errno.EIO, ("failed", "too_many_errors")),
    ],
)
def test_whose_fault_an_error_is(
    tmp_path: Path, number: int, ended: tuple[str, str]
) -> None:
    """Only what the kernel says of the drive itself fails it."""
    drive = Errs()
    drive.number = number
    paths, plan = machine(tmp_path), make_plan(capacity_check=False, max_errors=20)
    assert end(do(paths, plan, HeldDrive(drive))) == ended
    assert len(job_of(paths, plan).errors()) == (20 if number == errno.EIO else 0)


def test_unplugged_drive_has_not_failed(tmp_path: Path) -> None:
    """Its last requests fail before its name goes; none of that is kept."""

    class Unplugged(MemoryDrive):
        @override
        def read(self, view: memoryview, byte: int) -> int:
            held.named = False
            raise OSError(errno.EIO, "gone")

    held = HeldDrive(Unplugged())
    paths, plan = machine(tmp_path), make_plan(capacity_check=False)
    assert end(do(paths, plan, held)) == ("interrupted", "drive_vanished")
    assert job_of(paths, plan).errors() == []
    # It comes back as itself, and goes on.
    sound = MemoryDrive()
    sound.cells[:] = held.medium.cells
    status = do(paths, plan, HeldDrive(sound))
    assert end(status) == ("passed", None)


@pytest.mark.parametrize(
    ("refusal", "fresh", "begun"),
    [
        (Code.DEVICE_MISSING, "refused", "interrupted"),
        (Code.NAME_MOVED, "refused", "interrupted"),
        (Code.IN_USE, "refused", "refused"),
        (Code.CONTENT_DIFFERS, "refused", "refused"),
    ],
)
def test_refused_claim(tmp_path: Path, refusal: Code, fresh: str, begun: str) -> None:
    """A job that has begun may find its drive under another name tomorrow."""

    def refuse(plan: Plan, paths: Paths) -> HeldDrive:
        raise Refused(refusal, {"device": "sdb"}, "words")

    for token, state in (("fresh", fresh), ("begun", begun)):
        paths, plan = machine(tmp_path / token), make_plan(token=token)
        job = Jobs(paths).create(plan)
        if token == "begun":
            job.add_range({"sweep": 1, "index": 0, "length": BLOCK, "seconds": 1})
        worker.work(token, paths, take=refuse)
        assert job.status()["state"] == state
        assert job.status()["reason"] == {
            "code": refusal.value,
            "details": {"device": "sdb"},
            "message": "words",
        }


def test_drive_that_another_worker_has(tmp_path: Path) -> None:
    """It was asked for by somebody else's token."""
    paths, plan = machine(tmp_path), make_plan()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Jobs, "drive", _busy)
        status = do(paths, plan, HeldDrive(MemoryDrive()))
    assert end(status) == ("refused", "serial_busy")


def _busy(jobs: Jobs, serial: str) -> object:
    raise Refused(Code.SERIAL_BUSY)


def test_somebody_who_writes_meanwhile(tmp_path: Path) -> None:
    """The drive is not blamed for what another process wrote to it."""

    class Overwritten(MemoryDrive):
        @override
        def read(self, view: memoryview, byte: int) -> int:
            moved = super().read(view, byte)
            view[:BLOCK] = b"mkfs" * (BLOCK // 4)
            return moved

    held = HeldDrive(Overwritten())
    held.users = (User("process", "dd (77)"),)
    paths, plan = machine(tmp_path), make_plan(capacity_check=False)
    assert end(do(paths, plan, held)) == ("refused", "interference")


def test_errors_that_only_the_kernel_saw(tmp_path: Path) -> None:
    """A retry of a driver hid them; that they were is an error."""
    paths, plan = machine(tmp_path), make_plan(capacity_check=False)
    paths.dev.mkdir(parents=True)
    log = paths.dev / "kmsg"
    log.write_text("")

    class Logged(MemoryDrive):
        told = False

        @override
        def read(self, view: memoryview, byte: int) -> int:
            if not self.told:
                self.told = True
                log.write_text("3,1,1,-;sd 0:0:0:0: [sdb] Sense Key : Medium Error\n")
            return super().read(view, byte)

    status = do(paths, plan, HeldDrive(Logged()))
    assert end(status) == ("failed", "errors_found")
    assert status["errors"] == {"read": 0, "write": 0, "compare": 0, "kernel": 1}
    assert status["first_error"] is None
    assert as_dict(job_of(paths, plan).ranges()[-1])["kernel_errors"] == 1


def test_full_disk_accuses_no_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The range whose record cannot be kept is done again."""
    paths, plan = machine(tmp_path), make_plan(capacity_check=False)
    with monkeypatch.context() as context:
        context.setattr(Job, "add_range", _full)
        status = do(paths, plan, HeldDrive(MemoryDrive()))
    assert end(status) == ("interrupted", "no_space")
    assert end(do(paths, plan, HeldDrive(MemoryDrive()))) == ("passed", None)


def _full(job: object, record: object) -> None:
    raise OSError(errno.ENOSPC, "full")


def test_fault_of_ours_accuses_no_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is."""

    def broken(self: Surface, *words: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Surface, "compare", broken)
    paths, plan = machine(tmp_path), make_plan()
    assert end(do(paths, plan, HeldDrive(MemoryDrive()))) == ("interrupted", "internal")


@pytest.mark.parametrize("works", [True, False])
def test_solid_state_is_discarded_at_the_end(tmp_path: Path, works: bool) -> None:
    """One that cannot be has passed all the same."""

    class Disc(HeldDrive):
        @override
        def discard(self, start: int, length: int) -> None:
            if not works:
                raise OSError(errno.EOPNOTSUPP, "cannot")
            super().discard(start, length)

    held = Disc(MemoryDrive())
    paths, plan = machine(tmp_path), make_plan(capacity_check=False, discard=True)
    status = do(paths, plan, held)
    assert end(status) == ("passed", None)
    assert (status["activity"], status["discarded"]) == ("done", works)
    assert held.discarded == (
        [(one.start, one.length) for one in plan.ranges] if works else []
    )


def test_request_that_hangs_keeps_nobody_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard tells, and leaves the process to the kernel."""
    monkeypatch.setattr(guard, "TICK", 0.02)
    monkeypatch.setattr(guard, "STUCK", 0.1)
    never, hangs, left = threading.Event(), threading.Event(), threading.Event()

    class Hangs(MemoryDrive):
        @override
        def read(self, view: memoryview, byte: int) -> int:
            hangs.set()
            never.wait()
            raise OSError(errno.EIO, "much later")

    paths, plan = machine(tmp_path), make_plan(capacity_check=False)
    job = Jobs(paths).create(plan)
    main = threading.Thread(
        target=do, args=(paths, plan, HeldDrive(Hangs())), kwargs={"leave": left.set}
    )
    main.daemon = True
    main.start()
    assert hangs.wait(30)
    job.wish_stop()
    assert left.wait(30)
    assert end(job.status()) == ("stopped", None)
    never.set()
    main.join(30)
    assert end(job.status()) == ("stopped", None)


def test_records_of_ranges(tmp_path: Path) -> None:
    """One for each range and sweep, as the protocol has it."""
    paths, plan = machine(tmp_path), make_plan()
    do(paths, plan, HeldDrive(MemoryDrive()))
    record = as_dict(job_of(paths, plan).ranges()[3])
    seconds, slowest, p999 = (
        record.pop(key) for key in ("seconds", "slowest_ms", "p999_ms")
    )
    assert isinstance(seconds, float)
    assert isinstance(slowest, float)
    assert isinstance(p999, float)
    assert 0 < p999 <= slowest
    record.pop("temperature")
    assert record == {
        "sweep": 2,
        "index": 1,
        "start": 2 * MIB,
        "length": SIZE - 2 * MIB,
        "activity": "verify",
        "read_errors": 0,
        "write_errors": 0,
        "compare_errors": 0,
        "kernel_errors": 0,
    }


def boot(paths: Paths, name: str) -> None:
    """Have the machine be in a boot of this id."""
    file = paths.proc / "sys/kernel/random/boot_id"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{name}\n")


def roll_back(paths: Paths, plan: Plan, ranges: int) -> None:
    """Bring a job's folder back as it was after so many ranges, under the first boot."""
    job = job_of(paths, plan)
    job.forget_ranges(job.ranges()[:ranges])
    status = {**job.status(), "state": "interrupted", "boot": "one"}
    job.put_status(status, sync=True)


@pytest.mark.parametrize(
    ("method", "passes", "discard", "ranges", "kept"),
    [
        (Method.STAMPED, 2, False, 3, 0),
        (Method.STAMPED, 2, False, 1, 0),
        (Method.PATTERNS, 1, False, 6, 4),
        (Method.STAMPED, 1, True, 3, 0),
        (Method.STAMPED, 1, False, 3, None),
        (Method.STAMPED, 2, False, 7, None),
    ],
)
def test_rolled_back_records_accuse_no_drive(
    tmp_path: Path,
    method: Method,
    passes: int,
    discard: bool,
    ranges: int,
    kept: int | None,
) -> None:
    """The pass is written again where the drive holds what a later one wrote."""
    paths, drive = machine(tmp_path), MemoryDrive()
    plan = make_plan(
        method=method, passes=passes, discard=discard, capacity_check=False
    )
    boot(paths, "one")
    assert end(do(paths, plan, HeldDrive(drive))) == ("passed", None)
    if discard:
        drive.cells[:] = bytes(SIZE)
    roll_back(paths, plan, ranges)
    boot(paths, "two")
    status = do(paths, plan, HeldDrive(drive))
    if kept is not None:
        assert end(status) == ("interrupted", "records_older")
        assert len(job_of(paths, plan).ranges()) == kept
        assert job_of(paths, plan).errors() == []
        status = do(paths, plan, HeldDrive(drive))
    assert end(status) == ("passed", None)


class Forgetful(MemoryDrive):
    """Keeps nothing in one block."""

    @override
    def read(self, view: memoryview, byte: int) -> int:
        came = super().read(view, byte)
        if byte <= BAD < byte + came:
            view[BAD - byte : BAD - byte + BLOCK] = bytes(BLOCK)
        return came


@pytest.mark.parametrize("discard", [False, True])
def test_a_faulty_drive_fails_after_a_reboot_too(tmp_path: Path, discard: bool) -> None:
    """Zeros where a discard was planned are looked at once more, then they count."""
    paths, drive = machine(tmp_path), Forgetful()
    plan = make_plan(discard=discard, capacity_check=False)
    boot(paths, "one")
    assert end(do(paths, plan, HeldDrive(drive))) == ("failed", "errors_found")
    (job_of(paths, plan).folder / "errors.jsonl").unlink()
    roll_back(paths, plan, 2)
    boot(paths, "two")
    status = do(paths, plan, HeldDrive(drive))
    if discard:
        assert end(status) == ("interrupted", "records_older")
        status = do(paths, plan, HeldDrive(drive))
    assert end(status) == ("failed", "errors_found")


def test_what_cannot_be_read_again_is_not_ahead() -> None:
    """Then it stays an error of the drive."""

    class Dying(Forgetful):
        reads = 0

        @override
        def read(self, view: memoryview, byte: int) -> int:
            if len(view) == BLOCK and byte == BAD:
                self.reads += 1
                if self.reads > 1:
                    raise OSError(errno.EIO, "gone")
                return 0
            return super().read(view, byte)

    drive, plan = Dying(), make_plan(discard=True)
    finding = Finding(Kind.COMPARE, BAD, BLOCK, Cause.ZEROS)
    assert not is_ahead(drive, plan, 2, [finding])
    assert not is_ahead(drive, plan, 2, [finding])
