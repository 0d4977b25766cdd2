"""Read the JSON of `smartctl -x`, of ATA, SCSI and NVMe drives alike."""

from collections.abc import Mapping
from dataclasses import replace
import json
import re
from typing import Final

from . import plausible
from .decode import number, optional_whole, record, records, text, whole
from .errors import DriveAsleep, InvalidResponse
from .manufacturers import manufacturer_of
from .models import SelfTestKind, SelfTestLog, SmartReport
from .smart_attributes import attribute_counters, read_attributes
from .smart_health import Health, health_of
from .smartctl_log import (
    SHAPES,
    Json,
    Path,
    count,
    self_test_kinds,
    self_test_log,
    within,
)

_NOT_READ: Final = 0b11
"""Bits of smartctl's exit status: bad command line, device not opened."""

_ASLEEP: Final = re.compile(r"in (?:STANDBY|SLEEP|IDLE_?\w*) mode")
"""What smartctl says of a drive that it was told not to wake (`-n standby`)."""

ASKED_AS: Final = "asked_as"
"""The `-d` of smartctl without which the drive does not answer (docs/protocol.md)."""

KERNEL: Final = "kernel"
"""What the kernel knows of a drive that told smartctl no serial (docs/protocol.md)."""

_LOWEST_LIMIT: Final = 45.0
"""Some Exos report a trip temperature of 40 °C, which they reach in health."""

_LIMITS: Final[tuple[Path, ...]] = (
    ("temperature", "op_limit_max"),
    ("ata_sct_status", "temperature", "op_limit_max"),
    ("temperature", "drive_trip"),
    ("nvme_composite_temperature_threshold", "warning"),
)

# Never attribute 9: its raw value packs milliseconds on some drives.
_HOURS: Final[tuple[Path, ...]] = (
    ("power_on_time", "hours"),
    ("nvme_smart_health_information_log", "power_on_hours"),
)

_FARM_HOURS: Final[tuple[Path, ...]] = (
    ("seagate_farm_log", "page_1_drive_information", "poh"),
    ("seagate_farm_log", "drive_information", "power_on_hour"),  # SAS
)

_FIRMWARE: Final = ("firmware_version", "scsi_revision", "revision")

_COUNTERS: Final[Mapping[str, Path]] = {
    "scsi_grown_defects": ("scsi_grown_defect_list",),
    "scsi_pending_defects": ("scsi_pending_defects", "count"),
    "scsi_uncorrected_read": (
        "scsi_error_counter_log",
        "read",
        "total_uncorrected_errors",
    ),
    "scsi_uncorrected_write": (
        "scsi_error_counter_log",
        "write",
        "total_uncorrected_errors",
    ),
    "scsi_uncorrected_verify": (
        "scsi_error_counter_log",
        "verify",
        "total_uncorrected_errors",
    ),
    "nvme_media_errors": ("nvme_smart_health_information_log", "media_errors"),
    "nvme_available_spare": ("nvme_smart_health_information_log", "available_spare"),
    "nvme_spare_threshold": (
        "nvme_smart_health_information_log",
        "available_spare_threshold",
    ),
    "nvme_percentage_used": ("nvme_smart_health_information_log", "percentage_used"),
}

_MINUTES: Final[Mapping[SelfTestKind, str]] = {
    SelfTestKind.SHORT: "short",
    SelfTestKind.LONG: "extended",
    SelfTestKind.CONVEYANCE: "conveyance",
}


def parse_report(report: str | bytes) -> SmartReport:
    """Return what one run of `smartctl -x --json` says of its drive."""
    root = _load(report)
    kernel = within(root, KERNEL)
    if kernel and "smartctl" not in root:
        return _without_smartctl(kernel)
    _check_read(root)
    protocol = text(within(root, "device"), "protocol")
    if protocol not in SHAPES:
        raise InvalidResponse(f"smartctl: unknown protocol {protocol[:20]!r}")
    serial = text(root, "serial_number", "").strip() or text(kernel, "serial", "")
    if not serial:
        raise InvalidResponse("smartctl: the drive tells no serial number")
    attributes = tuple(read_attributes(root))
    health = health_of(root)
    found = SmartReport(
        protocol=protocol,
        serial=serial,
        model=_model(root),
        manufacturer=_manufacturer(root),
        firmware=next((text(root, key) for key in _FIRMWARE if root.get(key)), ""),
        size=optional_whole(within(root, "user_capacity"), "bytes"),
        logical_sector=count(root, ("logical_block_size",)),
        protection_type=count(root, ("scsi_protection_type",)) or 0,
        rotation_rate=count(root, ("rotation_rate",)),
        asked_as=text(root, ASKED_AS, ""),
        form_factor=text(within(root, "form_factor"), "name", "").strip(),
        smart_available=_flag(within(root, "smart_support"), "available"),
        smart_enabled=_flag(within(root, "smart_support"), "enabled"),
        locked=_flag(within(root, "ata_security"), "locked"),
        passed=health.passed,
        hot=health.hot,
        warning=health.warning,
        temperature=plausible.temperature(
            number(within(root, "temperature"), "current")
        ),
        temperature_limit=_temperature_limit(root),
        power_on_hours=plausible.hours(_first(root, _HOURS)),
        farm_power_on_hours=plausible.hours(_first(root, _FARM_HOURS)),
        attributes=attributes,
        counters=_counters(root, health) | attribute_counters(attributes),
        self_tests=self_test_log(root, protocol),
        self_test_kinds=self_test_kinds(root, protocol),
        estimated_minutes=_estimated_minutes(root),
    )
    if not found.without_smart:
        return found
    return replace(found, self_tests=_NO_LOG, self_test_kinds=frozenset())


_NO_LOG: Final = SelfTestLog(tests=(), running_percent=None, without_smart=True)


def _without_smartctl(kernel: Json) -> SmartReport:
    """Return the report of a drive that smartctl knows no way to ask."""
    return SmartReport(
        protocol="",
        serial=text(kernel, "serial"),
        model="",
        firmware="",
        size=whole(kernel, "size"),
        passed=None,
        temperature=None,
        temperature_limit=None,
        power_on_hours=None,
        farm_power_on_hours=None,
        attributes=(),
        counters={},
        smart_available=False,
        self_tests=_NO_LOG,
        self_test_kinds=frozenset(),
    )


def _load(report: str | bytes) -> Json:
    try:
        value = json.loads(report)
    except ValueError, RecursionError:
        raise InvalidResponse("smartctl: its report is not JSON") from None
    return record(value, "smartctl")


def _check_read(root: Json) -> None:
    run = within(root, "smartctl")
    status = whole(run, "exit_status", 0)
    if status & _NOT_READ:
        messages = records(run.get("messages") or [], "messages")
        first = next((text(item, "string", "") for item in messages), "")
        if _ASLEEP.search(first):
            raise DriveAsleep(f"smartctl: {first[:200]}")
        raise InvalidResponse(f"smartctl: {first[:200] or f'exit status {status}'}")


def _first(root: Json, paths: tuple[Path, ...]) -> int | None:
    found = (count(root, path) for path in paths)
    return next((value for value in found if value is not None), None)


def _flag(source: Json, key: str) -> bool | None:
    value = source.get(key)
    if value is not None and not isinstance(value, bool):
        raise InvalidResponse(f"{key}: expected true or false")
    return value


def _model(root: Json) -> str:
    for key in ("model_name", "scsi_model_name"):
        if found := text(root, key, "").strip():
            return found
    return ""


def _manufacturer(root: Json) -> str:
    keys = ("scsi_vendor", "vendor", "model_family", "scsi_product", "model_name")
    return manufacturer_of(*(text(root, key, "") for key in keys))


def _temperature_limit(root: Json) -> float | None:
    told = (number(within(root, *path[:-1]), path[-1]) for path in _LIMITS)
    found = map(plausible.temperature, told)
    return next((v for v in found if v is not None and v >= _LOWEST_LIMIT), None)


def _counters(root: Json, health: Health) -> dict[str, int]:
    found = ((key, count(root, path)) for key, path in _COUNTERS.items())
    counters = {key: value for key, value in found if value is not None}
    if health.critical is not None:
        counters["nvme_critical_warning"] = health.critical
    return counters


def _estimated_minutes(root: Json) -> dict[SelfTestKind, int]:
    polling = within(root, "ata_smart_data", "self_test", "polling_minutes")
    found = {kind: whole(polling, key, 0) for kind, key in _MINUTES.items()}
    seconds = whole(root, "scsi_extended_self_test_seconds", 0)
    found[SelfTestKind.LONG] = found[SelfTestKind.LONG] or -(-seconds // 60)
    return {kind: minutes for kind, minutes in found.items() if minutes > 0}
