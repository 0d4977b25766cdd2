"""What smartctl says of a mocked drive, as JSON and in words."""

from collections.abc import Mapping
import json
from typing import Any

from .drive import SELF_TEST_SECONDS, LoggedTest, MockDrive

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
_TEST_TYPES = {"short": 1, "long": 2, "conveyance": 3}
_BAD_COMMAND, _NOT_OPEN, _REFUSED, _STANDBY = 1, 2, 4, 2

type Output = tuple[str, int]
"""What is printed, and the exit status."""


def run(drive: MockDrive | None, arguments: list[str], elapsed: float) -> Output:
    """Return what `smartctl` with these arguments says of a drive; None: no device."""
    as_json = any(word.startswith(("--json", "-j")) for word in arguments)
    if drive is None or not drive.present:
        words = "Smartctl open device failed: No such device"
        return _failure(arguments, words, _NOT_OPEN) if as_json else (words, _NOT_OPEN)
    drive.settle(elapsed)
    if "-t" in arguments:
        return _start(drive, arguments[arguments.index("-t") + 1], elapsed)
    if "-X" in arguments:
        drive.end_test(elapsed, "Aborted by host", 0x10)
        return "Self-testing aborted!", 0
    if "-x" in arguments or "-a" in arguments:
        return _dumped(_report(drive, arguments, elapsed)), 0
    if "-A" in arguments:
        return _dumped(_head(drive, arguments) | _temperature(drive)), 0
    if "-i" in arguments:
        return _dumped(_head(drive, arguments)), 0
    return "smartctl: unknown arguments", _BAD_COMMAND


def _dumped(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def _failure(arguments: list[str], words: str, status: int) -> Output:
    said = {
        "json_format_version": [1, 0],
        "smartctl": {
            "version": [7, 4],
            "argv": ["smartctl", *arguments],
            "messages": [{"string": words, "severity": "error"}],
            "exit_status": status,
        },
    }
    return _dumped(said), status


def _start(drive: MockDrive, kind: str, elapsed: float) -> Output:
    if kind not in SELF_TEST_SECONDS:
        return f"ERROR: unknown self-test {kind}", _BAD_COMMAND
    if not drive.start_test(kind, elapsed):
        return (
            "Can't start self-test without aborting current test "
            "(90% remaining),\nadd '-t force' option to override, "
            "or run 'smartctl -X' to abort test.",
            _REFUSED,
        )
    return (
        f'Sending command: "Execute SMART {TEST_NAMES[kind]} self-test routine '
        'immediately in off-line mode".\nTesting has begun.',
        0,
    )


def _head(drive: MockDrive, arguments: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "json_format_version": [1, 0],
        "smartctl": {
            "version": [7, 4],
            "argv": ["smartctl", *arguments],
            "exit_status": 0,
        },
        "device": {
            "name": f"/dev/{drive.name}",
            "type": "sat",
            "protocol": "ATA",
        },
        "model_family": drive.family,
        "model_name": drive.model,
        "serial_number": drive.serial,
        "firmware_version": drive.firmware,
        "user_capacity": {"blocks": drive.size // 512, "bytes": drive.size},
        "logical_block_size": 512,
        "physical_block_size": 4096,
        "rotation_rate": drive.rotation_rate,
    }
    if drive.lunid:
        number = int(drive.lunid, 16)
        said["wwn"] = {
            "naa": number >> 60,
            "oui": number >> 36 & 0xFFFFFF,
            "id": number & 0xFFFFFFFFF,
        }
    return said


def _temperature(drive: MockDrive) -> dict[str, Any]:
    if drive.temperature is None:
        return {}
    return {"temperature": {"current": round(drive.temperature)}}


def _report(drive: MockDrive, arguments: list[str], elapsed: float) -> dict[str, Any]:
    hours = drive.power_on_hours(elapsed)
    return {
        **_head(drive, arguments),
        "smart_support": {"available": True, "enabled": True},
        "smart_status": {"passed": drive.attributes.get(5, 0) < 2000},
        "ata_smart_data": {
            "self_test": {
                "status": _execution(drive, elapsed),
                "polling_minutes": {
                    "short": round(SELF_TEST_SECONDS["short"] / 60),
                    "extended": round(SELF_TEST_SECONDS["long"] / 60),
                    "conveyance": round(SELF_TEST_SECONDS["conveyance"] / 60),
                },
            },
            "capabilities": {
                "self_tests_supported": True,
                "conveyance_self_test_supported": True,
            },
        },
        "ata_smart_attributes": {
            "revision": 16,
            "table": attributes(drive, elapsed),
        },
        "power_on_time": {"hours": hours},
        "power_cycle_count": 4,
        **_temperature(drive),
        "ata_smart_self_test_log": {
            "standard": {
                "revision": 1,
                "table": [_entry(item) for item in drive.log],
                "count": len(drive.log),
            }
        },
    }


def _execution(drive: MockDrive, elapsed: float) -> dict[str, Any]:
    if drive.running is not None:
        left = 10 * (10 - int(drive.running.percent(elapsed) // 10))
        return {
            "value": 0xF0 | min(15, left // 10),
            "string": f"in progress, {left}% remaining",
            "remaining_percent": left,
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
