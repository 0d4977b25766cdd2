"""What stands on a certificate, ready to be drawn in whatever form."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...burnin.evidence import SelfTestRun, SurfaceRun
from ...burnin.known import smart_of
from ...burnin.model import BurnIn, BurnInState, Severity, Stage, StageKind
from ...truenas.models import SmartReport
from ..build import build_of
from ..method import method_of
from ..phrases import NOTHING, Phrases
from ..quantities import duration_text, size_text, speed_text
from ..ranges import range_totals
from ..smart_changes import Verdict, smart_changes
from ..speed_profile import Sample, speed_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A burn-in to be certified, and what its record alone does not tell.

    `nas` is the title of the NAS, `url` where the panel shows the burn-in (None:
    nobody knows how this Home Assistant is reached), `audit_hash` that of the last
    audit row of the burn-in.
    """

    burn_in: BurnIn
    nas: str
    url: str | None
    audit_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table; `mark` says how it is meant: fail, warn or nothing."""

    cells: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; `widths` of the columns are relative, numbers stand on the right."""

    title: str
    headers: tuple[str, ...]
    widths: tuple[int, ...]
    numbers: frozenset[int]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One certificate. Texts come from drives: whoever draws them escapes them."""

    heading: str
    state: BurnInState
    verdict: str
    reason: str | None
    not_verified: str | None
    facts: tuple[tuple[str, str], ...]
    findings: tuple[Row, ...]
    stages: Table
    smart: Table
    ranges: Table
    samples: tuple[Sample, ...]
    speeds: str
    url: str | None


def sheet(paper: Paper, phrases: Phrases) -> Sheet:
    """Return what stands on the certificate of a burn-in."""
    burn_in = paper.burn_in
    samples = speed_profile(burn_in)
    return Sheet(
        heading=f"{burn_in.drive.model} {burn_in.drive.serial}".strip(),
        state=burn_in.state,
        verdict=phrases.state(burn_in.state),
        reason=phrases.reasons(burn_in.reasons),
        not_verified=None if burn_in.verified else phrases.say("not_verified"),
        facts=tuple(_facts(paper, phrases)),
        findings=tuple(
            Row(cells=(phrases.reason(finding.reason),), mark=_MARKS[finding.severity])
            for finding in burn_in.findings
        ),
        stages=_stages(burn_in, phrases),
        smart=_smart(burn_in, phrases),
        ranges=_ranges(burn_in, phrases),
        samples=samples,
        speeds=_speeds(samples, phrases),
        url=paper.url,
    )


_MARKS = {Severity.FAIL: "fail", Severity.WARN: "warn"}
_CHANGE_MARKS = {Verdict.FAIL: "fail", Verdict.WARN: "warn"}


def _facts(paper: Paper, phrases: Phrases) -> Iterator[tuple[str, str]]:
    burn_in, drive = paper.burn_in, paper.burn_in.drive
    report = smart_of(burn_in, StageKind.PRECHECK)
    yield phrases.say("serial"), drive.serial
    built = build_of(drive.model, report)
    yield phrases.say("manufacturer"), built.manufacturer or NOTHING
    yield phrases.say("model"), built.model
    yield phrases.say("size"), f"{size_text(drive.size)} ({drive.size:,} B)"
    yield phrases.say("wwn"), drive.lunid or NOTHING
    yield phrases.say("firmware"), built.firmware or NOTHING
    yield phrases.say("build"), built.text or NOTHING
    if built.asked_as:
        yield phrases.say("asked_as"), f"smartctl -d {built.asked_as}"
    yield phrases.say("nas"), paper.nas
    yield phrases.say("device"), burn_in.device
    yield phrases.say("profile"), phrases.profile(burn_in.profile)
    if (method := method_of(burn_in)) is not None:
        yield phrases.say("method"), phrases.method(method)
    yield phrases.say("operator"), burn_in.operator or NOTHING
    yield phrases.say("started"), phrases.time(burn_in.started)
    yield phrases.say("finished"), phrases.time(burn_in.finished)
    if burn_in.started and burn_in.finished:
        took = burn_in.finished - burn_in.started
        yield phrases.say("duration"), duration_text(took.total_seconds())
    yield phrases.say("id"), burn_in.id
    if burn_in.retry_of is not None:
        yield phrases.say("attempt"), f"{burn_in.attempt} ({burn_in.retry_of})"
    yield phrases.say("audit_hash"), paper.audit_hash or NOTHING


def _stages(burn_in: BurnIn, phrases: Phrases) -> Table:
    return Table(
        title=phrases.say("stages"),
        headers=tuple(
            phrases.say(key) for key in ("stage", "result", "started", "duration")
        ),
        widths=(28, 42, 22, 14),
        numbers=frozenset({3}),
        rows=tuple(
            Row(
                cells=(
                    phrases.stage(stage.kind),
                    _result(stage, phrases),
                    phrases.time(stage.started),
                    _took(stage),
                ),
                mark="fail" if stage is burn_in.failed_stage else "",
            )
            for stage in burn_in.stages
        ),
    )


def _result(stage: Stage, phrases: Phrases) -> str:
    state = phrases.stage_state(stage.state)
    test = stage.found(SelfTestRun)
    said = phrases.reasons(stage.reasons) or (test and test.result)
    return f"{state}: {said}" if said else state


def _took(stage: Stage) -> str:
    if stage.started is None or stage.finished is None:
        return NOTHING
    return duration_text((stage.finished - stage.started).total_seconds())


def _smart(burn_in: BurnIn, phrases: Phrases) -> Table:
    first = smart_of(burn_in, StageKind.PRECHECK)
    last = smart_of(burn_in, StageKind.FINAL_CHECK)
    return Table(
        title=phrases.say("smart"),
        headers=tuple(
            phrases.say(key) for key in ("attribute", "value_before", "value_after")
        ),
        widths=(60, 20, 20),
        numbers=frozenset({1, 2}),
        rows=tuple(
            Row(
                cells=(
                    change.name or phrases.counter(change.key),
                    _value(change.before, first, phrases),
                    _value(change.after, last, phrases),
                ),
                mark=_CHANGE_MARKS.get(change.verdict, ""),
            )
            for change in smart_changes(burn_in)
        ),
    )


def _value(value: int | None, report: SmartReport | None, phrases: Phrases) -> str:
    if report is None:
        return phrases.say("not_read")
    return NOTHING if value is None else f"{value:,}"


def _ranges(burn_in: BurnIn, phrases: Phrases) -> Table:
    return Table(
        title=phrases.say("ranges"),
        headers=tuple(
            phrases.say(key)
            for key in ("range", "from", "to", "duration", "speed", "errors")
        ),
        widths=(10, 20, 20, 16, 16, 18),
        numbers=frozenset({0, 1, 2, 3, 4, 5}),
        rows=tuple(row for stage in burn_in.stages for row in _range_rows(stage)),
    )


def _range_rows(stage: Stage) -> Iterator[Row]:
    for item in range_totals(stage.found(SurfaceRun) or SurfaceRun()):
        speed = speed_text(item.moved / item.seconds) if item.seconds else NOTHING
        yield Row(
            cells=(
                str(item.number),
                f"{item.start / 1e9:,.1f} GB",
                f"{item.end / 1e9:,.1f} GB",
                duration_text(item.seconds),
                speed,
                " / ".join(map(str, item.errors)),
            ),
            mark="fail" if any(item.errors) else "",
        )


def _speeds(samples: tuple[Sample, ...], phrases: Phrases) -> str:
    """Return the slowest, the mean and the fastest speed, empty without any."""
    if not samples:
        return ""
    speeds = [sample.speed for sample in samples]
    return phrases.say(
        "speeds",
        slowest=speed_text(min(speeds)),
        mean=speed_text(sum(speeds) / len(speeds)),
        fastest=speed_text(max(speeds)),
    )
