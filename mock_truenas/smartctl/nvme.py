"""What smartctl says of an NVMe drive (smartmontools nvmeprint.cpp)."""

from typing import Any

from ..drive import LoggedTest, MockDrive
from .output import device

TEST_NAMES = {"short": "Short", "long": "Extended"}
ABORTED = "Self-test aborted!"
IN_PROGRESS = "Self-test in progress"
_CODES = {"short": 1, "long": 2}
_RESULTS = {
    0x0: (0, "Completed without error"),
    0x1: (1, "Aborted: Self-test command"),
    0x2: (2, "Aborted: Controller Reset"),
}
_FAILED = (7, "Completed: failed segments")


def begun(kind: str) -> str | None:
    """Return what is said when a self-test has begun."""
    if kind not in TEST_NAMES:
        return None
    return f"Self-test has begun\nUse smartctl -X to abort test ({TEST_NAMES[kind]})\n"


def lacking(kind: str) -> tuple[str, int]:
    """Return what is said of a drive without self-tests: its status is no error."""
    return "Self-tests not supported", 0


def identity(drive: MockDrive) -> dict[str, Any]:
    """Return what the drive is."""
    said = {
        **device(drive, "nvme", "NVMe"),
        "firmware_version": drive.firmware,
        "nvme_pci_vendor": {"id": 5197, "subsystem_id": 5197},
        "nvme_controller_id": 5,
        "nvme_version": {"string": "1.4", "value": 66560},
        "nvme_number_of_namespaces": 1,
    }
    del said["rotation_rate"]
    return said


def temperature(drive: MockDrive) -> dict[str, Any]:
    """Return how warm it is."""
    if drive.temperature is None:
        return {}
    return {"temperature": {"current": round(drive.temperature)}}


def report(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return everything."""
    hours = drive.power_on_hours(elapsed)
    errors = drive.attributes.get(198, 0)
    return {
        **identity(drive),
        "smart_support": {"available": True, "enabled": True},
        "smart_status": {"passed": errors < 2000, "nvme": {"value": 0}},
        "nvme_smart_health_information_log": {
            "critical_warning": 0,
            "temperature": round(drive.temperature or 0),
            "available_spare": 100,
            "available_spare_threshold": 10,
            "percentage_used": 0,
            "data_units_read": 1000,
            "data_units_written": 1000 + drive.writes // 512_000,
            "host_reads": 100_000,
            "host_writes": 100_000,
            "controller_busy_time": 1,
            "power_cycles": 4,
            "power_on_hours": hours,
            "unsafe_shutdowns": 1,
            "media_errors": errors,
            "num_err_log_entries": errors,
            "warning_temp_time": 0,
            "critical_comp_time": 0,
        },
        "power_on_time": {"hours": hours},
        "power_cycle_count": 4,
        **temperature(drive),
        **self_tests(drive, elapsed),
    }


def self_tests(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return what runs, and the log."""
    supported = not drive.lacks_test("long")
    said: dict[str, Any] = {
        "nvme_optional_admin_commands": {"value": 23, "self_test": supported}
    }
    if not supported:
        return said
    running = drive.running
    operation: dict[str, Any] = {"value": 0, "string": "No self-test in progress"}
    if running is not None:
        name = TEST_NAMES[running.kind]
        operation = {
            "value": _CODES[running.kind],
            "string": f"{name} self-test in progress",
        }
    log: dict[str, Any] = {"current_self_test_operation": operation}
    if running is not None:
        log["current_self_test_completion_percent"] = int(running.percent(elapsed))
    if drive.log:
        log["table"] = [_entry(test) for test in drive.log]
    return {**said, "nvme_self_test_log": log}


def log_entries(drive: MockDrive, elapsed: float) -> list[LoggedTest]:
    """Return the log, the running test first; in smartctl's words for NVMe."""
    log = [
        LoggedTest(t.kind, _result(t)[1], t.value, t.hours, 0, t.lba) for t in drive.log
    ]
    if drive.running is not None:
        hours = drive.power_on_hours(elapsed)
        log.insert(0, LoggedTest(drive.running.kind, IN_PROGRESS, 0xF0, hours))
    return log


def _result(test: LoggedTest) -> tuple[int, str]:
    return _RESULTS.get(test.value >> 4, _FAILED)


def _entry(test: LoggedTest) -> dict[str, Any]:
    value, words = _result(test)
    entry: dict[str, Any] = {
        "self_test_code": {"value": _CODES[test.kind], "string": TEST_NAMES[test.kind]},
        "self_test_result": {"value": value, "string": words},
        "power_on_hours": test.hours,
    }
    if test.lba is not None:
        entry["lba"] = {"value": test.lba}
    return entry
