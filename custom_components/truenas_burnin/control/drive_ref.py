"""Drives that somebody means, and how to tell them what went wrong."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import Context, HomeAssistant, async_get_hass, callback
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers.http import current_request

from ..burnin.agent_words import untold
from ..burnin.model import BurnIn, BurnInState
from ..burnin.ports import LedgerError
from ..burnin.reason import Reason, ReasonKey, because
from ..const import DOMAIN
from ..coordinator import BurnInConfigEntry
from ..presentation.words import common_texts
from ..reports.reasons import reason_text
from ..runtime.data import BurnInData
from ..runtime.failures import translated
from ..truenas.errors import AgentFailed, InvalidResponse, TrueNASError
from ..truenas.models import Drive, Fleet, SelfTestLog

RETRIABLE: Final = (BurnInState.FAILED, BurnInState.INCONCLUSIVE, BurnInState.CANCELLED)
"""How a burn-in must have ended to be retried."""

type Fleets = Mapping[str, Fleet]
"""A fresh look at each NAS, by config entry id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveRef:
    """A drive somebody means, connected or not."""

    entry: BurnInConfigEntry
    identifier: str
    serial: str
    name: str

    @classmethod
    def of(cls, entry: BurnInConfigEntry, burn_in: BurnIn) -> Self:
        """Return the drive of a burn-in."""
        return cls(
            entry=entry,
            identifier=burn_in.drive.identifier,
            serial=burn_in.drive.serial,
            name=burn_in.device,
        )

    @property
    def data(self) -> BurnInData:
        """Return the NAS the drive belongs to, at work."""
        return self.entry.runtime_data

    @property
    def active(self) -> BurnIn | None:
        """Return the drive's burn-in that has not ended, if there is one."""
        burn_in = self.data.runner.burn_ins.get(self.identifier)
        return burn_in if burn_in is not None and not burn_in.state.final else None

    @property
    def retriable(self) -> BurnIn | None:
        """Return the drive's newest burn-in if it ended without a pass."""
        burn_in = self.data.runner.burn_ins.get(self.identifier)
        return burn_in if burn_in is not None and burn_in.state in RETRIABLE else None

    def drive(self, fleets: Fleets) -> Drive | None:
        """Return the drive as it is now, or None if it is not connected."""
        return fleets[self.entry.entry_id].drives.get(self.identifier)

    async def async_self_test_log(self, drive: Drive) -> SelfTestLog:
        """Ask the drive for its self-test log, and whether it runs one.

        One without a serial number cannot be asked; the gate refuses it.
        """
        if not drive.serial:
            return SelfTestLog(tests=(), running_percent=None, readable=False)
        try:
            return await self.data.coordinator.nas.self_test_log(drive)
        except (AgentFailed, InvalidResponse) as err:
            reason = reason_text(untold(err, self.name), common_texts(async_get_hass()))
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="nas_refused",
                translation_placeholders={
                    "reason": f"{self.name} ({self.serial}): {reason}"
                },
            ) from err
        except TrueNASError as err:
            raise translated(HomeAssistantError, err) from err

    async def async_notice_self_test(self, reasons: Iterable[Reason]) -> None:
        """Have a self-test followed that was refused for, whoever started it."""
        drive = self.data.coordinator.data.drives.get(self.identifier)
        if drive is not None and any(
            reason.key == ReasonKey.SELF_TEST_ACTIVE for reason in reasons
        ):
            log = await self.async_self_test_log(drive)
            await self.data.self_tests.async_notice(drive, log)

    async def async_self_test_runs(self, drive: Drive) -> bool:
        """Ask the drive whether it is running a self-test."""
        return (await self.async_self_test_log(drive)).running_percent is not None

    def because(self, key: ReasonKey) -> Reason:
        """Return a reason that names this drive."""
        return because(key, device=self.name, serial=self.serial)

    @property
    def absent(self) -> Reason:
        """Return that the drive is not connected."""
        return because(ReasonKey.DRIVE_ABSENT, serial=self.serial)


async def async_fleets(refs: Sequence[DriveRef]) -> Fleets:
    """Return a fresh look at every NAS these drives belong to."""
    entries = {ref.entry.entry_id: ref.entry for ref in refs}
    fleets = await asyncio.gather(
        *(entry.runtime_data.coordinator.async_fresh() for entry in entries.values())
    )
    return dict(zip(entries, fleets, strict=True))


async def async_actor(hass: HomeAssistant, context: Context | None) -> str:
    """Return the name of who acts, for the records."""
    if context is not None and context.user_id is not None:
        user = await hass.auth.async_get_user(context.user_id)
        if user is not None:
            return user.name or user.id
    return "Home Assistant"


async def async_person(hass: HomeAssistant) -> str:
    """Return the name of whose request is being answered, for the records."""
    request = current_request.get()
    user = None if request is None else request.get(KEY_HASS_USER)
    return await async_actor(hass, None if user is None else Context(user_id=user.id))


async def async_admin(hass: HomeAssistant, context: Context | None) -> str:
    """Return the name of who acts, for the records.

    Raise Unauthorized for a user who is no admin. What no user began, such as an
    automation, may act, as with Home Assistant's own actions for admins.
    """
    if context is not None and context.user_id is not None:
        user = await hass.auth.async_get_user(context.user_id)
        if user is None or not user.is_admin:
            raise Unauthorized(context=context)
    return await async_actor(hass, context)


@callback
def refused(key: str, reasons: Iterable[Reason]) -> ServiceValidationError:
    """Return the error that lists every reason on a line of its own.

    The lines are in the language of this Home Assistant.
    """
    texts = common_texts(async_get_hass())
    return _refused(key, [reason_text(reason, texts) for reason in reasons])


def _refused(key: str, lines: Iterable[str]) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"refusals": "\n".join(dict.fromkeys(lines))},
    )


@callback
def drives_refused(
    key: str, found: Sequence[tuple[DriveRef, Sequence[Reason]]]
) -> ServiceValidationError:
    """Return the error that lists every reason by drive.

    What is said of all of them, or names its drive by itself, is said as it is.
    """
    texts = common_texts(async_get_hass())
    lines = []
    for ref, reasons in found:
        for reason in reasons:
            names = reason.placeholders.keys() & {"device", "devices", "serial"}
            shared = all(reason in others for _, others in found)
            of = "" if names or shared else f"{ref.name} ({ref.serial}): "
            lines.append(of + reason_text(reason, texts))
    return _refused(key, lines)


async def async_attempt(
    key: str, attempts: Iterable[tuple[str, Awaitable[object]]]
) -> None:
    """Do everything, then raise what failed: one line each, by its name."""

    async def attempt(name: str, awaitable: Awaitable[object]) -> str | None:
        try:
            await awaitable
        except (TrueNASError, LedgerError) as err:
            return f"{name}: {err}"
        return None

    outcomes = await asyncio.gather(*(attempt(*item) for item in attempts))
    if failures := [outcome for outcome in outcomes if outcome is not None]:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"reasons": "\n".join(failures)},
        )
