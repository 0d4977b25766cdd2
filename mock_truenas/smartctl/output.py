"""What the reports of all kinds of drives have in common."""

from collections.abc import Mapping
import json
from typing import Any

from ..drive import MockDrive

BAD_COMMAND, NOT_OPEN, REFUSED = 1, 2, 4
"""Exit statuses."""

type Output = tuple[str, int]
"""What is printed, and the exit status."""

ALREADY_TESTING = (
    "Can't start self-test without aborting current test ({left}% remaining),\n"
    "add '-t force' option to override, or run 'smartctl -X' to abort test."
)


def dumped(value: Mapping[str, Any]) -> str:
    """Return what --json=c prints."""
    return json.dumps(value, separators=(",", ":")) + "\n"


def about(arguments: list[str], status: int = 0, words: str = "") -> dict[str, Any]:
    """Return the head of every report."""
    smartctl: dict[str, Any] = {
        "version": [7, 4],
        "argv": ["smartctl", *arguments],
        "exit_status": status,
    }
    if any(word.startswith("--json=") and "o" in word[7:] for word in arguments):
        smartctl["output"] = ["smartctl 7.4 2023-08-01 r5530", "", *words.splitlines()]
    if words and status:
        smartctl["messages"] = [{"string": words, "severity": "error"}]
    return {"json_format_version": [1, 0], "smartctl": smartctl}


def device(drive: MockDrive, kind: str, protocol: str) -> dict[str, Any]:
    """Return what is said of a drive whatever it speaks."""
    return {
        "device": {"name": f"/dev/{drive.name}", "type": kind, "protocol": protocol},
        "model_name": drive.model,
        "serial_number": drive.serial,
        "user_capacity": {"blocks": drive.size // 512, "bytes": drive.size},
        "logical_block_size": 512,
        "physical_block_size": 4096,
        "rotation_rate": drive.rotation_rate,
    }


def left(drive: MockDrive, elapsed: float) -> int:
    """Return how much of the running test is left, in steps of 10 %."""
    if drive.running is None:
        return 0
    return 10 * (10 - int(drive.running.percent(elapsed) // 10))
