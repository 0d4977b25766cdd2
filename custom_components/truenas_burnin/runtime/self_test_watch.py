"""Follow the self-tests that people started, asking their drives as little as can be."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Final, Self

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..burnin.known import SelfTestState
from ..burnin.ports import LedgerError
from ..burnin.requested_self_test import RequestedSelfTest, ended, looked_at, noticed
from ..burnin.runner import Runner
from ..burnin.self_test_log import signature
from ..const import DOMAIN
from ..coordinator import BurnInCoordinator
from ..ledger import SqliteLedger
from ..truenas.errors import TrueNASError
from ..truenas.models import Drive, SelfTestKind, SelfTestLog

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY: Final = timedelta(minutes=1)
_LOOK_AGAIN_MAX: Final = timedelta(hours=1)
"""A drive that cannot be asked is asked again after one, two, four... minutes."""

_AWAKE_FOR: Final = timedelta(minutes=5)
"""A drive that was asked so lately is awake: no TrueNAS has a shorter standby time."""


@dataclass(slots=True)
class _Looks:
    """When a drive was asked, and when it is to be asked again."""

    last: datetime | None = None
    due: datetime | None = None
    failures: int = 0


class SelfTestWatch:
    """Know the self-tests of one NAS that people asked for.

    A drive is asked once a minute while such a test runs on it, and not at all
    while it is burnt in. One that may be asleep is not woken.
    """

    def __init__(
        self,
        coordinator: BurnInCoordinator,
        runner: Runner,
        ledger: SqliteLedger,
        tests: Iterable[RequestedSelfTest],
    ) -> None:
        """Hold what is known; nothing is asked before `start`."""
        self._coordinator = coordinator
        self._runner = runner
        self._ledger = ledger
        self._tests = {(test.identifier, test.kind): test for test in tests}
        self._looks: dict[str, _Looks] = {}
        self._timer: CALLBACK_TYPE | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    @classmethod
    async def load(
        cls, coordinator: BurnInCoordinator, runner: Runner, ledger: SqliteLedger
    ) -> Self:
        """Read what the ledger knows; raise LedgerError."""
        tests = await ledger.self_tests(coordinator.host_id)
        return cls(coordinator, runner, ledger, tests)

    @callback
    def start(self) -> None:
        """Ask at once after those that had not ended when they were last heard of."""
        self._look()

    async def async_stop(self) -> None:
        """Ask no more; the next set-up takes up what has not ended."""
        self._stopped = True
        self._cancel_timer()
        if (task := self._task) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @callback
    def get(self, drive: Drive, kind: SelfTestKind) -> RequestedSelfTest | None:
        """Return the newest of a kind that was asked of exactly this drive."""
        test = self._tests.get((drive.identifier, kind))
        return test if test is not None and test.serial == drive.serial else None

    @callback
    def running(self, drive: Drive) -> bool:
        """Tell whether one runs on this drive, as far as is known; no burn-in's."""
        if self._is_burnt_in(drive.identifier):
            return False
        found = (self.get(drive, kind) for kind in SelfTestKind)
        return any(test is not None and test.running for test in found)

    @property
    def known(self) -> tuple[RequestedSelfTest, ...]:
        """Return all, those of drives that are gone too."""
        return tuple(self._tests.values())

    async def async_follow(
        self, drive: Drive, kind: SelfTestKind, before: SelfTestLog, *, started: bool
    ) -> None:
        """Follow a new test; without `started` only its drive knows whether it runs.

        `before` is the drive's log as it was read right before.
        """
        now = dt_util.utcnow()
        for test in self._followed(drive.identifier):
            last = looked_at(test, before, now)
            over = (
                last if last.finished else ended(last, SelfTestState.INCONCLUSIVE, now)
            )
            await self._change(over)
        self._looks[drive.identifier] = _Looks(last=now, due=now + _LOOK_EVERY)
        await self._change(
            RequestedSelfTest(
                identifier=drive.identifier,
                serial=drive.serial,
                kind=kind,
                started=now,
                log_before=signature(before),
                state=SelfTestState.RUNNING if started else SelfTestState.UNKNOWN,
                percent=0.0 if started else None,
                seen_running=started,
            )
        )
        self._schedule()

    async def async_notice(self, drive: Drive, log: SelfTestLog) -> None:
        """Follow a test that somebody started on the NAS, once its drive tells of it."""
        known = self._is_burnt_in(drive.identifier) or self._followed(drive.identifier)
        if log.running_percent is None or known:
            return
        now = dt_util.utcnow()
        self._looks[drive.identifier] = _Looks(last=now, due=now + _LOOK_EVERY)
        await self._change(noticed(drive.identifier, drive.serial, log, now))
        self._schedule()

    async def async_look(self, drive: Drive) -> None:
        """Ask a drive now, if one of its tests is followed."""
        if self._followed(drive.identifier):
            await self._ask(drive)

    @callback
    def _followed(self, identifier: str) -> list[RequestedSelfTest]:
        return [
            test
            for test in self._tests.values()
            if test.identifier == identifier and test.finished is None
        ]

    @callback
    def _schedule(self) -> None:
        """Look again when the next is due, as long as there is anything to look for.

        What was due and could not be asked waits for another minute.
        """
        self._cancel_timer()
        now = dt_util.utcnow()
        later = now + _LOOK_EVERY
        dues = [
            due if (due := self._looks_at(test).due) and due > now else later
            for test in self.known
            if test.finished is None
        ]
        if dues and not self._stopped:
            hass = self._coordinator.hass
            self._timer = async_call_later(hass, min(dues) - now, self._due)

    @callback
    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _due(self, _now: datetime) -> None:
        self._timer = None
        self._look()

    @callback
    def _look(self) -> None:
        if self._stopped or all(test.finished for test in self.known):
            return
        entry = self._coordinator.config_entry
        self._task = entry.async_create_background_task(
            self._coordinator.hass, self._ask_all(), f"{DOMAIN} looks {entry.title}"
        )

    async def _ask_all(self) -> None:
        try:
            await asyncio.gather(*(self._ask(drive) for drive in self._askable()))
        finally:
            self._schedule()

    @callback
    def _askable(self) -> list[Drive]:
        """Return the drives whose tests are followed and that can be asked now."""
        if not self._coordinator.last_update_success:
            return []
        now = dt_util.utcnow()
        drives = self._coordinator.data.drives
        due = {
            test.identifier
            for test in self.known
            if test.finished is None
            and (drive := drives.get(test.identifier)) is not None
            and drive.serial == test.serial
            and not self._is_burnt_in(test.identifier)
            and ((at := self._looks_at(test).due) is None or at <= now)
        }
        return [drives[identifier] for identifier in due]

    @callback
    def _is_burnt_in(self, identifier: str) -> bool:
        burn_in = self._runner.burn_ins.get(identifier)
        return burn_in is not None and burn_in.state.under_way

    @callback
    def _looks_at(self, test: RequestedSelfTest) -> _Looks:
        return self._looks.setdefault(test.identifier, _Looks())

    async def _ask(self, drive: Drive) -> None:
        """Read the log of a drive, and keep what it says of its tests."""
        looks = self._looks.setdefault(drive.identifier, _Looks())
        asked = self._followed(drive.identifier)
        now = dt_util.utcnow()
        awake = looks.last is not None and now - looks.last < _AWAKE_FOR
        try:
            log = await self._coordinator.nas.self_test_log(drive, wake=awake)
        except TrueNASError as err:
            _LOGGER.debug("Could not read the self-test log of %s: %s", drive.name, err)
            again = min(_LOOK_AGAIN_MAX, _LOOK_EVERY * 2**looks.failures)
            looks.due = now + again
            looks.failures = min(looks.failures + 1, 16)
            return
        self._looks[drive.identifier] = _Looks(last=now, due=now + _LOOK_EVERY)
        for test in asked:
            # Another may have been started meanwhile: the log knows nothing of it.
            if self._tests.get((test.identifier, test.kind)) is test:
                await self._change(looked_at(test, log, now))

    async def _change(self, test: RequestedSelfTest) -> None:
        """Show a test, and keep it if it is new or has ended."""
        place = (test.identifier, test.kind)
        before = self._tests.get(place)
        if test == before:
            return
        self._tests[place] = test
        if test.guessed and test.finished:
            # It was of another kind: the drive's own log tells what came of it.
            del self._tests[place]
        self._coordinator.announce_drive(test.identifier)
        if test.guessed:
            return
        if test.finished or before is None or before.started != test.started:
            await self._keep(test)

    async def _keep(self, test: RequestedSelfTest) -> None:
        """Keep a test; one that cannot be kept is followed until the next restart."""
        try:
            await self._ledger.keep_self_test(self._coordinator.host_id, test)
        except LedgerError as err:
            _LOGGER.warning("Could not save the self-test of %s: %s", test.serial, err)
