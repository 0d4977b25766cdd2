"""What smartctl says of a SAS drive (smartmontools scsiprint.cpp)."""

from typing import Any

from ..drive import SELF_TEST_SECONDS, LoggedTest, MockDrive
from .output import device

TEST_NAMES = {"short": "Background short", "long": "Background long"}
ABORTED = ""
"""It says nothing."""

IN_PROGRESS = "Self test in progress ..."
_CODES = {"short": 1, "long": 2}
_TRIP = 85

type Result = tuple[int, str]

_RESULTS: dict[int, Result] = {
    0x0: (0, "Completed"),
    0x1: (1, "Aborted (by user command)"),
    0x2: (2, "Aborted (device reset ?)"),
    0xF: (15, IN_PROGRESS),
}
_FAILED: Result = (5, "Failed in first segment")


def begun(kind: str) -> str | None:
    """Return what is said when a self-test has begun; a long one tells how long."""
    if kind == "short":
        return "Short Background Self Test has begun\nUse smartctl -X to abort test\n"
    if kind == "long":
        minutes = round(SELF_TEST_SECONDS["long"] / 60)
        return (
            "Extended Background Self Test has begun\n"
            f"Please wait {minutes} minutes for test to complete.\n"
            "Use smartctl -X to abort test\n"
        )
    return None


def lacking(kind: str) -> tuple[str, int]:
    """Return what is said of a drive without self-tests, and the exit status."""
    name = "Short" if kind == "short" else "Extended"
    return (
        f"{name} Background Self Test - command not supported "
        "(illegal request, invalid field in cdb)",
        4,
    )


def identity(drive: MockDrive) -> dict[str, Any]:
    """Return what the drive is."""
    vendor, _, product = drive.model.partition(" ")
    return {
        **device(drive, "scsi", "SCSI"),
        "scsi_vendor": vendor,
        "scsi_product": product,
        "scsi_model_name": drive.model,
        "scsi_revision": drive.firmware,
        "scsi_version": "SPC-4",
        "logical_unit_id": f"0x{drive.lunid}",
        "device_type": {
            "scsi_terminology": "Peripheral Device Type [PDT]",
            "scsi_value": 0,
            "name": "disk",
        },
        "scsi_transport_protocol": {"name": "SAS (SPL-4)", "value": 6},
    }


def temperature(drive: MockDrive) -> dict[str, Any]:
    """Return how warm it is, and where it trips."""
    if drive.temperature is None:
        return {}
    return {"temperature": {"current": round(drive.temperature), "drive_trip": _TRIP}}


def report(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return everything."""
    grown = drive.attributes.get(5, 0)
    uncorrected = drive.attributes.get(198, 0)
    return {
        **identity(drive),
        "smart_support": {"available": True, "enabled": True},
        "temperature_warning": {"enabled": True},
        "smart_status": {"passed": grown < 2000},
        **temperature(drive),
        "power_on_time": {"hours": drive.power_on_hours(elapsed), "minutes": 0},
        "scsi_start_stop_cycle_counter": {
            "accumulated_start_stop_cycles": 4,
            "accumulated_load_unload_cycles": 12,
        },
        "scsi_grown_defect_list": grown,
        "scsi_pending_defects": {"count": drive.attributes.get(197, 0)},
        "scsi_error_counter_log": {
            "read": _errors(0),
            "write": _errors(uncorrected),
            "verify": _errors(0),
        },
        **self_tests(drive, elapsed),
    }


def self_tests(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return the log; a drive that has never tested itself has no word of it."""
    log = log_entries(drive, elapsed)
    said: dict[str, Any] = {
        f"scsi_self_test_{number}": _entry(test) for number, test in enumerate(log)
    }
    if log:
        said["scsi_extended_self_test_seconds"] = round(SELF_TEST_SECONDS["long"])
    return said


def log_entries(drive: MockDrive, elapsed: float) -> list[LoggedTest]:
    """Return the log, the running test first; in smartctl's words for SAS."""
    log = [_worded(test) for test in drive.log]
    if drive.running is not None:
        hours = drive.power_on_hours(elapsed)
        log.insert(0, LoggedTest(drive.running.kind, IN_PROGRESS, 0xF0, hours))
    return log[:20]


def _worded(test: LoggedTest) -> LoggedTest:
    _, words = _RESULTS.get(test.value >> 4, _FAILED)
    return LoggedTest(test.kind, words, test.value, test.hours, 0, test.lba)


def _errors(uncorrected: int) -> dict[str, Any]:
    return {
        "errors_corrected_by_eccfast": 0,
        "errors_corrected_by_eccdelayed": 0,
        "errors_corrected_by_rereads_rewrites": 0,
        "total_errors_corrected": 0,
        "correction_algorithm_invocations": 0,
        "gigabytes_processed": "8001.563",
        "total_uncorrected_errors": uncorrected,
    }


def _entry(test: LoggedTest) -> dict[str, Any]:
    value, words = _RESULTS.get(test.value >> 4, _FAILED)
    entry: dict[str, Any] = {
        "code": {"value": _CODES.get(test.kind, 1), "string": TEST_NAMES[test.kind]},
        "result": {"value": value, "string": words},
    }
    if test.value >> 4 == 0xF:
        entry["self_test_in_progress"] = True
    else:
        entry["power_on_time"] = {
            "hours": test.hours,
            "aka": "accumulated_power_on_hours",
        }
    if test.lba is not None:
        entry["failed_segment"] = {"value": 1, "aka": "self_test_number"}
        entry["lba_first_failure"] = {
            "value": test.lba,
            "aka": "address_of_first_failure",
        }
    return entry
