"""The operator panel in the sidebar, and the same module for dashboards.

The module is built from frontend/ and not committed: a release carries it, a copy of
the repository does not, which an issue then says. Without it, or without Home
Assistant's own frontend, everything else works.
"""

import asyncio
import json
import logging
from pathlib import Path
from typing import Final

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..runtime.issues import report_panel
from .words import async_words

_LOGGER = logging.getLogger(__name__)

PANEL_PATH: Final = "drive-burn-in"

_DIST: Final = Path(__file__).parents[1] / "frontend" / "dist"
_ELEMENT: Final = "truenas-burnin-panel"
_ICON: Final = "mdi:harddisk"
_STATIC: Final = f"/{DOMAIN}_static"


class Panel:
    """Show the panel while any NAS is configured."""

    def __init__(self, hass: HomeAssistant, module: str | None) -> None:
        """Keep the address of the module, None if it has not been built."""
        self._hass = hass
        self._module = module
        self._lock = asyncio.Lock()

    @property
    def built(self) -> bool:
        """Tell whether there is a panel to show."""
        return self._module is not None

    async def async_update(self) -> None:
        """Show the panel if a NAS is configured, take it away if none is."""
        entries = self._hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        if self._module is None:
            await self._report_missing(missed=bool(entries))
            return
        report_panel(self._hass, None)
        wanted = self._module if entries else None
        async with self._lock:
            await self._update_sidebar(wanted)
            await self._update_resource(wanted)

    async def _report_missing(self, *, missed: bool) -> None:
        """Say where a panel is to be had, to those who have browsers to show it in."""
        releases = None
        if missed and frontend.DOMAIN in self._hass.config.components:
            integration = await async_get_integration(self._hass, DOMAIN)
            releases = f"{integration.documentation}/releases"
        report_panel(self._hass, releases)

    async def _update_sidebar(self, wanted: str | None) -> None:
        shown = frontend.async_panel_exists(self._hass, PANEL_PATH)
        if wanted is None:
            if shown:
                frontend.async_remove_panel(self._hass, PANEL_PATH)
        elif not shown and frontend.DOMAIN in self._hass.config.components:
            words = await async_words(self._hass, "common")
            await panel_custom.async_register_panel(
                self._hass,
                frontend_url_path=PANEL_PATH,
                webcomponent_name=_ELEMENT,
                sidebar_title=words["panel_title"],
                sidebar_icon=_ICON,
                module_url=wanted,
                require_admin=True,
            )

    async def _update_resource(self, wanted: str | None) -> None:
        """Have dashboards load the module, this one and no older one of ours.

        Resources kept in YAML are the user's own to change.
        """
        lovelace = self._hass.data.get(LOVELACE_DATA)
        resources = lovelace.resources if lovelace is not None else None
        if not isinstance(resources, ResourceStorageCollection):
            return
        await resources.async_get_info()  # loads them
        ours = [
            item
            for item in resources.async_items()
            if str(item[CONF_URL]).startswith(f"{_STATIC}/")
        ]
        kept, extra = (ours[:1], ours[1:]) if wanted else ([], ours)
        for item in extra:
            await resources.async_delete_item(item[CONF_ID])
        if wanted is None:
            return
        module = {"res_type": "module", CONF_URL: wanted}
        if not kept:
            await resources.async_create_item(module)
        elif kept[0][CONF_URL] != wanted:
            await resources.async_update_item(kept[0][CONF_ID], module)


PANEL: Final[HassKey[Panel]] = HassKey(f"{DOMAIN}_panel")


async def async_setup_panel(hass: HomeAssistant) -> None:
    """Serve the module, once: a static path cannot be taken back."""
    name = await hass.async_add_executor_job(_module_name)
    if name is None:
        _LOGGER.info("Panel not found in this installation; scripts/package builds it")
        hass.data[PANEL] = Panel(hass, None)
        return
    # Its name changes with its content: a browser may keep it.
    await hass.http.async_register_static_paths(
        [StaticPathConfig(_STATIC, str(_DIST), cache_headers=True)]
    )
    hass.data[PANEL] = Panel(hass, f"{_STATIC}/{name}")


async def async_update_panel(hass: HomeAssistant) -> None:
    """Look again whether the panel is to be shown; entries may never be set up."""
    if (panel := hass.data.get(PANEL)) is not None:
        await panel.async_update()


def _module_name() -> str | None:
    """Return the file that the last build made, None without one."""
    try:
        name = json.loads((_DIST / "manifest.json").read_text())["panel"]
    except OSError, ValueError, KeyError, TypeError:
        return None
    return name if isinstance(name, str) and (_DIST / name).is_file() else None
