"""The verdict: growth first, absolutes second, and nothing else."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin import thresholds
from custom_components.truenas_burnin.burnin.model import Finding, Severity
from custom_components.truenas_burnin.burnin.verdict import judge, pre_screen
from custom_components.truenas_burnin.truenas.models import (
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SmartAttribute,
    SmartReport,
)

from ..said import said

ZERO = {
    "ata_5": 0,
    "ata_10": 0,
    "ata_187": 0,
    "ata_188": 0,
    "ata_196": 0,
    "ata_197": 0,
    "ata_198": 0,
    "ata_199": 0,
    "scsi_grown_defects": 0,
    "scsi_uncorrected_read": 0,
    "scsi_uncorrected_write": 0,
    "scsi_uncorrected_verify": 0,
    "scsi_non_medium": 0,
    "nvme_critical_warning": 0,
    "nvme_media_errors": 0,
    "nvme_available_spare": 100,
    "nvme_spare_threshold": 10,
    "nvme_percentage_used": 0,
}
HEALTHY = SmartReport(
    protocol="ATA",
    serial="ZR5ABC12",
    model="ST18000NM000J-2TV103",
    firmware="SN02",
    size=18000207937536,
    passed=True,
    temperature=36.0,
    temperature_limit=60.0,
    power_on_hours=731,
    farm_power_on_hours=731,
    attributes=(),
    counters=ZERO,
    self_tests=SelfTestLog(tests=(), running_percent=None),
)


def with_counters(**counters: int) -> SmartReport:
    """Return a healthy drive's report with some counters changed."""
    return replace(HEALTHY, counters={**ZERO, **counters})


def with_attribute(number: int, failing: bool) -> SmartReport:
    """Return a healthy drive's report with one attribute."""
    item = SmartAttribute(
        id=number,
        name="Attribute",
        value=1,
        worst=1,
        threshold=36,
        raw=0,
        raw_text="0",
        failing=failing,
    )
    return replace(HEALTHY, attributes=(item,))


def with_tests(*statuses: SelfTestStatus) -> SmartReport:
    """Return a healthy drive's report with these self-tests, newest first."""
    tests = tuple(
        SelfTest(
            kind=SelfTestKind.LONG,
            status=status,
            text="Completed: read failure",
            lifetime_hours=700,
        )
        for status in statuses
    )
    return replace(HEALTHY, self_tests=SelfTestLog(tests=tests, running_percent=None))


def weights(findings: tuple[Finding, ...]) -> dict[str, Severity]:
    """Return the severities by key; no key may be told twice."""
    found = {item.key: item.severity for item in findings}
    assert len(found) == len(findings)
    return found


def test_nothing_speaks_against_a_healthy_drive() -> None:
    """Neither before nor after."""
    assert pre_screen(HEALTHY) == ()
    assert judge(HEALTHY, HEALTHY) == ()


def test_a_drive_that_tells_nothing_is_not_accused() -> None:
    """What is unknown is no finding."""
    mute = replace(
        HEALTHY,
        passed=None,
        temperature=None,
        temperature_limit=None,
        power_on_hours=None,
        farm_power_on_hours=None,
        counters={},
    )
    assert pre_screen(mute) == ()
    assert judge(mute, mute) == ()


@pytest.mark.parametrize(
    ("counter", "value", "severity"),
    [
        ("ata_5", 1, Severity.WARN),
        ("ata_10", 1, Severity.WARN),
        ("ata_187", 1, Severity.WARN),
        ("ata_188", 9, None),
        ("ata_196", 9, None),
        ("ata_199", 9, None),
        ("ata_197", 1, Severity.FAIL),
        ("ata_198", 1, Severity.FAIL),
        ("scsi_uncorrected_read", 1, Severity.FAIL),
        ("scsi_uncorrected_write", 1, Severity.FAIL),
        ("scsi_uncorrected_verify", 1, Severity.FAIL),
        ("scsi_grown_defects", 1, Severity.WARN),
        ("scsi_grown_defects", 50, Severity.WARN),
        ("scsi_grown_defects", 51, Severity.FAIL),
        ("scsi_non_medium", 9, None),
        ("nvme_critical_warning", 1, Severity.FAIL),
        ("nvme_media_errors", 1, Severity.WARN),
        ("nvme_available_spare", 10, None),
        ("nvme_available_spare", 9, Severity.FAIL),
        ("nvme_percentage_used", 99, None),
        ("nvme_percentage_used", 100, Severity.WARN),
    ],
)
def test_a_counter_before_the_start(
    counter: str, value: int, severity: Severity | None
) -> None:
    """Absolutes decide, at their exact limits."""
    found = weights(pre_screen(with_counters(**{counter: value})))
    assert found == ({} if severity is None else {counter: severity})


def test_an_absolute_is_said_in_plain_words() -> None:
    """With the value, and nothing before."""
    (finding,) = pre_screen(with_counters(ata_5=8))
    assert said(finding) == "reallocated sectors: 8"
    assert (finding.before, finding.after) == (None, 8)


@pytest.mark.parametrize(
    ("counter", "severity"),
    [
        ("ata_5", Severity.FAIL),
        ("ata_10", Severity.FAIL),
        ("ata_187", Severity.FAIL),
        ("ata_188", Severity.WARN),
        ("ata_196", Severity.WARN),
        ("ata_197", Severity.FAIL),
        ("ata_198", Severity.FAIL),
        ("ata_199", Severity.WARN),
        ("scsi_grown_defects", Severity.FAIL),
        ("scsi_uncorrected_read", Severity.FAIL),
        ("scsi_uncorrected_write", Severity.FAIL),
        ("scsi_uncorrected_verify", Severity.FAIL),
        ("scsi_non_medium", Severity.WARN),
        ("nvme_critical_warning", Severity.FAIL),
        ("nvme_media_errors", Severity.FAIL),
        ("nvme_percentage_used", None),
    ],
)
def test_a_counter_that_grew(counter: str, severity: Severity | None) -> None:
    """The weight depends on what it counts."""
    found = weights(judge(HEALTHY, with_counters(**{counter: 3})))
    assert found == ({} if severity is None else {counter: severity})


def test_growth_is_said_in_plain_words() -> None:
    """With both values and what may be done."""
    (finding,) = judge(HEALTHY, with_counters(ata_5=8))
    assert said(finding) == "reallocated sectors grew from 0 to 8"
    assert (finding.before, finding.after) == (0, 8)
    (finding,) = judge(HEALTHY, with_counters(ata_199=2))
    assert said(finding) == (
        "interface CRC errors grew from 0 to 2 (check the cable and the backplane)"
    )


def test_an_old_count_that_did_not_grow_is_forgiven() -> None:
    """The delta is judged first."""
    old = with_counters(ata_5=8, ata_187=1, ata_199=500, scsi_grown_defects=3)
    assert judge(old, old) == ()


def test_a_count_that_fell_is_not_growth() -> None:
    """Pending sectors that healed are fine."""
    assert judge(with_counters(ata_5=8, ata_197=4), HEALTHY) == ()


@pytest.mark.parametrize("counter", ["ata_197", "ata_198"])
@pytest.mark.parametrize("before", [2, 5])
def test_bad_sectors_that_are_left_fail(counter: str, before: int) -> None:
    """Even if they did not grow."""
    (finding,) = judge(
        with_counters(**{counter: before}), with_counters(**{counter: 2})
    )
    assert finding.severity is Severity.FAIL
    assert (finding.before, finding.after) == (before, 2)
    assert said(finding).endswith(": 2")


def test_a_critical_warning_that_stays_fails() -> None:
    """It needs no growth."""
    report = with_counters(nvme_critical_warning=4)
    assert weights(judge(report, report)) == {"nvme_critical_warning": Severity.FAIL}


def test_spare_under_the_threshold_fails_at_the_end() -> None:
    """By the drive's own threshold."""
    (finding,) = judge(HEALTHY, with_counters(nvme_available_spare=9))
    assert finding.severity is Severity.FAIL
    assert (
        said(finding) == "available spare is 9 %, below the drive's threshold of 10 %"
    )


def test_a_counter_that_is_missing_is_said() -> None:
    """A comparison that cannot be made is told."""
    before = replace(HEALTHY, counters={"ata_5": 8, "other": 1})
    after = replace(HEALTHY, counters={"ata_197": 0})
    first, second = judge(before, after)
    assert first.severity is second.severity is Severity.WARN
    assert said(first) == ("reallocated sectors: 8 before, no longer reported")
    assert (first.before, first.after) == (8, None)
    assert second.key == "other"


def test_a_drive_that_says_it_is_failing_fails() -> None:
    """Before and after."""
    failing = replace(HEALTHY, passed=False)
    assert weights(pre_screen(failing)) == {"smart_status": Severity.FAIL}
    assert weights(judge(HEALTHY, failing)) == {"smart_status": Severity.FAIL}


@pytest.mark.parametrize(
    ("number", "failing", "severity"),
    [
        (5, True, Severity.FAIL),
        (5, False, None),
        (190, True, Severity.WARN),
        (194, True, Severity.WARN),
    ],
)
def test_a_failing_attribute(
    number: int, failing: bool, severity: Severity | None
) -> None:
    """Heat passes, everything else is fatal."""
    report = with_attribute(number, failing)
    expected = {} if severity is None else {f"ata_{number}_failing": severity}
    assert weights(pre_screen(report)) == expected
    assert weights(judge(HEALTHY, report)) == expected


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((SelfTestStatus.FAILED,), True),
        ((SelfTestStatus.PASSED, SelfTestStatus.FAILED), False),
        ((SelfTestStatus.ABORTED,), False),
    ],
)
def test_only_the_latest_self_test_counts(
    statuses: tuple[SelfTestStatus, ...], told: bool
) -> None:
    """And it only warns: a stage runs its own."""
    found = weights(pre_screen(with_tests(*statuses)))
    assert found == ({"self_test": Severity.WARN} if told else {})


@pytest.mark.parametrize(
    ("now", "limit", "told"),
    [(61.0, 60.0, True), (60.0, 60.0, False), (99, None, False)],
)
def test_heat_over_the_drives_own_limit(
    now: float, limit: float | None, told: bool
) -> None:
    """The limit itself is still fine."""
    report = replace(HEALTHY, temperature=now, temperature_limit=limit)
    found = weights(judge(HEALTHY, report))
    assert found == ({"temperature": Severity.WARN} if told else {})


@pytest.mark.parametrize(
    ("smart", "farm", "told"),
    [
        (10, 30_000, True),
        (30_000, 10, True),
        (10, 110, False),
        (10, 111, True),
        (None, 9000, False),
    ],
)
def test_hours_that_contradict_farm(
    smart: int | None, farm: int | None, told: bool
) -> None:
    """By more than the margin, in either direction."""
    report = replace(HEALTHY, power_on_hours=smart, farm_power_on_hours=farm)
    expected = {"farm_hours": Severity.WARN} if told else {}
    assert weights(pre_screen(report)) == expected
    assert weights(judge(HEALTHY, report)) == expected


COUNTED: list[thresholds.Limit | thresholds.Growth] = [
    *thresholds.AT_START,
    *thresholds.DURING,
    *thresholds.AT_END,
]
NAMED = [
    item for item in vars(thresholds).values() if isinstance(item, thresholds.Rule)
]


def test_every_rule_has_a_source() -> None:
    """The table is complete."""
    assert len(NAMED) == 17
    assert all(rule.source for rule in (*COUNTED, *NAMED))


REPORTS = st.dictionaries(st.sampled_from([*ZERO]), st.integers(0, 3)).map(
    lambda counters: replace(HEALTHY, counters=counters)
)


@given(REPORTS, REPORTS)
def test_whatever_the_counters_each_is_told_at_most_once(
    before: SmartReport, after: SmartReport
) -> None:
    """With the values that were seen."""
    weights(pre_screen(before))
    for item in judge(before, after):
        assert item.before == before.counters.get(item.key)
        assert item.after == after.counters.get(item.key)
    weights(judge(before, after))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"warning": "vendor specific"}, "warning"),
        ({"smart_enabled": False}, "smart_off"),
        ({"protection_type": 2}, "t10_protection"),
        ({"hot": True}, "temperature"),
    ],
)
def test_what_a_drive_says_of_itself(changes: dict[str, Any], key: str) -> None:
    """It warns, and fails nothing."""
    found = weights(pre_screen(replace(HEALTHY, **changes)))
    assert found == {key: Severity.WARN}
