"""What the service says: the feed that the integration follows, and its short form.

docs/protocol.md says what the lines are.
"""

from __future__ import annotations

import os
import threading
import time
import uuid

from . import durable, words
from .errors import Json
from .paths import Paths

LONG = 256 << 10
"""Bytes after which the feed is begun anew at the start of a service."""

TOO_LONG = 1 << 20
"""Bytes after which it is begun anew while one runs."""

MOST = 8 << 10
"""Bytes of the longest line."""


class Feed:
    """The feed of one service; lines come from many threads."""

    def __init__(self, paths: Paths, boot: str) -> None:
        """Begin to speak under a new name."""
        self.run = uuid.uuid4().hex[:16]
        self._boot = boot
        self._paths = paths
        self._lock = threading.Lock()
        self._sequence = 0
        self._service: Json = None
        self._jobs: dict[str, Json] = {}
        self._self_tests: dict[str, Json] = {}
        self._stale = True
        if self._length() > LONG:
            self._begin_anew()
        self._torn = self._length() > 0
        """Whether somebody may have been killed, or the disk full, within a line."""

    def service(self, state: str) -> None:
        """Say how the service is."""
        said: dict[str, Json] = {"state": state, "version": self._paths.version}
        self._say("service", said)

    def reply(self, reply: dict[str, Json]) -> None:
        """Say a reply, or where it is."""
        self._say("reply", reply)

    def job(self, status: dict[str, Json]) -> None:
        """Say how a job is."""
        self._say("job", status)

    def self_test(self, serial: str, said: dict[str, Json]) -> None:
        """Say how a self-test is."""
        self._say("self_test", {"serial": serial, **said})

    def forget_jobs(self, known: set[str]) -> None:
        """Leave out jobs that are gone."""
        with self._lock:
            for token in set(self._jobs) - known:
                del self._jobs[token]
                self._stale = True

    def publish(self) -> None:
        """Replace the short form, if anything was said since."""
        with self._lock:
            if not self._stale:
                return
            short = self._short()
            try:
                durable.replace(self._paths.status, short, sync=False)
            except OSError:
                return  # a full disk: tried again the next time
            self._stale = False

    def short(self) -> dict[str, Json]:
        """Return the short form."""
        with self._lock:
            return self._short()

    def _short(self) -> dict[str, Json]:
        return {
            "run": self.run,
            "at": int(time.time()),
            "boot": self._boot,
            "service": self._service,
            "jobs": dict(self._jobs),
            "self_tests": dict(self._self_tests),
        }

    def _say(self, kind: str, value: dict[str, Json]) -> None:
        with self._lock:
            self._remember(kind, value)
            if self._length() > TOO_LONG:
                # Who follows the old file hears no more of it.
                self._append(
                    "service", {"state": "moved", "version": self._paths.version}
                )
                self._begin_anew()
            self._append(kind, value)

    def _remember(self, kind: str, value: dict[str, Json]) -> None:
        if kind == "service":
            self._service = value
        elif kind == "job":
            self._jobs[str(value.get("token"))] = value
        elif kind == "self_test":
            self._self_tests[str(value.get("serial"))] = value
        else:
            return
        self._stale = True

    def _append(self, kind: str, value: dict[str, Json]) -> None:
        self._sequence += 1
        line = self._line(kind, value)
        if len(line) >= MOST:  # all of it is in the short form, and is asked for there
            line = self._line(kind, {**value, "reason": _without_details(value)})
        if len(line) >= MOST:
            return
        try:
            self._write(line.encode("ascii") + b"\n")
        except OSError:
            pass  # a full disk: who listens misses a number, and asks

    def _line(self, kind: str, value: dict[str, Json]) -> str:
        head: dict[str, Json] = {
            "run": self.run,
            "seq": self._sequence,
            "at": int(time.time()),
            "boot": self._boot,
        }
        return words.encode({**head, kind: value})

    def _write(self, line: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._paths.feed, flags, 0o600)
        try:
            if self._torn:
                os.write(descriptor, b"\n")
            self._torn = os.write(descriptor, line) != len(line)
        finally:
            os.close(descriptor)

    def _length(self) -> int:
        try:
            return self._paths.feed.lstat().st_size
        except OSError:
            return 0

    def _begin_anew(self) -> None:
        try:
            self._paths.feed.unlink()
        except OSError:
            pass


def _without_details(status: dict[str, Json]) -> Json:
    """Return a job's reason without a long list of what was found."""
    reason = status.get("reason")
    return {**reason, "details": {}} if isinstance(reason, dict) else reason
