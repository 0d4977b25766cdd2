"""The newest burn-in of each drive: stored first, then shown."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
import logging

from ..truenas.surface import Epoch
from .audit_event import AuditEvent
from .model import BurnIn
from .ports import Ledger, LedgerError, Publisher, RunnerClosed

_LOGGER = logging.getLogger(__name__)


class Record:
    """What is known of the burn-ins of one system."""

    def __init__(self, nas_id: str, ledger: Ledger, publisher: Publisher) -> None:
        """Know nothing until `load`."""
        self._nas_id = nas_id
        self._ledger = ledger
        self._publisher = publisher
        self._newest: dict[str, BurnIn] = {}
        self._trouble: str | None = None
        self._closed = False
        self._write_lock = asyncio.Lock()

    async def close(self) -> None:
        """Let the write under way end, and refuse all others."""
        async with self._write_lock:
            self._closed = True

    @property
    def trouble(self) -> str | None:
        """Return why the ledger kept nothing when it was last asked to, or None."""
        return self._trouble

    async def load(self) -> None:
        """Take up what the ledger knows; raise LedgerError if it cannot be read."""
        self._newest = dict(await self._ledger.latest(self._nas_id))
        for burn_in in await self._ledger.unfinished(self._nas_id):
            self._newest[burn_in.drive.identifier] = burn_in

    @property
    def newest(self) -> Mapping[str, BurnIn]:
        """Return the newest burn-in of each drive, by drive identifier."""
        return self._newest

    def find(self, burn_in_id: str) -> BurnIn | None:
        """Return the newest burn-in with this id, or None."""
        for burn_in in self._newest.values():
            if burn_in.id == burn_in_id:
                return burn_in
        return None

    def unfinished(self, identifier: str) -> BurnIn | None:
        """Return the burn-in of a drive that has not ended, or None."""
        burn_in = self._newest.get(identifier)
        return burn_in if burn_in is not None and not burn_in.state.final else None

    async def commit(
        self,
        before: BurnIn | None,
        after: BurnIn,
        event: AuditEvent,
        *,
        actor: str | None = None,
        raises_epoch: bool = False,
    ) -> None:
        """Store, then show: nobody hears of what is not kept."""
        async with self.writing():
            await self._ledger.commit(
                after,
                event,
                actor=actor,
                detail=detail_of(before, after),
                raises_epoch=raises_epoch,
            )
        self.show(before, after)

    async def epoch(self) -> Epoch:
        """Return which ledger this is, and how far it is."""
        return await self._ledger.epoch()

    async def keep(self, before: BurnIn, after: BurnIn) -> None:
        """Store and show progress, which is no row of the audit trail."""
        async with self.writing():
            await self._ledger.keep(after)
        self.show(before, after)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write to the ledger, and note whether it could; raise RunnerClosed."""
        async with self._write_lock:
            if self._closed:
                raise RunnerClosed("the NAS is being unloaded or reloaded")
            try:
                yield
            except LedgerError as err:
                if self._trouble is None:
                    _LOGGER.warning("Burn-ins stand still: %s", err)
                self._trouble = str(err)
                raise
            self._trouble = None

    def show(self, before: BurnIn | None, after: BurnIn) -> None:
        """Show progress that is not worth storing."""
        self._newest[after.drive.identifier] = after
        self._publisher.publish(before, after)


def detail_of(before: BurnIn | None, after: BurnIn) -> dict[str, object]:
    """Return what an audit row says beside the burn-in's id and event.

    The stage is the one that was under way: of *stage passed* the one that passed.
    """
    index = (after if before is None else before).stage_index
    stage = None if index is None else after.stages[index]
    return {
        "serial": after.drive.serial,
        "device": after.device,
        "state": after.state,
        "stage": None if stage is None else stage.kind,
        "token": None if stage is None else stage.token,
        "reasons": [asdict(reason) for reason in after.reasons],
        "pause_reason": after.pause_reason,
        "retry_of": after.retry_of,
    }
