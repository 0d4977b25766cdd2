"""Burn-ins made ready to be certified."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.loader import async_get_integration

from ..const import DOMAIN
from ..coordinator import BurnInConfigEntry
from ..reports.certificate import Paper
from ..runtime.options import CONF_CERTIFICATE_LINE
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import live_burn_ins, nas_entries, nas_titles
from .panel import PANEL_PATH

_ATTEMPTS: Final = 50
"""The most burn-ins of a drive that stand on its paper, the newest of them."""


class UnknownBurnIn(LookupError):
    """There is no burn-in of an id."""


async def async_papers(hass: HomeAssistant, ids: Iterable[str]) -> tuple[Paper, ...]:
    """Return the papers of burn-ins; raise UnknownBurnIn, HomeAssistantError."""
    live, titles = live_burn_ins(hass), nas_titles(hass)
    entries = nas_entries(hass)
    integration = await async_get_integration(hass, DOMAIN)
    papers: list[Paper] = []
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        for burn_in_id in ids:
            kept = await ledger.get(burn_in_id)
            if kept is None:
                raise UnknownBurnIn(burn_in_id)
            # It may have been in another NAS before.
            places = {kept.nas_id, *titles}
            keys = [(nas_id, kept.drive.identifier) for nas_id in places]
            attempts = await ledger.history(
                None, limit=_ATTEMPTS, offset=0, drives=keys
            )
            newest = await ledger.audit(limit=1, offset=0, burn_in_id=burn_in_id)
            paper = Paper(
                # What has ended is sealed as it is kept.
                burn_in=kept if kept.state.final else live.get(burn_in_id, kept),
                nas=titles.get(kept.nas_id, kept.nas_id),
                url=_page_of(hass, burn_in_id),
                audit_hash=newest[0].hash if newest else None,
                version=_version(entries.get(kept.nas_id)),
                tool=str(integration.version),
                customer=_customer(entries.get(kept.nas_id)),
                attempts=tuple(
                    live.get(item.id, item)
                    for item in reversed(attempts)
                    if (item.drive.model, item.drive.size)
                    == (kept.drive.model, kept.drive.size)
                ),
            )
            papers.append(paper)
    return tuple(papers)


@callback
def _version(entry: BurnInConfigEntry | None) -> str | None:
    """Return what runs on a NAS now, None while it is not set up."""
    return None if entry is None else entry.runtime_data.coordinator.nas.system.version


@callback
def _customer(entry: BurnInConfigEntry | None) -> str | None:
    """Return the line that a person wants on the papers of a NAS."""
    return None if entry is None else entry.options.get(CONF_CERTIFICATE_LINE)


@callback
def _page_of(hass: HomeAssistant, burn_in_id: str) -> str | None:
    """Return where the panel shows a burn-in, for who holds the paper anywhere."""
    try:
        home = get_url(hass, prefer_external=True)
    except NoURLAvailableError:
        return None
    return f"{home}/{PANEL_PATH}/burn-in/{burn_in_id}"
