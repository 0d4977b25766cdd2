"""Every client hears of what changes, once, and nobody is told of nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    ConnectionFailed,
)
from custom_components.truenas_burnin.truenas.models import SelfTestKind, SelfTestLog
from custom_components.truenas_burnin.truenas.surface import ContentItem
from custom_components.truenas_burnin.websocket_api.rows import system_row
from custom_components.truenas_burnin.websocket_api.subscribe import LIVE_FEED

from ..burnin.fakes import a_drive, a_report, a_test
from ..burnin.test_without_smart import REPORT as WITHOUT_SMART
from ..common import FREE, OTHER, POOLED, REMOTE, URL, Board
from ..components_fixtures import set_up_second
from .conftest import Panel, PanelMaker

pytest_plugins = ["tests.components_fixtures"]

SOON = timedelta(seconds=0.6)


def by_id(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the drive rows of a message."""
    return {row["id"]: row for row in message["drives"]}


def panel_id(board: Board, identifier: str) -> str:
    """Return how the panel calls a drive."""
    return f"{board.entry.entry_id}:{identifier}"


async def test_snapshot(board: Board, panel: Panel) -> None:
    """All NAS and all drives, in full."""
    snapshot = await panel.subscribe()
    assert snapshot["kind"] == "snapshot"
    (system,) = snapshot["systems"]
    last_success = board.data.coordinator.last_success
    assert last_success is not None
    assert system == {
        "entry_id": board.entry.entry_id,
        "title": "nas",
        "version": board.nas.system.version,
        "online": True,
        "last_success": last_success.isoformat(),
        "stale": False,
        "key_refused": False,
        "hold": False,
        "max_parallel": 2,
        "exported_pools": True,
        "commands": True,
        "url": URL,
    }
    rows = by_id(snapshot)
    assert set(rows) == {
        panel_id(board, drive.identifier) for drive in (FREE, OTHER, POOLED)
    }
    assert rows[panel_id(board, FREE.identifier)] == {
        "id": panel_id(board, FREE.identifier),
        "device_id": board.device_id(),
        "entry_id": board.entry.entry_id,
        "name": FREE.name,
        "serial": FREE.serial,
        "unit": None,
        "model": FREE.model,
        "manufacturer": "Western Digital",
        "firmware": "",
        "build": "5400 rpm",
        "asked_as": "",
        "size": FREE.size,
        "type": "hdd",
        "pool": None,
        "exported_pool": None,
        "boot": False,
        "unused": True,
        "present": True,
        "temperature": FREE.temperature,
        "location": "",
        "notes": "",
        "health": None,
        "smart": "unknown",
        "short": None,
        "long": None,
        "burn_in": None,
        "against": {"reasons": [], "reason": None},
    }
    pooled = rows[panel_id(board, POOLED.identifier)]
    assert pooled["pool"] == "tank"
    assert pooled["against"]["reason"] == "ada3 belongs to the pool tank"
    assert [reason["key"] for reason in pooled["against"]["reasons"]] == [
        "drive_in_pool"
    ]


async def test_a_burn_in_is_followed(board: Board, panel: Panel) -> None:
    """Only the row of its drive comes again, with what changed."""
    board.nas.still = True
    await panel.subscribe()
    (burn_in_id,) = await board.start()
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert (delta["kind"], delta["systems"], delta["removed"]) == ("delta", [], [])
    (row,) = delta["drives"]
    assert row["serial"] == FREE.serial
    burn_in = row["burn_in"]
    assert burn_in["id"] == burn_in_id
    assert (burn_in["state"], burn_in["stage"]) == ("running", "short_smart")
    assert (burn_in["destructive"], burn_in["verified"]) == (False, True)
    assert row["short"] == {"state": "running", "percent": 0.0, "at": None}
    assert (row["long"], row["smart"]) == (None, "ok")
    board.nas.still = False
    await board.tick()
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert [row["serial"] for row in delta["drives"]] == [FREE.serial]
    assert delta["drives"][0]["short"]["percent"] == 50.0


async def test_a_self_test_by_itself_is_followed(board: Board, panel: Panel) -> None:
    """The row of its drive comes when it starts, and when it is further."""
    board.nas.still = True
    await panel.subscribe()
    await board.press("short_self_test")
    await board.tick(after=SOON)
    (row,) = (await panel.hear())["drives"]
    assert row["serial"] == FREE.serial
    assert row["short"] == {"state": "running", "percent": 0.0, "at": None}
    assert row["long"] is None
    board.nas.finish_test(FREE.serial)
    await board.tick(after=timedelta(minutes=1))
    await board.tick(after=SOON)
    (row,) = (await panel.hear())["drives"]
    assert (row["short"]["state"], row["short"]["percent"]) == ("passed", None)
    assert row["short"]["at"] is not None


async def test_what_drives_say_comes_one_by_one(board: Board, panel: Panel) -> None:
    """In their rows: who asks for many sees how far it is."""
    await panel.subscribe()
    log = SelfTestLog(tests=(a_test(SelfTestKind.LONG),), running_percent=None)
    board.nas.reports[FREE.serial] = a_report(
        FREE, self_tests=log, power_on_hours=9, counters={"ata_5": 8, "ata_199": 2}
    )
    board.nas.put_on(FREE, ContentItem(place="drive", type="ext4", label="old"))
    await board.action("read_drive_health", device_id=board.device_id())
    await board.tick(after=SOON)
    row = by_id(await panel.hear())[panel_id(board, FREE.identifier)]
    health = row["health"]
    assert (health["power_on_hours"], health["reallocated"]) == (9, 8)
    assert (health["crc"], health["pending"], health["grade"]) == (2, None, "warn")
    assert health["content"] == ["ext4 old"]
    assert health["last_self_test"]["state"] == "passed"
    assert row["long"]["state"] == "passed"


async def test_a_drive_without_smart_is_marked(board: Board, panel: Panel) -> None:
    """As soon as somebody asked for its record."""
    await panel.subscribe()
    board.nas.reports[FREE.serial] = WITHOUT_SMART
    await board.action("read_drive_health", device_id=board.device_id())
    await board.tick(after=SOON)
    rows = by_id(await panel.hear())
    assert rows[panel_id(board, FREE.identifier)]["smart"] == "none"


async def test_an_unchanged_fleet_costs_nothing(board: Board, panel: Panel) -> None:
    """Polls that see the same tell nobody, and leave no timer."""
    await panel.subscribe()
    feed = board.hass.data[LIVE_FEED]
    for _ in range(3):
        await board.data.coordinator.async_refresh()
    assert feed._timer is None
    await panel.hears_nothing()


async def test_what_changes_back_is_not_told(board: Board, panel: Panel) -> None:
    """A row comes only if it differs from what the client has."""
    await panel.subscribe()
    for temperature in (40.0, FREE.temperature):
        board.nas.drives[FREE.identifier] = replace(FREE, temperature=temperature)
        await board.data.coordinator.async_refresh()
    assert board.hass.data[LIVE_FEED]._timer is not None
    await board.tick(after=SOON)
    await panel.hears_nothing()


async def test_at_most_two_messages_a_second(board: Board, panel: Panel) -> None:
    """Ten changes within half a second make one message, with the last of them."""
    await panel.subscribe()
    for degrees in range(40, 50):
        drive = replace(FREE, temperature=float(degrees))
        board.nas.drives[FREE.identifier] = drive
        await board.data.coordinator.async_refresh()
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert [row["temperature"] for row in delta["drives"]] == [49.0]
    await panel.hears_nothing()


async def test_every_client_hears_the_same(
    board: Board, panel: Panel, open_panel: PanelMaker
) -> None:
    """One that comes later gets a snapshot of its own and then what all get."""
    await panel.subscribe()
    await board.data.infos.async_change(FREE.identifier, {"location": "bay 7"}, "Ada")
    await board.tick(after=SOON)
    delta = await panel.hear()
    (row,) = delta["drives"]
    assert row["location"] == "bay 7"
    late = open_panel(board)
    assert by_id(await late.subscribe())[row["id"]] == row
    await board.data.infos.async_change(FREE.identifier, {"notes": "loud"}, "Ada")
    await board.tick(after=SOON)
    assert await panel.hear() == await late.hear()
    await panel.hears_nothing()
    await late.hears_nothing()


async def test_drives_come_and_go(board: Board, panel: Panel) -> None:
    """A pulled drive stays as absent until a person deletes its device."""
    await panel.subscribe()
    new = a_drive(7)
    board.nas.add(new)
    del board.nas.drives[OTHER.identifier]
    await board.data.coordinator.async_refresh()
    await board.settle()
    await board.tick(after=SOON)
    rows = by_id(await panel.hear())
    assert rows[panel_id(board, new.identifier)]["device_id"] == board.device_id(new)
    gone = rows[panel_id(board, OTHER.identifier)]
    assert (gone["present"], gone["serial"], gone["model"]) == (
        False,
        OTHER.serial,
        OTHER.model,
    )
    dr.async_get(board.hass).async_remove_device(board.device_id(OTHER))
    await board.settle()
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert delta["removed"] == [panel_id(board, OTHER.identifier)]
    assert delta["drives"] == []


async def test_a_nas_that_falls_silent(board: Board, panel: Panel) -> None:
    """It is offline at once and stale 45 s after its last word, then back."""
    await panel.subscribe()
    board.nas.down = ConnectionFailed("no route")
    await board.tick(after=timedelta(seconds=20))
    await board.data.coordinator.async_refresh()
    await board.tick(after=SOON)
    (system,) = (await panel.hear())["systems"]
    assert (system["online"], system["stale"]) == (False, False)
    await board.tick(after=timedelta(seconds=25))
    await board.tick(after=SOON)
    (system,) = (await panel.hear())["systems"]
    assert (system["online"], system["stale"]) == (False, True)
    board.nas.down = None
    await board.data.coordinator.async_refresh()
    await board.tick(after=SOON)
    (system,) = (await panel.hear())["systems"]
    assert (system["online"], system["stale"]) == (True, False)
    last_success = board.data.coordinator.last_success
    assert last_success is not None
    assert system["last_success"] == last_success.isoformat()
    assert board.hass.data[LIVE_FEED]._rows._ageing == {}


async def test_a_nas_is_added_and_removed(
    board: Board, panel: Panel, connect: AsyncMock
) -> None:
    """While somebody looks, with all its drives."""
    await panel.subscribe()
    second = await set_up_second(board, connect)
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert [system["title"] for system in delta["systems"]] == ["nas2"]
    assert [row["serial"] for row in delta["drives"]] == [REMOTE.serial]
    await board.hass.config_entries.async_remove(second.entry.entry_id)
    await board.settle()
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert delta["removed_systems"] == [second.entry.entry_id]
    assert delta["removed"] == [panel_id(second, REMOTE.identifier)]


async def test_a_reload_in_a_wink_is_not_seen(board: Board, panel: Panel) -> None:
    """The drives are the same; what changes later is still told."""
    await panel.subscribe()
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    await board.tick(after=SOON)
    await panel.hears_nothing()
    await board.data.infos.async_change(FREE.identifier, {"location": "bay 1"}, "Ada")
    await board.tick(after=SOON)
    assert [row["location"] for row in (await panel.hear())["drives"]] == ["bay 1"]


async def test_a_key_that_was_revoked(board: Board, panel: Panel) -> None:
    """The NAS answers: that is another thing than silence."""
    await panel.subscribe()
    board.nas.down = AuthenticationFailed("revoked")
    await board.data.coordinator.async_refresh()
    await board.tick(after=SOON)
    (system,) = (await panel.hear())["systems"]
    assert (system["online"], system["key_refused"]) == (False, True)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    assert system_row(board.entry, dt_util.utcnow())["key_refused"] is True


async def test_a_nas_is_unloaded(board: Board, panel: Panel) -> None:
    """Its drives go; the NAS itself stays, offline."""
    snapshot = await panel.subscribe()
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    await board.tick(after=SOON)
    delta = await panel.hear()
    assert set(delta["removed"]) == set(by_id(snapshot))
    (system,) = delta["systems"]
    assert (system["online"], system["stale"], system["version"]) == (False, True, None)


def left(board: Board) -> tuple[int, bool]:
    """Return how many clients there are, and whether a message is due."""
    feed = board.hass.data[LIVE_FEED]
    return len(feed._clients), feed._timer is not None


async def test_nothing_is_left_behind(
    board: Board, panel: Panel, open_panel: PanelMaker
) -> None:
    """The last one to leave ends all work, also half-way to a message."""
    await panel.subscribe()
    other = open_panel(board)
    await other.subscribe()
    await other.close()
    await board.settle()
    board.data.coordinator.announce_nas()
    assert left(board) == (1, True)
    client = await panel.client()
    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    assert (await client.receive_json())["success"]
    assert left(board) == (0, False)
    assert board.hass.data[LIVE_FEED]._rows.drives == {}
    board.data.coordinator.announce_nas()
    assert left(board) == (0, False)
    assert by_id(await panel.subscribe())


async def test_only_admins(board: Board, panel: Panel, hass_admin_user: Any) -> None:
    """Nobody else hears anything."""
    hass_admin_user.groups = []
    for command, data in (
        ("audit", {}),
        ("audit/verify", {}),
        ("burn_in", {"burn_in_id": "x"}),
        ("config", {}),
        ("history", {}),
        ("plan", {"drives": ["x"]}),
        ("statistics", {}),
        ("subscribe", {}),
    ):
        assert (await panel.refused(command, **data))["code"] == "unauthorized"
    assert board.hass.data[LIVE_FEED]._clients == set()
    commands = [name for name in board.hass.data["websocket_api"] if DOMAIN in name]
    assert len(commands) == 8
