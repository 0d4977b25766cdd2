"""A SMART report comes back from JSON as it went in."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.truenas.errors import InvalidResponse
from custom_components.truenas_burnin.truenas.models import (
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SmartAttribute,
    SmartReport,
)
from custom_components.truenas_burnin.truenas.smart_json import (
    report_from_json,
    report_to_json,
)

WORDS = st.text(max_size=8)
FIGURES = st.none() | st.floats(allow_nan=False, allow_infinity=False)
HOURS = st.none() | st.integers()

REPORTS = st.builds(
    SmartReport,
    protocol=WORDS,
    serial=WORDS,
    model=WORDS,
    firmware=WORDS,
    size=HOURS,
    passed=st.none() | st.booleans(),
    temperature=FIGURES,
    temperature_limit=FIGURES,
    power_on_hours=HOURS,
    farm_power_on_hours=HOURS,
    attributes=st.lists(
        st.builds(
            SmartAttribute,
            id=st.integers(),
            name=WORDS,
            value=st.integers(),
            worst=st.integers(),
            threshold=st.integers(),
            raw=st.integers(),
            raw_text=WORDS,
            failing=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    counters=st.dictionaries(WORDS, st.integers(), max_size=3),
    self_tests=st.builds(
        SelfTestLog,
        tests=st.lists(
            st.builds(
                SelfTest,
                kind=st.none() | st.sampled_from(SelfTestKind),
                status=st.sampled_from(SelfTestStatus),
                text=WORDS,
                lifetime_hours=HOURS,
                lba_of_first_error=st.none() | WORDS,
            ),
            max_size=2,
        ).map(tuple),
        running_percent=FIGURES,
    ),
    estimated_minutes=st.dictionaries(st.sampled_from(SelfTestKind), st.integers()),
)

REPORT = SmartReport(
    protocol="ATA",
    serial="ZR5ABC12",
    model="ST18000NM000J-2TV103",
    firmware="SN02",
    size=18000207937536,
    passed=None,
    temperature=36.0,
    temperature_limit=60.0,
    power_on_hours=731,
    farm_power_on_hours=732,
    attributes=(
        SmartAttribute(
            id=5,
            name="Reallocated_Sector_Ct",
            value=100,
            worst=100,
            threshold=10,
            raw=0,
            raw_text="0",
            failing=False,
        ),
    ),
    counters={"ata_5": 0},
    self_tests=SelfTestLog(
        tests=(
            SelfTest(
                kind=SelfTestKind.LONG,
                status=SelfTestStatus.PASSED,
                text="Completed without error",
                lifetime_hours=700,
            ),
        ),
        running_percent=None,
    ),
    estimated_minutes={SelfTestKind.LONG: 1680},
)


@given(REPORTS)
def test_the_round_trip_is_exact(report: SmartReport) -> None:
    """Through the text that the ledger keeps."""
    text = json.dumps(report_to_json(report), allow_nan=False)
    again = report_from_json(json.loads(text))
    assert again == report
    assert json.dumps(report_to_json(again)) == text


def test_without_the_text_of_json_in_between() -> None:
    """The stage may hold it in memory."""
    assert report_from_json(report_to_json(REPORT)) == REPORT


def test_plain_json_comes_out() -> None:
    """Names as in the rest of the ledger."""
    source: Any = json.loads(json.dumps(report_to_json(REPORT)))
    assert source["estimated_minutes"] == {"long": 1680}
    assert source["self_tests"]["tests"][0]["status"] == "passed"
    assert source["counters"] == {"ata_5": 0}


@pytest.mark.parametrize(
    "changes",
    [
        {"serial": None},
        {"passed": "yes"},
        {"size": 1.5},
        {"temperature": "warm"},
        {"attributes": None},
        {"attributes": [{"id": 5}]},
        {"counters": []},
        {"counters": {"ata_5": None}},
        {"self_tests": None},
        {"self_tests": {"tests": [{"status": "lost", "text": ""}]}},
        {"self_tests": {"tests": [{"kind": [], "status": "passed", "text": ""}]}},
        {"estimated_minutes": {"endless": 5}},
    ],
)
def test_odd_json_is_not_a_report(changes: dict[str, Any]) -> None:
    """A wrong type is refused, not guessed."""
    with pytest.raises(InvalidResponse):
        report_from_json({**report_to_json(REPORT), **changes})


@pytest.mark.parametrize("value", [None, [], "", 5])
def test_what_is_no_object_is_not_a_report(value: object) -> None:
    """Whatever else it is."""
    with pytest.raises(InvalidResponse):
        report_from_json(value)
