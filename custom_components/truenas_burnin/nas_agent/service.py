"""The service: answers requests, tells how jobs are, watches self-tests, and ends.

Every request has a thread of its own, so that a drive that hangs holds up nobody: after
the verb's patience its asker is told `drive_hangs`, and the thread is left to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
import signal
import threading
import time

from . import folder, scsi_trace
from .agent import Abandoned, Agent, Beginning, Turn
from .boot import boot_id
from .epoch import Epoch
from .errors import Code, Json, Refused
from .feed import Feed
from .jobs import Job, Jobs, State
from .pace import Pace
from .paths import Paths
from .replies import Replies
from .requests import Inbox, Request, Spoilt
from .self_tests import SelfTests
from .single import Single
from .smartctl import Smartctl
from .verbs import VERBS, Verb
from .verbs.look import look_at

_AT_ONCE = ("state", "reason", "errors", "activity", "hanging_seconds")
"""What about a job is told at once; the rest only says that it got further."""


@dataclass
class _Every:
    """Something that is due now and then."""

    seconds: float
    last: float = float("-inf")

    def is_due(self) -> bool:
        """Return whether it is, and take note."""
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


@dataclass
class _Told:
    """What was last told of a job, when, and what its file was like then."""

    status: dict[str, Json]
    at: float
    file: tuple[int, ...]


class Service:
    """The one service of a NAS."""

    def __init__(self, paths: Paths, pace: Pace, single: Single) -> None:
        """Look at what an earlier one left."""
        boot = boot_id(paths)
        feed = Feed(paths, boot)
        smartctl = Smartctl(paths)
        self._agent = Agent(
            paths=paths,
            pace=pace,
            boot=boot,
            feed=feed,
            smartctl=smartctl,
            epoch=Epoch(paths),
            jobs=Jobs(paths),
            self_tests=SelfTests(paths, smartctl, feed.self_test),
            beginning=Beginning(),
        )
        self._pace = pace
        self._single = single
        self._inbox = Inbox(paths, pace)
        self._replies = Replies(paths, feed, pace)
        self._asked: dict[str, Turn] = {}
        self._told: dict[str, _Told] = {}
        self._busy_at = time.monotonic()
        self._over = threading.Event()

    def run(self) -> None:
        """Serve until nobody needs it, or it is asked to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._over.set())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for spoilt in self._inbox.leftovers():
            self._replies.refuse(spoilt.id, spoilt.refused)
        self._agent.feed.service("started")
        look, minute = _Every(self._pace.look), _Every(self._pace.minute)
        minute.is_due()
        beat = _Every(self._pace.stale / 4)
        self._agent.self_tests.look()
        while not self._over.is_set() and not self._is_idle():
            self._take_requests()
            self._give_up()
            if beat.is_due():
                self._single.beat()
            if look.is_due():
                self._tell_jobs()
                self._replies.sweep()
            if minute.is_due():
                self._agent.feed.service("alive")
                self._agent.self_tests.look()
            self._agent.feed.publish()
            self._over.wait(self._pace.poll)
        self._agent.feed.service("ending")
        self._agent.feed.publish()

    def _is_idle(self) -> bool:
        if self._asked or len(self._agent.self_tests):
            self._busy_at = time.monotonic()
        return time.monotonic() - self._busy_at > self._pace.idle

    # --- requests

    def _take_requests(self) -> None:
        for taken in self._inbox.take():
            self._busy_at = time.monotonic()
            if self._replies.is_given(taken.id) or taken.id in self._asked:
                continue  # its file came twice
            try:
                self._begin(taken)
            except Refused as refused:
                self._replies.refuse(taken.id, refused)

    def _begin(self, taken: Request | Spoilt) -> None:
        """Begin to answer a request; raise Refused."""
        if isinstance(taken, Spoilt):
            raise taken.refused
        verb = VERBS.get(taken.verb)
        if verb is None:
            raise Refused(Code.UNKNOWN_VERB, {"verb": taken.verb})
        if not verb.any_boot and taken.boot != self._agent.boot:
            raise Refused(Code.TOO_OLD, {"boot": self._agent.boot})
        turn = Turn(verb.patience)
        self._asked[taken.id] = turn
        threading.Thread(
            target=self._answer, args=(taken, verb, turn), name=taken.verb, daemon=True
        ).start()

    def _answer(self, request: Request, verb: Verb, turn: Turn) -> None:
        result: dict[str, Json] | Refused
        try:
            result = verb.run(self._agent, request.arguments, turn)
        except Abandoned:
            return
        except Refused as refused:
            result = refused
        except Exception as error:  # noqa: BLE001 - whatever it is, its asker is told
            result = Refused(Code.INTERNAL, {}, repr(error)[:300])
        if turn.answer():
            if isinstance(result, Refused):
                self._replies.refuse(request.id, result)
            else:
                self._replies.give(request.id, result)
        self._asked.pop(request.id, None)

    def _give_up(self) -> None:
        for identifier, turn in list(self._asked.items()):
            if turn.give_up():
                self._replies.refuse(identifier, Refused(Code.DRIVE_HANGS))
                self._asked.pop(identifier, None)

    # --- jobs

    def _tell_jobs(self) -> None:
        jobs = self._agent.jobs.all()
        for job in jobs:
            self._tell(job)
        known = {job.token for job in jobs}
        self._agent.feed.forget_jobs(known)
        for token in set(self._told) - known:
            del self._told[token]

    def _tell(self, job: Job) -> None:
        told = self._told.get(job.token)
        file = _file_of(job)
        if told is not None and told.file == file and not _needs_worker(told.status):
            return  # nobody writes there any more
        status = look_at(self._agent, job)
        if not status:
            return  # half a file of a machine that lost its power
        if _needs_worker(status):
            self._busy_at = time.monotonic()
        if told is None or self._is_news(told, status):
            self._told[job.token] = _Told(status, time.monotonic(), file)
            self._agent.feed.job(status)

    def _is_news(self, told: _Told, status: dict[str, Json]) -> bool:
        waited = time.monotonic() - told.at
        if status == told.status:
            return _needs_worker(status) and waited >= self._pace.minute
        if any(status.get(key) != told.status.get(key) for key in _AT_ONCE):
            return True
        return waited >= self._pace.progress


def _file_of(job: Job) -> tuple[int, ...]:
    try:
        status = (job.folder / "status.json").stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _needs_worker(status: dict[str, Json]) -> bool:
    try:
        return State(status.get("state")).needs_worker
    except ValueError:
        return False


def serve(paths: Paths, pace: Pace) -> bool:
    """Be the service; return False if another one is. Raise Refused."""
    folder.check(paths)
    single = Single(paths)
    if not single.take(pace.replace):
        return False
    try:
        folder.remove_other_versions(paths)
        Service(paths, pace, single).run()
    finally:
        scsi_trace.sweep(paths.sys)
        single.release()
    return True
