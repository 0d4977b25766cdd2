"""One service at a time: who holds the lock, since when, and whether it still lives."""

from __future__ import annotations

from dataclasses import dataclass
import fcntl
import os
import signal
import time

from . import tools, words
from .errors import Code, Refused
from .pace import Pace
from .paths import Paths


@dataclass(frozen=True)
class Holder:
    """The service that holds the lock; `beat` is its last sign of life.

    In seconds of the machine's own clock, which no one sets.
    """

    pid: int
    version: str
    beat: float


class Single:
    """The lock of the service."""

    def __init__(self, paths: Paths) -> None:
        """Keep where it is."""
        self._paths = paths
        self._file = paths.locks / "service"
        self._version = paths.version
        self._descriptor: int | None = None

    def take(self, patience: float) -> bool:
        """Become the service; return False if another one stays for `patience` seconds."""
        end = time.monotonic() + patience
        while not self._try():
            if time.monotonic() >= end:
                return False
            time.sleep(0.1)
        self.beat()
        return True

    def beat(self) -> None:
        """Give a sign of life."""
        if self._descriptor is None:
            return
        line = words.encode(
            {"pid": os.getpid(), "version": self._version, "beat": time.monotonic()}
        )
        try:
            # Always as long, so that a full disk matters to the first one alone.
            os.pwrite(self._descriptor, line.ljust(160).encode("ascii"), 0)
        except OSError:
            pass

    def release(self) -> None:
        """Let go.

        Not left to the kernel: it waits for threads that a drive keeps.
        """
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Return who is the service, None if nobody is."""
        if self._try():
            self.release()
            return None
        try:
            said = words.mapping(words.decode(self._file.read_bytes()), "lock")
            beat = said.get("beat")
            return Holder(
                words.whole(said.get("pid"), "pid", 2, 1 << 30),
                words.text(said.get("version"), "version"),
                float(beat) if isinstance(beat, (int, float)) else 0.0,
            )
        except (OSError, ValueError, Refused):
            return Holder(0, "", time.monotonic())  # just taking it

    def is_fit(self, holder: Holder, pace: Pace) -> bool:
        """Return whether that service lives and is of this version."""
        hangs = time.monotonic() - holder.beat > pace.stale
        return not hangs and holder.version in {self._version, ""}

    def make_way(self, holder: Holder, pace: Pace) -> None:
        """Have a service end; raise Refused.

        Workers are processes of their own, which go on.
        """
        if self._ended(holder, signal.SIGTERM, pace.replace):
            return
        if not self._ended(holder, signal.SIGKILL, 2.0):
            # It waits in the kernel for a drive and does nothing any more but end.
            self._file.unlink(missing_ok=True)

    def _ended(self, holder: Holder, number: signal.Signals, patience: float) -> bool:
        if self._is_service(holder.pid):
            try:
                os.kill(holder.pid, number)
            except ProcessLookupError:
                pass
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self._try():
                self.release()
                return True
            time.sleep(0.1)
        return False

    def _is_service(self, pid: int) -> bool:
        """Return whether a process is a service; numbers are used again."""
        if not pid:
            return False
        try:
            said = tools.run(
                self._paths, "ps", "-ww", "-o", "args=", "-p", str(pid), patience=10
            )
        except (tools.Missing, tools.Hangs):
            return False
        return said.output.split()[-1:] == ["serve"]

    def _try(self) -> bool:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(self._file, flags, 0o600)
        except OSError as error:
            raise Refused(Code.NO_SPACE, {}, str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Somebody may have put another file there meanwhile.
            if os.fstat(descriptor).st_ino == self._file.stat().st_ino:
                self._descriptor = descriptor
                # Whoever is named there is gone, and his number may be another's.
                os.ftruncate(descriptor, 0)
                return True
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        return False
