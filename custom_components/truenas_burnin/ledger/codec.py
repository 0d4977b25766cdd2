"""Burn-ins as rows of text and numbers, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
import json
from typing import Any

from ..burnin.model import (
    BurnIn,
    BurnInState,
    DriveIdentity,
    Finding,
    PauseReason,
    Severity,
    Stage,
    StageKind,
    StageState,
)
from ..burnin.ports import LedgerError
from ..burnin.reason import Reason

type Row = Mapping[Any, Any]


def to_text(value: object) -> str:
    """Return a value as JSON that does not depend on the order of keys."""
    return json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":"))


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
        "findings": to_text([asdict(finding) for finding in burn_in.findings]),
        "pause_reason": burn_in.pause_reason,
        "stalled": int(burn_in.stalled),
        "reasons": _reasons_text(burn_in.reasons),
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
        "boot_id": stage.boot_id,
        "reference": stage.reference,
        "started": _optional_text(stage.started),
        "finished": _optional_text(stage.finished),
        "evidence": to_text(stage.evidence),
        "reasons": _reasons_text(stage.reasons),
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
            reasons=_reasons_of(row["reasons"]),
            findings=tuple(map(_finding_of, json.loads(row["findings"]))),
            pause_reason=_optional_member(PauseReason, row["pause_reason"]),
            stalled=bool(row["stalled"]),
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
        boot_id=row["boot_id"],
        reference=row["reference"],
        started=_optional_time(row["started"]),
        finished=_optional_time(row["finished"]),
        reasons=_reasons_of(row["reasons"]),
        evidence=json_object(row["evidence"]),
    )


def _finding_of(value: Row) -> Finding:
    return Finding(
        key=value["key"],
        severity=Severity(value["severity"]),
        reason=_reason_of(value["reason"]),
        before=value["before"],
        after=value["after"],
        stage=_optional_member(StageKind, value.get("stage")),
    )


def _reasons_text(reasons: Iterable[Reason]) -> str:
    return to_text([asdict(reason) for reason in reasons])


def _reasons_of(text: str) -> tuple[Reason, ...]:
    return tuple(map(_reason_of, json.loads(text)))


def _reason_of(value: Row) -> Reason:
    return Reason(key=value["key"], placeholders=dict(value["placeholders"]))


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
