"""Smartctl's JSON becomes a report; anything odd becomes InvalidResponse."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.truenas.errors import InvalidResponse
from custom_components.truenas_burnin.truenas.models import (
    SelfTestKind,
    SelfTestStatus,
    SmartAttribute,
    SmartReport,
)
from custom_components.truenas_burnin.truenas.smartctl import parse_report

NAMES = {5: "Reallocated_Sector_Ct", 197: "Current_Pending_Sector"}


def attribute(
    number: int, raw: int, words: str | None = None, **changes: Any
) -> dict[str, Any]:
    """Return one row of an ATA drive's attributes."""
    return {
        "id": number,
        "name": NAMES.get(number, "Unknown_Attribute"),
        "value": 100,
        "worst": 99,
        "thresh": 10,
        "when_failed": "",
        "raw": {"value": raw, "string": str(raw) if words is None else words},
        **changes,
    }


def ata_test(status: int, name: str = "Short offline", **more: Any) -> dict[str, Any]:
    """Return one entry of an ATA drive's self-test log."""
    return {
        "type": {"value": 1, "string": name},
        "status": {"value": status, "string": f"status {status}"},
        "lifetime_hours": 700,
        **more,
    }


def ata(**changes: Any) -> dict[str, Any]:
    """Return the report of an ATA drive behind SAT."""
    return {
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 2], "exit_status": 0},
        "device": {"name": "/dev/ada1", "type": "sat", "protocol": "ATA"},
        "model_family": "Seagate Exos X18",
        "model_name": "ST18000NM000J-2TV103",
        "serial_number": " ZR5ABC12 ",
        "firmware_version": "SN02",
        "user_capacity": {"blocks": 35156656128, "bytes": 18000207937536},
        "smart_status": {"passed": True},
        "power_on_time": {"hours": 731},
        "temperature": {"current": 36, "op_limit_max": 60},
        "ata_smart_data": {
            "self_test": {
                "status": {"value": 0, "string": "completed without error"},
                "polling_minutes": {"short": 1, "extended": 1680, "conveyance": 2},
            }
        },
        "ata_smart_attributes": {"table": [attribute(5, 0), attribute(197, 3)]},
        "ata_smart_self_test_log": {"standard": {"table": [ata_test(0)]}},
        **changes,
    }


def scsi(**changes: Any) -> dict[str, Any]:
    """Return the report of a SAS drive."""
    return {
        "smartctl": {"version": [7, 5], "exit_status": 0},
        "device": {"name": "/dev/da3", "type": "scsi", "protocol": "SCSI"},
        "model_name": "SEAGATE ST8000NM0075",
        "revision": "E004",
        "serial_number": "ZA1XYZ990000C8",
        "user_capacity": {"bytes": 8001563222016},
        "smart_status": {"passed": True},
        "temperature": {"current": 33, "drive_trip": 60},
        "power_on_time": {"hours": 20110, "minutes": 5},
        "scsi_grown_defect_list": 7,
        "scsi_error_counter_log": {
            "read": {"total_errors_corrected": 9, "total_uncorrected_errors": 2},
            "write": {"total_uncorrected_errors": 0},
        },
        "scsi_extended_self_test_seconds": 52261,
        **changes,
    }


def scsi_test(result: int, name: str = "Background long", **more: Any) -> Any:
    """Return one entry of a SAS drive's self-test log."""
    return {
        "code": {"value": 2, "string": name},
        "result": {"value": result, "string": f"result {result}"},
        "power_on_time": {"hours": 20000, "aka": "accumulated_power_on_hours"},
        **more,
    }


def nvme(**changes: Any) -> dict[str, Any]:
    """Return the report of an NVMe drive."""
    return {
        "smartctl": {"version": [7, 4], "exit_status": 0},
        "device": {"name": "/dev/nvme0", "type": "nvme", "protocol": "NVMe"},
        "model_name": "WD Red SN700 2000GB",
        "serial_number": "22001122",
        "firmware_version": "111130WD",
        "user_capacity": {"bytes": 2000398934016},
        "smart_status": {"passed": True, "nvme": {"value": 0}},
        "nvme_composite_temperature_threshold": {"warning": 80, "critical": 85},
        "nvme_smart_health_information_log": {
            "critical_warning": 4,
            "available_spare": 98,
            "available_spare_threshold": 10,
            "percentage_used": 3,
            "power_on_hours": 4321,
            "media_errors": 2**70,
        },
        "temperature": {"current": 41},
        **changes,
    }


def nvme_log(running: int | None, *results: int, **more: Any) -> dict[str, Any]:
    """Return the self-test log of an NVMe drive, with an unused place in it."""
    return {
        "nvme_self_test_log": {
            "current_self_test_operation": {"value": running, "string": "…"},
            "table": [
                None,
                *(
                    {
                        "self_test_code": {"value": 2, "string": "Extended"},
                        "self_test_result": {"value": result, "string": f"r {result}"},
                        "power_on_hours": 4000,
                    }
                    for result in results
                ),
            ],
            **more,
        }
    }


def parsed(report: Any) -> SmartReport:
    """Return the report read from this JSON value."""
    return parse_report(json.dumps(report))


def attributes(report: dict[str, Any], *rows: dict[str, Any]) -> dict[int, int]:
    """Return the decoded raws by attribute id."""
    found = parsed({**report, "ata_smart_attributes": {"table": rows}})
    return {item.id: item.raw for item in found.attributes}


def test_an_ata_drive_behind_sat() -> None:
    """Every field has its place."""
    report = parsed(ata())
    assert report.protocol == "ATA"
    assert report.serial == "ZR5ABC12"
    assert report.model == "ST18000NM000J-2TV103"
    assert report.firmware == "SN02"
    assert report.size == 18000207937536
    assert report.passed is True
    assert report.temperature == 36.0
    assert report.temperature_limit == 60.0
    assert report.power_on_hours == 731
    assert report.farm_power_on_hours is None
    assert report.counters == {"ata_5": 0, "ata_197": 3}
    assert report.attributes[1] == SmartAttribute(
        id=197,
        name="Current_Pending_Sector",
        value=100,
        worst=99,
        threshold=10,
        raw=3,
        raw_text="3",
        failing=False,
    )
    assert report.estimated_minutes == {
        SelfTestKind.SHORT: 1,
        SelfTestKind.LONG: 1680,
        SelfTestKind.CONVEYANCE: 2,
    }


def test_a_sas_drive() -> None:
    """Counts come from log pages, not from attributes."""
    report = parsed(scsi())
    assert report.protocol == "SCSI"
    assert report.firmware == "E004"
    assert report.temperature_limit == 60.0
    assert report.power_on_hours == 20110
    assert report.counters == {
        "scsi_grown_defects": 7,
        "scsi_uncorrected_read": 2,
        "scsi_uncorrected_write": 0,
    }
    assert report.attributes == ()
    assert report.estimated_minutes == {SelfTestKind.LONG: 872}


def test_an_nvme_drive() -> None:
    """Counts come from the health log, however big."""
    report = parsed(nvme())
    assert report.protocol == "NVMe"
    assert report.temperature_limit == 80.0
    assert report.power_on_hours == 4321
    assert report.counters == {
        "nvme_critical_warning": 4,
        "nvme_media_errors": 2**70,
        "nvme_available_spare": 98,
        "nvme_spare_threshold": 10,
        "nvme_percentage_used": 3,
    }


def test_only_what_identifies_the_drive_is_needed() -> None:
    """All else may be unknown."""
    report = parsed({"device": {"protocol": "ATA"}, "serial_number": "X"})
    assert report.passed is None
    assert report.firmware == ""
    assert report.size is None
    assert report.temperature is None
    assert report.temperature_limit is None
    assert report.counters == {}
    assert report.self_tests.tests == ()
    assert report.self_tests.running_percent is None
    assert report.estimated_minutes == {}


def test_a_failing_drive_and_a_failing_attribute() -> None:
    """Those exit bits are no reason to refuse."""
    table = [
        attribute(5, 1999, when_failed="now"),
        attribute(1, 0, when_failed="past"),
    ]
    report = parsed(
        ata(
            smartctl={"exit_status": 0b11000},  # failing, and an attribute under
            smart_status={"passed": False},
            ata_smart_attributes={"table": table},
        )
    )
    assert report.passed is False
    assert [item.failing for item in report.attributes] == [True, False]


def test_the_command_timeouts_are_the_low_word() -> None:
    """Seagate packs three counters into 188."""
    assert attributes(ata(), attribute(188, 8590065666, "2 2 2")) == {188: 2}


@pytest.mark.parametrize(
    ("family", "model", "seagate"),
    [
        ("Seagate IronWolf", "ST4000VN008", True),
        ("", "ST20000NM007D-3DJ103", True),
        ("", "SEAGATE ST8000NM0075", True),
        ("Western Digital Red", "WDC WD140EDFZ", False),
        ("", "STT_FTM64GX25H", False),
    ],
)
def test_only_seagate_packs_operations_into_error_rates(
    family: str, model: str, seagate: bool
) -> None:
    """By family or by model."""
    report = ata(model_family=family, model_name=model)
    packed = 3 << 32 | 83905456
    found = attributes(report, attribute(1, packed), attribute(7, 13407112))
    assert found == ({1: 3, 7: 0} if seagate else {1: packed, 7: 13407112})


@pytest.mark.parametrize(
    ("number", "raw", "words", "decoded"),
    [
        (196, 53416508262463, "2111 (12437 0)", 2111),
        (9, 167031278144165, "2725 (151 234 0)", 2725),
        (9, 2**45, "2725h+12m+03.400s", 2725),
        (194, 163210330144, "32 (Min/Max 24/38)", 32),
        (5, 77, "0x00000000004d", 77),
        (5, 77, "9" * 5000, 77),
        (5, 77, "", 77),
        (197, 77, "1 (2)", 77),
    ],
)
def test_packed_raws(number: int, raw: int, words: str, decoded: int) -> None:
    """Smartctl's own decoding is taken where it is a plain number."""
    report = parsed(
        ata(ata_smart_attributes={"table": [attribute(number, raw, words)]})
    )
    assert report.attributes[0].raw == decoded
    assert report.attributes[0].raw_text == words


@pytest.mark.parametrize(
    ("more", "limit"),
    [
        ({"temperature": {"drive_trip": 40}}, None),
        ({"temperature": {"drive_trip": 45}}, 45.0),
        (
            {
                "temperature": {"op_limit_max": 40},
                "ata_sct_status": {"temperature": {"op_limit_max": 65}},
            },
            65.0,
        ),
    ],
)
def test_a_bogus_temperature_limit_is_not_believed(
    more: dict[str, Any], limit: float | None
) -> None:
    """Some Exos say 40 °C."""
    assert parsed(scsi(**more)).temperature_limit == limit


@pytest.mark.parametrize(
    "farm",
    [
        {"page_1_drive_information": {"poh": 2344, "spoh": 2322}},
        {"drive_information": {"power_on_hour": 2344}},
    ],
)
def test_farm_hours(farm: dict[str, Any]) -> None:
    """SATA and SAS name them differently."""
    assert parsed(ata(seagate_farm_log=farm)).farm_power_on_hours == 2344


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (0x00, SelfTestStatus.PASSED),
        (0x19, SelfTestStatus.ABORTED),
        (0x29, SelfTestStatus.INTERRUPTED),
        (0x30, SelfTestStatus.FAILED),
        (0x73, SelfTestStatus.FAILED),
    ],
)
def test_the_high_nibble_is_the_outcome_of_an_ata_test(
    status: int, outcome: SelfTestStatus
) -> None:
    """The low one never means running."""
    log = parsed(ata(ata_smart_self_test_log=standard(ata_test(status)))).self_tests
    assert [test.status for test in log.tests] == [outcome]
    assert log.tests[0].kind is SelfTestKind.SHORT
    assert log.tests[0].text == f"status {status}"
    assert log.tests[0].lifetime_hours == 700
    assert log.tests[0].lba_of_first_error is None
    assert log.running_percent is None


def standard(*tests: dict[str, Any]) -> dict[str, Any]:
    """Return a log of the old, short kind."""
    return {"standard": {"table": list(tests)}}


@pytest.mark.parametrize(
    ("report", "readable"),
    [
        (ata(ata_smart_self_test_log={}), False),
        (ata(ata_smart_self_test_log={"standard": {"revision": 1, "count": 0}}), True),
        (ata(), True),
        (scsi(), True),
        (scsi(smartctl={"exit_status": 0b100}), False),
        (scsi(smartctl={"exit_status": 0b100}, scsi_self_test_0=scsi_test(0)), True),
        (nvme(), False),
        (nvme(**nvme_log(0)), True),
    ],
)
def test_a_log_that_was_not_read_is_no_empty_log(
    report: dict[str, Any], readable: bool
) -> None:
    """The drive refused the command (bit 2 of the exit status), or has no log."""
    assert parsed(report).self_tests.readable is readable


def test_the_extended_log_is_preferred() -> None:
    """It knows blocks beyond 28 bits."""
    entry = ata_test(0x70, "Extended offline", lba=2**40)
    log = parsed(
        ata(
            ata_smart_self_test_log={
                "extended": {"table": [entry, ata_test(0, "Vendor (0x50)")]},
                **standard(ata_test(0)),
            }
        )
    ).self_tests
    assert [test.kind for test in log.tests] == [SelfTestKind.LONG, None]
    assert log.tests[0].lba_of_first_error == str(2**40)


@pytest.mark.parametrize(
    ("status", "percent"),
    [
        ({"value": 0xF1, "remaining_percent": 10}, 90.0),
        ({"value": 0xF0}, 0.0),
        ({"value": 0xFF, "remaining_percent": 150}, 0.0),
        ({"value": 0x19, "remaining_percent": 90}, None),
        ({"value": 0}, None),
    ],
)
def test_the_status_tells_whether_an_ata_test_runs(
    status: dict[str, Any], percent: float | None
) -> None:
    """What an aborted test left is not progress."""
    data = {"self_test": {"status": status}}
    assert parsed(ata(ata_smart_data=data)).self_tests.running_percent == percent


@pytest.mark.parametrize(
    ("newest", "percent"),
    [(0xF9, 0.0), (0x19, None)],
)
def test_without_status_the_newest_entry_of_an_ata_log_tells(
    newest: int, percent: float | None
) -> None:
    """Its progress is unknown."""
    log = standard(ata_test(newest), ata_test(0))
    found = parsed(ata(ata_smart_data={}, ata_smart_self_test_log=log)).self_tests
    assert found.running_percent == percent
    assert found.tests[-1].status is SelfTestStatus.PASSED


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (0, SelfTestStatus.PASSED),
        (1, SelfTestStatus.ABORTED),
        (2, SelfTestStatus.INTERRUPTED),
        (3, SelfTestStatus.FAILED),
        (7, SelfTestStatus.FAILED),
    ],
)
def test_results_of_a_sas_drive(result: int, outcome: SelfTestStatus) -> None:
    """Every entry stands under a key of its own."""
    entry = scsi_test(result, lba_first_failure={"value": 17})
    log = parsed(scsi(scsi_self_test_0=entry)).self_tests
    assert [test.status for test in log.tests] == [outcome]
    assert log.tests[0].kind is SelfTestKind.LONG
    assert log.tests[0].lifetime_hours == 20000
    assert log.tests[0].lba_of_first_error == "17"
    assert log.running_percent is None


def test_a_running_test_of_a_sas_drive() -> None:
    """It is no result yet."""
    log = parsed(
        scsi(scsi_self_test_0=scsi_test(15), scsi_self_test_1=scsi_test(0))
    ).self_tests
    assert len(log.tests) == 1
    assert log.running_percent == 0.0


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (0, SelfTestStatus.PASSED),
        (1, SelfTestStatus.ABORTED),
        (2, SelfTestStatus.INTERRUPTED),
        (4, SelfTestStatus.ABORTED),
        (5, SelfTestStatus.FAILED),
        (7, SelfTestStatus.FAILED),
    ],
)
def test_results_of_an_nvme_drive(result: int, outcome: SelfTestStatus) -> None:
    """An unused place in the log is skipped."""
    log = parsed(nvme(**nvme_log(0, result))).self_tests
    assert [test.status for test in log.tests] == [outcome]
    assert log.tests[0].kind is SelfTestKind.LONG
    assert log.tests[0].lifetime_hours == 4000
    assert log.running_percent is None


@pytest.mark.parametrize(
    ("more", "percent"), [({"current_self_test_completion_percent": 30}, 30.0), ({}, 0)]
)
def test_a_running_test_of_an_nvme_drive(more: dict[str, Any], percent: float) -> None:
    """It tells what is done, not what is left."""
    log = parsed(nvme(**nvme_log(2, **more))).self_tests
    assert log.running_percent == percent


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (
            [{"string": "open device /dev/ada9 failed", "severity": "error"}],
            "smartctl: open device /dev/ada9 failed",
        ),
        ([], "smartctl: exit status 2"),
        (None, "smartctl: exit status 2"),
    ],
)
def test_a_device_that_was_not_opened_says_why(messages: Any, said: str) -> None:
    """In the words of smartctl."""
    report = {"smartctl": {"exit_status": 2, "messages": messages}}
    with pytest.raises(InvalidResponse, match=said):
        parsed(report)


@pytest.mark.parametrize(
    "report",
    [
        "",
        "smartctl 7.2 2020-12-30",
        b"\xff\xfe",
        "[" * 200_000,
        "[]",
        "null",
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_what_is_no_json_object(report: str | bytes) -> None:
    """However it is broken."""
    with pytest.raises(InvalidResponse):
        parse_report(report)


@pytest.mark.parametrize(
    "changes",
    [
        {"serial_number": None},
        {"serial_number": "  "},
        {"serial_number": 5},
        {"device": {"protocol": "Floppy"}},
        {"device": {}},
        {"device": []},
        {"smartctl": {"exit_status": "0"}},
        {"smart_status": {"passed": "yes"}},
        {"temperature": {"current": float("nan")}},
        {"temperature": {"current": True}},
        {"power_on_time": {"hours": 1.5}},
        {"firmware_version": 7},
        {"ata_smart_attributes": {"table": {}, "x": 1}} | {"model_name": []},
        {"ata_smart_attributes": {"table": [None]}},
        {"ata_smart_attributes": {"table": [attribute(5, 0) | {"raw": None}]}},
        {"ata_smart_self_test_log": {"standard": {"table": [{}]}}},
        {"nvme_self_test_log": {"table": {"0": {}}}},
    ],
)
def test_odd_types(changes: dict[str, Any]) -> None:
    """A wrong type is refused, not guessed."""
    with pytest.raises(InvalidResponse):
        parsed(ata(**changes))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return [path] + [p for key, item in inner for p in places(item, (*path, key))]


WHOLE = (
    ata(),
    scsi(scsi_self_test_0=scsi_test(5, lba_first_failure={"value": 1})),
    nvme(**nvme_log(1, 0, 7)),
)


@given(st.data())
def test_one_hostile_value_anywhere_never_raises_anything_else(
    data: st.DataObject,
) -> None:
    """Wherever it stands."""
    report: dict[str, Any] = {
        "root": json.loads(json.dumps(data.draw(st.sampled_from(WHOLE))))
    }
    path = ("root", *data.draw(st.sampled_from(places(report["root"]))))
    holder: Any = report
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(JSON)
    try:
        parsed(report["root"])
    except InvalidResponse:
        pass


@given(st.text() | st.binary() | JSON.map(json.dumps))
def test_hostile_text_never_raises_anything_else(report: str | bytes) -> None:
    """A NAS may answer anything."""
    with pytest.raises(InvalidResponse):
        parse_report(report)
