"""What happened to the burn-ins of a NAS in a day, in one message."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..burnin.model import BurnIn, BurnInState
from .phrases import Phrases
from .quantities import size_text
from .templates import template

_WORST_FIRST: Final = (
    BurnInState.FAILED,
    BurnInState.INCONCLUSIVE,
    BurnInState.PASSED,
    BurnInState.CANCELLED,
    BurnInState.CANCELLING,
    BurnInState.PAUSED,
    BurnInState.RUNNING,
    BurnInState.QUEUED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """A message: plain for notifications, HTML for mail."""

    title: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One burn-in; its texts come from drives and are escaped where drawn."""

    state: BurnInState
    word: str
    drive: str
    note: str


def daily_report(
    nas: str,
    finished: Sequence[BurnIn],
    unfinished: Sequence[BurnIn],
    phrases: Phrases,
) -> DailyReport:
    """Return the report of a NAS: what has ended since the last, what is under way.

    Blocks: reads a template.
    """
    groups = [
        (phrases.say("finished_since"), tuple(_lines(finished, phrases))),
        (phrases.say("under_way"), tuple(_lines(unfinished, phrases))),
    ]
    title = phrases.say("daily_title", nas=nas, counts=_counts(finished, phrases))
    text = "\n\n".join(
        "\n".join((heading, *(_plain(line) for line in lines)))
        if lines
        else f"{heading}\n{phrases.say('none')}"
        for heading, lines in groups
    )
    html = template("daily.html.jinja").render(
        title=title,
        groups=groups,
        none=phrases.say("none"),
        language=phrases.language,
    )
    return DailyReport(title=title, text=text, html=html)


def _counts(finished: Sequence[BurnIn], phrases: Phrases) -> str:
    """Return how many ended how, such as 3 passed, 1 failed."""
    counts = Counter(burn_in.state for burn_in in finished)
    told = [
        f"{counts[state]} {phrases.state(state).lower()}"
        for state in _WORST_FIRST
        if counts[state]
    ]
    return ", ".join(told) or phrases.say("nothing_finished")


def _lines(burn_ins: Sequence[BurnIn], phrases: Phrases) -> Iterator[_Line]:
    ordered = sorted(
        burn_ins, key=lambda item: (_WORST_FIRST.index(item.state), item.created)
    )
    for burn_in in ordered:
        drive = burn_in.drive
        yield _Line(
            state=burn_in.state,
            word=phrases.outcome(burn_in),
            drive=f"{burn_in.device}: {drive.model} {drive.serial}, "
            f"{size_text(drive.size)}",
            note="; ".join(_notes(burn_in, phrases)),
        )


def _notes(burn_in: BurnIn, phrases: Phrases) -> Iterator[str]:
    if not burn_in.verified:
        yield phrases.say("not_verified")
    if reasons := phrases.reasons(burn_in.reasons):
        yield reasons
    if not burn_in.state.final:
        stage = burn_in.stage
        name = "" if stage is None else f"{phrases.stage(stage.kind)}, "
        yield f"{name}{burn_in.percent:g} %"
        if burn_in.finish_time is not None:
            yield phrases.say("expected", time=phrases.time(burn_in.finish_time))
    for finding in burn_in.findings:
        if finding.reason not in burn_in.reasons:
            yield phrases.reason(finding.reason)


def _plain(line: _Line) -> str:
    note = f" ({line.note})" if line.note else ""
    return f"- {line.word}: {line.drive}{note}"
