"""Judge a drive by its SMART reports: what grew first, absolutes second."""

from collections.abc import Iterable, Iterator
from typing import Final

from ..truenas.models import Drive, Fleet, SelfTestStatus, SmartReport
from ..truenas.serials import same_serial
from .model import BurnIn, Finding, Severity
from .plan import SOLID_STATES
from .reason import Reason, ReasonKey, because
from .thresholds import (
    AT_END,
    AT_START,
    ATTRIBUTE,
    BRIDGE,
    CRITICAL,
    DURING,
    EARLIER_FAILURE,
    FARM_HOURS,
    HEAT,
    HEAT_ATTRIBUTE,
    HEAT_ATTRIBUTES,
    HOURS_WRAP,
    MISSING,
    NOT_VERIFIED,
    OVERALL,
    PROTECTION,
    SELF_TEST,
    SMART_OFF,
    SOLID_STATE,
    SPARE,
    UNIT,
    WARNING,
    Limit,
)


def pre_screen(report: SmartReport) -> tuple[Finding, ...]:
    """Return what speaks against a drive before anything is begun."""
    return (
        *_health(report),
        *_spare(None, report),
        *_above(AT_START, None, report),
        *_last_self_test(report),
        *_warnings(report),
        *_heat(report, None),
        *_farm(report),
    )


def judge(
    before: SmartReport, after: SmartReport, hottest: float | None = None
) -> tuple[Finding, ...]:
    """Return what speaks against a drive after its burn-in.

    Both are of one drive. `hottest` is the highest temperature that was seen
    meanwhile, in °C.
    """
    grown = tuple(_grown(before, after))
    told = {finding.key for finding in grown}
    return (
        *grown,
        *_health(after),
        *_spare(before, after),
        *(item for item in _above(AT_END, before, after) if item.key not in told),
        *_missing(before, after),
        *_warnings(after),
        *_heat(after, hottest),
        *_farm(after),
    )


def is_incomplete(before: SmartReport, after: SmartReport) -> bool:
    """Tell whether a last report lacks what could have failed the drive.

    A command that was cut off leaves such a report (`smartctl`, exit status 4).
    """
    gone = before.counters.keys() - after.counters.keys()
    return bool(gone & CRITICAL) or (before.passed is not None and after.passed is None)


def earlier_failure(burn_in: BurnIn) -> tuple[Finding, ...]:
    """Return a finding if the drive failed a burn-in before this one."""
    if not burn_in.failed_before:
        return ()
    reason = because(ReasonKey.EARLIER_FAILURE)
    return (
        Finding(
            key="earlier_failure", severity=EARLIER_FAILURE.severity, reason=reason
        ),
    )


def _grown(before: SmartReport, after: SmartReport) -> Iterator[Finding]:
    for rule in DURING:
        old = before.counters.get(rule.counter)
        new = after.counters.get(rule.counter)
        if old is not None and new is not None and new > old:
            key = ReasonKey.COUNTER_GREW_CABLE if rule.cable else ReasonKey.COUNTER_GREW
            yield Finding(
                key=rule.counter,
                severity=rule.severity,
                reason=because(key, counter=rule.counter, before=old, after=new),
                before=old,
                after=new,
            )


def _above(
    limits: tuple[Limit, ...], before: SmartReport | None, now: SmartReport
) -> Iterator[Finding]:
    told: set[str] = set()
    for limit in limits:
        value = now.counters.get(limit.counter)
        if value is None or value <= limit.above or limit.counter in told:
            continue
        told.add(limit.counter)
        yield Finding(
            key=limit.counter,
            severity=limit.severity,
            reason=because(
                ReasonKey.COUNTER_STANDS, counter=limit.counter, value=value
            ),
            before=_before(before, limit.counter),
            after=value,
        )


def _before(report: SmartReport | None, counter: str) -> int | None:
    return None if report is None else report.counters.get(counter)


def _missing(before: SmartReport, after: SmartReport) -> Iterator[Finding]:
    for counter in sorted(before.counters.keys() - after.counters.keys()):
        old = before.counters[counter]
        yield Finding(
            key=counter,
            severity=MISSING.severity,
            reason=because(ReasonKey.COUNTER_MISSING, counter=counter, before=old),
            before=old,
        )


def _health(report: SmartReport) -> Iterator[Finding]:
    if report.passed is False:
        reason = because(ReasonKey.SMART_FAILING)
        yield Finding(key="smart_status", severity=OVERALL.severity, reason=reason)
    for item in report.attributes:
        if item.failing:
            rule = HEAT_ATTRIBUTE if item.id in HEAT_ATTRIBUTES else ATTRIBUTE
            yield Finding(
                key=f"ata_{item.id}_failing",
                severity=rule.severity,
                reason=because(
                    ReasonKey.ATTRIBUTE_FAILING,
                    number=item.id,
                    name=item.name,
                    value=item.value,
                    threshold=item.threshold,
                ),
                after=item.value,
            )


def _spare(before: SmartReport | None, now: SmartReport) -> Iterator[Finding]:
    spare = now.counters.get("nvme_available_spare")
    least = now.counters.get("nvme_spare_threshold")
    if spare is not None and least is not None and spare < least:
        yield Finding(
            key="nvme_available_spare",
            severity=SPARE.severity,
            reason=because(ReasonKey.SPARE_LOW, spare=spare, threshold=least),
            before=_before(before, "nvme_available_spare"),
            after=spare,
        )


def _last_self_test(report: SmartReport) -> Iterator[Finding]:
    words = report.self_tests.failure
    for test in report.self_tests.tests[:1]:
        if test.status is SelfTestStatus.FAILED:
            words = test.text
    if words is not None:
        yield Finding(
            key="self_test",
            severity=SELF_TEST.severity,
            reason=because(ReasonKey.LAST_SELF_TEST_FAILED, text=words),
        )


def _warnings(report: SmartReport) -> Iterator[Finding]:
    if report.without_smart:
        reason = because(ReasonKey.WITHOUT_SMART)
        yield Finding(key="without_smart", severity=MISSING.severity, reason=reason)
    if report.warning:
        reason = because(ReasonKey.DRIVE_WARNS, text=report.warning)
        yield Finding(key="warning", severity=WARNING.severity, reason=reason)
    if report.smart_enabled is False:
        reason = because(ReasonKey.SMART_OFF)
        yield Finding(key="smart_off", severity=SMART_OFF.severity, reason=reason)
    if report.protection_type:
        reason = because(ReasonKey.T10_PROTECTION, type=report.protection_type)
        yield Finding(key="t10_protection", severity=PROTECTION.severity, reason=reason)


def _heat(report: SmartReport, hottest: float | None) -> Iterator[Finding]:
    seen = [item for item in (hottest, report.temperature) if item is not None]
    limit = report.temperature_limit
    if seen and limit is not None and max(seen) > limit:
        reason = because(
            ReasonKey.TOO_HOT, temperature=f"{max(seen):g}", limit=f"{limit:g}"
        )
    elif report.hot:
        reason = because(ReasonKey.HEAT_WARNING)
    else:
        return
    yield Finding(key="temperature", severity=HEAT.severity, reason=reason)


def _farm(report: SmartReport) -> Iterator[Finding]:
    smart, farm = report.power_on_hours, report.farm_power_on_hours
    if smart is None or farm is None:
        return
    wraps = 0 if farm < smart else (farm - smart + FARM_HOURS.margin) // HOURS_WRAP
    if abs(farm - smart - wraps * HOURS_WRAP) <= FARM_HOURS.margin:
        return
    yield Finding(
        key="farm_hours",
        severity=FARM_HOURS.severity,
        reason=because(ReasonKey.FARM_HOURS, smart=smart, farm=farm),
    )


def solid_state(burn_in: BurnIn, drive: Drive) -> tuple[Finding, ...]:
    """Return what a person should know before solid state is overwritten."""
    if not burn_in.destructive or drive.type not in SOLID_STATES:
        return ()
    reason = because(ReasonKey.SOLID_STATE)
    return (Finding(key="solid_state", severity=SOLID_STATE.severity, reason=reason),)


def relatives(drive: Drive, fleet: Fleet) -> tuple[Finding, ...]:
    """Return a finding if the serial number is not this drive's alone."""
    if drive.unit is None:
        return ()
    others = (twin for twin in fleet.with_serial(drive.serial) if twin != drive)
    reason = because(
        ReasonKey.TWO_UNITS,
        serial=drive.serial,
        devices=", ".join(sorted(twin.name for twin in others)),
        unit=drive.unit,
    )
    return (Finding(key="two_units", severity=UNIT.severity, reason=reason),)


def behind_bridge(drive: Drive, report: SmartReport) -> tuple[Finding, ...]:
    """Return a finding if the drive itself tells another serial number than the NAS.

    Some tools cut a serial number short: that is no other one.
    """
    told, seen = report.serial, drive.serial
    if same_serial(told, seen) or told.startswith(seen) or seen.startswith(told):
        return ()
    reason = because(ReasonKey.BRIDGE_SERIAL, told=told, seen=seen)
    return (Finding(key="serial", severity=BRIDGE.severity, reason=reason),)


def unverified(burn_in: BurnIn) -> tuple[Finding, ...]:
    """Return a finding if what was written was not read back."""
    if burn_in.verified:
        return ()
    reason = because(ReasonKey.NOT_VERIFIED)
    return (Finding(key="not_verified", severity=NOT_VERIFIED.severity, reason=reason),)


NO_SMART: Final = Finding(
    key="no_smart",
    severity=MISSING.severity,
    reason=because(ReasonKey.NO_SMART),
)


def fatal_reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """Return what fails a drive; empty if nothing does."""
    return tuple(item.reason for item in findings if item.severity is Severity.FAIL)
