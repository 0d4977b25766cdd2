"""Notifications on phones, and what people answer there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import persistent_notification
from homeassistant.core import Context, HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.notifications.push import progress_data
from custom_components.truenas_burnin.notifications.replies import (
    EVENT_ANSWER,
    Reply,
    action_id,
    read_action_id,
)
from custom_components.truenas_burnin.runtime.changes import Happening

from ..common import FREE, OTHER, Board
from .test_outcomes import fail, with_options

pytest_plugins = ["tests.components_fixtures"]

PHONE = "mobile_app_phone"


@pytest.fixture
def pushed(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Take what goes to the phone."""
    found: list[dict[str, Any]] = []

    async def send(call: ServiceCall) -> None:
        found.append(dict(call.data))

    hass.services.async_register("notify", PHONE, send)
    return found


async def test_a_failure_rings_and_has_buttons(
    board: Board, pushed: list[dict[str, Any]]
) -> None:
    """It is critical, leads to the burn-in and offers what to do."""
    await with_options(board, notify_services=[PHONE])
    await fail(board)
    (push,) = pushed
    burn_in_id = board.burn_in().id
    data = push["data"]
    assert push["title"] == "Burn-in failed: SER001"
    assert data["push"]["sound"]["critical"] == 1
    assert (data["ttl"], data["priority"]) == (0, "high")
    assert data["url"] == data["clickAction"] == f"/drive-burn-in/burn-in/{burn_in_id}"
    assert data["tag"] == f"truenas_burnin_{burn_in_id}"
    assert [(item["action"], item["title"]) for item in data["actions"]] == [
        (f"TRUENAS_BURNIN:retry:{burn_in_id}", "Retry"),
        (f"TRUENAS_BURNIN:cancel_others:{burn_in_id}", "Cancel all others"),
    ]


async def test_other_news_are_quiet(board: Board, pushed: list[dict[str, Any]]) -> None:
    """A start can be cancelled, a pass needs no button."""
    await with_options(
        board, notify_services=[PHONE], outcomes=["started", "passed", "cancelled"]
    )
    await board.start()
    await board.tick(times=8)
    started, passed = pushed
    assert [item["title"] for item in started["data"]["actions"]] == [
        "Cancel the burn-in"
    ]
    assert "actions" not in passed["data"]
    assert all("ttl" not in push["data"] for push in pushed)


async def test_other_notify_actions_get_the_text_alone(
    board: Board, hass: HomeAssistant
) -> None:
    """They may not know what to do with more."""
    found: list[dict[str, Any]] = []

    async def send(call: ServiceCall) -> None:
        found.append(dict(call.data))

    hass.services.async_register("notify", "pager", send)
    await with_options(board, notify_services=["pager"], notify_progress=True)
    await fail(board)
    assert [set(item) for item in found] == [{"title", "message"}]


async def test_progress_in_place(board: Board, pushed: list[dict[str, Any]]) -> None:
    """One notification that changes at each stage and step, then gives way."""
    await with_options(
        board, notify_services=[PHONE], notify_progress=True, outcomes=["passed"]
    )
    await board.start()
    await board.tick(times=8)
    tags = {push["data"]["tag"] for push in pushed}
    assert tags == {f"truenas_burnin_{board.burn_in().id}"}
    *progress, last = pushed
    assert len(progress) >= 3
    assert all(push["data"]["live_update"] for push in progress)
    percents = [push["data"]["progress"] for push in progress]
    assert percents == sorted(percents)
    assert any("Long self-test" in push["message"] for push in progress)
    assert last["title"] == "Burn-in passed: SER001"
    assert "live_update" not in last["data"]


async def test_progress_is_cleared(board: Board, pushed: list[dict[str, Any]]) -> None:
    """An end that nobody wants to hear of takes the progress away."""
    await with_options(
        board, notify_services=[PHONE], notify_progress=True, outcomes=["failed"]
    )
    await board.start()
    await board.action("cancel_burn_in", device_id=board.device_id())
    await board.settle()
    assert pushed[-1] == {
        "message": "clear_notification",
        "data": {"tag": f"truenas_burnin_{board.burn_in().id}"},
    }


async def test_progress_is_told_sparingly(
    board: Board, pushed: list[dict[str, Any]]
) -> None:
    """Not with every poll: a phone takes a few hundred a day."""
    board.nas.still = True
    await with_options(board, notify_services=[PHONE], notify_progress=True)
    await board.start()
    first = len(pushed)
    await board.tick(times=5)
    assert len(pushed) == first


async def test_when_it_will_be_done(board: Board) -> None:
    """The phone counts down by itself, if there is something to count to."""
    board.nas.still = True
    await board.start()
    burn_in = board.burn_in()
    assert burn_in.finish_time is not None
    assert progress_data(burn_in)["when"] == int(burn_in.finish_time.timestamp())
    assert "when" not in progress_data(replace(burn_in, finish_time=None))


async def answer(board: Board, reply: Reply, user: MockUser | None, of: str) -> None:
    """Press a button on a phone of a user."""
    context = Context(user_id=None if user is None else user.id)
    board.hass.bus.async_fire(
        EVENT_ANSWER, {"action": action_id(reply, of)}, context=context
    )
    await board.settle()


async def test_retry_from_the_phone(board: Board, hass_admin_user: MockUser) -> None:
    """An admin's press confirms exactly that drive again, and stands in the record."""
    await fail(board)
    failed = board.burn_in()
    board.nas.bad.clear()
    await answer(board, Reply.RETRY, hass_admin_user, failed.id)
    again = board.burn_in()
    assert (again.retry_of, again.state) == (failed.id, BurnInState.RUNNING)
    rows = await board.data.ledger.audit(limit=50, offset=0, burn_in_id=again.id)
    (row,) = (row for row in rows if row.event == "retried")
    assert row.actor == hass_admin_user.name
    persistent_notification.async_dismiss_all(board.hass)


async def refused_retry(
    board: Board, pushed: list[dict[str, Any]], user: MockUser, of: BurnIn
) -> str:
    """Press *Retry* in vain; return what the phone is told."""
    before = board.burn_in()
    pushed.clear()
    await answer(board, Reply.RETRY, user, of.id)
    assert board.burn_in() == before
    (told,) = pushed
    assert "start the burn-in there" in told["message"]
    persistent_notification.async_dismiss_all(board.hass)
    return str(told["message"])


async def test_a_button_is_good_for_a_day(
    board: Board,
    pushed: list[dict[str, Any]],
    hass_admin_user: MockUser,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After that it confirms nothing; set back, the clock makes it no better."""
    await with_options(board, notify_services=[PHONE], outcomes=[])
    await fail(board)
    failed = board.burn_in()
    for hours in (25, -50):
        freezer.tick(timedelta(hours=hours))
        message = await refused_retry(board, pushed, hass_admin_user, failed)
        assert "older than 24 hours" in message


async def test_a_button_of_an_older_verdict(
    board: Board, pushed: list[dict[str, Any]], hass_admin_user: MockUser
) -> None:
    """It is for that verdict only."""
    await with_options(board, notify_services=[PHONE], outcomes=[])
    await fail(board)
    failed = board.burn_in()
    board.nas.bad.clear()
    await board.start()
    await board.tick(times=8)
    message = await refused_retry(board, pushed, hass_admin_user, failed)
    assert "newer burn-in" in message


async def test_a_button_after_the_drive_was_in_a_pool(
    board: Board, pushed: list[dict[str, Any]], hass_admin_user: MockUser
) -> None:
    """The pool may have been exported since: its data are still there."""
    await with_options(board, notify_services=[PHONE], outcomes=[])
    board.nas.still = True
    await board.start(profile="surface")
    board.nas.drives[FREE.identifier] = replace(FREE, pool="tank", unused=False)
    await board.tick(times=2)
    taken = board.burn_in()
    assert taken.state is BurnInState.INCONCLUSIVE
    board.nas.drives[FREE.identifier] = FREE
    await board.tick()
    message = await refused_retry(board, pushed, hass_admin_user, taken)
    assert "other data" in message


async def test_cancel_from_the_phone(board: Board, hass_admin_user: MockUser) -> None:
    """That one, or all others of the NAS."""
    board.nas.still = True
    await board.start(FREE, OTHER)
    await answer(board, Reply.CANCEL_OTHERS, hass_admin_user, board.burn_in().id)
    assert board.burn_in().state is BurnInState.RUNNING
    assert board.burn_in(OTHER).state is BurnInState.CANCELLED
    await answer(board, Reply.CANCEL, hass_admin_user, board.burn_in().id)
    assert board.burn_in().state is BurnInState.CANCELLED


@pytest.mark.parametrize("reply", Reply)
async def test_only_admins_may_answer(
    board: Board, hass_read_only_user: MockUser, reply: Reply
) -> None:
    """A phone of anybody else, or none, changes nothing."""
    board.nas.still = True
    await board.start(FREE, OTHER)
    await board.action("cancel_burn_in", device_id=board.device_id(OTHER))
    before = (board.changes(), await board.history())
    for user in (hass_read_only_user, None, MockUser(id="gone")):
        for drive in (FREE, OTHER):
            await answer(board, reply, user, board.burn_in(drive).id)
    assert (board.changes(), await board.history()) == before


async def test_answers_that_come_too_late(
    board: Board, hass_admin_user: MockUser, caplog: pytest.LogCaptureFixture
) -> None:
    """They are refused as any other, and said so in the log."""
    await board.start()
    await board.tick(times=8)
    before = await board.history()
    for reply in (Reply.CANCEL, Reply.RETRY):
        await answer(board, reply, hass_admin_user, board.burn_in().id)
    await answer(board, Reply.RETRY, hass_admin_user, "inconclusive")
    assert await board.history() == before
    assert caplog.text.count("Rejected a request from a notification") == 2


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "OTHER_APP",
        "TRUENAS_BURNIN:erase:1",
        "X:retry:1",
        "TRUENAS_BURNIN:retry",
    ],
)
async def test_answers_to_others(
    board: Board, hass_admin_user: MockUser, text: str | None
) -> None:
    """Buttons of other integrations are none of ours."""
    assert read_action_id(text) is None
    board.hass.bus.async_fire(
        EVENT_ANSWER, {"action": text}, context=Context(user_id=hass_admin_user.id)
    )
    await board.settle()
    assert await board.history() == ()


def test_action_ids() -> None:
    """They come back as they went out."""
    for reply in Reply:
        assert read_action_id(action_id(reply, "abc")) == (reply, "abc")
    assert Happening.FAILED.final
    assert not Happening.STARTED.final
