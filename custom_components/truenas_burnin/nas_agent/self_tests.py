"""Watch self-tests: once a minute, without waking a drive, and say what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import threading

from . import durable, words
from .drive.address import Address
from .errors import Code, Json, Refused
from .paths import Paths
from .smartctl import Answer, Smartctl

PATIENCE = 45.0
MOST_FAILURES = 5
"""Looks that failed one after the other, until nobody looks any more."""

_ABOUT = (
    "serial_number",
    "power_on_time",
    "ata_smart_data",
    "ata_smart_self_test_log",
    "nvme_self_test_log",
    "scsi_self_test_in_progress",
)
_SCSI_LOG = "scsi_self_test_"
_NEWEST = 5
"""Tests of a log that are told; all logs have the newest first."""

_IN_PROGRESS = 15
"""Execution status of ATA (upper half of the byte) and result of SCSI's newest test."""


@dataclass
class _Watch:
    drive: Address
    said: dict[str, Json] | None = None
    failures: int = 0
    busy: bool = False


class SelfTests:
    """The self-tests that are watched, by how their drive is called; kept on disk."""

    def __init__(
        self,
        paths: Paths,
        smartctl: Smartctl,
        say: Callable[[str, dict[str, Json]], None],
    ) -> None:
        """Go on with what an earlier service watched."""
        self._file = paths.home / "self-tests.json"
        self._smartctl = smartctl
        self._say = say
        self._lock = threading.Lock()
        kept = durable.read(self._file)
        self._watched = {
            drive.known_as: _Watch(drive)
            for drive in _addresses(kept if isinstance(kept, list) else [])
        }

    def __len__(self) -> int:
        """Return how many are watched."""
        return len(self._watched)

    def watch(self, drive: Address) -> None:
        """Watch a drive's self-test from now on."""
        with self._lock:
            self._watched[drive.known_as] = _Watch(drive)
            self._keep()

    def look(self) -> None:
        """Look at all of them, each in a thread of its own: one of them may hang."""
        with self._lock:
            due = [watch for watch in self._watched.values() if not watch.busy]
            for watch in due:
                watch.busy = True
        for watch in due:
            threading.Thread(target=self._look_at, args=(watch,), daemon=True).start()

    def _look_at(self, watch: _Watch) -> None:
        try:
            answer = self._smartctl.ask(
                watch.drive.device,
                watch.drive.serial,
                *("-n", "standby", "-i", "-c", "-l", "selftest"),
                patience=PATIENCE,
            )
        except Refused as refused:
            self._failed(watch, refused)
        else:
            self._heard(watch, answer)
        finally:
            watch.busy = False

    def _failed(self, watch: _Watch, refused: Refused) -> None:
        watch.failures += 1
        hangs = refused.code is Code.DRIVE_HANGS
        if watch.failures >= MOST_FAILURES and not hangs:
            self._end(watch)

    def _heard(self, watch: _Watch, answer: Answer) -> None:
        if answer.asleep:
            return
        watch.failures = 0
        said = newest(told_of_self_tests(answer))
        if said != watch.said:
            watch.said = said
            told: dict[str, Json] = {"device": watch.drive.device, "smartctl": said}
            self._say(watch.drive.known_as, told)
        if not is_running(answer.said):
            self._end(watch)

    def _end(self, watch: _Watch) -> None:
        with self._lock:
            if self._watched.get(watch.drive.known_as) is watch:
                del self._watched[watch.drive.known_as]
            self._keep()

    def _keep(self) -> None:
        kept: list[Json] = [
            {"device": one.device, "serial": one.serial, "unit": one.unit}
            for one in (watch.drive for watch in self._watched.values())
        ]
        try:
            durable.replace(self._file, kept, sync=False)
        except OSError:
            pass  # only a later service has to be asked anew


def _addresses(kept: list[Json]) -> Iterator[Address]:
    """Yield the drives of a file that anything may have happened to."""
    for one in kept:
        try:
            yield Address.read(words.mapping(one, "self-test"))
        except Refused:
            continue


def about_self_tests(said: dict[str, Json]) -> dict[str, Json]:
    """Return what smartctl said, reduced to what tells of self-tests."""
    return {
        key: value
        for key, value in said.items()
        if key in _ABOUT or key.startswith(_SCSI_LOG)
    }


def told_of_self_tests(answer: Answer) -> dict[str, Json]:
    """Return that, and what it takes to read it: the protocol and the exit status.

    An empty log of SCSI leaves nothing else (scsiprint.cpp of smartmontools 7.4).
    """
    told = about_self_tests(answer.said)
    if "device" in answer.said:
        told["device"] = answer.said["device"]
    return {**told, "smartctl": {"exit_status": answer.status}}


def newest(said: dict[str, Json]) -> dict[str, Json]:
    """Return it with the newest tests alone: a whole log is too long for the feed."""
    old = {f"{_SCSI_LOG}{number}" for number in range(_NEWEST, 100)}
    kept = {key: value for key, value in said.items() if key not in old}
    shortened = _shorten(kept)
    return shortened if isinstance(shortened, dict) else kept


def _shorten(said: Json) -> Json:
    if isinstance(said, dict):
        return {key: _shorten(value) for key, value in said.items()}
    return said[:_NEWEST] if isinstance(said, list) else said


def is_running(said: dict[str, Json]) -> bool:
    """Return whether the drive tests itself at this moment."""
    operation = _dig(said, "nvme_self_test_log", "current_self_test_operation", "value")
    status = _dig(said, "ata_smart_data", "self_test", "status", "value")
    newest = _dig(said, "scsi_self_test_0", "result", "value")
    return (
        bool(operation)
        or (isinstance(status, int) and status >> 4 == _IN_PROGRESS)
        or newest == _IN_PROGRESS
        or "scsi_self_test_in_progress" in said
        or bool(_dig(said, "scsi_self_test_0", "self_test_in_progress"))
    )


def _dig(said: Json, *keys: str) -> Json:
    for key in keys:
        if not isinstance(said, dict):
            return None
        said = said.get(key)
    return said
