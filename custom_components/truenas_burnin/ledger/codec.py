"""Burn-ins as rows of text and numbers, and back."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
import json
from typing import Any, Final

from ..burnin.evidence import Evidence, SelfTestRun, SmartRecord, SurfaceRun, WipeRun
from ..burnin.model import (
    BurnIn,
    BurnInState,
    DriveIdentity,
    Finding,
    PauseReason,
    Stage,
    StageKind,
    StageState,
)
from ..burnin.ports import LedgerError
from ..burnin.reason import Reason
from .json_codec import from_json, to_json

type Row = Mapping[Any, Any]


def to_text(value: object) -> str:
    """Return a value as JSON that does not depend on the order of keys."""
    return json.dumps(
        to_json(value), sort_keys=True, allow_nan=False, separators=(",", ":")
    )


def of_text[T](kind: type[T], text: str) -> T:
    """Return what was stored as JSON; raise ValueError if that is no `kind`."""
    return from_json(kind, json.loads(text))


def time_text(time: datetime) -> str:
    """Return an aware time as UTC text."""
    if time.tzinfo is None:
        raise ValueError(f"time without zone: {time}")
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """Return the time that was stored as text."""
    return datetime.fromisoformat(text).astimezone(UTC)


def burn_in_row(burn_in: BurnIn) -> dict[str, Any]:
    """Return the burn-in without its stages."""
    return {
        "id": burn_in.id,
        "nas_id": burn_in.nas_id,
        "identifier": burn_in.drive.identifier,
        "serial": burn_in.drive.serial,
        "lunid": burn_in.drive.lunid,
        "model": burn_in.drive.model,
        "size": burn_in.drive.size,
        "device": burn_in.device,
        "profile": burn_in.profile,
        "state": burn_in.state.value,
        "operator": burn_in.operator,
        "created": time_text(burn_in.created),
        "started": _optional_text(burn_in.started),
        "finished": _optional_text(burn_in.finished),
        "finish_time": _optional_text(burn_in.finish_time),
        "position": burn_in.position,
        "findings": to_text(burn_in.findings),
        "pause_reason": burn_in.pause_reason,
        "stalled": int(burn_in.stalled),
        "reasons": to_text(burn_in.reasons),
        "retry_of": burn_in.retry_of,
        "attempt": burn_in.attempt,
        "failed_before": int(burn_in.failed_before),
    }


def stage_row(burn_in_id: str, index: int, stage: Stage) -> dict[str, Any]:
    """Return one stage of a burn-in."""
    return {
        "burn_in_id": burn_in_id,
        "index": index,
        "kind": stage.kind.value,
        "state": stage.state.value,
        "weight": stage.weight,
        "attempt": stage.attempt,
        "percent": stage.percent,
        "token": stage.token,
        "replaces": stage.replaces,
        "boot_id": stage.boot_id,
        "reference": stage.reference,
        "started": _optional_text(stage.started),
        "finished": _optional_text(stage.finished),
        "evidence": _evidence_text(stage.evidence),
        "reasons": to_text(stage.reasons),
    }


def burn_in_of(row: Row, stages: Iterable[Row]) -> BurnIn:
    """Return the burn-in of a row and its stages, in their order."""
    try:
        return BurnIn(
            id=row["id"],
            nas_id=row["nas_id"],
            drive=DriveIdentity(
                identifier=row["identifier"],
                serial=row["serial"],
                lunid=row["lunid"],
                model=row["model"],
                size=row["size"],
            ),
            device=row["device"],
            profile=row["profile"],
            stages=tuple(map(_stage_of, stages)),
            state=BurnInState(row["state"]),
            operator=row["operator"],
            created=time_of(row["created"]),
            position=row["position"],
            started=_optional_time(row["started"]),
            finished=_optional_time(row["finished"]),
            finish_time=_optional_time(row["finish_time"]),
            reasons=of_text(tuple[Reason, ...], row["reasons"]),
            findings=of_text(tuple[Finding, ...], row["findings"]),
            pause_reason=_optional_member(PauseReason, row["pause_reason"]),
            stalled=bool(row["stalled"]),
            retry_of=row["retry_of"],
            attempt=row["attempt"],
            failed_before=bool(row["failed_before"]),
        )
    except (KeyError, TypeError, ValueError) as err:
        raise LedgerError(f"burn-in {row['id']} cannot be read: {err}") from err


def _stage_of(row: Row) -> Stage:
    return Stage(
        kind=StageKind(row["kind"]),
        state=StageState(row["state"]),
        weight=row["weight"],
        attempt=row["attempt"],
        percent=row["percent"],
        token=row["token"],
        replaces=row["replaces"],
        boot_id=row["boot_id"],
        reference=row["reference"],
        started=_optional_time(row["started"]),
        finished=_optional_time(row["finished"]),
        reasons=of_text(tuple[Reason, ...], row["reasons"]),
        evidence=_evidence_of(row["evidence"]),
    )


_EVIDENCE: Final[Mapping[str, type[Evidence]]] = {
    "self_test": SelfTestRun,
    "smart": SmartRecord,
    "surface": SurfaceRun,
    "wipe": WipeRun,
}
"""What evidence is called in the ledger."""
_NAMES: Final = {kind: name for name, kind in _EVIDENCE.items()}


def _evidence_text(evidence: Evidence | None) -> str:
    return to_text({} if evidence is None else {_NAMES[type(evidence)]: evidence})


def _evidence_of(text: str) -> Evidence | None:
    for name, value in json_object(text).items():
        return from_json(_EVIDENCE[name], value)
    return None


def json_object(text: str) -> dict[str, Any]:
    """Return the JSON object that was stored as text."""
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError(f"not a JSON object: {text:.40}")
    return value


def _optional_member[Member: StrEnum](
    kind: type[Member], value: str | None
) -> Member | None:
    return None if value is None else kind(value)


def _optional_text(time: datetime | None) -> str | None:
    return None if time is None else time_text(time)


def _optional_time(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)
