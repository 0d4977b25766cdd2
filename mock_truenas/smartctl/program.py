"""smartctl's command line."""

from types import ModuleType

from ..drive import SELF_TEST_SECONDS, MockDrive
from . import ata, scsi
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


def run(drive: MockDrive | None, arguments: list[str], elapsed: float) -> Output:
    """Return what `smartctl` with these arguments says of a drive; None: no device."""
    as_json = any(word.startswith(("--json", "-j")) for word in arguments)
    if drive is None or not drive.present:
        words = "Smartctl open device failed: No such device"
        said = dumped(about(arguments, NOT_OPEN, words)) if as_json else words
        return said, NOT_OPEN
    drive.settle(elapsed)
    speaks: ModuleType = scsi if drive.sas else ata
    if "-t" in arguments:
        return _start(drive, speaks, arguments[arguments.index("-t") + 1], elapsed)
    if "-X" in arguments:
        drive.end_test(elapsed, "Aborted by host", 0x10)
        return speaks.ABORTED, 0
    if "-x" in arguments or "-a" in arguments:
        return dumped(about(arguments) | speaks.report(drive, elapsed)), 0
    if "-A" in arguments:
        told = about(arguments) | speaks.identity(drive) | speaks.temperature(drive)
        return dumped(told), 0
    if "-i" in arguments:
        return dumped(about(arguments) | speaks.identity(drive)), 0
    return "smartctl: unknown arguments", BAD_COMMAND


def _start(drive: MockDrive, speaks: ModuleType, kind: str, elapsed: float) -> Output:
    words = speaks.begun(kind)
    if kind not in SELF_TEST_SECONDS or words is None:
        return f"ERROR: unknown self-test {kind}", BAD_COMMAND
    if not drive.start_test(kind, elapsed):
        return ALREADY_TESTING.format(left=left(drive, elapsed)), REFUSED
    return words, 0
