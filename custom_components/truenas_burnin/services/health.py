"""The action that reads what drives say of themselves, before days are spent on them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, async_get_hass
from homeassistant.helpers import device_registry as dr
from homeassistant.util.json import JsonObjectType

from ..burnin.agent_words import untold
from ..burnin.known import HealthReading
from ..burnin.triage import triage_of
from ..control.drive_ref import DriveRef, async_fleets
from ..presentation.views import triage_view
from ..presentation.words import common_texts
from ..reports.reasons import Texts, reason_text
from ..truenas.errors import AgentFailed, DriveAsleep, InvalidResponse, TrueNASError
from ..truenas.models import Drive
from .names import Field
from .targets import drives, entries


class Asked(StrEnum):
    """What came of asking a drive."""

    READ = "read"
    ASLEEP = "asleep"
    BURNING_IN = "burning_in"
    ABSENT = "absent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    ref: DriveRef
    asked: Asked
    drive: Drive | None = None
    reading: HealthReading | None = None
    error: str | None = None


async def async_read_drive_health(call: ServiceCall) -> ServiceResponse:
    """Return the SMART record of drives, or of all idle ones; nothing is written."""
    refs = drives(call) if ATTR_DEVICE_ID in call.data else _all(call)
    fleets = await async_fleets(refs)
    wake: bool = call.data[Field.WAKE]
    outcomes = await asyncio.gather(
        *(_ask(ref, ref.drive(fleets), wake=wake) for ref in refs)
    )
    texts = common_texts(call.hass)
    registry = dr.async_get(call.hass)
    return {"drives": [_row(registry, outcome, texts) for outcome in outcomes]}


def _all(call: ServiceCall) -> Sequence[DriveRef]:
    return [
        DriveRef(
            entry=entry,
            identifier=drive.identifier,
            serial=drive.serial,
            name=drive.name,
        )
        for entry in entries(call)
        for drive in entry.runtime_data.coordinator.data.drives.values()
    ]


async def _ask(ref: DriveRef, drive: Drive | None, *, wake: bool) -> _Outcome:
    if drive is None:
        return _Outcome(ref=ref, asked=Asked.ABSENT)
    if ref.active is not None and ref.active.state.under_way:
        return _Outcome(ref=ref, asked=Asked.BURNING_IN, drive=drive)
    try:
        reading = await ref.data.health.async_read(drive, wake=wake)
    except DriveAsleep:
        return _Outcome(ref=ref, asked=Asked.ASLEEP, drive=drive)
    except (AgentFailed, InvalidResponse) as err:
        said = reason_text(untold(err, drive.name), common_texts(async_get_hass()))
        return _Outcome(ref=ref, asked=Asked.FAILED, drive=drive, error=said)
    except TrueNASError as err:
        return _Outcome(ref=ref, asked=Asked.FAILED, drive=drive, error=str(err))
    await ref.data.self_tests.async_notice(drive, reading.report.self_tests)
    return _Outcome(ref=ref, asked=Asked.READ, drive=drive, reading=reading)


def _row(
    registry: dr.DeviceRegistry, outcome: _Outcome, texts: Texts
) -> JsonObjectType:
    ref, drive, reading = outcome.ref, outcome.drive, outcome.reading
    place = ref.data.coordinator.device_identifier(ref.identifier)
    device = registry.async_get_device_by_identifier(place, ref.entry.entry_id)
    row: JsonObjectType = {
        ATTR_CONFIG_ENTRY_ID: ref.entry.entry_id,
        ATTR_DEVICE_ID: None if device is None else device.id,
        "device": ref.name,
        "serial": ref.serial,
        "model": "" if drive is None else drive.model,
        "size": 0 if drive is None else drive.size,
        "asked": outcome.asked.value,
        "error": outcome.error,
    }
    if reading is None:
        return row
    return row | triage_view(reading, triage_of(reading.report), texts)
