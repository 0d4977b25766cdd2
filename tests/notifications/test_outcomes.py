"""Who hears how a burn-in ended, and what they hear."""

from dataclasses import asdict, replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
import pytest

from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.repairs import (
    VerdictRepairFlow,
    async_create_fix_flow,
)
from custom_components.truenas_burnin.runtime.signals import burn_in_signal

from ..burnin.fakes import a_report
from ..common import FREE, OTHER, Board
from ..said import said

pytest_plugins = ["tests.components_fixtures"]

PHONE = "notify.phone"
TABLET = "notify.tablet"


def shown(hass: HomeAssistant) -> list[tuple[str | None, str]]:
    """Return kind and words of every verdict that somebody has to see."""
    return [
        (issue.translation_key, (issue.translation_placeholders or {})["text"])
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    ]


@pytest.fixture
def sent(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Take what is sent to notifiers."""
    found: list[dict[str, Any]] = []

    async def send(call: ServiceCall) -> None:
        found.append(dict(call.data))

    hass.services.async_register("notify", "send_message", send)
    return found


async def with_options(board: Board, **options: Any) -> None:
    """Set options and reload."""
    entries = board.hass.config_entries
    entries.async_update_entry(board.entry, options=options)
    await entries.async_reload(board.entry.entry_id)
    await board.settle()


async def fail(board: Board) -> None:
    """Let the surface check of a drive fail."""
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=4)
    assert board.burn_in().state == "failed"


async def test_a_failure_is_shown(board: Board) -> None:
    """Which drive where, at which stage, and why."""
    await fail(board)
    ((kind, message),) = shown(board.hass)
    assert kind == "failed_burn_in"
    assert message.split("\n\n") == [
        "ada1 (WD80EFAX, serial SER001) in nas failed its burn-in.",
        "Stage: Surface check",
        f"Reason: {said(board.burn_in())}",
    ]


async def test_what_a_drive_says_is_no_markdown(
    board: Board, sent: list[dict[str, Any]]
) -> None:
    """A model that is a picture would be loaded; phones get it as it is."""
    await with_options(board, notify_entities=[PHONE])
    model = "![WD](http://evil.test/a.png)\n# 80_EFAX_"
    evil = replace(FREE, model=model, name="<b>ada1")
    board.nas.drives[FREE.identifier] = evil
    await board.data.coordinator.async_refresh()
    await fail(board)
    ((kind, message),) = shown(board.hass)
    assert kind == "failed_burn_in"
    assert message.startswith(
        r"\<b\>ada1 (\!\[WD\](http\://evil.test/a.png) \# 80_EFAX\_, serial SER001)"
    )
    assert sent[-1]["message"].startswith(f"<b>ada1 ({model}, serial SER001)")


async def test_an_end_without_verdict_is_shown(board: Board) -> None:
    """A drive that is pulled for good."""
    board.nas.still = True
    await board.start()
    del board.nas.drives[FREE.identifier]
    await board.tick(times=76)
    ((kind, message),) = shown(board.hass)
    assert kind == "inconclusive_burn_in"
    assert "was inconclusive" in message
    assert "Reason: the drive disappeared from the NAS" in message


async def test_findings_are_told(board: Board) -> None:
    """What the drive has counted since the beginning, in a list."""
    await board.start()
    board.nas.reports[FREE.serial] = a_report(
        FREE, counters={"ata_5": 0, "ata_197": 8, "ata_198": 0}
    )
    await board.tick(times=8)
    burn_in = board.burn_in()
    assert burn_in.state == "failed"
    assert burn_in.findings
    ((_, message),) = shown(board.hass)
    assert "Stage: Final check" in message
    assert message.endswith(f"- {said(burn_in.findings[-1])}")
    reply = await board.action("get_burn_ins", response=True)
    finding = burn_in.findings[-1]
    assert reply["burn_ins"][0]["findings"][-1] == {
        "key": finding.key,
        "severity": str(finding.severity),
        "text": said(finding),
        "reason": asdict(finding.reason),
        "before": finding.before,
        "after": finding.after,
    }


async def test_what_follows_an_end_is_silent(board: Board) -> None:
    """A burn-in that has ended does not end again."""
    await fail(board)
    burn_in = board.burn_in()
    ir.async_delete_issue(board.hass, DOMAIN, f"failed_burn_in_{burn_in.id}")
    async_dispatcher_send(
        board.hass, burn_in_signal(board.entry.entry_id), burn_in, burn_in
    )
    await board.settle()
    assert shown(board.hass) == []


async def test_each_burn_in_is_told_once(board: Board) -> None:
    """Also over a reload, and each has a notification of its own."""
    await fail(board)
    await fail(board)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.tick(times=2)
    assert len(shown(board.hass)) == 2


async def test_a_failure_is_shown_until_somebody_has_seen_it(board: Board) -> None:
    """A restart does not take it away, and it leads to the burn-in."""
    await fail(board)
    burn_in_id = board.burn_in().id
    issue_id = f"failed_burn_in_{burn_in_id}"
    registry = ir.async_get(board.hass)
    issue = registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.is_persistent
    flow = await async_create_fix_flow(board.hass, issue_id, issue.data)
    assert isinstance(flow, VerdictRepairFlow)
    flow.hass = board.hass
    asked = await flow.async_step_init()
    placeholders = asked["description_placeholders"]
    assert placeholders is not None
    assert placeholders["page"] == f"/drive-burn-in/burn-in/{burn_in_id}"
    assert "failed its burn-in" in placeholders["text"]
    assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY


async def test_whoever_retries_has_seen_it(board: Board) -> None:
    """The verdict is no issue any more once its drive is tried again."""
    await fail(board)
    await board.action(
        "retry_burn_in",
        device_id=board.device_id(FREE),
        confirm_serials=[FREE.serial],
    )
    await board.settle()
    assert shown(board.hass) == []


async def test_a_pass_and_a_cancel_are_silent(
    board: Board, sent: list[dict[str, Any]]
) -> None:
    """Unless somebody wants to hear of passes."""
    await with_options(board, notify_entities=[PHONE])
    await board.start(FREE, OTHER)
    await board.action("cancel_burn_in", device_id=board.device_id(OTHER))
    await board.tick(times=8)
    assert board.burn_in().state == "passed"
    assert board.burn_in(OTHER).state == "cancelled"
    assert (shown(board.hass), sent) == ([], [])


async def test_a_pass_that_is_wanted(board: Board, sent: list[dict[str, Any]]) -> None:
    """It goes to the notifiers and does not pile up here; a cancel stays silent."""
    await with_options(board, notify_entities=[PHONE], outcomes=["passed"])
    await board.start(FREE, OTHER)
    await board.action("cancel_burn_in", device_id=board.device_id(OTHER))
    await board.tick(times=8)
    assert sent == [
        {
            "entity_id": PHONE,
            "title": "Burn-in passed: SER001",
            "message": "ada1 (WD80EFAX, serial SER001) in nas passed its burn-in.",
        }
    ]
    assert shown(board.hass) == []


@pytest.mark.no_fail_on_log_exception
@pytest.mark.parametrize("error", [HomeAssistantError("offline"), RuntimeError("boom")])
async def test_a_notifier_that_fails(
    board: Board, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The next one and the burn-ins do not suffer from it."""
    reached: list[str] = []

    async def send(call: ServiceCall) -> None:
        if call.data["entity_id"] == PHONE:
            raise error
        reached.append(call.data["entity_id"])

    board.hass.services.async_register("notify", "send_message", send)
    await with_options(board, notify_entities=[PHONE, TABLET])
    await fail(board)
    assert reached == [TABLET]
    assert len(shown(board.hass)) == 1
    assert "Failed to notify notify.phone" in caplog.text


async def test_without_any_notifier(board: Board) -> None:
    """An action that is gone is a failing notifier."""
    await with_options(board, notify_entities=[PHONE])
    await fail(board)
    assert len(shown(board.hass)) == 1
