"""A burn-in as JSON, for the responses of actions."""

from datetime import datetime

from homeassistant.util.json import JsonObjectType

from .burnin.model import BurnIn, Finding, Stage


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
        "created": _time(burn_in.created),
        "started": _time(burn_in.started),
        "finished": _time(burn_in.finished),
        "finish_time": _time(burn_in.finish_time),
        "reason": burn_in.reason,
        "findings": [_finding_view(finding) for finding in burn_in.findings],
        "stages": [_stage_view(stage) for stage in burn_in.stages],
    }


def _stage_view(stage: Stage) -> JsonObjectType:
    return {
        "stage": str(stage.kind),
        "state": str(stage.state),
        "percent": stage.percent,
        "attempt": stage.attempt,
        "started": _time(stage.started),
        "finished": _time(stage.finished),
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


def _time(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()
