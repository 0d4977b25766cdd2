"""smartctl's command line, with the exit statuses and the words of version 7.4."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from ..drive import SELF_TEST_SECONDS, MockDrive, SelfTestLog
from . import ata, nvme, scsi
from .output import (
    ALREADY_TESTING,
    BAD_COMMAND,
    NOT_OPEN,
    REFUSED,
    Output,
    about,
    dumped,
    left,
)

_WITH_VALUE = frozenset("dglnst")
_VERSION = (
    "smartctl 7.4 2023-08-01 r5530 [x86_64-linux-6.12.33] (local build)\n"
    "Copyright (C) 2002-23, Bruce Allen, Christian Franke, www.smartmontools.org\n"
)
_ASLEEP = "Device is in STANDBY mode, exit(2)"


@dataclass
class _Asked:
    """What the options ask for; `words` is everything else."""

    options: list[str]
    json: bool = False
    version: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    def has(self, option: str, value: str | None = None) -> bool:
        """Tell whether an option was given, perhaps with a value."""
        if value is None:
            return option in self.flags or option in self.values
        given = self.values.get(option, ())
        return any(item.partition(",")[0] == value for item in given)


def _parsed(arguments: list[str]) -> _Asked:
    asked = _Asked(arguments)
    words = iter(arguments)
    for word in words:
        if word.startswith(("--json", "-j")):
            asked.json = True
        elif word in ("-V", "--version"):
            asked.version = True
        elif word.startswith("--"):
            asked.unknown.append(word)
        elif word.startswith("-") and len(word) > 1:
            _take(asked, word[1:], words)
    return asked


def _take(asked: _Asked, letters: str, words: Iterator[str]) -> None:
    letter, rest = letters[0], letters[1:]
    if letter in _WITH_VALUE:
        asked.values.setdefault(letter, []).append(rest or next(words, ""))
    elif letter in "axiAcHX" and not rest:
        asked.flags.add(letter)
    else:
        asked.unknown.append(letters)


def run(drive: MockDrive | None, arguments: list[str], elapsed: float) -> Output:
    """Return what `smartctl` with these arguments says of a drive; None: no device."""
    asked = _parsed(arguments)
    if asked.version:
        return _VERSION, 0
    if asked.unknown or not (asked.flags or asked.values):
        words = "=======> UNRECOGNIZED OPTION: " + " ".join(asked.unknown)
        return _said(asked, {}, BAD_COMMAND, words)
    if drive is None or not drive.present:
        words = "Smartctl open device failed: No such device"
        return _said(asked, {}, NOT_OPEN, words)
    if drive.needs_type and not asked.has("d", drive.needs_type):
        words = (
            f"/dev/{drive.name}: Unknown USB bridge [0x174c:0x55aa (0x100)]\n"
            "Please specify device type with the -d option."
        )
        return _said(asked, {}, BAD_COMMAND, words)
    if drive.without_smart:
        return _unidentified(asked, drive)
    drive.settle(elapsed)
    speaks: ModuleType = nvme if drive.nvme else scsi if drive.sas else ata
    if drive.standby and asked.has("n", "standby"):
        return _said(asked, _device(speaks, drive), NOT_OPEN, _ASLEEP)
    if asked.flags - {"i"} or asked.values.keys() - {"d", "n", "g"}:
        drive.wake()
    if "t" in asked.values:
        return _start(asked, drive, speaks, elapsed)
    if "X" in asked.flags:
        drive.end_test(elapsed, "Aborted by host", 0x10)
        return _said(asked, _device(speaks, drive), 0, speaks.ABORTED)
    return _report(asked, drive, speaks, elapsed)


def _unidentified(asked: _Asked, drive: MockDrive) -> Output:
    """Return what is said of a disk that no way of asking fits."""
    if asked.has("d"):
        words = f"Smartctl open device: /dev/{drive.name} failed: INQUIRY failed"
        return _said(asked, {}, NOT_OPEN, words)
    words = (
        f"/dev/{drive.name}: Unable to detect device type\n"
        "Please specify device type with the -d option."
    )
    return _said(asked, {}, BAD_COMMAND, words)


def _device(speaks: ModuleType, drive: MockDrive) -> dict[str, Any]:
    return {"device": speaks.identity(drive)["device"]}


def _start(
    asked: _Asked, drive: MockDrive, speaks: ModuleType, elapsed: float
) -> Output:
    kind = asked.values["t"][-1]
    device = _device(speaks, drive)
    if kind not in SELF_TEST_SECONDS:
        words = f"ERROR: unknown self-test {kind}"
        return _said(asked, device, BAD_COMMAND, words)
    if drive.lacks_test(kind):
        words, status = speaks.lacking(kind)
        return _said(asked, device, status, words)
    words = speaks.begun(kind)
    if words is None:
        # What a protocol does not know is passed over in silence.
        return _said(asked, device, 0, "")
    if not drive.start_test(kind, elapsed):
        words = ALREADY_TESTING.format(left=left(drive, elapsed))
        return _said(asked, device, REFUSED, words)
    return _said(asked, device, 0, words)


def _report(
    asked: _Asked, drive: MockDrive, speaks: ModuleType, elapsed: float
) -> Output:
    told: dict[str, Any] = _device(speaks, drive)
    status = 0
    everything = asked.has("x") or asked.has("a")
    if everything:
        told |= speaks.report(drive, elapsed)
    if asked.has("i"):
        told |= speaks.identity(drive)
    if asked.has("A"):
        told |= speaks.temperature(drive)
    if asked.has("c") or asked.has("l", "selftest"):
        told |= speaks.self_tests(drive, elapsed)
    if asked.has("g", "security") and not (drive.sas or drive.nvme):
        state = 4 if drive.locked else 1
        told["ata_security"] = {
            "state": 0x20 + state,
            "string": "ENABLED, PW level HIGH, **LOCKED** [SEC4]"
            if drive.locked
            else "Disabled, NOT FROZEN [SEC1]",
            "enabled": drive.locked,
            "frozen": False,
        }
        if drive.locked:
            told["ata_security"]["locked"] = True
    if asked.has("l", "farm") and drive.family.startswith("Seagate"):
        told |= _farm(drive, elapsed)
    if drive.self_test_log is not SelfTestLog.KEPT:
        told = {key: value for key, value in told.items() if not _is_log(key)}
        if drive.self_test_log is SelfTestLog.UNREADABLE and (
            everything or asked.has("l", "selftest")
        ):
            status |= REFUSED
    return _said(asked, told, status, "")


def _is_log(key: str) -> bool:
    return key.startswith("scsi_self_test_") or key in (
        "ata_smart_self_test_log",
        "nvme_self_test_log",
    )


def _farm(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return Seagate's own log, which no other option shows."""
    hours = drive.power_on_hours(elapsed)
    return {
        "seagate_farm_log": {
            "page_0_log_header": {"farm_log_version": [2, 9]},
            "page_1_drive_information": {
                "serial_number": drive.serial,
                "poh": hours,
                "spoh": hours,
            },
        }
    }


def _said(asked: _Asked, told: Mapping[str, Any], status: int, words: str) -> Output:
    if not asked.json:
        return words, status
    return dumped({**about(asked.options, status, words), **told}), status
