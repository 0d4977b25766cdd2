"""Requests come as files: which of them are whole, young and meant for this boot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import os
from pathlib import Path
import re
import stat
import time

from . import words
from .errors import Code, Json, Refused
from .pace import Pace
from .paths import Paths

MOST = 8 << 20
"""Bytes of a request; the longest plan has a hundredth of that."""

SWEEP = 2.0
"""Seconds after which the folder is looked at whatever its time of change says.

That time moves in steps, so a file that came right after a look may not show in it.
"""

_NAME = re.compile(r"([0-9a-f]{32})\.json")


@dataclass(frozen=True)
class Request:
    """One request, whole and young; its arguments have not been looked at."""

    id: str
    verb: str
    boot: str | None
    arguments: dict[str, Json]


@dataclass(frozen=True)
class Spoilt:
    """A request that is not carried out, and why."""

    id: str
    refused: Refused


class Inbox:
    """The folder of requests; every file leaves it before anything is done for it."""

    def __init__(self, paths: Paths, pace: Pace) -> None:
        """Look at nothing yet."""
        self._folder = paths.requests
        self._pace = pace
        self._first_seen: dict[str, float] = {}
        self._changed = 0
        self._swept = 0.0

    def leftovers(self) -> Iterator[Spoilt]:
        """Yield, and remove unread, what lay here before this service."""
        for path in self._files():
            name = _NAME.fullmatch(path.name)
            if _remove(path) and name:
                yield Spoilt(name.group(1), Refused(Code.TOO_OLD))

    def take(self) -> Iterator[Request | Spoilt]:
        """Yield what came; what is not whole yet stays for a while."""
        if not self._is_due():
            return
        present = self._files()
        self._first_seen = {
            path.name: self._first_seen.get(path.name, time.monotonic())
            for path in present
        }
        for path in present:
            taken = self._take(path)
            if taken is not None:
                yield taken

    def _is_due(self) -> bool:
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            return False
        now = time.monotonic()
        due = changed != self._changed or bool(self._first_seen)
        if not due and now - self._swept < SWEEP:
            return False
        self._changed, self._swept = changed, now
        return True

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.iterdir())
        except OSError:
            return []

    def _take(self, path: Path) -> Request | Spoilt | None:
        waited = time.monotonic() - self._first_seen[path.name]
        name = _NAME.fullmatch(path.name)
        if name is None:
            if waited > self._pace.old:  # an upload may have a name of its own first
                self._leave(path)
            return None
        identifier = name.group(1)
        try:
            status, said = _read(path)
            # Its time of change is of the clock that people set; ours is not.
            too_old = max(time.time() - status.st_mtime, waited) > self._pace.old
            taken: Request | Spoilt = _request(identifier, said)
            if too_old:
                taken = Spoilt(identifier, Refused(Code.TOO_OLD))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            if waited < self._pace.partial:
                return None
            refused = Refused(Code.BAD_REQUEST, {"what": "request"}, str(error)[:300])
            taken = Spoilt(identifier, refused)
        except Refused as refused:
            taken = Spoilt(identifier, refused)
        # What cannot be taken out would be carried out again and again.
        return taken if self._leave(path) else None

    def _leave(self, path: Path) -> bool:
        self._first_seen.pop(path.name, None)
        return _remove(path)


def _read(path: Path) -> tuple[os.stat_result, Json]:
    """Return a regular file's status and what it says; raise OSError, ValueError."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST:
            raise words.refuse("request")
        return status, words.decode(file.read(MOST))


def _request(identifier: str, said: Json) -> Request:
    value = words.mapping(said, "request")
    words.only(value, frozenset(("id", "verb", "boot", "arguments")), "request")
    if value.get("id") != identifier:
        raise words.refuse("id")
    return Request(
        identifier,
        words.text(value.get("verb"), "verb", 40),
        words.optional_text(value.get("boot"), "boot"),
        words.mapping(value.get("arguments", {}), "arguments"),
    )


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError:
        return _empty(path)
    return True


def _empty(path: Path) -> bool:
    """Remove an empty folder that somebody put in the way of a request."""
    try:
        path.rmdir()
    except OSError:
        return False
    return True
