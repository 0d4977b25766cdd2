"""What stands on top of several certificates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...burnin.model import BurnIn, BurnInState, Severity
from ..phrases import NOTHING, Phrases
from ..quantities import duration_text, size_text, speed_text
from ..speed_profile import speed_profile
from .sheet import Paper, Row, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A batch at a glance."""

    title: str
    counts: str
    table: Table


def summary(papers: Sequence[Paper], phrases: Phrases) -> Summary:
    """Return the drives of a batch with their verdicts, the failed ones first."""
    burn_ins = sorted(
        (paper.burn_in for paper in papers),
        key=lambda item: (item.state is BurnInState.PASSED, item.drive.serial),
    )
    counts = Counter(phrases.outcome(item) for item in burn_ins)
    return Summary(
        title=phrases.count("batch", len(burn_ins)),
        counts=", ".join(f"{word}: {count}" for word, count in counts.items()),
        table=Table(
            title=phrases.say("by_drive"),
            headers=tuple(
                phrases.say(key)
                for key in (
                    "serial",
                    "model",
                    "size",
                    "result",
                    "warnings",
                    "slowest",
                    "duration",
                )
            ),
            widths=(20, 24, 11, 22, 11, 14, 12),
            numbers=frozenset({2, 4, 5, 6}),
            rows=tuple(_row(item, phrases) for item in burn_ins),
        ),
    )


def _row(burn_in: BurnIn, phrases: Phrases) -> Row:
    drive = burn_in.drive
    warnings = sum(item.severity is Severity.WARN for item in burn_in.findings)
    speeds = [sample.speed for sample in speed_profile(burn_in)]
    took = NOTHING
    if burn_in.started is not None and burn_in.finished is not None:
        seconds = (burn_in.finished - burn_in.started).total_seconds()
        took = duration_text(seconds)
    return Row(
        cells=(
            drive.serial,
            drive.model,
            size_text(drive.size),
            phrases.outcome(burn_in),
            str(warnings),
            speed_text(min(speeds)) if speeds else NOTHING,
            took,
        ),
        mark="fail"
        if burn_in.state is BurnInState.FAILED
        else "warn"
        if warnings or burn_in.state is not BurnInState.PASSED
        else "",
    )
