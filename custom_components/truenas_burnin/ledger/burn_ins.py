"""Burn-ins and their stages, put into the tables and taken out again."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import Insert, insert

from ..burnin.model import BurnIn, BurnInState
from .audit import fingerprint
from .codec import Row, burn_in_of, burn_in_row, stage_row
from .page import Page
from .tables import BURN_INS, STAGES

type DriveKey = tuple[str, str]
"""The id of a system and the serial of a drive in it."""

_UNFINISHED: Final = [state.value for state in BurnInState if not state.final]
_NEWEST_FIRST: Final = BURN_INS.c.sequence.desc()
_CHUNK: Final = 500

_BULK: Final = (
    "$.smart.report",
    "$.surface.profile",
    "$.surface.ranges",
    "$.surface.records",
    "$.surface.bad",
)
"""Evidence that takes long to read and that a list of burn-ins has no use for."""

_LIGHT: Final = [
    func.json_remove(column, *_BULK).label(column.name)
    if column is STAGES.c.evidence
    else column
    for column in STAGES.c
]


def put(connection: Connection, burn_in: BurnIn) -> None:
    """Store a burn-in, and those of its stages that are not stored like this.

    The state comes last: once it is a final one, the stages can not be changed.
    """
    known = select(BURN_INS.c.id).where(BURN_INS.c.id == burn_in.id)
    if connection.scalar(known) is None:
        connection.execute(insert(BURN_INS), burn_in_row(burn_in))
        _put_stages(connection, burn_in)
    else:
        _put_stages(connection, burn_in)
        connection.execute(
            update(BURN_INS).where(BURN_INS.c.id == burn_in.id), burn_in_row(burn_in)
        )


def _put_stages(connection: Connection, burn_in: BurnIn) -> None:
    query = select(STAGES).where(STAGES.c.burn_in_id == burn_in.id)
    stored = {row["index"]: dict(row) for row in connection.execute(query).mappings()}
    for index, stage in enumerate(burn_in.stages):
        row = stage_row(burn_in.id, index, stage)
        if stored.pop(index, None) != row:
            connection.execute(_UPSERT_STAGE, row)
    if stored:
        connection.execute(
            delete(STAGES).where(
                STAGES.c.burn_in_id == burn_in.id, STAGES.c.index.in_(stored)
            )
        )


def digest(connection: Connection, burn_in_id: str) -> str | None:
    """Return the hash of all that is kept of a burn-in, None if there is none."""
    burn_in = select(BURN_INS).where(BURN_INS.c.id == burn_in_id)
    row = connection.execute(burn_in).mappings().one_or_none()
    if row is None:
        return None
    stages = (
        select(STAGES).where(STAGES.c.burn_in_id == burn_in_id).order_by(STAGES.c.index)
    )
    rows = connection.execute(stages).mappings()
    return fingerprint([dict(row), [dict(stage) for stage in rows]])


def get(connection: Connection, burn_in_id: str) -> BurnIn | None:
    """Return one burn-in, or None if there is none of this id."""
    found = _load(connection, select(BURN_INS).where(BURN_INS.c.id == burn_in_id))
    return found[0] if found else None


def listed(connection: Connection, ids: Iterable[str]) -> tuple[BurnIn, ...]:
    """Return these burn-ins in the order of the ids, without the bulk of evidence."""
    wanted = list(ids)
    found: dict[str, BurnIn] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = select(BURN_INS).where(BURN_INS.c.id.in_(wanted[start : start + _CHUNK]))
        found |= {item.id: item for item in _load(connection, some, _LIGHT)}
    return tuple(found[burn_in_id] for burn_in_id in wanted if burn_in_id in found)


def nas_ids(connection: Connection) -> tuple[str, ...]:
    """Return every system that has burn-ins."""
    return tuple(connection.scalars(select(BURN_INS.c.nas_id).distinct()))


def next_position(connection: Connection, nas_id: str) -> int:
    """Return the place behind all burn-ins of a system."""
    query = select(func.max(BURN_INS.c.position)).where(BURN_INS.c.nas_id == nas_id)
    last: int | None = connection.scalar(query)
    return 0 if last is None else last + 1


def unfinished(connection: Connection, nas_id: str) -> tuple[BurnIn, ...]:
    """Return what has not ended on a system, oldest first."""
    query = (
        select(BURN_INS)
        .where(BURN_INS.c.nas_id == nas_id, BURN_INS.c.state.in_(_UNFINISHED))
        .order_by(BURN_INS.c.sequence)
    )
    return _load(connection, query)


def latest(connection: Connection, nas_id: str) -> dict[str, BurnIn]:
    """Return the newest burn-in of each drive of a system."""
    place = func.row_number().over(
        partition_by=BURN_INS.c.identifier, order_by=_NEWEST_FIRST
    )
    ranked = (
        select(BURN_INS.c.id, place.label("place"))
        .where(BURN_INS.c.nas_id == nas_id)
        .subquery()
    )
    newest = select(ranked.c.id).where(ranked.c.place == 1)
    found = _load(connection, select(BURN_INS).where(BURN_INS.c.id.in_(newest)))
    return {burn_in.drive.identifier: burn_in for burn_in in found}


def history(
    connection: Connection,
    nas_id: str | None,
    *,
    limit: int,
    offset: int,
    state: str | None,
    drives: Collection[DriveKey] | None,
    search: str | None = None,
) -> Page[BurnIn]:
    """Return burn-ins, newest first, without the bulk of their evidence.

    `search` is part of a serial, a model or a device.
    """
    conditions: list[ColumnElement[bool]] = [
        BURN_INS.c[name] == value
        for name, value in (("nas_id", nas_id), ("state", state))
        if value is not None
    ]
    if drives is not None:
        conditions.append(tuple_(BURN_INS.c.nas_id, BURN_INS.c.serial).in_(drives))
    if search:
        parts = (
            column.contains(search, autoescape=True)
            for column in (BURN_INS.c.serial, BURN_INS.c.model, BURN_INS.c.device)
        )
        conditions.append(or_(*parts))
    query = (
        select(BURN_INS)
        .where(*conditions)
        .order_by(_NEWEST_FIRST)
        .limit(limit)
        .offset(offset)
    )
    counted = select(func.count()).select_from(BURN_INS).where(*conditions)
    total: int = connection.execute(counted).scalar_one()
    return Page(total, _load(connection, query, _LIGHT))


def _load(
    connection: Connection,
    query: Select[Any],
    columns: Iterable[ColumnElement[Any]] = STAGES.c,
) -> tuple[BurnIn, ...]:
    rows = connection.execute(query).mappings().all()
    stages: defaultdict[str, list[Row]] = defaultdict(list)
    for start in range(0, len(rows), _CHUNK):
        ids = [row["id"] for row in rows[start : start + _CHUNK]]
        of_these = (
            select(*columns)
            .where(STAGES.c.burn_in_id.in_(ids))
            .order_by(STAGES.c.burn_in_id, STAGES.c.index)
        )
        for row in connection.execute(of_these).mappings():
            stages[row["burn_in_id"]].append(row)
    return tuple(burn_in_of(row, stages[row["id"]]) for row in rows)


def _upsert_stage() -> Insert:
    statement = insert(STAGES)
    changed = {
        column.name: statement.excluded[column.name]
        for column in STAGES.c
        if not column.primary_key
    }
    return statement.on_conflict_do_update(
        index_elements=STAGES.primary_key, set_=changed
    )


_UPSERT_STAGE: Final = _upsert_stage()
