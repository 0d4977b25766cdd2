"""Read the self-test log, and the running self-test, in the JSON of smartctl."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .decode import number, optional_whole, record, records, text, whole
from .dialect import SELF_TEST_KINDS
from .errors import InvalidResponse
from .models import SelfTest, SelfTestKind, SelfTestLog, SelfTestStatus

type Path = tuple[str, ...]
type Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _LogShape:
    """Where one protocol keeps what a self-test log entry says."""

    kind: Path
    result: str
    shift: int
    outcomes: Mapping[int, SelfTestStatus]
    hours: Path
    lba: Path


_OUTCOMES: Final = {
    0: SelfTestStatus.PASSED,
    1: SelfTestStatus.ABORTED,
    2: SelfTestStatus.INTERRUPTED,
}
_RUNNING: Final = 15
_FAILURES: Final = range(3, 9)

_NO_ANSWER: Final = 0b111
"""Bits of smartctl's exit status: not asked, not opened, some command refused."""

SELF_TEST_LOG: Final = "self_test_log"
"""What `smartctl -l selftest` said by itself, where the agent asked (protocol.md)."""

SHAPES: Final[Mapping[str, _LogShape]] = {
    "ATA": _LogShape(
        kind=("type", "string"),
        result="status",
        shift=4,  # the low nibble is what was left to test, also of an aborted test
        outcomes={**_OUTCOMES, _RUNNING: SelfTestStatus.RUNNING},
        hours=("lifetime_hours",),
        lba=("lba",),
    ),
    "SCSI": _LogShape(
        kind=("code", "string"),
        result="result",
        shift=0,
        outcomes={**_OUTCOMES, _RUNNING: SelfTestStatus.RUNNING},
        hours=("power_on_time", "hours"),
        lba=("lba_first_failure", "value"),
    ),
    "NVMe": _LogShape(
        kind=("self_test_code", "string"),
        result="self_test_result",
        shift=0,
        outcomes={
            **_OUTCOMES,
            **dict.fromkeys((3, 4, 9), SelfTestStatus.ABORTED),
            8: SelfTestStatus.INTERRUPTED,  # for a reason that the drive does not know
        },
        hours=("power_on_hours",),
        lba=("lba",),
    ),
}


def self_test_log(root: Json, protocol: str) -> SelfTestLog:
    """Return the log of a drive that speaks the protocol."""
    shape = SHAPES[protocol]
    asked_again = within(root, SELF_TEST_LOG)
    root = {**asked_again, **root} if asked_again else root
    tests = [_self_test(entry, shape) for entry in _log_entries(root)]
    percent = _running_percent(root, tests)
    return SelfTestLog(
        tests=tuple(
            test for test in tests if test.status is not SelfTestStatus.RUNNING
        ),
        running_percent=percent,
        running_kind=None if percent is None else _running_kind(root, tests),
        readable=bool(tests) or _is_empty(root, protocol),
        failure=_failure(root),
    )


def _failure(root: Json) -> str | None:
    """Return what the execution status of ATA says of a newest test that failed.

    Some drives list no failed test, or only later (ATA: 3 to 8 are failures).
    """
    status = within(root, "ata_smart_data", "self_test", "status")
    if (value := optional_whole(status, "value")) is None:
        return None
    failed = value >> 4 in _FAILURES
    return text(status, "string", "").strip() or str(value) if failed else None


def self_test_kinds(root: Json, protocol: str) -> frozenset[SelfTestKind] | None:
    """Return the self-tests that the drive has; None where it does not tell.

    SCSI and NVMe have no conveyance test: smartctl then starts nothing and exits with 0.
    SCSI tells of none of the others; smartctl 7.4 neither of those of NVMe.
    """
    both = frozenset({SelfTestKind.SHORT, SelfTestKind.LONG})
    if protocol == "SCSI":
        return both
    if protocol == "NVMe":
        told = within(root, "nvme_optional_admin_commands").get("self_test")
        return frozenset() if told is False else both
    able = within(root, "ata_smart_data", "capabilities")
    if (told := able.get("self_tests_supported")) is None:
        return None
    if told is not True:
        return frozenset()
    conveys = able.get("conveyance_self_test_supported") is True
    return both | {SelfTestKind.CONVEYANCE} if conveys else both


def _is_empty(root: Json, protocol: str) -> bool:
    """Tell a log that was read and holds nothing from one that was not read.

    smartctl tells the revision of an empty ATA log and the running operation beside
    an empty NVMe log. Of an empty SCSI log it tells nothing: its exit status then
    speaks for all that it was asked for, unless it was asked for the log alone.
    """
    if protocol == "SCSI":
        run = within(root, SELF_TEST_LOG, "smartctl") or within(root, "smartctl")
        return not whole(run, "exit_status", 0) & _NO_ANSWER
    return bool(_ata_log(root) or within(root, "nvme_self_test_log"))


def _ata_log(root: Json) -> Json:
    log = within(root, "ata_smart_self_test_log")
    return within(log, "extended") or within(log, "standard")


def _log_entries(root: Json) -> Iterator[Json]:
    table = _ata_log(root).get("table") or []
    yield from records(table, "ata_smart_self_test_log")
    # smartctl leaves null where the log of a NVMe drive has an unused place.
    table = within(root, "nvme_self_test_log").get("table") or []
    if not isinstance(table, list):
        raise InvalidResponse("nvme_self_test_log: expected a list")
    used = [entry for entry in table if entry is not None]
    yield from records(used, "nvme_self_test_log")
    for index in range(20):
        if entry := within(root, f"scsi_self_test_{index}"):
            yield entry


def _self_test(entry: Json, shape: _LogShape) -> SelfTest:
    result = within(entry, shape.result)
    name = text(within(entry, *shape.kind[:-1]), shape.kind[-1], "")
    kind = SELF_TEST_KINDS.get(name.strip().lower())
    lba = count(entry, shape.lba)
    return SelfTest(
        kind=None if kind is None else SelfTestKind(kind),
        status=shape.outcomes.get(
            whole(result, "value") >> shape.shift, SelfTestStatus.FAILED
        ),
        text=text(result, "string", "").strip(),
        lifetime_hours=count(entry, shape.hours),
        lba_of_first_error=None if lba is None else str(lba),
    )


def _running_percent(root: Json, tests: list[SelfTest]) -> float | None:
    status = within(root, "ata_smart_data", "self_test", "status")
    nibble = optional_whole(status, "value")
    if nibble is not None:
        left = number(status, "remaining_percent")
        done = 0.0 if left is None else 100.0 - left
        return _percent(done) if nibble >> 4 == _RUNNING else None
    nvme = within(root, "nvme_self_test_log")
    operation = count(nvme, ("current_self_test_operation", "value"))
    if operation is not None:
        done = number(nvme, "current_self_test_completion_percent") or 0.0
        return _percent(done) if operation else None
    scsi = within(root, "scsi_self_test_status")
    if scsi.get("in_progress") is True:
        return _percent(number(scsi, "completion_percent") or 0.0)
    running = tests and tests[0].status is SelfTestStatus.RUNNING
    return 0.0 if running else None


_OPERATIONS: Final = {1: SelfTestKind.SHORT, 2: SelfTestKind.LONG}
"""Of NVMe (base specification, device self-test log)."""


def _running_kind(root: Json, tests: list[SelfTest]) -> SelfTestKind | None:
    """Return which test runs: NVMe tells that; others do if it is in their log by then."""
    operation = within(root, "nvme_self_test_log", "current_self_test_operation")
    if (value := optional_whole(operation, "value")) is not None:
        return _OPERATIONS.get(value)
    running = tests and tests[0].status is SelfTestStatus.RUNNING
    return tests[0].kind if running else None


def _percent(value: float) -> float:
    return min(100.0, max(0.0, value))


def within(source: Json, *path: str) -> Json:
    """Return the object at a path, empty where it is null or absent."""
    for key in path:
        value = source.get(key)
        source = {} if value is None else record(value, key)
    return source


def count(source: Json, path: Path) -> int | None:
    """Return the whole number at a path, None where it is null or absent."""
    return optional_whole(within(source, *path[:-1]), path[-1])
