"""What smartctl says of a SATA drive."""

from typing import Any

from ..drive import SELF_TEST_SECONDS, LoggedTest, MockDrive
from .output import device, left

ATTRIBUTES: tuple[tuple[int, str, int, bool], ...] = (
    (1, "Raw_Read_Error_Rate", 16, True),
    (3, "Spin_Up_Time", 24, True),
    (4, "Start_Stop_Count", 0, False),
    (5, "Reallocated_Sector_Ct", 5, True),
    (7, "Seek_Error_Rate", 67, True),
    (9, "Power_On_Hours", 0, False),
    (10, "Spin_Retry_Count", 60, True),
    (12, "Power_Cycle_Count", 0, False),
    (187, "Reported_Uncorrect", 0, False),
    (188, "Command_Timeout", 0, False),
    (193, "Load_Cycle_Count", 0, False),
    (194, "Temperature_Celsius", 0, False),
    (196, "Reallocated_Event_Count", 0, False),
    (197, "Current_Pending_Sector", 0, False),
    (198, "Offline_Uncorrectable", 0, False),
    (199, "UDMA_CRC_Error_Count", 0, False),
)
TEST_NAMES = {
    "short": "Short offline",
    "long": "Extended offline",
    "conveyance": "Conveyance offline",
}
ABORTED = "Self-testing aborted!"
IN_PROGRESS = "Self-test routine in progress"
_TEST_TYPES = {"short": 1, "long": 2, "conveyance": 3}


def begun(kind: str) -> str | None:
    """Return what is said when a self-test has begun."""
    if kind not in TEST_NAMES:
        return None
    return (
        f'Sending command: "Execute SMART {TEST_NAMES[kind]} self-test routine '
        'immediately in off-line mode".\nTesting has begun.'
    )


def lacking(kind: str) -> tuple[str, int]:
    """Return what is said of a drive that lacks a self-test, and the exit status."""
    what = "Conveyance Self-Test" if kind == "conveyance" else "Self-Test"
    return (
        f"Warning: device does not support {what} functions.\n\n"
        "A mandatory SMART command failed: exiting. To continue, add one or more "
        "'-T permissive' options.",
        4,
    )


def identity(drive: MockDrive) -> dict[str, Any]:
    """Return what the drive is."""
    said = {
        "model_family": drive.family,
        "firmware_version": drive.firmware,
        **device(drive, "sat", "ATA"),
    }
    if drive.lunid:
        number = int(drive.lunid, 16)
        said["wwn"] = {
            "naa": number >> 60,
            "oui": number >> 36 & 0xFFFFFF,
            "id": number & 0xFFFFFFFFF,
        }
    return said


def temperature(drive: MockDrive) -> dict[str, Any]:
    """Return how warm it is."""
    if drive.temperature is None:
        return {}
    return {"temperature": {"current": round(drive.temperature)}}


def report(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return everything."""
    hours = drive.power_on_hours(elapsed)
    return {
        **identity(drive),
        "smart_support": {"available": True, "enabled": True},
        "smart_status": {"passed": drive.attributes.get(5, 0) < 2000},
        "ata_smart_attributes": {
            "revision": 16,
            "table": attributes(drive, elapsed),
        },
        "power_on_time": {"hours": hours},
        "power_cycle_count": 4,
        **temperature(drive),
        **self_tests(drive, elapsed),
    }


def self_tests(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    """Return what the drive can, what runs, and the log in the form that it keeps."""
    log = log_entries(drive, elapsed)
    minutes = {
        "short": round(SELF_TEST_SECONDS["short"] / 60),
        "extended": round(SELF_TEST_SECONDS["long"] / 60),
        "conveyance": round(SELF_TEST_SECONDS["conveyance"] / 60),
    }
    if drive.lacks_test("conveyance"):
        del minutes["conveyance"]
    form: dict[str, Any] = {"revision": 1, "table": [_entry(item) for item in log]}
    if drive.extended_log:
        form["sectors"] = 1
    form["count"] = len(log)
    return {
        "ata_smart_data": {
            "self_test": {
                "status": _execution(drive, elapsed),
                "polling_minutes": minutes,
            },
            "capabilities": {
                "self_tests_supported": not drive.lacks_test("long"),
                "conveyance_self_test_supported": not drive.lacks_test("conveyance"),
            },
        },
        "ata_smart_self_test_log": {
            "extended" if drive.extended_log else "standard": form
        },
    }


def log_entries(drive: MockDrive, elapsed: float) -> list[LoggedTest]:
    """Return the log, the running test first."""
    if drive.running is None:
        return drive.log
    remaining = left(drive, elapsed)
    value = 0xF0 | min(15, remaining // 10)
    hours = drive.power_on_hours(elapsed)
    running = LoggedTest(drive.running.kind, IN_PROGRESS, value, hours, remaining)
    return [running, *drive.log]


def _execution(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    if drive.running is not None:
        remaining = left(drive, elapsed)
        return {
            "value": 0xF0 | min(15, remaining // 10),
            "string": f"in progress, {remaining}% remaining",
            "remaining_percent": remaining,
        }
    if drive.log and drive.log[0].value:
        last = drive.log[0]
        return {
            "value": last.value,
            "string": last.status.lower(),
            "remaining_percent": last.remaining,
        }
    return {"value": 0, "string": "completed without error", "passed": True}


def attributes(drive: MockDrive, elapsed: float) -> list[dict[str, Any]]:
    """Return the table of ATA attributes."""
    hours = drive.power_on_hours(elapsed)
    return [_attribute(drive, hours, row) for row in ATTRIBUTES]


def _attribute(
    drive: MockDrive, hours: int, row: tuple[int, str, int, bool]
) -> dict[str, Any]:
    number, name, threshold, prefail = row
    raw = {4: 4, 9: hours, 12: 4, 193: 12, 194: round(drive.temperature or 0)}.get(
        number, drive.attributes.get(number, 0)
    )
    return {
        "id": number,
        "name": name,
        "value": 100,
        "worst": 100,
        "thresh": threshold,
        "when_failed": "",
        "flags": {"value": 51 if prefail else 50, "prefailure": prefail},
        "raw": {"value": raw, "string": str(raw)},
    }


def _entry(test: LoggedTest) -> dict[str, Any]:
    status: dict[str, Any] = {"value": test.value, "string": test.status}
    if test.remaining:
        status["remaining_percent"] = test.remaining
    elif test.value == 0:
        status["passed"] = True
    entry: dict[str, Any] = {
        "type": {"value": _TEST_TYPES[test.kind], "string": TEST_NAMES[test.kind]},
        "status": status,
        "lifetime_hours": test.hours,
    }
    if test.lba is not None:
        entry["lba"] = test.lba
    return entry
