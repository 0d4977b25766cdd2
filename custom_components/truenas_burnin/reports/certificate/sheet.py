"""What stands on a certificate, ready to be drawn in whatever form."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ...burnin.evidence import SelfTestRun, SurfaceRun
from ...burnin.extent import Extent, extent_of
from ...burnin.known import smart_of
from ...burnin.model import BurnIn, BurnInState, Severity, Stage, StageKind
from ...burnin.surface_words import place_text
from ...burnin.thresholds import AT_START, DURING
from ...truenas.models import SmartReport
from ...truenas.surface import RangeRecord
from ..build import build_of
from ..method import method_of
from ..phrases import NOTHING, Phrases
from ..quantities import duration_text, size_text, speed_text
from ..ranges import range_totals
from ..smart_changes import SmartChange, Verdict, smart_changes
from ..speed_profile import Sample, speed_profile
from .seal import seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A burn-in to be certified, and what its record alone does not tell.

    `nas` is the title of the NAS and `version` what runs on it, `tool` our own version,
    `url` where the panel shows the burn-in (None: nobody knows how this Home Assistant
    is reached), `audit_hash` that of the last audit row of the burn-in, `attempts` all
    burn-ins of the drive, oldest first, `customer` a line that a person wants on it.
    """

    burn_in: BurnIn
    nas: str
    url: str | None
    audit_hash: str | None
    version: str | None = None
    tool: str | None = None
    attempts: tuple[BurnIn, ...] = ()
    customer: str | None = None


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


type Facts = tuple[tuple[str, str], ...]
"""What things are called, and what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One certificate. Texts come from drives: whoever draws them escapes them.

    The first page decides: up to `seal`. The others are details.
    """

    heading: str
    customer: str | None
    state: BurnInState
    verdict: str
    partly: bool
    done: str | None
    warnings: str | None
    reason: str | None
    findings: tuple[Row, ...]
    no_findings: str | None
    drive: Facts
    test: Facts
    attempts: Table
    samples: tuple[Sample, ...]
    speeds: str
    smart: Table
    seal: str
    code: str
    stages: Table
    all_smart: Table
    bad_ranges: Table
    ranges: Table
    ids: Facts


def sheet(paper: Paper, phrases: Phrases) -> Sheet:
    """Return what stands on the certificate of a burn-in."""
    burn_in = paper.burn_in
    samples = speed_profile(burn_in)
    warnings = sum(item.severity is Severity.WARN for item in burn_in.findings)
    changes = smart_changes(burn_in)
    mark = seal(burn_in)
    heading = f"{burn_in.drive.model} {burn_in.drive.serial}".strip()
    ranges = _ranges(burn_in, phrases)
    return Sheet(
        heading=heading,
        customer=paper.customer,
        state=burn_in.state,
        verdict=phrases.outcome(burn_in),
        partly=extent_of(burn_in) is not Extent.EVERY_SECTOR,
        done=_done(burn_in, phrases),
        warnings=phrases.count("warnings", warnings) if warnings else None,
        reason=phrases.reasons(burn_in.reasons),
        findings=tuple(
            Row(cells=(phrases.reason(finding.reason),), mark=_MARKS[finding.severity])
            for finding in burn_in.findings
        ),
        no_findings=phrases.say("no_findings") if _clean(burn_in) else None,
        drive=tuple(_drive(burn_in, phrases)),
        test=tuple(_test(paper, phrases)),
        attempts=_attempts(paper, phrases),
        samples=samples,
        speeds=_speeds(samples, phrases),
        smart=_smart(burn_in, phrases, "smart", filter(_matters, changes)),
        seal=mark,
        code=f"{burn_in.state.value.upper()} {extent_of(burn_in).value}\n"
        f"{heading}\nSHA-256 {mark}",
        stages=_stages(burn_in, phrases),
        all_smart=_smart(burn_in, phrases, "all_smart", changes),
        bad_ranges=_bad(ranges, phrases),
        ranges=ranges,
        ids=(
            (phrases.say("id"), burn_in.id),
            (phrases.say("audit_hash"), paper.audit_hash or NOTHING),
        ),
    )


_MARKS = {Severity.FAIL: "fail", Severity.WARN: "warn"}
_CHANGE_MARKS = {Verdict.FAIL: "fail", Verdict.WARN: "warn"}
_DECIDING = {rule.counter for rule in AT_START} | {rule.counter for rule in DURING}


def _clean(burn_in: BurnIn) -> bool:
    """Tell whether it is known that nothing speaks against the drive."""
    return burn_in.state is BurnInState.PASSED and not burn_in.findings


def _done(burn_in: BurnIn, phrases: Phrases) -> str | None:
    """Return what was done to a drive that passed."""
    if burn_in.state is not BurnInState.PASSED:
        return None
    said = phrases.say(f"done_{extent_of(burn_in).value}")
    for _, run in _surfaces(burn_in):
        errors = (
            0
            if run.errors is None
            else sum((run.errors.read, run.errors.write, run.errors.compare))
        )
        method = method_of(burn_in)
        parts = [
            phrases.say("done_sweeps", sweeps=run.sweeps, errors=errors),
            *([phrases.method(method)] if method is not None else []),
        ]
        return " ".join((said, *(f"{part}." for part in parts)))
    return said


def _surfaces(burn_in: BurnIn) -> Iterator[tuple[Stage, SurfaceRun]]:
    for stage in burn_in.stages:
        if (run := stage.found(SurfaceRun)) is not None:
            yield stage, run


def _records(burn_in: BurnIn) -> Iterator[RangeRecord]:
    return chain.from_iterable(run.records for _, run in _surfaces(burn_in))


def _drive(burn_in: BurnIn, phrases: Phrases) -> Iterator[tuple[str, str]]:
    drive = burn_in.drive
    first = smart_of(burn_in, StageKind.PRECHECK)
    last = smart_of(burn_in, StageKind.FINAL_CHECK)
    built = build_of(drive.model, first)
    yield phrases.say("manufacturer"), built.manufacturer or NOTHING
    yield phrases.say("model"), built.model
    yield phrases.say("serial"), drive.serial
    yield phrases.say("firmware"), built.firmware or NOTHING
    yield phrases.say("size"), f"{size_text(drive.size)} ({drive.size:,} B)"
    if first is not None and first.logical_sector:
        size = first.logical_sector
        yield (
            phrases.say("sectors"),
            phrases.say("sectors_of", count=f"{drive.size // size:,}", size=size),
        )
    yield phrases.say("wwn"), drive.lunid or NOTHING
    yield phrases.say("build"), built.text or NOTHING
    if built.asked_as:
        yield phrases.say("asked_as"), f"smartctl -d {built.asked_as}"
    hours = [
        NOTHING
        if report is None or report.power_on_hours is None
        else f"{report.power_on_hours:,}"
        for report in (first, last)
    ]
    yield (
        phrases.say("hours"),
        phrases.say("before_after", before=hours[0], after=hours[1]),
    )
    temperatures = [
        item.temperature for item in _records(burn_in) if item.temperature is not None
    ]
    temperatures += [run.hottest for _, run in _surfaces(burn_in) if run.hottest]
    if temperatures:
        yield (
            phrases.say("temperature"),
            phrases.say("degrees", least=min(temperatures), most=max(temperatures)),
        )


def _test(paper: Paper, phrases: Phrases) -> Iterator[tuple[str, str]]:
    burn_in = paper.burn_in
    passed = burn_in.state is BurnInState.PASSED
    label = phrases.say("extent" if passed else "planned")
    yield label, phrases.extent(extent_of(burn_in))
    yield phrases.say("profile"), phrases.profile(burn_in.profile)
    yield phrases.say("attempt"), str(burn_in.attempt)
    yield phrases.say("started"), phrases.time(burn_in.started)
    yield phrases.say("finished"), phrases.time(burn_in.finished)
    if burn_in.started and burn_in.finished:
        took = burn_in.finished - burn_in.started
        yield phrases.say("duration"), duration_text(took.total_seconds())
    yield phrases.say("operator"), burn_in.operator or NOTHING
    yield phrases.say("nas"), f"{paper.nas}, {burn_in.device}"
    made_with = [
        *([paper.version] if paper.version else []),
        *([f"TrueNAS Burn-in {paper.tool}"] if paper.tool else []),
    ]
    yield phrases.say("made_with"), ", ".join(made_with) or NOTHING
    slow = [item for item in _records(burn_in) if item.slowest_ms is not None]
    if slow:
        worst = max(slow, key=lambda item: item.slowest_ms or 0)
        yield (
            phrases.say("slowest_request"),
            phrases.say(
                "spot",
                milliseconds=f"{worst.slowest_ms:.0f}",
                place=place_text(worst.start),
            ),
        )


def _attempts(paper: Paper, phrases: Phrases) -> Table:
    """Return all burn-ins of the drive; a retry replaces no verdict."""
    numbered = list(enumerate(paper.attempts, start=1))
    return Table(
        title=phrases.say("attempts"),
        headers=tuple(
            phrases.say(key) for key in ("attempt", "finished", "result", "reason")
        ),
        widths=(16, 22, 26, 36),
        numbers=frozenset(),
        rows=tuple(
            Row(
                cells=(
                    phrases.say("this_one", number=number)
                    if burn_in.id == paper.burn_in.id
                    else str(number),
                    phrases.time(burn_in.finished),
                    phrases.outcome(burn_in),
                    phrases.reasons(burn_in.reasons) or NOTHING,
                ),
                mark="fail" if burn_in.state is BurnInState.FAILED else "",
            )
            for number, burn_in in numbered
        )
        if len(numbered) > 1
        else (),
    )


def _stages(burn_in: BurnIn, phrases: Phrases) -> Table:
    return Table(
        title=phrases.say("stages"),
        headers=tuple(
            phrases.say(key) for key in ("stage", "result", "started", "duration")
        ),
        widths=(26, 40, 24, 14),
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


def _matters(change: SmartChange) -> bool:
    """Tell whether a value decides anything: the others are for the second page."""
    return change.key in _DECIDING or change.verdict in _CHANGE_MARKS


def _smart(
    burn_in: BurnIn, phrases: Phrases, title: str, changes: Iterable[SmartChange]
) -> Table:
    first = smart_of(burn_in, StageKind.PRECHECK)
    last = smart_of(burn_in, StageKind.FINAL_CHECK)
    return Table(
        title=phrases.say(title),
        headers=tuple(
            phrases.say(key)
            for key in ("attribute", "value_before", "value_after", "change")
        ),
        widths=(52, 18, 18, 12),
        numbers=frozenset({1, 2}),
        rows=tuple(
            Row(
                cells=(
                    _attribute(change, phrases),
                    _value(change.before, first, phrases),
                    _value(change.after, last, phrases),
                    phrases.say(f"change_{change.verdict.value}"),
                ),
                mark=_CHANGE_MARKS.get(change.verdict, ""),
            )
            for change in changes
        ),
    )


def _attribute(change: SmartChange, phrases: Phrases) -> str:
    """Return what a value is called, with the number that people know it by."""
    name = change.name or phrases.counter(change.key)
    protocol, _, number = change.key.partition("_")
    return f"{number} {name}" if protocol == "ata" and number.isdecimal() else name


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
        rows=tuple(row for _, run in _surfaces(burn_in) for row in _range_rows(run)),
    )


def _bad(ranges: Table, phrases: Phrases) -> Table:
    """Return the ranges with errors: the curve tells of all others."""
    return Table(
        title=phrases.say("bad_ranges"),
        headers=ranges.headers,
        widths=ranges.widths,
        numbers=ranges.numbers,
        rows=tuple(row for row in ranges.rows if row.mark),
    )


def _range_rows(run: SurfaceRun) -> Iterator[Row]:
    for item in range_totals(run):
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
