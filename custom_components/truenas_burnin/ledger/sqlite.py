"""The ledger in a SQLite file, with all blocking work in the executor."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
import sqlite3
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..burnin.audit_event import AuditEvent
from ..burnin.known import HealthReading
from ..burnin.model import BurnIn, HoldReason
from ..burnin.ports import LedgerError
from ..burnin.requested_self_test import RequestedSelfTest
from ..truenas.identities import KnownDrive
from ..truenas.surface import Epoch
from . import (
    audit,
    burn_ins,
    daily_reports,
    drives,
    epoch,
    files,
    health,
    holds,
    identities,
    self_tests,
)
from .audit import AuditRow
from .burn_ins import DriveKey
from .daily_reports import Ended, Reported
from .drives import DriveInfo
from .page import Page
from .statistics import Statistics, statistics
from .turns import Turns

type Engines = tuple[Engine, Engine]
"""One that writes and one that reads."""

type Run = Callable[..., Awaitable[Any]]
"""How to call a blocking function with its arguments, away from the event loop."""


class SqliteLedger:
    """Keep burn-ins, notes on drives and the audit trail.

    There is one connection for writing and one for reading, which sees what was
    committed: neither waits for the other.
    """

    def __init__(self, engines: Engines, run: Run) -> None:
        """Use an engine of `files.open_engine` and one of `files.open_reader`."""
        writer, reader = engines
        self._engine: Engine | None = writer
        self._writing = Turns(writer)
        self._reading = Turns(reader)
        self._run = run

    @classmethod
    async def open(cls, path: Path, run: Run) -> Self:
        """Open the ledger of a path; only one that never was is made."""
        return cls(await run(_open, path), run)

    @classmethod
    async def replace_lost(cls, path: Path, run: Run, reason: str) -> Self:
        """Set a lost ledger aside and open a new one, on hold until that is accepted.

        A crash in between leaves a ledger that is still lost, never an empty one.
        """
        return cls(await run(_replace_lost, path, reason), run)

    async def lost(self) -> str | None:
        """Return what became of the ledger before this one, until it is accepted."""
        return await self._read(holds.lost)

    async def accept_loss(self, actor: str | None) -> None:
        """Let burn-ins overwrite drives again, though what was before is not known."""
        await self._do(
            partial(
                holds.put,
                nas_id=holds.EVERY_NAS,
                reason=HoldReason.LEDGER_LOST,
                on=False,
                actor=actor,
            )
        )

    async def close(self) -> None:
        """Let go of the file; what was open before is done first."""
        await self._run(self._close)

    async def checkpoint(self) -> None:
        """Bring the file up to date, so that a copy of it alone is whole."""
        await self._run(self._checkpoint)

    async def commit(
        self,
        burn_in: BurnIn,
        event: AuditEvent,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] | None = None,
        raises_epoch: bool = False,
    ) -> None:
        """Store the burn-in and an audit row, in one transaction.

        With `raises_epoch` the ledger counts itself one further in it.
        """

        def work(connection: Connection) -> None:
            if raises_epoch:
                epoch.count(connection)
            burn_ins.put(connection, burn_in)
            said = dict(detail or {})
            if burn_in.state.final:
                said["record"] = burn_ins.digest(connection, burn_in.id)
            audit.append(
                connection,
                burn_in.nas_id,
                event,
                actor=actor,
                detail=said,
                burn_in_id=burn_in.id,
                serial=burn_in.drive.serial,
            )

        await self._do(work)

    async def epoch(self) -> Epoch:
        """Return which ledger this is, and how far it is."""
        return await self._do(epoch.of)

    async def mark_copies(self, *, copied: bool) -> None:
        """Have copies of the file tell from now on that they are copies, or no more."""
        await self._do(partial(epoch.mark, copied=copied))

    async def take_over_copy(self) -> None:
        """Hold every NAS if this is a copy: what was confirmed may have been done."""
        if await self._read(epoch.is_copy):
            await self._do(_take_over_copy)

    async def keep(self, burn_in: BurnIn) -> None:
        """Store how far a burn-in has got, without an audit row."""
        await self._do(partial(burn_ins.put, burn_in=burn_in))

    async def record(
        self,
        nas_id: str,
        event: AuditEvent,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Store an audit row that belongs to no burn-in."""
        await self._do(
            partial(
                audit.append, nas_id=nas_id, event=event, actor=actor, detail=detail
            )
        )

    async def next_position(self, nas_id: str) -> int:
        """Return the place at the end of the queue of a system."""
        return await self._read(partial(burn_ins.next_position, nas_id=nas_id))

    async def unfinished(self, nas_id: str) -> tuple[BurnIn, ...]:
        """Return the burn-ins of a system that have not ended, oldest first."""
        return await self._read(partial(burn_ins.unfinished, nas_id=nas_id))

    async def latest(self, nas_id: str) -> Mapping[str, BurnIn]:
        """Return the newest burn-in of each drive, by drive identifier."""
        return await self._read(partial(burn_ins.latest, nas_id=nas_id))

    async def holds(self, nas_id: str) -> frozenset[HoldReason]:
        """Return why a system starts no burn-ins; empty if it may."""
        return await self._read(partial(holds.of, nas_id=nas_id))

    async def set_hold(
        self,
        nas_id: str,
        on: bool,
        actor: str | None,
        reason: HoldReason = HoldReason.PERSON,
    ) -> None:
        """Put a system on hold, for a person if not for another reason; or take it back."""
        await self._do(
            partial(holds.put, nas_id=nas_id, reason=reason, on=on, actor=actor)
        )

    async def history(
        self,
        nas_id: str | None,
        *,
        limit: int,
        offset: int,
        state: str | None = None,
        drives: Collection[DriveKey] | None = None,
    ) -> tuple[BurnIn, ...]:
        """Return the burn-ins of a system, of some drives or of all, newest first.

        The bulk of their evidence is left out; `get` has it.
        """
        page = await self.history_page(
            nas_id, limit=limit, offset=offset, state=state, drives=drives
        )
        return page.rows

    async def history_page(
        self,
        nas_id: str | None,
        *,
        limit: int,
        offset: int,
        state: str | None = None,
        drives: Collection[DriveKey] | None = None,
        search: str | None = None,
    ) -> Page[BurnIn]:
        """Return the same, and how many there are; `search` is part of a name."""
        return await self._read(
            partial(
                burn_ins.history,
                nas_id=nas_id,
                limit=limit,
                offset=offset,
                state=state,
                drives=drives,
                search=search,
            )
        )

    async def statistics(self, nas_id: str | None, now: datetime) -> Statistics:
        """Return what the burn-ins of a system, or of all, say together.

        `now` is local time: its zone says where days begin.
        """
        return await self._read(partial(statistics, nas_id=nas_id, now=now))

    async def get(self, burn_in_id: str) -> BurnIn | None:
        """Return one burn-in, or None if there is none of this id."""
        return await self._read(partial(burn_ins.get, burn_in_id=burn_in_id))

    async def drive_info(self, nas_id: str, identifier: str) -> DriveInfo:
        """Return what people wrote down about a drive."""
        return await self._read(
            partial(drives.info_of, nas_id=nas_id, identifier=identifier)
        )

    async def drive_infos(self, nas_id: str) -> dict[str, DriveInfo]:
        """Return what people wrote down about the drives of a system."""
        return await self._read(partial(drives.infos_of, nas_id=nas_id))

    async def set_drive_info(
        self,
        nas_id: str,
        identifier: str,
        info: DriveInfo,
        *,
        actor: str | None = None,
    ) -> None:
        """Store what people write down about a drive, and an audit row."""
        await self._do(
            partial(
                drives.put_info,
                nas_id=nas_id,
                identifier=identifier,
                info=info,
                actor=actor,
            )
        )

    async def identities(self, nas_id: str) -> tuple[KnownDrive, ...]:
        """Return every drive that a system was seen to have."""
        return await self._read(partial(identities.of, nas_id=nas_id))

    async def keep_identities(self, nas_id: str, known: Sequence[KnownDrive]) -> None:
        """Keep what was learned of at least one drive."""
        await self._do(partial(identities.put, nas_id=nas_id, drives=known))

    async def health(self, nas_id: str) -> dict[str, HealthReading]:
        """Return what each drive of a system said last when a person asked."""
        return await self._read(partial(health.of, nas_id=nas_id))

    async def keep_health(
        self, nas_id: str, identifier: str, reading: HealthReading
    ) -> None:
        """Keep what a drive said, in the place of what it said before."""
        await self._do(
            partial(health.put, nas_id=nas_id, identifier=identifier, reading=reading)
        )

    async def self_tests(self, nas_id: str) -> tuple[RequestedSelfTest, ...]:
        """Return the newest self-test of each kind that people asked of each drive."""
        return await self._read(partial(self_tests.of, nas_id=nas_id))

    async def keep_self_test(self, nas_id: str, test: RequestedSelfTest) -> None:
        """Store a self-test, and an audit row once it has ended."""
        await self._do(partial(self_tests.put, nas_id=nas_id, test=test))

    async def reported(self, nas_id: str) -> Reported | None:
        """Return what was told of a system in daily reports, None before the first."""
        return await self._read(partial(daily_reports.of, nas_id=nas_id))

    async def set_reported(self, nas_id: str, reported: Reported) -> None:
        """Store what was told of a system in daily reports."""
        await self._do(partial(daily_reports.put, nas_id=nas_id, reported=reported))

    async def ended_since(self, nas_id: str, audit_id: int) -> Ended:
        """Return what has ended on a system since an audit row was written."""
        return await self._read(
            partial(daily_reports.ended_since, nas_id=nas_id, audit_id=audit_id)
        )

    async def audit(
        self,
        *,
        limit: int,
        offset: int,
        nas_id: str | None = None,
        burn_in_id: str | None = None,
    ) -> tuple[AuditRow, ...]:
        """Return audit rows, newest first."""
        page = await self.audit_page(
            limit=limit, offset=offset, nas_id=nas_id, burn_in_id=burn_in_id
        )
        return page.rows

    async def audit_page(
        self,
        *,
        limit: int,
        offset: int,
        nas_id: str | None = None,
        burn_in_id: str | None = None,
    ) -> Page[AuditRow]:
        """Return the same, and how many there are."""
        return await self._read(
            partial(
                audit.page,
                limit=limit,
                offset=offset,
                nas_id=nas_id,
                burn_in_id=burn_in_id,
            )
        )

    async def verify_audit(self) -> int | None:
        """Return the id of the first audit row that is not as it was written.

        That of how a burn-in ended counts as such if the burn-in's record, with its
        stages, is not what it was then. None says that all is as it was.
        """
        return await self._read(_first_broken)

    async def _do[T](self, work: Callable[[Connection], T]) -> T:
        result: T = await self._run(self._transact, self._writing, work)
        return result

    async def _read[T](self, work: Callable[[Connection], T]) -> T:
        result: T = await self._run(self._transact, self._reading, work)
        return result

    def _transact[T](self, turns: Turns, work: Callable[[Connection], T]) -> T:
        with turns.lock, _plain_errors():
            self._opened()
            with turns.transaction() as connection:
                return work(connection)

    def _checkpoint(self) -> None:
        with self._writing.lock, self._reading.lock, _plain_errors():
            if not files.checkpoint(self._opened()):
                raise LedgerError("somebody else reads the ledger")

    def _close(self) -> None:
        with self._writing.lock, self._reading.lock, _plain_errors():
            engine, self._engine = self._engine, None
            if engine is None:
                return
            self._reading.engine.dispose()
            try:
                files.checkpoint(engine)
            finally:
                engine.dispose()

    def _opened(self) -> Engine:
        if self._engine is None:
            raise LedgerError("the ledger is closed")
        return self._engine


def _take_over_copy(connection: Connection) -> None:
    epoch.renew(connection)
    for nas_id in burn_ins.nas_ids(connection):
        holds.put(connection, nas_id, HoldReason.LEDGER_OUTDATED, on=True, actor=None)


def _first_broken(connection: Connection) -> int | None:
    return audit.first_broken(connection) or audit.first_altered(
        connection, partial(burn_ins.digest, connection)
    )


def _open(path: Path) -> Engines:
    with _plain_errors():
        return _with_reader(path, files.open_engine(path))


def _with_reader(path: Path, writer: Engine) -> Engines:
    try:
        return writer, files.open_reader(path)
    except BaseException:
        writer.dispose()
        raise


def _replace_lost(path: Path, reason: str) -> Engines:
    with _plain_errors():
        writer = files.replace_lost(
            path,
            partial(
                holds.put,
                nas_id=holds.EVERY_NAS,
                reason=HoldReason.LEDGER_LOST,
                on=True,
                actor=None,
                detail=reason,
            ),
        )
        return _with_reader(path, writer)


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as err:
        raise LedgerError(str(err.orig)) from err
    except (
        SQLAlchemyError,
        sqlite3.Error,
        OSError,
        ArithmeticError,
        TypeError,
        ValueError,
    ) as err:
        raise LedgerError(str(err)) from err
