"""Watches over one worker, in threads that the drive cannot hold up.

It takes the drive's temperature, hears what people wish, tells how the job is, and lets
the worker's main thread pause, go on or end between two requests.
"""

from __future__ import annotations

import threading
import time
from typing import Callable, Protocol

from .ending import Ending
from .errors import Refused
from .jobs import Job, State, initial_status
from .plan import Limits, Plan
from .progress import Progress

TICK = 1.0
"""Seconds between two looks at the wishes."""

TELL_EVERY = 5.0
"""Seconds between two status files while only numbers grow."""

HEAT_EVERY = 60.0
"""Seconds between two temperatures."""

HEAT_IS_OLD = 300.0
"""Seconds after which a temperature is not the drive's any more."""

STUCK = 10.0
"""Seconds that the main thread has for an end that was wished for. A request that hangs in
the kernel can be neither waited for nor taken back; the process is then left to it."""

HEAT = "heat"


class Watched(Protocol):
    """A drive as the guard sees it; every method but `hanging` may hang."""

    def temperature(self) -> int | None:
        """Return the temperature in °C, None if it sleeps or does not tell."""

    def hanging(self) -> float:
        """Return the seconds for which a request has gone without an answer."""

    def wake(self) -> None:
        """Have a sleeping drive spin up; raise OSError."""


class Guard:
    """The threads beside the main one. Start it, give it the drive, then `finish` it."""

    def __init__(
        self,
        job: Job,
        plan: Plan,
        progress: Progress,
        boot: str,
        leave: Callable[[], None],
    ) -> None:
        """Watch over a job whose lock is held; `leave` ends the process at once."""
        self._job = job
        self._base = {**initial_status(plan), "boot": boot}
        self._plan_limits = plan.limits
        self._progress = progress
        self._leave = leave
        self._revision = job.next_revision()
        self._lock = threading.Lock()
        self._change = threading.Condition()
        self._over = threading.Event()
        self._stop_since: float | None = None
        self._hold: str | None = job.pause_wished()
        self._heat_at = float("-inf")
        self._told: tuple[object, ...] = ()
        self._told_at = float("-inf")
        began = time.monotonic()
        # Until it lets itself be opened.
        self._hanging: Callable[[], float] = lambda: time.monotonic() - began

    def start(self) -> None:
        """Begin to tell and to listen."""
        self.tick()
        self._spawn(self._watch, "guard")

    def take_drive(self, drive: Watched) -> None:
        """Begin to take its temperature, and to tell for how long it is silent."""
        self._hanging = drive.hanging
        self._spawn(lambda: self._take_heat(drive), "heat")

    def _spawn(self, target: Callable[[], None], name: str) -> None:
        threading.Thread(target=target, name=name, daemon=True).start()

    # --- the main thread's side

    def wants_break(self) -> bool:
        """Return whether the main thread should come to `take_break`."""
        return self._hold is not None or self._stop_since is not None

    def take_break(self) -> None:
        """Wait while the job is paused; raise Ending when it is to end."""
        with self._change:
            while self._stop_since is None and self._hold is not None:
                self._progress.pause({"code": self._hold, "details": {}, "message": ""})
                self._change.wait()
            if self._stop_since is not None:
                raise Ending(State.STOPPED)
        self._progress.resume()

    def finish(self, ending: Ending) -> None:
        """Tell how the job ended, and nothing after it."""
        with self._lock:
            if self._over.is_set():
                return
            self._over.set()
            self._progress.state = ending.state
            self._progress.reason = ending.reason
            self._tell(sync=True)

    def close(self) -> None:
        """Tell nothing any more."""
        self._over.set()

    # --- the guard's thread

    def _watch(self) -> None:
        while not self._over.wait(TICK):
            self.tick()

    def tick(self) -> None:
        """Hear the wishes, judge the heat, and tell what is new."""
        now = time.monotonic()
        with self._change:
            if self._stop_since is None and self._job.stop_wished():
                self._stop_since = now
            self._hold = self._wanted_hold(now)
            self._change.notify_all()
        with self._lock:
            if self._over.is_set():
                return
            if self._stop_since is not None and now - self._stop_since >= STUCK:
                self._over.set()
                self._progress.state = State.STOPPED
                self._progress.reason = None
                self._tell(sync=True)
                self._leave()
                return
            self._tell_if_new(now)

    def _wanted_hold(self, now: float) -> str | None:
        """Return why the job should pause at this moment, None if it should not."""
        wished = self._job.pause_wished()
        if wished is not None:
            return wished
        limits: Limits = self._job.limits_wished() or self._plan_limits
        if now - self._heat_at > HEAT_IS_OLD:
            # Unknown: what was too hot stays so.
            self._progress.temperature = None
            return HEAT if self._hold == HEAT else None
        degrees = self._progress.temperature
        if degrees is None:
            return HEAT if self._hold == HEAT else None
        bound = limits.resume_at + 1 if self._hold == HEAT else limits.pause_at
        return HEAT if degrees >= bound else None

    def _take_heat(self, drive: Watched) -> None:
        """Ask for the temperature again and again; an answer may never come."""
        while True:
            degrees = self._degrees(drive)
            if degrees is not None:
                self._heat_at = time.monotonic()
                self._progress.heat(degrees)
            if self._over.wait(HEAT_EVERY):
                return

    def _degrees(self, drive: Watched) -> int | None:
        try:
            degrees = drive.temperature()
            if degrees is None and self._hold == HEAT:
                # It may have fallen asleep, and then would never be found to be cool.
                drive.wake()
                degrees = drive.temperature()
        except (OSError, Refused):
            return None
        return degrees

    # --- telling

    def _tell_if_new(self, now: float) -> None:
        fresh = self._progress.steps()
        if fresh == self._told and now - self._told_at < self._patience():
            return
        self._told = fresh
        self._tell(sync=False)

    def _patience(self) -> float:
        """Return the seconds after which the same is told again."""
        return HEAT_EVERY if self._progress.state is State.PAUSED else TELL_EVERY

    def _tell(self, sync: bool) -> None:
        """Write the status; where that is impossible the work goes on all the same."""
        self._told_at = time.monotonic()
        self._revision += 1
        status = {
            **self._base,
            **self._progress.changes(self._hanging()),
            "revision": self._revision,
        }
        try:
            self._job.put_status(status, sync)
        except OSError:
            return
