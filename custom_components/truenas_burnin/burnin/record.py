"""The newest burn-in of each drive: stored first, then shown."""

from collections.abc import Awaitable, Mapping
from dataclasses import asdict
import logging

from .model import BurnIn
from .ports import Ledger, LedgerError, Publisher

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
        event: str,
        *,
        actor: str | None = None,
    ) -> None:
        """Store, then show: nobody hears of what is not kept."""
        detail = _detail(after)
        await self._stored(
            self._ledger.commit(after, event, actor=actor, detail=detail)
        )
        self.show(before, after)

    async def keep(self, before: BurnIn, after: BurnIn) -> None:
        """Store and show progress, which is no row of the audit trail."""
        await self._stored(self._ledger.keep(after))
        self.show(before, after)

    async def _stored(self, work: Awaitable[None]) -> None:
        try:
            await work
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


def _detail(burn_in: BurnIn) -> dict[str, object]:
    """Return what an audit row says beside the burn-in's id and event."""
    stage = burn_in.stage or burn_in.failed_stage
    return {
        "serial": burn_in.drive.serial,
        "device": burn_in.device,
        "state": burn_in.state,
        "stage": None if stage is None else stage.kind,
        "token": None if stage is None else stage.token,
        "reasons": [asdict(reason) for reason in burn_in.reasons],
        "pause_reason": burn_in.pause_reason,
    }
