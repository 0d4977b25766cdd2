"""Read the JSON of `smartctl -x`, of ATA, SCSI and NVMe drives alike."""

from collections.abc import Callable, Iterator, Mapping
import json
import re
from typing import Final

from .decode import number, optional_whole, record, records, text, whole
from .errors import InvalidResponse
from .models import SelfTestKind, SmartAttribute, SmartReport
from .smartctl_log import SHAPES, Json, Path, count, self_test_log, within

_NOT_READ: Final = 0b11
"""Bits of smartctl's exit status: bad command line, device not opened."""

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

_ATA_COUNTERS: Final = frozenset({5, 10, 187, 188, 196, 197, 198, 199})

_COUNTERS: Final[Mapping[str, Path]] = {
    "scsi_grown_defects": ("scsi_grown_defect_list",),
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
    "nvme_critical_warning": ("nvme_smart_health_information_log", "critical_warning"),
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
    _check_read(root)
    protocol = text(within(root, "device"), "protocol")
    if protocol not in SHAPES:
        raise InvalidResponse(f"smartctl: unknown protocol {protocol[:20]!r}")
    serial = text(root, "serial_number", "").strip()
    if not serial:
        raise InvalidResponse("smartctl: the drive tells no serial number")
    attributes = tuple(_attributes(root))
    return SmartReport(
        protocol=protocol,
        serial=serial,
        model=text(root, "model_name", "").strip(),
        firmware=next((text(root, key) for key in _FIRMWARE if root.get(key)), ""),
        size=optional_whole(within(root, "user_capacity"), "bytes"),
        passed=_passed(root),
        temperature=number(within(root, "temperature"), "current"),
        temperature_limit=_temperature_limit(root),
        power_on_hours=_first(root, _HOURS),
        farm_power_on_hours=_first(root, _FARM_HOURS),
        attributes=attributes,
        counters=_counters(root, attributes),
        self_tests=self_test_log(root, protocol),
        estimated_minutes=_estimated_minutes(root),
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
        raise InvalidResponse(f"smartctl: {first[:200] or f'exit status {status}'}")


def _first(root: Json, paths: tuple[Path, ...]) -> int | None:
    found = (count(root, path) for path in paths)
    return next((value for value in found if value is not None), None)


def _passed(root: Json) -> bool | None:
    value = within(root, "smart_status").get("passed")
    if value is not None and not isinstance(value, bool):
        raise InvalidResponse("passed: expected true or false")
    return value


def _temperature_limit(root: Json) -> float | None:
    found = (number(within(root, *path[:-1]), path[-1]) for path in _LIMITS)
    return next((v for v in found if v is not None and v >= _LOWEST_LIMIT), None)


def _attributes(root: Json) -> Iterator[SmartAttribute]:
    decoders = _DECODERS | (_SEAGATE_DECODERS if _is_seagate(root) else {})
    table = within(root, "ata_smart_attributes").get("table") or []
    for entry in records(table, "ata_smart_attributes"):
        raw = within(entry, "raw")
        identity = whole(entry, "id")
        value = whole(raw, "value")
        words = text(raw, "string", "")
        decode = decoders.get(identity)
        yield SmartAttribute(
            id=identity,
            name=text(entry, "name", ""),
            value=whole(entry, "value"),
            worst=whole(entry, "worst"),
            threshold=whole(entry, "thresh", 0),
            raw=value if decode is None else decode(value, words),
            raw_text=words,
            failing=text(entry, "when_failed", "") == "now",
        )


def _is_seagate(root: Json) -> bool:
    family = text(root, "model_family", "")
    return "seagate" in family.lower() or bool(
        re.match(r"(?:SEAGATE )?ST\d", text(root, "model_name", ""))
    )


def _low_word(value: int, _words: str) -> int:
    return value & 0xFFFF


def _above_operations(value: int, _words: str) -> int:
    return value >> 32 & 0xFFFF


def _leading(value: int, words: str) -> int:
    """Take smartctl's own decoding, such as 29 of "29 (Min/Max 19/29)"."""
    match = re.match(r"(\d{1,15})(?= |h|$)", words, re.ASCII)
    return value if match is None else int(match[1])


type Decoder = Callable[[int, str], int]

_DECODERS: Final[dict[int, Decoder]] = {
    **dict.fromkeys((5, 9, 190, 194, 196), _leading),
    188: _low_word,
}
_SEAGATE_DECODERS: Final[dict[int, Decoder]] = {
    1: _above_operations,
    7: _above_operations,
}


def _counters(root: Json, attributes: tuple[SmartAttribute, ...]) -> dict[str, int]:
    ata = {
        f"ata_{item.id}": item.raw for item in attributes if item.id in _ATA_COUNTERS
    }
    found = ((key, count(root, path)) for key, path in _COUNTERS.items())
    return ata | {key: value for key, value in found if value is not None}


def _estimated_minutes(root: Json) -> dict[SelfTestKind, int]:
    polling = within(root, "ata_smart_data", "self_test", "polling_minutes")
    found = {kind: whole(polling, key, 0) for kind, key in _MINUTES.items()}
    seconds = whole(root, "scsi_extended_self_test_seconds", 0)
    found[SelfTestKind.LONG] = found[SelfTestKind.LONG] or -(-seconds // 60)
    return {kind: minutes for kind, minutes in found.items() if minutes > 0}
