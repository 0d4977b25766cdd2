"""A burn-in as JSON, for the responses of actions and for the panel."""

from datetime import datetime

from homeassistant.util.json import JsonObjectType

from .burnin.model import BurnIn, BurnInState, Finding, Severity, Stage, StageKind
from .ledger import AuditRow, Statistics
from .ledger.statistics import Group
from .reports.smart_changes import SmartChange, smart_changes, smart_report
from .reports.speed_profile import Sample, speed_profile


def burn_in_view(burn_in: BurnIn) -> JsonObjectType:
    """Return everything a person may want to know of a burn-in."""
    stage = burn_in.stage
    return {
        "id": burn_in.id,
        "device": burn_in.device,
        "serial": burn_in.drive.serial,
        "model": burn_in.drive.model,
        "size": burn_in.drive.size,
        "profile": str(burn_in.profile),
        "state": str(burn_in.state),
        "stage": None if stage is None else str(stage.kind),
        "percent": burn_in.percent,
        "operator": burn_in.operator,
        "created": time_view(burn_in.created),
        "started": time_view(burn_in.started),
        "finished": time_view(burn_in.finished),
        "finish_time": time_view(burn_in.finish_time),
        "reason": burn_in.reason,
        "findings": [_finding_view(finding) for finding in burn_in.findings],
        "stages": [_stage_view(stage) for stage in burn_in.stages],
    }


def burn_in_row(burn_in: BurnIn) -> JsonObjectType:
    """Return what a table shows of a burn-in."""
    stage = None if burn_in.state.final else burn_in.stage
    evidence = {} if stage is None else stage.evidence
    warnings = sum(item.severity is Severity.WARN for item in burn_in.findings)
    return {
        "id": burn_in.id,
        "state": burn_in.state.value,
        "profile": str(burn_in.profile),
        "destructive": burn_in.destructive,
        "verified": burn_in.verified,
        "stage": None if stage is None else stage.kind.value,
        "stage_percent": 0.0 if stage is None else stage.percent,
        "percent": burn_in.percent,
        "phase": evidence.get("phase"),
        "phases": evidence.get("phases"),
        "pause_reason": burn_in.pause_reason,
        "stalled": burn_in.stalled,
        "created": time_view(burn_in.created),
        "started": time_view(burn_in.started),
        "finished": time_view(burn_in.finished),
        "finish_time": time_view(burn_in.finish_time),
        "reason": burn_in.reason,
        "warnings": warnings,
        "operator": burn_in.operator,
    }


def burn_in_detail(burn_in: BurnIn) -> JsonObjectType:
    """Return everything that the record of a burn-in holds, read for people."""
    drive = burn_in.drive
    return {
        **burn_in_row(burn_in),
        "drive": {
            "identifier": drive.identifier,
            "serial": drive.serial,
            "lunid": drive.lunid,
            "model": drive.model,
            "size": drive.size,
            "firmware": _firmware(burn_in),
        },
        "device": burn_in.device,
        "findings": [_finding_view(finding) for finding in burn_in.findings],
        "stages": [_stage_detail(stage) for stage in burn_in.stages],
        "profile_samples": [_sample_view(item) for item in speed_profile(burn_in)],
        "smart": {"rows": [_change_view(item) for item in smart_changes(burn_in)]},
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
        "unknown": found.states.get(BurnInState.UNKNOWN, 0),
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


def _firmware(burn_in: BurnIn) -> str | None:
    report = smart_report(burn_in, StageKind.PRECHECK)
    return None if report is None else report.firmware or None


def _stage_detail(stage: Stage) -> JsonObjectType:
    return {
        "kind": stage.kind.value,
        "state": stage.state.value,
        "percent": stage.percent,
        "attempt": stage.attempt,
        "weight": stage.weight,
        "started": time_view(stage.started),
        "finished": time_view(stage.finished),
        "reason": stage.reason,
        "result": stage.evidence.get("result"),
        "errors": stage.evidence.get("errors"),
    }


def _sample_view(sample: Sample) -> JsonObjectType:
    return {
        "bytes": sample.bytes,
        "seconds": sample.seconds,
        "speed": sample.speed,
        "temperature": sample.temperature,
    }


def _change_view(change: SmartChange) -> JsonObjectType:
    return {
        "key": change.key,
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "verdict": change.verdict.value,
    }


def _stage_view(stage: Stage) -> JsonObjectType:
    return {
        "stage": str(stage.kind),
        "state": str(stage.state),
        "percent": stage.percent,
        "attempt": stage.attempt,
        "started": time_view(stage.started),
        "finished": time_view(stage.finished),
        "reason": stage.reason,
    }


def _finding_view(finding: Finding) -> JsonObjectType:
    return {
        "key": finding.key,
        "severity": str(finding.severity),
        "text": finding.text,
        "before": finding.before,
        "after": finding.after,
    }


def time_view(when: datetime | None) -> str | None:
    """Return a time as ISO 8601."""
    return None if when is None else when.isoformat()
