"""The panel in the sidebar and the module on dashboards."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components import frontend
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.presentation import panel as panel_module
from custom_components.truenas_burnin.presentation.panel import PANEL, PANEL_PATH, Panel
from custom_components.truenas_burnin.runtime.issues import report_panel
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed

from ..common import Board

pytest_plugins = ["tests.components_fixtures"]

STATIC = f"/{DOMAIN}_static"


@pytest.fixture
def dist(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with what a build leaves behind."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "panel-abc.js").write_text("export {};")
    (folder / "manifest.json").write_text(json.dumps({"panel": "panel-abc.js"}))
    with patch.object(panel_module, "_DIST", folder):
        yield folder


@pytest.fixture
async def browser(hass: HomeAssistant) -> None:
    """Set up the sidebar and the dashboards."""
    assert await async_setup_component(hass, "frontend", {})
    await hass.async_block_till_done()


def shown(hass: HomeAssistant) -> dict[str, Any] | None:
    """Return the panel as the sidebar gets it, None without it."""
    panel = hass.data.get(DATA_PANELS, {}).get(PANEL_PATH)
    return None if panel is None else dict(panel.to_response())


def resources(hass: HomeAssistant) -> ResourceStorageCollection:
    """Return what dashboards load."""
    found = hass.data[LOVELACE_DATA].resources
    assert isinstance(found, ResourceStorageCollection)
    return found


def missing(hass: HomeAssistant) -> ir.IssueEntry | None:
    """Return the issue of a panel that was not built."""
    return ir.async_get(hass).async_get_issue(DOMAIN, "panel_not_built")


def urls(hass: HomeAssistant) -> list[str]:
    """Return the addresses of what dashboards load."""
    return [item["url"] for item in resources(hass).async_items()]


async def test_shown_with_the_first_nas(
    dist: Path, browser: None, board: Board
) -> None:
    """To admins, with the module of this build."""
    panel = shown(board.hass)
    assert panel is not None
    assert (panel["title"], panel["icon"]) == ("Drive burn-in", "mdi:harddisk")
    assert panel["require_admin"]
    custom = panel["config"]["_panel_custom"]
    assert custom["name"] == "truenas-burnin-panel"
    assert custom["module_url"] == f"{STATIC}/panel-abc.js"
    assert urls(board.hass) == [f"{STATIC}/panel-abc.js"]
    assert resources(board.hass).async_items()[0]["type"] == "module"


async def test_the_module_is_served(
    dist: Path, board: Board, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Code only, so without a login, and to be kept by the browser."""
    client = await hass_client_no_auth()
    response = await client.get(f"{STATIC}/panel-abc.js")
    assert response.status == 200
    assert await response.text() == "export {};"
    assert "max-age" in response.headers["Cache-Control"]
    assert (await client.get(f"{STATIC}/%2e%2e/secret")).status in (403, 404)


async def test_gone_with_the_last_nas(
    dist: Path, browser: None, board: Board, second: Board
) -> None:
    """Not before, and not for a moment during a reload."""
    hass = board.hass
    with patch.object(frontend, "async_remove_panel") as removed:
        await hass.config_entries.async_reload(board.entry.entry_id)
        await hass.config_entries.async_remove(second.entry.entry_id)
    assert not removed.called
    assert len(urls(hass)) == 1
    await hass.config_entries.async_remove(board.entry.entry_id)
    assert shown(hass) is None
    assert urls(hass) == []


async def test_gone_while_the_last_nas_is_disabled(
    dist: Path, browser: None, board: Board
) -> None:
    """And back with it."""
    entries = board.hass.config_entries
    await entries.async_set_disabled_by(board.entry.entry_id, ConfigEntryDisabler.USER)
    assert shown(board.hass) is None
    await entries.async_set_disabled_by(board.entry.entry_id, None)
    await board.settle()
    assert shown(board.hass) is not None


async def test_shown_while_the_nas_is_silent(
    dist: Path, browser: None, bare: Board
) -> None:
    """The history can be looked at without it."""
    with patch(
        "custom_components.truenas_burnin.connect", side_effect=ConnectionFailed("no")
    ):
        await bare.set_up()
    assert shown(bare.hass) is not None


async def test_a_newer_build(dist: Path, browser: None, board: Board) -> None:
    """Its module takes the place of the older ones; others stay as they are."""
    hass = board.hass
    other = {"res_type": "module", "url": "/local/other.js"}
    old = {"res_type": "module", "url": f"{STATIC}/panel-old.js"}
    for item in (other, old):
        await resources(hass).async_create_item(item)
    hass.data[PANEL] = Panel(hass, f"{STATIC}/panel-new.js")
    await hass.config_entries.async_reload(board.entry.entry_id)
    assert sorted(urls(hass)) == ["/local/other.js", f"{STATIC}/panel-new.js"]
    before = resources(hass).async_items()
    await hass.config_entries.async_reload(board.entry.entry_id)
    assert resources(hass).async_items() == before


async def test_resources_in_yaml(dist: Path, hass: HomeAssistant, bare: Board) -> None:
    """They are the user's own; the panel is shown all the same."""
    config = {"lovelace": {"resource_mode": "yaml", "resources": []}}
    assert await async_setup_component(hass, "lovelace", config)
    assert await async_setup_component(hass, "frontend", {})
    await bare.set_up()
    assert shown(hass) is not None
    assert hass.data[LOVELACE_DATA].resources.async_items() == []


@pytest.mark.parametrize(
    "manifest",
    [None, "", "[]", "{}", '{"panel": 1}', '{"panel": "gone.js"}'],
)
async def test_not_built(
    dist: Path,
    browser: None,
    bare: Board,
    caplog: pytest.LogCaptureFixture,
    manifest: str | None,
) -> None:
    """Everything else works, and one line says why there is no panel."""
    caplog.set_level("INFO", logger=panel_module.__name__)
    if manifest is None:
        (dist / "manifest.json").unlink()
    else:
        (dist / "manifest.json").write_text(manifest)
    await bare.set_up()
    assert bare.state("sensor", "burn_in").state == "not_run"
    assert shown(bare.hass) is None
    assert urls(bare.hass) == []
    assert not bare.hass.data[PANEL].built
    lines = [line for line in caplog.messages if "Panel not found" in line]
    assert len(lines) == 1
    issue = missing(bare.hass)
    assert issue is not None
    assert (issue.learn_more_url or "").endswith("/truenas-burnin/releases")
    await bare.hass.config_entries.async_remove(bare.entry.entry_id)
    assert missing(bare.hass) is None


async def test_built_after_all(dist: Path, browser: None, bare: Board) -> None:
    """The installation of a release takes the issue back."""
    report_panel(bare.hass, "https://nas.test/releases")
    await bare.set_up()
    assert missing(bare.hass) is None


async def test_not_built_and_no_frontend(dist: Path, bare: Board) -> None:
    """Who has no browsers to show it in misses nothing."""
    (dist / "manifest.json").unlink()
    await bare.set_up()
    assert missing(bare.hass) is None


async def test_without_a_frontend(dist: Path, board: Board) -> None:
    """A Home Assistant without browsers has nothing to show it in."""
    assert board.hass.data[PANEL].built
    assert shown(board.hass) is None
    assert LOVELACE_DATA not in board.hass.data


async def test_removed_before_it_was_ever_set_up(hass: HomeAssistant) -> None:
    """Nothing was registered, so nothing is taken back."""
    assert PANEL not in hass.data
    await panel_module.async_update_panel(hass)
