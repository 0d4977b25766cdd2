"""A NAS and its drives as the panel shows them."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import device_registry as dr
from homeassistant.util.json import JsonObjectType

from ..burnin.known import HealthReading, SelfTestState, newest_smart
from ..burnin.model import BurnIn
from ..burnin.reason import Reason
from ..burnin.requested_self_test import newest_self_test
from ..burnin.triage import triage_of
from ..coordinator import BurnInConfigEntry, BurnInCoordinator
from ..presentation.burn_in import burn_in_progress
from ..presentation.views import triage_view
from ..reports.build import build_of
from ..reports.reasons import Texts, reasons_text
from ..reports.times import time_view
from ..runtime.data import BurnInData
from ..runtime.failures import KEY_REFUSED
from ..runtime.options import stale_after
from ..truenas.models import Drive, DriveType, SelfTestKind, SmartReport

type RowId = tuple[str, str]
"""A config entry id and the identifier of one of its drives."""

_HEALTH: Final = {True: "ok", False: "failing", None: "unknown"}


def panel_id(row: RowId) -> str:
    """Return how the panel calls a drive."""
    return ":".join(row)


def row_id(text: str) -> RowId:
    """Return what the panel means; an identifier may hold colons, an entry id not."""
    entry_id, _, identifier = text.partition(":")
    return entry_id, identifier


@callback
def stale_from(coordinator: BurnInCoordinator) -> datetime | None:
    """Return since when what is shown is old, or from when if nothing changes.

    None while the NAS answers.
    """
    if coordinator.last_update_success or coordinator.last_success is None:
        return None
    return coordinator.last_success + stale_after(coordinator.config_entry)


@callback
def system_row(entry: BurnInConfigEntry, now: datetime) -> JsonObjectType:
    """Return how a NAS stands; one that is not set up is offline and has no drives."""
    row: JsonObjectType = {
        "entry_id": entry.entry_id,
        "title": entry.title,
        "version": None,
        "online": False,
        "last_success": None,
        "stale": True,
        "key_refused": entry.error_reason_translation_key == KEY_REFUSED,
        "hold": False,
        "max_parallel": 0,
        "commands": True,
        "exported_pools": True,
        "url": entry.data[CONF_URL],
    }
    if entry.state is not ConfigEntryState.LOADED:
        return row
    data = entry.runtime_data
    coordinator, system = data.coordinator, data.coordinator.nas.system
    old = stale_from(coordinator)
    return row | {
        "version": system.version,
        "online": coordinator.last_update_success,
        "last_success": time_view(coordinator.last_success),
        "stale": old is not None and old <= now,
        "key_refused": isinstance(coordinator.last_exception, ConfigEntryAuthFailed),
        "hold": data.runner.hold,
        "max_parallel": data.runner.settings.max_parallel,
        "commands": system.commands,
        "exported_pools": coordinator.nas.knows_exported_pools,
    }


@callback
def drive_row(
    entry: BurnInConfigEntry,
    identifier: str,
    device: dr.DeviceEntry | None,
    texts: Texts,
) -> JsonObjectType:
    """Return how a drive stands: one that is connected, or one that only was."""
    data = entry.runtime_data
    drive = data.coordinator.data.drives.get(identifier)
    burn_in = data.runner.burn_ins.get(identifier)
    info = data.infos.get(identifier)
    report = newest_smart(burn_in) if drive is None else data.report(drive)
    reading = None if drive is None else data.reading(drive)
    known = _absent(device, burn_in) if drive is None else _present(drive, report)
    return known | {
        "id": panel_id((entry.entry_id, identifier)),
        "device_id": None if device is None else device.id,
        "entry_id": entry.entry_id,
        "location": info.location,
        "notes": info.notes,
        "smart": _health(report),
        "health": None if reading is None else _reading(reading, texts),
        "short": _self_test(data, drive, burn_in, report, SelfTestKind.SHORT),
        "long": _self_test(data, drive, burn_in, report, SelfTestKind.LONG),
        "burn_in": None if burn_in is None else burn_in_progress(burn_in, texts),
        "against": _against(() if drive is None else data.standing(drive), texts),
    }


def _against(reasons: tuple[Reason, ...], texts: Texts) -> JsonObjectType:
    """Return why the drive may not be overwritten, whoever confirms it."""
    return {
        "reasons": [asdict(reason) for reason in reasons],
        "reason": reasons_text(reasons, texts),
    }


def _health(report: SmartReport | None) -> str:
    if report is None:
        return _HEALTH[None]
    return "none" if report.without_smart else _HEALTH[report.passed]


def _present(drive: Drive, report: SmartReport | None) -> JsonObjectType:
    built = build_of(drive.model, report, drive.rotation_rate)
    return {
        "name": drive.name,
        "serial": drive.serial,
        "unit": drive.unit,
        "model": built.model,
        "manufacturer": built.manufacturer,
        "firmware": built.firmware,
        "build": built.text,
        "asked_as": built.asked_as,
        "size": drive.size,
        "type": drive.type.value,
        "pool": drive.pool,
        "exported_pool": drive.exported_pool,
        "boot": drive.boot,
        "unused": drive.unused,
        "present": True,
        "temperature": drive.temperature,
    }


def _reading(reading: HealthReading, texts: Texts) -> JsonObjectType:
    """Return what a drive said of itself when a person asked."""
    return triage_view(reading, triage_of(reading.report), texts)


def _absent(device: dr.DeviceEntry | None, burn_in: BurnIn | None) -> JsonObjectType:
    """Return what is still known of a drive that was pulled."""
    serial = device.serial_number if device is not None else None
    model = device.model if device is not None else None
    return {
        "name": "" if burn_in is None else burn_in.device,
        "unit": None,
        "serial": serial or ("" if burn_in is None else burn_in.drive.serial),
        "model": model or ("" if burn_in is None else burn_in.drive.model),
        "manufacturer": (device and device.manufacturer) or "",
        "firmware": (device and device.sw_version) or "",
        "build": "",
        "asked_as": "",
        "size": 0 if burn_in is None else burn_in.drive.size,
        "type": DriveType.UNKNOWN.value,
        "pool": None,
        "exported_pool": None,
        "boot": False,
        "unused": False,
        "present": False,
        "temperature": None,
    }


def _self_test(
    data: BurnInData,
    drive: Drive | None,
    burn_in: BurnIn | None,
    report: SmartReport | None,
    kind: SelfTestKind,
) -> JsonObjectType | None:
    asked = None if drive is None else data.self_tests.get(drive, kind)
    known = newest_self_test(burn_in, asked, kind, report)
    if known.state is SelfTestState.NOT_RUN:
        return None
    return {
        "state": known.state.value,
        "percent": known.percent,
        "at": time_view(known.at),
    }
