"""The options: checked, kept, offered again and obeyed."""

from datetime import time, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.runtime.options import (
    Audience,
    poll_interval,
    settings_of,
    stale_after,
)

from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

CHOSEN: dict[str, dict[str, Any]] = {
    "notifications": {
        "notify_entities": ["notify.phone"],
        "notify_services": ["mobile_app_phone"],
        "notify_progress": True,
        "reply_hours": 5,
        "webhook_url": "https://hooks.test/in?token=1",
        "outcomes": ["passed", "failed"],
        "daily_report": False,
        "daily_report_hour": 21,
    },
    "limits": {
        "max_parallel": 8,
        "stagger": 30,
        "yield_to_scrub": True,
        "quiet_from": "22:00:00",
        "quiet_until": "06:30:00",
    },
    "temperatures": {
        "hdd_pause_at": 50,
        "hdd_resume_at": 40,
        "ssd_pause_at": 60,
        "ssd_resume_at": 50,
    },
    "polling": {"poll_interval": 20, "stale_after": 90},
    "certificate": {"certificate_line": "Ada's drives, order 7"},
}
FLAT = {key: value for part in CHOSEN.values() for key, value in part.items()}
EMPTY: dict[str, dict[str, Any]] = {name: {} for name in CHOSEN}


@pytest.fixture(autouse=True)
def phone(hass: HomeAssistant) -> None:
    """Let there be a phone."""

    async def send(call: ServiceCall) -> None:
        """Take it."""

    for service in ("mobile_app_phone", "notify", "persistent_notification"):
        hass.services.async_register("notify", service, send)


async def choose(board: Board, typed: dict[str, dict[str, Any]]) -> Any:
    """Fill the form in and send it."""
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    result = await flow.async_configure(form["flow_id"], typed)
    await board.settle()
    return result


def changed(part: str, **typed: Any) -> dict[str, dict[str, Any]]:
    """Return the choice with some of a section typed differently."""
    return {**CHOSEN, part: {**CHOSEN[part], **typed}}


async def test_options(board: Board) -> None:
    """What was chosen is kept, as whole numbers, and suggested the next time."""
    result = await choose(board, changed("limits", max_parallel=8.0))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert board.entry.options == FLAT
    assert isinstance(board.entry.options["max_parallel"], int)
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    schema = form["data_schema"]
    assert schema is not None
    suggested = {
        str(key): key.description["suggested_value"]
        for part in schema.schema.values()
        for key in part.schema.schema
        if key != "test"
    }
    assert suggested == FLAT
    flow.async_abort(form["flow_id"])


async def test_a_test_message(board: Board) -> None:
    """It goes to who was chosen just now; what fails is said and nothing is kept."""
    said: list[str] = []
    broken = True

    async def send(call: ServiceCall) -> None:
        if broken:
            raise HomeAssistantError("the phone is off")
        said.append(call.data["title"])

    board.hass.services.async_register("notify", "mobile_app_phone", send)
    typed = changed("notifications", notify_entities=[], test=True)
    del typed["notifications"]["webhook_url"]
    result = await choose(board, typed)
    assert result["errors"] == {"base": "test_failed"}
    reasons = result["description_placeholders"]["reasons"]
    assert reasons == "notify.mobile_app_phone: the phone is off"
    assert board.entry.options == {}
    broken = False
    result = await choose(board, typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(said) == 1
    assert "test" not in board.entry.options


async def test_without_phones(board: Board) -> None:
    """Nobody is asked to choose from nothing."""
    board.hass.services.async_remove("notify", "mobile_app_phone")
    typed = changed("notifications")
    del typed["notifications"]["notify_services"]
    result = await choose(board, typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "notify_services" not in board.entry.options
    assert Audience.of(board.entry.options).notify_services == ()


async def test_they_are_obeyed(board: Board) -> None:
    """By the burn-ins, the polls and whoever tells people."""
    await choose(board, CHOSEN)
    assert board.data.runner.settings == Settings(
        max_parallel=8,
        stagger=30,
        yield_to_scrub=True,
        quiet_hours=(time(22), time(6, 30)),
        hdd_pause_at=50,
        hdd_resume_at=40,
        ssd_pause_at=60,
        ssd_resume_at=50,
    )
    assert poll_interval(board.entry) == timedelta(seconds=20)
    assert stale_after(board.entry) == timedelta(seconds=90)
    assert Audience.of(board.entry.options) == Audience(
        outcomes=("passed", "failed"),
        notify_entities=("notify.phone",),
        notify_services=("mobile_app_phone",),
        notify_progress=True,
        reply_hours=5,
        webhook_url="https://hooks.test/in?token=1",
        daily_report=False,
        daily_report_hour=21,
    )


async def test_the_poll_interval_is_obeyed(board: Board) -> None:
    """A busy NAS is looked at as often as chosen."""
    board.nas.still = True
    await choose(board, changed("polling", poll_interval=30, stale_after=90))
    await board.start()
    polls = len(board.nas.calls_of("fleet"))
    await board.tick(after=timedelta(seconds=29))
    assert len(board.nas.calls_of("fleet")) == polls
    await board.tick(after=timedelta(seconds=1))
    assert len(board.nas.calls_of("fleet")) == polls + 1


async def test_defaults(board: Board) -> None:
    """Nothing has to be chosen, and what is not chosen changes nothing."""
    before = board.data.runner.settings
    assert settings_of(board.entry) == before == Settings()
    await choose(board, EMPTY)
    assert board.data.runner.settings == before
    assert board.entry.options["outcomes"] == ["failed", "inconclusive", "stalled"]
    assert Audience.of(board.entry.options) == Audience.of({}) == Audience()


async def test_only_actions_that_send_are_offered(board: Board) -> None:
    """Those chosen once stay, also while their phone is away."""
    board.hass.config_entries.async_update_entry(
        board.entry, options={"notify_services": ["mobile_app_old"]}
    )
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    schema = form["data_schema"]
    assert schema is not None
    fields = schema.schema["notifications"].schema.schema
    assert fields["notify_services"].config["options"] == [
        "mobile_app_old",
        "mobile_app_phone",
    ]
    flow.async_abort(form["flow_id"])


@pytest.mark.parametrize(
    ("part", "typed"),
    [
        ("limits", {"max_parallel": 0}),
        ("limits", {"max_parallel": 65}),
        ("limits", {"max_parallel": "many"}),
        ("limits", {"quiet_from": "late"}),
        ("notifications", {"notify_entities": ["light.lamp"]}),
        ("notifications", {"notify_entities": ["nonsense"]}),
        ("notifications", {"notify_services": ["nonsense"]}),
        ("notifications", {"outcomes": ["nonsense"]}),
        ("notifications", {"daily_report_hour": 24}),
        ("temperatures", {"hdd_pause_at": 900}),
        ("polling", {"poll_interval": 0}),
    ],
)
async def test_bad_options(board: Board, part: str, typed: dict[str, Any]) -> None:
    """They are refused and change nothing; the form can still be sent."""
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    with pytest.raises(InvalidData):
        await flow.async_configure(form["flow_id"], changed(part, **typed))
    assert board.entry.options == {}
    result = await flow.async_configure(form["flow_id"], CHOSEN)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await board.settle()


@pytest.mark.parametrize(
    ("part", "typed", "error"),
    [
        ("limits", {"quiet_until": None}, "quiet_hours_incomplete"),
        ("limits", {"quiet_until": "22:00:00"}, "quiet_hours_empty"),
        ("temperatures", {"hdd_resume_at": 50}, "resume_not_below_pause"),
        ("temperatures", {"ssd_resume_at": 61}, "resume_not_below_pause"),
        ("polling", {"stale_after": 20}, "stale_too_soon"),
        ("notifications", {"webhook_url": "ftp://hooks.test"}, "invalid_webhook_url"),
        ("notifications", {"webhook_url": "file:///etc"}, "invalid_webhook_url"),
        ("notifications", {"webhook_url": "https://"}, "invalid_webhook_url"),
        ("notifications", {"webhook_url": "http://[x"}, "invalid_webhook_url"),
    ],
)
async def test_options_that_contradict_each_other(
    board: Board, part: str, typed: dict[str, Any], error: str
) -> None:
    """The form says what is wrong, keeps what was typed, and can be sent again."""
    given = changed(part, **typed)
    for key, value in typed.items():
        if value is None:
            del given[part][key]
    flow = board.hass.config_entries.options
    form = await flow.async_init(board.entry.entry_id)
    result = await flow.async_configure(form["flow_id"], given)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": error}
    schema = result["data_schema"]
    assert schema is not None
    kept = {
        str(key): key.description["suggested_value"]
        for key in schema.schema[part].schema.schema
        if key.description
    }
    assert {key: kept.get(key) for key in typed} == typed
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
    await choose(board, {**EMPTY, "limits": {"max_parallel": 2}})
    assert board.burn_in(OTHER).state is BurnInState.RUNNING
    assert len(board.nas.calls_of("start_self_test")) == 2
