"""Who may use the actions, and who stands in the record."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.drive_ref import async_actor

from .common import OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

START = "start_burn_in"


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
