"""Burn-ins made ready to be certified."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..reports.certificate import Paper
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import live_burn_ins, nas_titles
from .panel import PANEL_PATH


class UnknownBurnIn(LookupError):
    """There is no burn-in of an id."""


async def async_papers(hass: HomeAssistant, ids: Iterable[str]) -> tuple[Paper, ...]:
    """Return the papers of burn-ins; raise UnknownBurnIn, HomeAssistantError."""
    live, titles = live_burn_ins(hass), nas_titles(hass)
    papers: list[Paper] = []
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        for burn_in_id in ids:
            kept = await ledger.get(burn_in_id)
            if kept is None:
                raise UnknownBurnIn(burn_in_id)
            newest = await ledger.audit(limit=1, offset=0, burn_in_id=burn_in_id)
            paper = Paper(
                burn_in=live.get(burn_in_id, kept),
                nas=titles.get(kept.nas_id, kept.nas_id),
                url=_page_of(hass, burn_in_id),
                audit_hash=newest[0].hash if newest else None,
            )
            papers.append(paper)
    return tuple(papers)


@callback
def _page_of(hass: HomeAssistant, burn_in_id: str) -> str | None:
    """Return where the panel shows a burn-in, for who holds the paper anywhere."""
    try:
        home = get_url(hass, prefer_external=True)
    except NoURLAvailableError:
        return None
    return f"{home}/{PANEL_PATH}/burn-in/{burn_in_id}"
