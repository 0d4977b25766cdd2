"""What can be burnt in how, and what would come of it."""

import asyncio
import logging
from typing import Any, Final

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
import voluptuous as vol

from ..burnin.agent_words import content_text
from ..burnin.model import StageKind
from ..burnin.plan import Plan, PlanError, Profile, plan_from_stages, plan_of
from ..burnin.reason import Reason
from ..burnin.verdict import pre_screen
from ..const import DOMAIN
from ..control.actions import async_reasons_against
from ..control.drive_ref import DriveRef, Fleets, async_fleets
from ..presentation.words import async_words, common_texts
from ..reports.reasons import Texts, reason_text
from ..truenas.errors import TrueNASError
from .rows import RowId, row_id
from .subscribe import VERSION

_LOGGER = logging.getLogger(__name__)

ERR_INVALID_PLAN: Final = "invalid_plan"

_CHECKS: Final = (StageKind.PRECHECK, StageKind.FINAL_CHECK)
"""Stages of every plan, which nobody chooses."""


@websocket_command({vol.Required("type"): f"{DOMAIN}/config"})
@require_admin
@async_response
async def config(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return what plans can be made of."""
    integration = await async_get_integration(hass, DOMAIN)
    profiles = {
        str(profile): _chosen(plan_of(profile))
        for profile in Profile
        if profile is not Profile.CUSTOM
    }
    stages = [
        {"kind": kind.value, "destructive": kind.destructive}
        for kind in StageKind
        if kind not in _CHECKS
    ]
    connection.send_result(
        msg["id"],
        {
            "v": VERSION,
            "version": str(integration.version),
            "profiles": profiles,
            "stages": stages,
        },
    )


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/plan",
        vol.Required("drives"): vol.All([str], vol.Length(min=1)),
        vol.Exclusive("profile", "plan"): vol.Coerce(Profile),
        vol.Exclusive("stages", "plan"): [str],
        vol.Optional("language"): str,
    }
)
@require_admin
@async_response
async def plan(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return what a burn-in would take, and what the gate has against it now.

    Nothing is started; confirmation is assumed.
    """
    language = msg.get("language")
    words = await async_words(hass, "exceptions", language)
    texts = common_texts(hass, language)
    try:
        wanted = _plan(msg)
    except PlanError as err:
        text = words[f"{err.key}.message"].format(**err.placeholders)
        connection.send_error(
            msg["id"],
            ERR_INVALID_PLAN,
            text,
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=err.placeholders,
        )
        return
    refs: dict[str, DriveRef] = {}
    for drive_id in msg["drives"]:
        if (ref := _ref(hass, row_id(drive_id))) is None:
            connection.send_error(msg["id"], ERR_NOT_FOUND, f"No drive {drive_id}")
            return
        refs[drive_id] = ref
    fleets = await async_fleets(list(refs.values()))
    found = await asyncio.gather(
        *(_reasons_against(ref, fleets, wanted) for ref in refs.values())
    )
    contents = await asyncio.gather(
        *(
            _content(ref, fleets, wanted, reasons)
            for ref, reasons in zip(refs.values(), found, strict=True)
        )
    )

    drives = [
        {
            "id": drive_id,
            "seconds": _seconds(ref, fleets, wanted),
            "destructive": wanted.destructive,
            "content": content,
            "warnings": _warnings(ref, fleets, texts),
            "refusals": [
                {"key": reason.key, "text": reason_text(reason, texts)}
                for reason in reasons
            ],
        }
        for (drive_id, ref), reasons, content in zip(
            refs.items(), found, contents, strict=True
        )
    ]
    connection.send_result(msg["id"], {"drives": drives, "stages": _chosen(wanted)})


def _chosen(wanted: Plan) -> list[str]:
    return [kind.value for kind in wanted.kinds if kind not in _CHECKS]


def _plan(msg: dict[str, Any]) -> Plan:
    if "stages" in msg:
        return plan_from_stages(msg["stages"])
    return plan_of(msg.get("profile", Profile.FULL))


@callback
def _ref(hass: HomeAssistant, row: RowId) -> DriveRef | None:
    """Return the drive that a panel means, None if no NAS at work knows it."""
    entry_id, identifier = row
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        if entry.entry_id == entry_id:
            data = entry.runtime_data
            drive = data.coordinator.data.drives.get(identifier)
            burn_in = data.runner.burn_ins.get(identifier)
            if drive is not None:
                serial, name = drive.serial, drive.name
            elif burn_in is not None:
                serial, name = burn_in.drive.serial, burn_in.device
            else:
                return None
            return DriveRef(
                entry=entry, identifier=identifier, serial=serial, name=name
            )
    return None


async def _reasons_against(
    ref: DriveRef, fleets: Fleets, wanted: Plan
) -> tuple[Reason, ...]:
    drive = ref.drive(fleets)
    confirmed = frozenset() if drive is None else frozenset({drive.serial})
    return await async_reasons_against(ref, fleets, wanted, confirmed)


async def _content(
    ref: DriveRef, fleets: Fleets, wanted: Plan, reasons: tuple[Reason, ...]
) -> list[str] | None:
    """Return what lies on a drive that may be overwritten; None where nobody asked.

    A start reads it again, and refuses what the drive does not let itself be asked.
    """
    drive = ref.drive(fleets)
    if drive is None or reasons or not wanted.destructive:
        return None
    if not fleets[ref.entry.entry_id].system.commands:
        return None
    try:
        found = await ref.data.coordinator.nas.content(drive)
    except TrueNASError as err:
        _LOGGER.debug("Could not read the contents of %s: %s", drive.name, err)
        return None
    return [content_text(item) for item in found.content]


def _warnings(ref: DriveRef, fleets: Fleets, texts: Texts) -> list[str]:
    """Return what the drive's newest record says against it, if one was read."""
    drive = ref.drive(fleets)
    report = None if drive is None else ref.data.report(drive)
    if report is None:
        return []
    return [reason_text(item.reason, texts) for item in pre_screen(report)]


def _seconds(ref: DriveRef, fleets: Fleets, wanted: Plan) -> int:
    """Return how long the burn-in is expected to take, 0 on a drive that is gone."""
    drive = ref.drive(fleets)
    if drive is None:
        return 0
    return round(sum(stage.weight for stage in wanted.stages(drive)))
