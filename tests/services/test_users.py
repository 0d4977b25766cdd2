"""Who may use the actions, and who stands in the record."""

from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.control.drive_ref import async_actor

from ..common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

START = "start_burn_in"
SHOWING = ("binary_sensor", "event", "number", "select", "sensor", "switch", "text")
"""Not the buttons, which show when somebody last tried."""


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("start_burn_in", {"profile": "smart"}),
        ("cancel_burn_in", {}),
        ("start_self_test", {"type": "short"}),
        ("cancel_self_test", {}),
        ("cancel_all_burn_ins", None),
    ],
)
async def test_only_admins(
    board: Board,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
    action: str,
    data: dict[str, Any] | None,
) -> None:
    """Others change nothing; an admin is not asked twice."""
    board.nas.still = True
    (burn_in_id,) = await board.start(OTHER)
    before = board.changes()
    fields = {} if data is None else {**data, "device_id": [board.device_id()]}
    with pytest.raises(Unauthorized):
        await board.hass.services.async_call(
            DOMAIN,
            action,
            fields,
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    await board.settle()
    assert board.changes() == before
    assert board.burn_in(OTHER).state is BurnInState.RUNNING
    assert [item.id for item in await board.history()] == [burn_in_id]


@pytest.mark.parametrize(
    ("platform", "key", "action", "data"),
    [
        ("button", "start_burn_in", "press", {}),
        ("button", "cancel_burn_in", "press", {}),
        ("button", "short_self_test", "press", {}),
        ("button", "cancel_all", "press", {}),
        ("number", "max_parallel", "set_value", {"value": 5}),
        ("select", "profile", "select_option", {"option": "surface"}),
        ("switch", "armed", "turn_on", {}),
        ("switch", "armed", "turn_off", {}),
        ("switch", "hold", "turn_on", {}),
        ("switch", "hold", "turn_off", {}),
        ("text", "notes", "set_value", {"value": "mine"}),
    ],
)
async def test_only_admins_by_entities(
    board: Board,
    hass: HomeAssistant,
    platform: str,
    key: str,
    action: str,
    data: dict[str, Any],
) -> None:
    """Home Assistant lets every user press and switch; here they change nothing."""
    await hass.auth.async_create_user("Mia, the first, who owns it")
    user = await hass.auth.async_create_user("Ben", group_ids=[GROUP_ID_USER])
    board.nas.still = True
    await board.start(OTHER)
    of_nas = key in ("cancel_all", "max_parallel", "hold")
    drive = None if of_nas else OTHER if key == "cancel_burn_in" else FREE
    before = board.changes()
    shown = hass.states.async_all(SHOWING)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            platform,
            action,
            {"entity_id": board.entity_id(platform, key, drive), **data},
            blocking=True,
            context=Context(user_id=user.id),
        )
    await board.settle()
    assert board.changes() == before
    assert hass.states.async_all(SHOWING) == shown


async def test_admins_by_entities(board: Board, hass_admin_user: MockUser) -> None:
    """They may, and stand in the record; nothing that no user began is refused."""
    for context in (Context(user_id=hass_admin_user.id), Context()):
        await board.hass.services.async_call(
            "select",
            "select_option",
            {"entity_id": board.entity_id("select", "profile"), "option": "smart"},
            blocking=True,
            context=context,
        )
    await board.hass.services.async_call(
        "button",
        "press",
        {"entity_id": board.entity_id("button", "start_burn_in")},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    assert board.burn_in().operator == hass_admin_user.name


async def test_the_admin_stands_in_the_record(
    board: Board, hass_admin_user: MockUser
) -> None:
    """Who calls is the operator."""
    await board.hass.services.async_call(
        DOMAIN,
        START,
        {"device_id": board.device_id(), "profile": "smart"},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    assert board.burn_in().operator == hass_admin_user.name


async def test_a_user_who_is_gone(board: Board, hass_admin_user: MockUser) -> None:
    """The record then names Home Assistant itself."""
    assert await async_actor(board.hass, Context(user_id="nobody")) == "Home Assistant"
    context = Context(user_id=hass_admin_user.id)
    assert await async_actor(board.hass, context) == hass_admin_user.name
