"""Keep a SMART report as JSON, and read it back as it was."""

from dataclasses import asdict
from enum import StrEnum
from typing import Any, Final

from .decode import (
    names,
    number,
    optional_text,
    optional_whole,
    record,
    records,
    text,
    whole,
)
from .errors import InvalidResponse
from .models import (
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SmartAttribute,
    SmartReport,
)

_PLAIN: Final = (
    "protocol",
    "serial",
    "model",
    "firmware",
    "size",
    "passed",
    "temperature",
    "temperature_limit",
    "power_on_hours",
    "farm_power_on_hours",
    "manufacturer",
    "rotation_rate",
    "form_factor",
    "logical_sector",
    "protection_type",
    "smart_enabled",
    "locked",
    "hot",
    "warning",
)


def report_to_json(report: SmartReport) -> dict[str, object]:
    """Return the report as an object of JSON."""
    return {
        **{name: getattr(report, name) for name in _PLAIN},
        "attributes": [asdict(item) for item in report.attributes],
        "counters": dict(report.counters),
        "self_tests": {
            "tests": [asdict(test) for test in report.self_tests.tests],
            "running_percent": report.self_tests.running_percent,
            "readable": report.self_tests.readable,
            "failure": report.self_tests.failure,
        },
        "estimated_minutes": {
            kind.value: minutes for kind, minutes in report.estimated_minutes.items()
        },
        "self_test_kinds": None
        if report.self_test_kinds is None
        else sorted(report.self_test_kinds),
    }


def report_from_json(value: object) -> SmartReport:
    """Return the report that `report_to_json` gave, of an older version too."""
    source = record(value, "SMART report")
    minutes = record(source.get("estimated_minutes"), "estimated_minutes")
    counters = record(source.get("counters"), "counters")
    return SmartReport(
        protocol=text(source, "protocol"),
        serial=text(source, "serial"),
        model=text(source, "model"),
        firmware=text(source, "firmware"),
        size=optional_whole(source, "size"),
        passed=_optional_flag(source, "passed"),
        temperature=number(source, "temperature"),
        temperature_limit=number(source, "temperature_limit"),
        power_on_hours=optional_whole(source, "power_on_hours"),
        farm_power_on_hours=optional_whole(source, "farm_power_on_hours"),
        attributes=tuple(
            _attribute(item) for item in records(source.get("attributes"), "attributes")
        ),
        counters={key: whole(counters, key) for key in counters},
        self_tests=_log(record(source.get("self_tests"), "self_tests")),
        estimated_minutes={
            _member(SelfTestKind, key): whole(minutes, key) for key in minutes
        },
        self_test_kinds=_kinds(source.get("self_test_kinds")),
        manufacturer=text(source, "manufacturer", ""),
        rotation_rate=optional_whole(source, "rotation_rate"),
        form_factor=text(source, "form_factor", ""),
        logical_sector=optional_whole(source, "logical_sector"),
        protection_type=whole(source, "protection_type", 0),
        smart_enabled=_optional_flag(source, "smart_enabled"),
        locked=_optional_flag(source, "locked"),
        hot=_optional_flag(source, "hot") or False,
        warning=text(source, "warning", ""),
    )


def _attribute(source: dict[str, Any]) -> SmartAttribute:
    return SmartAttribute(
        id=whole(source, "id"),
        name=text(source, "name"),
        value=whole(source, "value"),
        worst=whole(source, "worst"),
        threshold=whole(source, "threshold"),
        raw=whole(source, "raw"),
        raw_text=text(source, "raw_text"),
        failing=_flag(source, "failing"),
    )


def _log(source: dict[str, Any]) -> SelfTestLog:
    return SelfTestLog(
        tests=tuple(_test(item) for item in records(source.get("tests"), "tests")),
        running_percent=number(source, "running_percent"),
        readable=source.get("readable") is not False,
        failure=optional_text(source, "failure"),
    )


def _test(source: dict[str, Any]) -> SelfTest:
    kind = source.get("kind")
    lba = source.get("lba_of_first_error")
    return SelfTest(
        kind=None if kind is None else _member(SelfTestKind, kind),
        status=_member(SelfTestStatus, source.get("status")),
        text=text(source, "text"),
        lifetime_hours=optional_whole(source, "lifetime_hours"),
        lba_of_first_error=None if lba is None else text(source, "lba_of_first_error"),
    )


def _kinds(value: object) -> frozenset[SelfTestKind] | None:
    if value is None:
        return None
    kinds = names(value, "self_test_kinds")
    return frozenset(_member(SelfTestKind, kind) for kind in kinds)


def _optional_flag(source: dict[str, Any], key: str) -> bool | None:
    return None if source.get(key) is None else _flag(source, key)


def _flag(source: dict[str, Any], key: str) -> bool:
    value = source.get(key)
    if not isinstance(value, bool):
        raise InvalidResponse(f"{key}: expected true or false")
    return value


def _member[Member: StrEnum](kind: type[Member], value: object) -> Member:
    for member in kind:
        if member == value:
            return member
    raise InvalidResponse(f"expected one of {', '.join(kind)}")
