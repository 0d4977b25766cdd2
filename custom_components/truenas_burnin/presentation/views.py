"""Triage, audit rows and statistics as JSON, for actions and for the panel."""

from homeassistant.util.json import JsonObjectType

from ..burnin.agent_words import content_text
from ..burnin.known import HealthReading
from ..burnin.model import BurnInState
from ..burnin.triage import Triage
from ..ledger import AuditRow, Statistics
from ..ledger.statistics import Group
from ..reports.reasons import Texts, reason_text
from ..reports.times import time_view


def triage_view(reading: HealthReading, row: Triage, texts: Texts) -> JsonObjectType:
    """Return what a drive says of itself, and what speaks against it."""
    report, test = reading.report, row.last_self_test
    return {
        "read": time_view(reading.at),
        "model": report.model,
        "manufacturer": report.manufacturer,
        "firmware": report.firmware,
        "grade": row.grade.value,
        "reasons": [reason_text(reason, texts) for reason in row.reasons],
        "power_on_hours": row.power_on_hours,
        "farm_hours": row.farm_hours,
        "reallocated": row.reallocated,
        "pending": row.pending,
        "uncorrectable": row.uncorrectable,
        "crc": row.crc,
        "percent_used": row.percent_used,
        "temperature": report.temperature,
        "content": None
        if reading.content is None
        else [content_text(item) for item in reading.content],
        "last_self_test": None
        if test is None
        else {
            "kind": None if test.kind is None else test.kind.value,
            "state": test.status.value,
            "hours": test.lifetime_hours,
            "text": test.text,
        },
    }


def audit_event(row: AuditRow) -> JsonObjectType:
    """Return what happened, without saying where."""
    return {
        "at": time_view(row.at),
        "event": row.event,
        "actor": row.actor,
        "detail": dict(row.detail),
    }


def audit_row(row: AuditRow, nas: str) -> JsonObjectType:
    """Return what happened, and where; `nas` is what people call the NAS."""
    return {
        **audit_event(row),
        "id": row.id,
        "nas": nas,
        "serial": row.serial,
        "burn_in_id": row.burn_in_id,
        "hash": row.hash,
    }


def statistics_view(found: Statistics) -> JsonObjectType:
    """Return the statistics."""
    return {
        "total": found.total,
        "passed": found.states.get(BurnInState.PASSED, 0),
        "failed": found.states.get(BurnInState.FAILED, 0),
        "inconclusive": found.states.get(BurnInState.INCONCLUSIVE, 0),
        "cancelled": found.states.get(BurnInState.CANCELLED, 0),
        "by_model": [_group_view("model", group) for group in found.by_model],
        "by_size": [_group_view("size", group) for group in found.by_size],
        "daily": [
            {
                "day": day.day.isoformat(),
                "passed": day.passed,
                "failed": day.failed,
                "other": day.other,
            }
            for day in found.daily
        ],
        "seconds_per_tb": found.seconds_per_tb,
        "failures_by_stage": [
            {"stage": kind.value, "count": count}
            for kind, count in found.failures_by_stage.items()
        ],
    }


def _group_view(by: str, group: Group) -> JsonObjectType:
    return {
        by: group.name,
        "total": group.total,
        "passed": group.passed,
        "failed": group.failed,
        "rate": group.rate,
    }
