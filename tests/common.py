"""A NAS in memory and a board to drive the Home Assistant side from."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.truenas_burnin.burnin.model import BurnIn
from custom_components.truenas_burnin.const import DOMAIN, POLL_INTERVAL
from custom_components.truenas_burnin.runtime.data import BurnInData
from custom_components.truenas_burnin.truenas.models import (
    Drive,
    Fleet,
    SelfTestKind,
    SelfTestLog,
)
from custom_components.truenas_burnin.truenas.surface import (
    AgentState,
    Cause,
    ErrorCounts,
    ErrorKind,
    ErrorRecord,
    JobStatus,
)

from .burnin.fakes import FakeNas, a_drive, a_test

URL = "https://nas.test"
API_KEY = "1-secret-key"

FREE = a_drive(1)
OTHER = a_drive(2)
POOLED = a_drive(3, pool="tank", unused=False)
REMOTE = a_drive(11)

BAD = ErrorRecord(
    sweep=1, kind=ErrorKind.WRITE, byte=73_728, length=4096, cause=Cause.IO_ERROR
)

CHANGING = (
    "start_self_test",
    "abort_self_test",
    "start_surface",
    "stop_surface",
    "clean_surface",
)


@dataclass
class ScriptedNas(FakeNas):
    """A NAS whose drives get on with their work a bit with every poll.

    Serials in `bad` fail their surface pass at 30 %; nothing moves while `still`, and
    no poll ends before `hangs` is set.
    """

    knows_exported_pools: bool = True
    bad: set[str] = field(default_factory=set)
    still: bool = False
    hangs: asyncio.Event | None = None
    closed: int = 0
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def listen(self, changed: Callable[[], None]) -> None:
        """Keep who wants to hear that something happened."""
        self.listeners.append(changed)

    async def close(self) -> None:
        """Count how often the connection was let go of."""
        self.closed += 1

    async def take_leave(self) -> None:
        """Note that what we had put there was taken away."""
        self._called("take_leave")

    @override
    async def fleet(self, *, closely: bool = False) -> Fleet:
        if self.hangs is not None:
            await self.hangs.wait()
        fleet = await super().fleet(closely=closely)
        if not self.still:
            for serial, log in self.logs.items():
                self.logs[serial] = self._further(serial, log)
            for token, job in self.jobs.items():
                self.jobs[token] = self._worked(job)
        return fleet

    def _further(self, serial: str, log: SelfTestLog) -> SelfTestLog:
        if log.running_percent is None:
            return log
        if log.running_percent < 50:
            return replace(log, running_percent=50.0)
        kinds = [
            SelfTestKind(call.split()[2])
            for call in self.calls_of("start_self_test")
            if call.split()[1] == serial
        ]
        hours = 12 + len(log.tests)
        tests = (a_test(kinds[-1], hours=hours), *log.tests)
        return SelfTestLog(tests=tests, running_percent=None)

    def _worked(self, job: JobStatus) -> JobStatus:
        if job.state is not AgentState.RUNNING:
            return job
        if job.serial in self.bad and job.bytes_done:
            return replace(
                job,
                state=AgentState.FAILED,
                errors=ErrorCounts(write=7),
                first_error=BAD,
            )
        if job.bytes_done:
            return replace(job, state=AgentState.PASSED, bytes_done=job.bytes_total)
        return replace(job, bytes_done=job.bytes_total * 3 // 10)


@dataclass
class Board:
    """What a test of the Home Assistant side has in its hands."""

    hass: HomeAssistant
    nas: ScriptedNas
    entry: MockConfigEntry
    freezer: FrozenDateTimeFactory

    @property
    def data(self) -> BurnInData:
        """Return what the entry holds."""
        data: BurnInData = self.entry.runtime_data
        return data

    @property
    def loaded(self) -> bool:
        """Tell whether the entry is set up."""
        return self.entry.state is ConfigEntryState.LOADED

    async def set_up(self) -> None:
        """Set the entry up and let its first cycle end."""
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def tick(self, times: int = 1, after: timedelta = POLL_INTERVAL) -> None:
        """Let time pass and wait for what that sets off."""
        for _ in range(times):
            self.freezer.tick(after)
            async_fire_time_changed(self.hass)
            await self.settle()

    def burn_in(self, drive: Drive = FREE) -> BurnIn:
        """Return the newest burn-in of a drive."""
        return self.data.runner.burn_ins[drive.identifier]

    def device_id(self, drive: Drive | None = FREE) -> str:
        """Return the device id of a drive, or of the NAS."""
        return dr.async_get_device_id_by_identifier(
            self.hass, (DOMAIN, self._place(drive)), config_entry_id=self.entry.entry_id
        )

    def entity_id(self, platform: str, key: str, drive: Drive | None = FREE) -> str:
        """Return the entity id of a drive's entity, or of the NAS's."""
        found = er.async_get(self.hass).async_get_entity_id(
            platform, DOMAIN, f"{self._place(drive)}_{key}"
        )
        assert found is not None
        return found

    def _place(self, drive: Drive | None) -> str:
        host_id = self.nas.system.host_id
        return host_id if drive is None else f"{host_id}_{drive.identifier}"

    def state(self, platform: str, key: str, drive: Drive | None = FREE) -> State:
        """Return the state of an entity."""
        state = self.hass.states.get(self.entity_id(platform, key, drive))
        assert state is not None
        return state

    async def press(self, key: str, drive: Drive | None = FREE) -> None:
        """Press a button."""
        await self._entity_action("button", "press", key, drive)

    async def switch(
        self, action: str, drive: Drive | None = FREE, key: str = "armed"
    ) -> None:
        """Turn a switch on or off."""
        await self._entity_action("switch", action, key, drive)

    async def choose(self, option: str, drive: Drive = FREE) -> None:
        """Select a profile."""
        await self._entity_action(
            "select", "select_option", "profile", drive, option=option
        )

    async def number(self, value: int) -> None:
        """Set how many burn-ins may run at the same time."""
        await self._entity_action(
            "number", "set_value", "max_parallel", None, value=value
        )

    async def write(self, key: str, value: str, drive: Drive = FREE) -> None:
        """Write something down about a drive."""
        await self._entity_action("text", "set_value", key, drive, value=value)

    async def _entity_action(
        self, platform: str, action: str, key: str, drive: Drive | None, **fields: Any
    ) -> None:
        data = {"entity_id": self.entity_id(platform, key, drive), **fields}
        await self.hass.services.async_call(platform, action, data, blocking=True)

    async def action(self, name: str, *, response: bool = False, **data: Any) -> Any:
        """Call an action of ours."""
        return await self.hass.services.async_call(
            DOMAIN, name, data, blocking=True, return_response=response
        )

    async def refused(self, name: str, **data: Any) -> HomeAssistantError:
        """Return the error of an action that must change nothing."""
        before = (self.changes(), await self.history())
        with pytest.raises(HomeAssistantError) as caught:
            await self.action(name, **data)
        await self.settle()
        assert (self.changes(), await self.history()) == before
        error = caught.value
        assert error.translation_domain in (DOMAIN, "homeassistant")
        assert str(error) not in ("", error.translation_key)
        return error

    def changes(self) -> list[str]:
        """Return every call that changed something on the NAS."""
        return [call for call in self.nas.calls if call.split()[0] in CHANGING]

    async def history(self) -> tuple[BurnIn, ...]:
        """Return all that the ledger keeps."""
        return await self.data.ledger.history(None, limit=1000, offset=0)

    async def start(self, *drives: Drive, profile: str = "smart") -> list[str]:
        """Start confirmed burn-ins and return their ids; the first cycle runs."""
        reply = await self.action(
            "start_burn_in",
            response=True,
            device_id=[self.device_id(drive) for drive in drives or (FREE,)],
            profile=profile,
            confirm_serials=[drive.serial for drive in drives or (FREE,)],
        )
        await self.settle()
        return [item["id"] for item in reply["burn_ins"]]
