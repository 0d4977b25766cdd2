"""What is kept of every job: its plan, status, records and what people wish of it.

A job's folder is written to by its worker alone, which holds its lock meanwhile. Wishes
come from others, each as a file of its own. docs/protocol.md says what is in the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
import fcntl
import hashlib
import os
from pathlib import Path
import shutil
import time
from typing import Callable

from . import durable, words
from .drive.serials import canonical
from .engines.sweeps import sweeps_of
from .errors import Code, Json, Refused
from .paths import Paths
from .plan import Drive, Limits, Plan

TAKEN_OVER = 1000
"""What a new writer adds to the revision: more than a power cut can have taken back."""

LOCK_PATIENCE = 5.0
"""Seconds for which a worker waits for somebody who only looks at its job."""


class State(str, Enum):
    """How a job is."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def is_final(self) -> bool:
        """Return whether the job is never taken up again."""
        return self in _FINAL

    @property
    def needs_worker(self) -> bool:
        """Return whether it is a lie where no worker lives."""
        return self in {State.STARTING, State.RUNNING, State.PAUSED}


_FINAL = frozenset((State.PASSED, State.FAILED, State.REFUSED, State.STOPPED))


class Job:
    """One job and its folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, which is there."""
        self.folder = folder
        self.token = folder.name

    def plan(self) -> Plan:
        """Return what is to be done; raise Refused where nobody can tell any more."""
        return Plan.read(durable.read(self.folder / "plan.json"))

    def put_plan(self, plan: Plan) -> None:
        """Take the name that the drive has now, and new limits; raise Refused."""
        self._keep(lambda: durable.replace(self.folder / "plan.json", plan.as_json()))
        self._keep(lambda: (self.folder / "limits.json").unlink(missing_ok=True))

    # --- status

    def status(self) -> dict[str, Json]:
        """Return the status as its last writer left it; empty if it cannot be read."""
        said = durable.read(self.folder / "status.json")
        return said if isinstance(said, dict) else {}

    def state(self) -> State:
        """Return the state as its last writer left it."""
        try:
            return State(self.status().get("state"))
        except ValueError:
            return State.INTERRUPTED

    def look(self) -> dict[str, Json]:
        """Return the status; a worker that died cannot have said that it did."""
        if self.state().needs_worker:
            self._write_idle(State.INTERRUPTED)
        return self.status()

    def put_status(self, status: Mapping[str, Json], sync: bool) -> None:
        """Replace the status, for whom the lock is held; raise OSError."""
        durable.replace(self.folder / "status.json", dict(status), sync)

    def next_revision(self) -> int:
        """Return the revision from which a new writer counts on."""
        revision = self.status().get("revision")
        if isinstance(revision, int):
            return revision + TAKEN_OVER
        return int(time.time())  # far above what was counted before it got lost

    def _write_idle(self, state: State) -> None:
        """Set the state, unless a worker lives, which says itself how it is."""
        try:
            with self.held(patience=0.0):
                # Its worker may have ended between our look and our lock.
                now = self.state()
                if now.is_final or now is state:
                    return
                plan = self.plan()
                changed = {
                    **initial_status(plan),
                    **self.status(),
                    "state": state.value,
                    "reason": None,
                    "hanging_seconds": 0,
                    "updated": int(time.time()),
                    "revision": self.next_revision(),
                }
                self.put_status(changed, sync=True)
        except (Refused, OSError):
            return

    # --- records

    def ranges(self) -> list[Json]:
        """Return the record of every range that is done, in the order of work."""
        return durable.read_lines(self.folder / "ranges.jsonl")

    def errors(self) -> list[Json]:
        """Return the records of errors."""
        return durable.read_lines(self.folder / "errors.jsonl")

    def add_range(self, record: Mapping[str, Json]) -> None:
        """Keep a range's record, which is the checkpoint; raise OSError."""
        durable.append(self.folder / "ranges.jsonl", dict(record))

    def forget_ranges(self, kept: Sequence[Json] = ()) -> None:
        """Begin anew, but for the first ranges; raise OSError."""
        (self.folder / "ranges.jsonl").unlink(missing_ok=True)
        durable.sync_folder(self.folder)
        if kept:
            durable.append(self.folder / "ranges.jsonl", *kept)

    def add_errors(self, records: list[dict[str, Json]]) -> None:
        """Keep records of errors; raise OSError."""
        durable.append(self.folder / "errors.jsonl", *records)

    # --- wishes

    def wish_pause(self, reason: str) -> None:
        """Ask for a pause; raise Refused."""
        self._keep(lambda: durable.replace(self.folder / "pause", reason))

    def wish_resume(self) -> None:
        """Take the wish for a pause back; raise Refused."""
        self._keep(lambda: (self.folder / "pause").unlink(missing_ok=True))

    def wish_stop(self) -> None:
        """Ask for the end. A job without a worker ends here; raise Refused."""
        self._keep(lambda: durable.replace(self.folder / "stop", True))
        self._write_idle(State.STOPPED)

    def wish_limits(self, limits: Limits) -> None:
        """Set other limits than the plan's; raise Refused."""
        self._keep(
            lambda: durable.replace(self.folder / "limits.json", limits.as_json())
        )

    def pause_wished(self) -> str | None:
        """Return why a pause is wished for, None if it is not."""
        path = self.folder / "pause"
        if not path.exists():
            return None
        reason = durable.read(path)
        return reason if isinstance(reason, str) else "person"

    def stop_wished(self) -> bool:
        """Return whether the end is wished for; it is where the folder is gone."""
        return (self.folder / "stop").exists() or not self.folder.exists()

    def limits_wished(self) -> Limits | None:
        """Return the limits that were set after the plan."""
        said = durable.read(self.folder / "limits.json")
        try:
            return None if said is None else Limits.read(said)
        except Refused:
            return None

    # --- its worker

    @contextmanager
    def held(self, patience: float = LOCK_PATIENCE) -> Iterator[None]:
        """Be the one who writes to this folder; raise Refused if somebody is."""
        with _locked(self.folder / "lock", fcntl.LOCK_EX, patience):
            yield

    def is_alive(self) -> bool:
        """Return whether a worker works at it."""
        try:
            with self.held(patience=0.0):
                return False
        except Refused:
            return True

    def remove(self) -> None:
        """Forget the job; raise Refused while a worker works at it."""
        with self.held():
            gone = self.folder.with_name(f".{self.token}")
            shutil.rmtree(gone, ignore_errors=True)
            self._keep(lambda: self.folder.rename(gone))
        shutil.rmtree(gone, ignore_errors=True)

    def _keep(self, change: Callable[[], object]) -> None:
        try:
            change()
        except OSError as error:
            raise _cannot_keep(error) from error


class Jobs:
    """All jobs of a NAS, and which will never be begun again."""

    def __init__(self, paths: Paths) -> None:
        """Look into the folders of `paths`, whether or not they are there already."""
        self._jobs = paths.jobs
        self._spent = paths.spent
        self._locks = paths.locks

    def get(self, token: str) -> Job:
        """Return a job; raise Refused if there is none of that token."""
        folder = self._jobs / words.token(token)
        if not (folder / "plan.json").exists():
            raise Refused(Code.UNKNOWN_TOKEN, {"token": token})
        return Job(folder)

    def all(self) -> list[Job]:
        """Return every job."""
        return [Job(path.parent) for path in sorted(self._jobs.glob("[!.]*/plan.json"))]

    def create(self, plan: Plan) -> Job:
        """Return a new job, kept before anything is done for it; raise Refused."""
        folder = self._jobs / plan.token
        fresh = self._jobs / f".{plan.token}"
        try:
            self._jobs.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            durable.replace(fresh / "plan.json", plan.as_json())
            durable.replace(fresh / "status.json", initial_status(plan))
            fresh.rename(folder)
            durable.sync_folder(self._jobs)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise _cannot_keep(error) from error
        return Job(folder)

    def spend(self, token: str) -> None:
        """Let a token never be begun (again); raise Refused."""
        path = self._spent / words.token(token)
        try:
            self._spent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            durable.sync_folder(self._spent)
        except OSError as error:
            raise _cannot_keep(error) from error

    def is_spent(self, token: str) -> bool:
        """Return whether a token is never begun again."""
        return (self._spent / words.token(token)).exists()

    @contextmanager
    def drive(self, drive: Drive) -> Iterator[None]:
        """Be the only worker of a drive; raise Refused (`serial_busy`) if one lives.

        Of drives that share a serial each has a worker, unless one was planned as if the
        serial was its alone.

        The lock is let go by the kernel when the process ends, however it does; while it
        hangs in a request of its drive, that is not yet.
        """
        try:
            self._locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_keep(error) from error
        how = fcntl.LOCK_EX if drive.unit is None else fcntl.LOCK_SH
        with ExitStack() as locks:
            locks.enter_context(
                _locked(self._lock_of(drive.serial), how, LOCK_PATIENCE)
            )
            if drive.unit is not None:
                unit = self._lock_of(f"{drive.serial}\n{drive.unit.lower()}")
                locks.enter_context(_locked(unit, fcntl.LOCK_EX, LOCK_PATIENCE))
            yield

    def _lock_of(self, name: str) -> Path:
        digest = hashlib.sha256(canonical(name).encode()).hexdigest()
        return self._locks / f"drive-{digest[:32]}"


def initial_status(plan: Plan) -> dict[str, Json]:
    """Return the status of a job for which nothing has been done."""
    sweeps = len(sweeps_of(plan))
    return {
        "token": plan.token,
        "serial": plan.drive.serial,
        "device": plan.drive.device,
        "revision": 1,
        "state": State.STARTING.value,
        "reason": None,
        "method": plan.method.value,
        "activity": "capacity_check" if plan.capacity_check else "write",
        "sweep": 1,
        "sweeps": sweeps,
        "range": 0,
        "ranges": len(plan.ranges),
        "bytes_done": 0,
        "bytes_total": sweeps * sum(one.length for one in plan.ranges),
        "errors": {"read": 0, "write": 0, "compare": 0, "kernel": 0},
        "first_error": None,
        "temperature": None,
        "hottest": None,
        "seconds": 0,
        "hanging_seconds": 0,
        "discarded": None,
        "updated": int(time.time()),
        "boot": "",
    }


@contextmanager
def _locked(path: Path, how: int, patience: float) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _cannot_keep(error) from error
    try:
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, how | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= end:
                    raise Refused(Code.SERIAL_BUSY) from error
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _cannot_keep(error: OSError) -> Refused:
    if isinstance(error, FileNotFoundError):
        return Refused(Code.UNKNOWN_TOKEN, {}, str(error))
    return Refused(Code.NO_SPACE, {}, str(error))
