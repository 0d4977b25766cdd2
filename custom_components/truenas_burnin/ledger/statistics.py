"""What all burn-ins together say, counted by the database."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from ..burnin.model import BurnInState, StageKind, StageState
from .codec import time_text
from .tables import BURN_INS, STAGES

DAYS: Final = 14
"""How many days the daily activity covers, today included."""

_PASSES: Final = 1000
"""So many surface passes, the newest, say how long a terabyte takes."""

_SECONDS_A_DAY: Final = 86_400.0
_TERABYTE: Final = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How the burn-ins of one model, or of one size in bytes, ended."""

    name: str | int
    total: int
    passed: int
    failed: int

    @property
    def rate(self) -> float | None:
        """Return the share that passed, 0-1, of those that passed or failed."""
        decided = self.passed + self.failed
        return round(self.passed / decided, 4) if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many burn-ins ended on one day of the local calendar."""

    day: date
    passed: int
    failed: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What all burn-ins together say, of one system or of all.

    `states` counts every burn-in by its state. `seconds_per_tb` is how long the
    newest surface passes took for 10^12 bytes, None before the first.
    """

    states: Mapping[BurnInState, int]
    by_model: tuple[Group, ...]
    by_size: tuple[Group, ...]
    daily: tuple[Day, ...]
    seconds_per_tb: float | None
    failures_by_stage: Mapping[StageKind, int]

    @property
    def total(self) -> int:
        """Return how many burn-ins there are, those under way included."""
        return sum(self.states.values())


def statistics(connection: Connection, nas_id: str | None, now: datetime) -> Statistics:
    """Return the statistics; the zone of `now` says where days begin."""
    rows = connection.execute(
        _of(
            nas_id,
            select(
                BURN_INS.c.model, BURN_INS.c.size, BURN_INS.c.state, func.count()
            ).group_by(BURN_INS.c.model, BURN_INS.c.size, BURN_INS.c.state),
        )
    ).all()
    states: Counter[BurnInState] = Counter()
    for _, _, state, count in rows:
        states[BurnInState(state)] += count
    return Statistics(
        states=states,
        by_model=_groups((row[0], row[2], row[3]) for row in rows),
        by_size=_groups((row[1], row[2], row[3]) for row in rows),
        daily=tuple(_day(connection, nas_id, *span) for span in _spans(now)),
        seconds_per_tb=_seconds_per_tb(connection, nas_id),
        failures_by_stage=_failures(connection, nas_id),
    )


def _of[T: tuple[Any, ...]](nas_id: str | None, query: Select[T]) -> Select[T]:
    return query if nas_id is None else query.where(BURN_INS.c.nas_id == nas_id)


def _groups(counted: Iterator[tuple[str | int, str, int]]) -> tuple[Group, ...]:
    """Return the groups, the biggest first."""
    found: dict[str | int, Counter[str]] = {}
    for name, state, count in counted:
        found.setdefault(name, Counter())[state] += count
    groups = [
        Group(
            name=name,
            total=states.total(),
            passed=states[BurnInState.PASSED],
            failed=states[BurnInState.FAILED],
        )
        for name, states in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.total, str(group.name))))


def _spans(now: datetime) -> Sequence[tuple[date, datetime, datetime]]:
    """Return each day with its beginning and its end, also where clocks change."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight - timedelta(days=back) for back in range(DAYS - 1, -2, -1)]
    return [(start.date(), start, end) for start, end in pairwise(starts)]


def _day(
    connection: Connection,
    nas_id: str | None,
    day: date,
    start: datetime,
    end: datetime,
) -> Day:
    ended = select(BURN_INS.c.state, func.count()).where(
        BURN_INS.c.finished >= time_text(start), BURN_INS.c.finished < time_text(end)
    )
    rows = connection.execute(_of(nas_id, ended).group_by(BURN_INS.c.state))
    states = Counter(dict(rows.tuples().all()))
    passed, failed = states[BurnInState.PASSED], states[BurnInState.FAILED]
    other = states.total() - passed - failed
    return Day(day=day, passed=passed, failed=failed, other=other)


def _seconds_per_tb(connection: Connection, nas_id: str | None) -> float | None:
    days = func.julianday(STAGES.c.finished) - func.julianday(STAGES.c.started)
    newest = (
        select(days.label("days"), BURN_INS.c.size)
        .join_from(STAGES, BURN_INS, STAGES.c.burn_in_id == BURN_INS.c.id)
        .where(
            STAGES.c.state == StageState.PASSED.value,
            STAGES.c.kind == StageKind.SURFACE_VALIDATE.value,
        )
        .order_by(STAGES.c.finished.desc())
        .limit(_PASSES)
    )
    passes = _of(nas_id, newest).subquery()
    query = select(func.sum(passes.c.days), func.sum(passes.c.size))
    took, size = connection.execute(query).one()
    return round(took * _SECONDS_A_DAY / size * _TERABYTE, 1) if took and size else None


def _failures(connection: Connection, nas_id: str | None) -> Mapping[StageKind, int]:
    query = (
        select(STAGES.c.kind, func.count())
        .where(STAGES.c.state == StageState.FAILED.value)
        .group_by(STAGES.c.kind)
    )
    if nas_id is not None:
        query = query.join(BURN_INS, STAGES.c.burn_in_id == BURN_INS.c.id).where(
            BURN_INS.c.nas_id == nas_id
        )
    found = dict(connection.execute(query).tuples().all())
    return {kind: found[kind] for kind in StageKind if kind in found}
