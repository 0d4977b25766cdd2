"""What every verb needs: the NAS, its jobs, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
import threading
import time

from .claim import open_drive
from .drive import identity
from .drive.address import Address
from .epoch import Epoch
from .errors import Code, Json, Refused
from .feed import Feed
from .jobs import Jobs
from .pace import Pace
from .paths import Paths
from .self_tests import SelfTests
from .smartctl import Answer, Smartctl


class Abandoned(Exception):
    """The asker was told meanwhile that this request comes to nothing."""


class Turn:
    """Whether a request may still do something, or was given up because a drive hangs."""

    def __init__(self, patience: float) -> None:
        """Begin to wait for it."""
        self._end = time.monotonic() + patience
        self._lock = threading.Lock()
        self._decided: str | None = None

    def act(self) -> None:
        """Begin what cannot be taken back; raise Abandoned. Not given up after that."""
        with self._lock:
            if self._decided == "given up":
                raise Abandoned
            self._decided = "acts"

    def answer(self) -> bool:
        """Return whether the answer is still wanted."""
        with self._lock:
            given_up = self._decided == "given up"
            self._decided = "answered"
            return not given_up

    def give_up(self) -> bool:
        """Give it up if its time is over; return whether that is so."""
        with self._lock:
            if self._decided is not None or time.monotonic() < self._end:
                return False
            self._decided = "given up"
            return True


@dataclass(frozen=True)
class Agent:
    """The agent on one NAS."""

    paths: Paths
    pace: Pace
    boot: str
    feed: Feed
    smartctl: Smartctl
    epoch: Epoch
    jobs: Jobs
    self_tests: SelfTests
    beginning: Beginning


class Beginning:
    """Jobs whose worker was just started and has not said a word yet.

    Its first word, said while it holds the job's lock, is a higher revision.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.turn = threading.Lock()
        """Held by who decides whether a worker is needed."""
        self._coming: dict[str, tuple[float, Json]] = {}
        self._lock = threading.Lock()

    def add(self, token: str, patience: float, revision: Json) -> None:
        """Give a worker time to come up; `revision` is the last before its first word."""
        with self._lock:
            self._coming[token] = (time.monotonic() + patience, revision)

    def end(self, token: str) -> None:
        """Take the job from now on as it looks."""
        with self._lock:
            self._coming.pop(token, None)

    def has(self, token: str, status: dict[str, Json]) -> bool:
        """Return whether a worker may still be on its way, by its job's status."""
        with self._lock:
            until, revision = self._coming.get(token, (0.0, None))
            if time.monotonic() < until and status.get("revision", 1) == revision:
                return True
            self._coming.pop(token, None)
            return False


@contextmanager
def met(agent: Agent, drive: Address) -> Iterator[tuple[int, Answer | None]]:
    """Open the drive of that name to read, and make sure of its serial and unit.

    Yield its descriptor and what it said of itself, None without smartctl. Raise Refused.
    """
    descriptor = open_drive(drive.device, agent.paths, exclusively=False)
    try:
        answer = known(agent, drive, descriptor)
        yield descriptor, answer
    finally:
        os.close(descriptor)


def known(agent: Agent, drive: Address, descriptor: int) -> Answer | None:
    """Return what a drive says of itself, if it is the one; raise Refused."""
    try:
        answer = agent.smartctl.ask(drive.device, drive.serial, "-i", "-g", "security")
    except Refused as refused:
        if refused.code is Code.DRIVE_HANGS:
            raise
        answer = None
    try:
        identity.check(
            drive.device,
            descriptor,
            drive.serial,
            drive.unit,
            answer,
            agent.paths,
            unit=drive.unit,
        )
    except OSError as error:
        details: dict[str, Json] = {"device": drive.device}
        raise Refused(Code.DRIVE_VANISHED, details, str(error)) from error
    return answer
