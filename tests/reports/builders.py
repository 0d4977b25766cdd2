"""Burn-ins with a whole record, and words to tell them in."""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.truenas_burnin.burnin.evidence import (
    Checkpoint,
    SelfTestRun,
    SmartRecord,
    SurfaceRun,
)
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Finding,
    Severity,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.reason import ReasonKey, because
from custom_components.truenas_burnin.reports import phrases as phrases_module
from custom_components.truenas_burnin.reports.phrases import Phrases
from custom_components.truenas_burnin.truenas.models import SmartAttribute, SmartReport
from custom_components.truenas_burnin.truenas.surface import (
    Activity,
    ByteRange,
    ErrorCounts,
    RangeRecord,
)

from ..burnin.fakes import a_drive, a_report
from ..ledger.builders import START, a_burn_in, an_identity
from ..said import verbatim

RANGE = 10**9 // 4096 * 4096
HOSTILE = "<script>alert(1)</script>&\"'"

_ROOT = Path(phrases_module.__file__).parents[1]


def english() -> Phrases:
    """Return the English words, as the integration loads them."""
    tree = json.loads((_ROOT / "translations" / "en.json").read_text())
    texts: dict[str, str] = dict(tree["common"])

    def add(branch: Any, path: str) -> None:
        for key, value in branch.items():
            if isinstance(value, str):
                texts[f"{path}{key}"] = value
            else:
                add(value, f"{path}{key}.")

    add(tree["entity"], "")
    add(tree["selector"], "")
    return Phrases(texts=texts, language="en", zone=ZoneInfo("Europe/Berlin"))


def an_attribute(number: int, name: str, raw: int) -> SmartAttribute:
    """Return an ATA attribute."""
    return SmartAttribute(
        id=number,
        name=name,
        value=100,
        worst=100,
        threshold=10,
        raw=raw,
        raw_text=str(raw),
        failing=False,
    )


def surface_evidence(ranges: int = 4, *, finished: bool = True) -> SurfaceRun:
    """Return what a stamped surface pass leaves behind, a GB a range."""
    rows = tuple(ByteRange(n * RANGE, RANGE) for n in range(ranges))
    records = tuple(
        RangeRecord(
            sweep=sweep,
            index=n,
            start=row.start,
            length=row.length,
            activity=activity,
            seconds=20.0 + 5 * n,
            temperature=35 + n,
        )
        for sweep, activity in ((1, Activity.WRITE), (2, Activity.VERIFY))
        for n, row in enumerate(rows)
    )
    seconds = accumulate(item.seconds for item in records)
    run = SurfaceRun(
        ranges=rows,
        profile=tuple(
            Checkpoint(
                ranges=count,
                done=count * RANGE,
                seconds=so_far,
                temperature=item.temperature,
            )
            for count, (item, so_far) in enumerate(
                zip(records, seconds, strict=True), start=1
            )
        ),
    )
    if not finished:
        return run
    return replace(run, records=records, errors=ErrorCounts())


def with_result(run: SurfaceRun, index: int, **changes: Any) -> SurfaceRun:
    """Return a pass of whose ranges one went otherwise."""
    records = list(run.records)
    records[index] = replace(records[index], **changes)
    return replace(run, records=tuple(records))


def a_stage(kind: StageKind, hour: int = 0, **changes: Any) -> Stage:
    """Return a stage that passed within an hour."""
    stage = Stage(
        kind=kind,
        state=StageState.PASSED,
        attempt=1,
        percent=100.0,
        started=START + timedelta(hours=hour),
        finished=START + timedelta(hours=hour + 1),
    )
    return replace(stage, **changes)


def a_passed_one(
    before: SmartReport | None = None,
    after: SmartReport | None = None,
    **changes: Any,
) -> BurnIn:
    """Return a burn-in that passed, with all that its stages leave behind."""
    smart = [
        SmartRecord(report=report or a_report(a_drive(1))) for report in (before, after)
    ]
    stages = (
        a_stage(StageKind.PRECHECK, 0, evidence=smart[0]),
        a_stage(StageKind.LONG_SMART, 1, evidence=SelfTestRun(result="Completed")),
        a_stage(StageKind.SURFACE_VALIDATE, 2, evidence=surface_evidence()),
        a_stage(StageKind.FINAL_CHECK, 3, evidence=smart[1]),
    )
    plain: dict[str, Any] = {
        "state": BurnInState.PASSED,
        "stages": stages,
        "started": START,
        "finished": START + timedelta(days=2, hours=3, minutes=4),
        "findings": (),
    }
    return a_burn_in(1, **plain | changes)


def a_failed_one(**changes: Any) -> BurnIn:
    """Return a burn-in whose surface pass found bad blocks."""
    stages = list(a_passed_one().stages)
    evidence = with_result(surface_evidence(), 2, write_errors=3, compare_errors=1)
    reasons = (
        because(ReasonKey.SURFACE_ERRORS, read=0, write=3, compare=1, percent=50),
        because(ReasonKey.BAD_UNWRITABLE, place="0.00 MB", byte=4096),
    )
    stages[2] = replace(
        stages[2], state=StageState.FAILED, reasons=reasons, evidence=evidence
    )
    stages[3] = Stage(kind=StageKind.FINAL_CHECK, state=StageState.SKIPPED)
    findings = (
        Finding(
            key="ata_5",
            severity=Severity.WARN,
            reason=verbatim("5 grew"),
            before=0,
            after=2,
        ),
        Finding(key="surface", severity=Severity.FAIL, reason=verbatim("bad blocks")),
    )
    plain: dict[str, Any] = {
        "state": BurnInState.FAILED,
        "stages": tuple(stages),
        "reasons": reasons,
        "findings": findings,
    }
    return a_passed_one(**plain | changes)


def an_evil_one() -> BurnIn:
    """Return a burn-in of a drive whose texts want to be more than texts."""
    drive = replace(an_identity(), serial=HOSTILE, model=f"=cmd|'/c calc'!A1{HOSTILE}")
    return a_failed_one(
        drive=drive,
        device=HOSTILE,
        operator=HOSTILE,
        reasons=(verbatim(HOSTILE),),
        profile=HOSTILE,
    )
