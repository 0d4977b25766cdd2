"""The blueprints, loaded by Home Assistant and run."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
import shutil
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import (
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    ServiceCall,
    callback,
)
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    template,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)
import voluptuous as vol

import custom_components.truenas_burnin as integration
from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.plan import Profile
from custom_components.truenas_burnin.const import POLL_INTERVAL
from custom_components.truenas_burnin.truenas.errors import CallFailed
from custom_components.truenas_burnin.truenas.models import Drive

from .burnin.fakes import a_drive
from .common import FREE, OTHER, Board
from .said import said

pytest_plugins = ["tests.components_fixtures"]

FOLDER = Path(integration.__file__).parent / "blueprints" / "automation"
NAMES = sorted(path.stem for path in FOLDER.rglob("*.yaml"))
AUTOMATIONS = "homeassistant.components.device_automation"
ANSWER = "mobile_app_notification_action"


@pytest.fixture(autouse=True)
def imported(hass: HomeAssistant, tmp_path: Path) -> None:
    """Have the blueprints imported."""
    shutil.copytree(FOLDER, tmp_path / "blueprints" / "automation")
    hass.config.config_dir = str(tmp_path)


async def use(board: Board, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    config = {
        "alias": name,
        "use_blueprint": {"path": f"truenas_burnin/{name}.yaml", "input": inputs},
    }
    assert await async_setup_component(board.hass, AUTOMATION, {AUTOMATION: [config]})
    await board.settle()
    state = board.hass.states.get(f"automation.{name}")
    assert state is not None
    assert state.state == "on"


@dataclass
class Phone:
    """A phone with the app, and what was pushed to it."""

    device_id: str
    pushed: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    async def take(
        self,
        _hass: HomeAssistant,
        config: dict[str, Any],
        variables: dict[str, Any],
        _context: Context | None,
    ) -> None:
        """Take a push, in place of the app's device action."""
        self.pushed.put_nowait(
            {
                key: template.render_complex(value, variables)
                for key, value in config.items()
            }
        )


@pytest.fixture
def phone(hass: HomeAssistant) -> Iterator[Phone]:
    """Return a phone."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "phone")}
    )
    found = Phone(device.id)
    schema = cv.DEVICE_ACTION_BASE_SCHEMA.extend(
        {
            vol.Required("type"): "notify",
            vol.Required("title"): cv.template,
            vol.Required("message"): cv.template,
            vol.Optional("data"): cv.template_complex,
        }
    )
    platform = SimpleNamespace(
        ACTION_SCHEMA=schema, async_call_action_from_config=found.take
    )

    async def load(*_args: object) -> SimpleNamespace:
        return platform

    with (
        patch(f"{AUTOMATIONS}.action.async_get_device_automation_platform", load),
        patch(f"{AUTOMATIONS}.helpers.async_get_device_automation_platform", load),
    ):
        yield found


@pytest.mark.parametrize("name", NAMES)
async def test_they_are_valid(board: Board, name: str) -> None:
    """By Home Assistant's own schema, for the version we ask for."""
    assert await async_setup_component(board.hass, AUTOMATION, {AUTOMATION: []})
    found = await async_get_blueprints(board.hass).async_get_blueprint(
        f"truenas_burnin/{name}.yaml"
    )
    assert isinstance(found, Blueprint)
    assert found.validate() is None
    assert found.metadata["description"]
    assert all(part.get("name") for part in found.inputs.values())


async def test_every_profile_is_offered(hass: HomeAssistant) -> None:
    """All but the one that needs stages of one's own."""
    blueprints = await async_get_blueprints(hass).async_get_blueprints()
    blueprint = blueprints["truenas_burnin/start_on_new_drive.yaml"]
    assert isinstance(blueprint, Blueprint)
    options = blueprint.inputs["profile"]["selector"]["select"]["options"]
    assert set(options) == set(Profile) - {Profile.CUSTOM}


async def test_webhook(board: Board) -> None:
    """A REST command is told of the start and of the end."""
    calls = async_mock_service(board.hass, "rest_command", "hook")
    await use(
        board,
        "webhook",
        systems={"device_id": board.device_id(None)},
        command="rest_command.hook",
    )
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=5)
    burn_in = board.burn_in()
    started, failed = (dict(call.data) for call in calls)
    assert (started["event"], started["state"]) == ("burn_in_started", "running")
    assert failed == {
        "event": "burn_in_failed",
        "job_id": burn_in.id,
        "devname": "ada1",
        "serial": "SER001",
        "model": "WD80EFAX",
        "state": "failed",
        "operator": "Home Assistant",
        "error_text": said(burn_in),
    }


async def test_daily_summary(board: Board) -> None:
    """It counts what ended since yesterday, and is silent when there is nothing."""
    calls: list[ServiceCall] = async_mock_service(board.hass, "notify", "send_message")
    board.freezer.move_to("2026-11-25 06:00:00+00:00")
    await board.hass.config.async_set_time_zone("UTC")
    await use(board, "daily_summary", notifier="notify.mia", at="08:00:00")
    await board.tick(after=timedelta(hours=2))
    assert calls == []
    board.nas.bad.add(FREE.serial)
    await board.start(FREE, OTHER, profile="surface")
    await board.tick(times=6)
    board.nas.still = True
    await board.start(OTHER)
    board.nas.fail["abort_self_test"] = CallFailed("smartctl", "no")
    await board.action("cancel_burn_in", device_id=board.device_id(OTHER))
    assert board.burn_in(OTHER).state is BurnInState.CANCELLING
    await board.tick(after=timedelta(hours=24) - timedelta(seconds=72))
    (call,) = calls
    assert "0 queued, 1 under way, 1 passed and 1 failed" in " ".join(
        call.data["message"].split()
    )
    assert "ada1 (SER001): failed, " in call.data["message"]
    await board.hass.services.async_call(
        AUTOMATION, "turn_off", {"entity_id": "automation.daily_summary"}, blocking=True
    )


def reached(board: Board, drive: Drive, state: str) -> asyncio.Future[None]:
    """Return what waits until the burn-in sensor of a drive is in a state.

    An automation that waits for an answer is never done, so nothing else can be
    waited for.
    """
    found = board.hass.loop.create_future()

    @callback
    def look(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.state == state and not found.done():
            found.set_result(None)

    entity_id = board.entity_id("sensor", "burn_in", drive)
    async_track_state_change_event(board.hass, entity_id, look)
    return found


def answer(board: Board, action: str, user_id: str | None = "mia's") -> None:
    """Press a button of the notification, as the app of a user tells it."""
    context = Context(user_id=user_id)
    board.hass.bus.async_fire(ANSWER, {"action": action}, context=context)


def people(board: Board) -> list[str]:
    """Return who may answer: Mia, and somebody who cannot log in."""
    mia = {"user_id": "mia's", "friendly_name": "Mia"}
    board.hass.states.async_set("person.mia", "home", mia)
    board.hass.states.async_set("person.grandma", "home", {})
    return ["person.mia", "person.grandma"]


async def acted(board: Board) -> str | None:
    """Return who acted last, by the audit trail."""
    rows = await board.data.ledger.audit(limit=20, offset=0)
    return next(row.actor for row in rows if row.actor is not None)


async def failed_with(board: Board, phone: Phone) -> dict[str, Any]:
    """Let a burn-in fail with the blueprint in use; return what the phone gets."""
    target = {"device_id": board.device_id(None)}
    await use(
        board,
        "notify_on_failure",
        systems=target,
        phone=phone.device_id,
        people=people(board),
    )
    board.nas.bad.add(FREE.serial)
    await board.start(FREE, profile="surface")
    await board.tick()
    board.freezer.tick(POLL_INTERVAL)
    async_fire_time_changed(board.hass)
    async with asyncio.timeout(20):
        return await phone.pushed.get()


async def test_try_again(board: Board, phone: Phone) -> None:
    """The phone is told, and its answer obeyed."""
    push = await failed_with(board, phone)
    assert push["title"] == "Burn-in failed: SER001"
    burn_in_id = board.burn_in().id
    titles = [item["title"] for item in push["data"]["actions"]]
    assert titles == ["Retry", "Cancel all others"]
    answer(board, f"BURN_IN_RETRY_{burn_in_id}", "ben's")
    await board.data.coordinator.async_refresh()
    assert board.burn_in().state is BurnInState.FAILED
    running = reached(board, FREE, "running")
    answer(board, f"BURN_IN_RETRY_{burn_in_id}")
    async with asyncio.timeout(20):
        await running
    assert board.burn_in().retry_of == burn_in_id
    assert await acted(board) == "Mia (Home Assistant)"
    await board.settle()


async def test_cancel_the_others(board: Board, phone: Phone) -> None:
    """The other answer."""
    board.nas.still = True
    await board.start(OTHER)
    board.nas.still = False
    await failed_with(board, phone)
    cancelled = reached(board, OTHER, "cancelled")
    answer(board, f"BURN_IN_CANCEL_OTHERS_{board.burn_in().id}")
    async with asyncio.timeout(20):
        await cancelled
    await board.settle()
    assert board.burn_in().state is BurnInState.FAILED
    assert await acted(board) == "Mia (Home Assistant)"


async def test_start_on_a_new_drive(board: Board, phone: Phone) -> None:
    """Nothing is written before somebody answers."""
    await use(
        board,
        "start_on_new_drive",
        phone=phone.device_id,
        people=people(board),
        profile="surface",
    )
    newcomer = a_drive(9)
    board.nas.add(newcomer)
    await board.data.coordinator.async_refresh()
    async with asyncio.timeout(20):
        push = await phone.pushed.get()
    assert push["title"] == "New drive: SER009"
    assert newcomer.identifier not in board.data.runner.burn_ins
    start = f"BURN_IN_START_{board.device_id(newcomer)}"
    for stranger in ("ben's", None):
        answer(board, start, stranger)
    await board.data.coordinator.async_refresh()
    assert newcomer.identifier not in board.data.runner.burn_ins
    running = reached(board, newcomer, "running")
    answer(board, start)
    async with asyncio.timeout(20):
        await running
    await board.settle()
    assert board.burn_in(newcomer).destructive
    assert await acted(board) == "Mia (Home Assistant)"
