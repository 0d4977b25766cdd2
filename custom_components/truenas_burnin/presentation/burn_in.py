"""A burn-in as JSON, the same for whoever asks: docs/api.md lists its fields.

Each of the four says all that the one before does: how far it is, on which drive, what
a list tells, and the whole record.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..burnin.evidence import SelfTestRun, SurfaceRun
from ..burnin.extent import extent_of
from ..burnin.known import smart_of
from ..burnin.model import BurnIn, Finding, Severity, Stage, StageKind
from ..reports.build import build_of
from ..reports.method import method_of
from ..reports.reasons import Texts, counter_name, reason_text, reasons_text
from ..reports.smart_changes import SmartChange, smart_changes
from ..reports.speed_profile import speed_profile
from ..reports.times import time_view
from ..truenas.surface import ErrorRecord

type Json = dict[str, Any]


def burn_in_progress(burn_in: BurnIn, texts: Texts) -> Json:
    """Return how a burn-in stands, for who knows its drive."""
    stage = None if burn_in.state.final else burn_in.stage
    run = None if stage is None else stage.found(SurfaceRun)
    warnings = sum(item.severity is Severity.WARN for item in burn_in.findings)
    return {
        "id": burn_in.id,
        "attempt": burn_in.attempt,
        "retry_of": burn_in.retry_of,
        "state": burn_in.state.value,
        "profile": str(burn_in.profile),
        "destructive": burn_in.destructive,
        "verified": burn_in.verified,
        "extent": extent_of(burn_in),
        "stage": None if stage is None else stage.kind.value,
        "stage_percent": 0.0 if stage is None else stage.percent,
        "percent": burn_in.percent,
        "method": method_of(burn_in),
        "activity": None if run is None else run.activity,
        "sweep": None if run is None else run.sweep,
        "sweeps": None if run is None else run.sweeps,
        "pause_reason": burn_in.pause_reason,
        "stalled": burn_in.stalled,
        "created": time_view(burn_in.created),
        "started": time_view(burn_in.started),
        "finished": time_view(burn_in.finished),
        "finish_time": time_view(burn_in.finish_time),
        "reason": reasons_text(burn_in.reasons, texts),
        "reasons": [asdict(reason) for reason in burn_in.reasons],
        "warnings": warnings,
        "operator": burn_in.operator,
    }


def burn_in_row(burn_in: BurnIn, texts: Texts) -> Json:
    """Return the same, and which drive it is about."""
    drive = burn_in.drive
    return burn_in_progress(burn_in, texts) | {
        "disk": burn_in.device,
        "identifier": drive.identifier,
        "serial": drive.serial,
        "lunid": drive.lunid,
        "model": drive.model,
        "size": drive.size,
    }


def burn_in_listed(burn_in: BurnIn, texts: Texts) -> Json:
    """Return the same, with stages and findings; their bulk need not be known."""
    return burn_in_row(burn_in, texts) | {
        "findings": [_finding(item, texts) for item in burn_in.findings],
        "stages": [_stage(stage, texts) for stage in burn_in.stages],
    }


def burn_in_detail(burn_in: BurnIn, texts: Texts) -> Json:
    """Return everything that the record of a burn-in holds, read for people."""
    built = build_of(burn_in.drive.model, smart_of(burn_in, StageKind.PRECHECK))
    return burn_in_listed(burn_in, texts) | {
        "manufacturer": built.manufacturer,
        "firmware": built.firmware or None,
        "build": built.text,
        "asked_as": built.asked_as,
        "bad": [_bad(stage, item) for stage, item in _bad_places(burn_in)],
        "profile_samples": [asdict(item) for item in speed_profile(burn_in)],
        "smart": {"rows": [_change(item, texts) for item in smart_changes(burn_in)]},
    }


def _stage(stage: Stage, texts: Texts) -> Json:
    test, surface = stage.found(SelfTestRun), stage.found(SurfaceRun)
    errors = None if surface is None else surface.errors
    return {
        "kind": stage.kind.value,
        "state": stage.state.value,
        "percent": stage.percent,
        "attempt": stage.attempt,
        "weight": stage.weight,
        "started": time_view(stage.started),
        "finished": time_view(stage.finished),
        "reason": reasons_text(stage.reasons, texts),
        "reasons": [asdict(reason) for reason in stage.reasons],
        "result": None if test is None else test.result,
        "errors": None if errors is None else asdict(errors),
    }


def _bad_places(burn_in: BurnIn) -> Iterator[tuple[StageKind, ErrorRecord]]:
    for stage in burn_in.stages:
        for item in (stage.found(SurfaceRun) or SurfaceRun()).bad:
            yield stage.kind, item


def _bad(stage: StageKind, place: ErrorRecord) -> Json:
    """Return a place that was not as written (docs/protocol.md)."""
    kind, cause = place.kind.value, place.cause.value
    return {"stage": stage.value, **asdict(place), "kind": kind, "cause": cause}


def _change(change: SmartChange, texts: Texts) -> Json:
    return {
        "key": change.key,
        "name": change.name or counter_name(change.key, texts),
        "own_name": change.name,
        "before": change.before,
        "after": change.after,
        "verdict": change.verdict.value,
    }


def _finding(finding: Finding, texts: Texts) -> Json:
    """Return what speaks against a drive."""
    return {
        "key": finding.key,
        "severity": finding.severity.value,
        "text": reason_text(finding.reason, texts),
        "reason": asdict(finding.reason),
        "before": finding.before,
        "after": finding.after,
    }
