"""What nobody can change on a certificate unseen: docs/certificate.md says how to check."""

from dataclasses import asdict
import hashlib
import json
from typing import Any

from ...burnin.evidence import SurfaceRun
from ...burnin.extent import extent_of
from ...burnin.model import BurnIn, Stage
from ...truenas.surface import RangeRecord
from ..smart_changes import smart_changes
from ..times import time_view

type Json = dict[str, Any]


def sealed(burn_in: BurnIn) -> Json:
    """Return what the seal covers: facts only, in no language."""
    drive = burn_in.drive
    return {
        "id": burn_in.id,
        "serial": drive.serial,
        "lunid": drive.lunid,
        "model": drive.model,
        "size": drive.size,
        "state": burn_in.state.value,
        "extent": extent_of(burn_in).value,
        "profile": str(burn_in.profile),
        "attempt": burn_in.attempt,
        "retry_of": burn_in.retry_of,
        "started": time_view(burn_in.started),
        "finished": time_view(burn_in.finished),
        "reasons": [asdict(reason) for reason in burn_in.reasons],
        "findings": [
            {"key": item.key, "severity": item.severity.value, **asdict(item.reason)}
            for item in burn_in.findings
        ],
        "stages": [_stage(stage) for stage in burn_in.stages],
        "smart": [
            {"key": item.key, "before": item.before, "after": item.after}
            for item in smart_changes(burn_in)
        ],
    }


def seal(burn_in: BurnIn) -> str:
    """Return the SHA-256 of what is sealed, in hexadecimal digits."""
    text = json.dumps(
        sealed(burn_in), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _stage(stage: Stage) -> Json:
    surface = stage.found(SurfaceRun) or SurfaceRun()
    return {
        "kind": stage.kind.value,
        "state": stage.state.value,
        "started": time_view(stage.started),
        "finished": time_view(stage.finished),
        "reasons": [asdict(reason) for reason in stage.reasons],
        "errors": None if surface.errors is None else asdict(surface.errors),
        "ranges": [range_view(record) for record in surface.records],
    }


def range_view(record: RangeRecord) -> Json:
    """Return what the agent kept of a range in one sweep (docs/protocol.md)."""
    return {**asdict(record), "activity": record.activity.value}
