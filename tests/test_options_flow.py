"""The options: checked, kept, offered again and obeyed."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType
import pytest
import voluptuous as vol

from custom_components.truenas_burnin.burnin.model import BurnInState

from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

CHOSEN = {
    "max_parallel": 8,
    "notify_entities": ["notify.phone"],
    "notify_on_pass": True,
}


async def test_options(board: Board) -> None:
    """What was chosen is kept, as whole numbers, and suggested the next time."""
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    result = await flow.async_configure(
        form["flow_id"], {**CHOSEN, "max_parallel": 8.0}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert board.entry.options == CHOSEN
    assert isinstance(board.entry.options["max_parallel"], int)
    await board.settle()
    assert board.data.runner.settings.max_parallel == 8
    form = await flow.async_init(board.entry.entry_id)
    schema = form["data_schema"]
    assert schema is not None
    suggested = {str(key): key.description["suggested_value"] for key in schema.schema}
    assert suggested == CHOSEN
    flow.async_abort(form["flow_id"])


async def test_defaults(board: Board) -> None:
    """Nothing has to be chosen."""
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    await flow.async_configure(form["flow_id"], {})
    await board.settle()
    assert board.entry.options == {
        "max_parallel": 2,
        "notify_entities": [],
        "notify_on_pass": False,
    }


@pytest.mark.parametrize(
    "typed",
    [
        {"max_parallel": 0},
        {"max_parallel": 65},
        {"max_parallel": "many"},
        {"notify_entities": ["light.lamp"]},
        {"notify_entities": ["nonsense"]},
    ],
)
async def test_bad_options(board: Board, typed: dict[str, Any]) -> None:
    """They are refused and change nothing; the form can still be sent."""
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    with pytest.raises(vol.Invalid):
        await flow.async_configure(form["flow_id"], {**CHOSEN, **typed})
    assert board.entry.options == {}
    result = await flow.async_configure(form["flow_id"], CHOSEN)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await board.settle()


async def test_max_parallel_is_obeyed(board: Board) -> None:
    """With one place, the second burn-in waits until it is raised to two."""
    board.nas.still = True
    entries = board.hass.config_entries
    entries.async_update_entry(board.entry, options={"max_parallel": 1})
    await entries.async_reload(board.entry.entry_id)
    await board.start(FREE, OTHER)
    assert board.burn_in().state is BurnInState.RUNNING
    assert board.burn_in(OTHER).state is BurnInState.QUEUED
    flow = entries.options
    form = await flow.async_init(board.entry.entry_id)
    await flow.async_configure(form["flow_id"], {"max_parallel": 2})
    await board.settle()
    assert board.burn_in(OTHER).state is BurnInState.RUNNING
    assert len(board.nas.calls_of("start_self_test")) == 2
