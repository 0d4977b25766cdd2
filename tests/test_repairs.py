"""Issues that a person can do something about, and what they can do."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.repairs import async_create_fix_flow
from custom_components.truenas_burnin.runtime.issues import (
    follow_cancels,
    follow_stalls,
    report_ledger,
    report_no_rights,
)
from custom_components.truenas_burnin.truenas.errors import (
    ConnectionFailed,
    NotAuthorized,
)
from custom_components.truenas_burnin.truenas.surface import Epoch

from .common import FREE, Board
from .said import said

pytest_plugins = ["tests.components_fixtures"]


def issues(hass: HomeAssistant) -> set[str]:
    """Return the issues that are shown."""
    found = ir.async_get(hass).issues
    return {issue_id for (domain, issue_id) in found if domain == DOMAIN}


async def stall(board: Board, stalled: bool = True) -> BurnIn:
    """Let the running burn-in of a drive stall, or move again."""
    before = board.burn_in()
    after = replace(before, stalled=stalled)
    runner = board.data.runner
    await runner._record.commit(before, after, AuditEvent.STALLED)
    await board.settle()
    return after


@pytest.fixture
async def stalled(board: Board) -> BurnIn:
    """Return a burn-in that makes no progress."""
    assert await async_setup_component(board.hass, "repairs", {})
    board.nas.still = True
    await board.start()
    return await stall(board)


class Fix:
    """Walk through the fix of an issue as the frontend does."""

    def __init__(self, hass_client: ClientSessionGenerator, issue_id: str) -> None:
        self.new_client = hass_client
        self.issue_id = issue_id

    async def open(self) -> dict[str, object]:
        """Return the first step."""
        self.client = await self.new_client()
        response = await self.client.post(
            "/api/repairs/issues/fix",
            json={"handler": DOMAIN, "issue_id": self.issue_id},
        )
        assert response.status == 200, await response.text()
        found: dict[str, object] = await response.json()
        return found

    async def choose(self, flow_id: object, step: str) -> dict[str, object]:
        """Choose from the menu."""
        response = await self.client.post(
            f"/api/repairs/issues/fix/{flow_id}", json={"next_step_id": step}
        )
        assert response.status == 200, await response.text()
        found: dict[str, object] = await response.json()
        return found


async def test_a_stall_is_shown_and_goes(board: Board, stalled: BurnIn) -> None:
    """Once it moves again there is nothing to do."""
    issue_id = f"stalled_{stalled.id}"
    assert issues(board.hass) == {issue_id}
    issue = ir.async_get(board.hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders == {
        "device": "ada1",
        "nas": "nas",
        "serial": "SER001",
    }
    await stall(board, stalled=False)
    assert issues(board.hass) == set()


@pytest.mark.usefixtures("stalled")
async def test_it_goes_while_the_nas_is_not_set_up(board: Board) -> None:
    """Nobody could wait for it or cancel it then."""
    report_ledger(board.hass, board.entry, "disk full")
    assert len(issues(board.hass)) == 2
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    assert issues(board.hass) == set()


async def test_rights_stay_shown_while_the_nas_is_not_set_up(board: Board) -> None:
    """They can be put right then, and a person may have ignored them."""
    report_no_rights(board.hass, board.entry, NotAuthorized("no"))
    ir.async_ignore_issue(
        board.hass, DOMAIN, f"no_read_rights_{board.entry.entry_id}", ignore=True
    )
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    assert issues(board.hass) == {f"no_read_rights_{board.entry.entry_id}"}


async def test_it_goes_with_the_burn_in(board: Board, stalled: BurnIn) -> None:
    """Also when that ends, and with the entry."""
    await board.action("cancel_burn_in", device_id=board.device_id())
    assert issues(board.hass) == set()
    await board.start()
    await stall(board)
    assert len(issues(board.hass)) == 1
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    assert issues(board.hass) == set()


async def test_it_is_shown_again_after_a_restart(board: Board, stalled: BurnIn) -> None:
    """Issues are not kept over one, and it still makes no progress."""
    ir.async_delete_issue(board.hass, DOMAIN, f"stalled_{stalled.id}")
    stop = follow_stalls(board.hass, board.entry)
    assert issues(board.hass) == {f"stalled_{stalled.id}"}
    stop()


async def test_wait(
    board: Board, stalled: BurnIn, hass_client: ClientSessionGenerator
) -> None:
    """The burn-in goes on, the issue is gone."""
    fix = Fix(hass_client, f"stalled_{stalled.id}")
    step = await fix.open()
    assert (step["type"], step["menu_options"]) == ("menu", ["wait", "cancel"])
    result = await fix.choose(step["flow_id"], "wait")
    assert result["type"] == FlowResultType.CREATE_ENTRY
    assert board.burn_in().state is BurnInState.RUNNING
    assert issues(board.hass) == set()


async def test_cancel(
    board: Board,
    stalled: BurnIn,
    hass_client: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    """The burn-in ends, the issue is gone, and the record says who did it."""
    fix = Fix(hass_client, f"stalled_{stalled.id}")
    step = await fix.open()
    result = await fix.choose(step["flow_id"], "cancel")
    assert result["type"] == FlowResultType.CREATE_ENTRY
    assert board.burn_in().state is BurnInState.CANCELLED
    assert issues(board.hass) == set()
    rows = await board.data.ledger.audit(limit=9, offset=0, burn_in_id=stalled.id)
    actors = {row.event: row.actor for row in rows}
    assert actors["cancel_requested"] == hass_admin_user.name


async def test_cancel_fails(
    board: Board,
    stalled: BurnIn,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The person is told, and the issue stays: the wish itself could not be kept."""
    fix = Fix(hass_client, f"stalled_{stalled.id}")
    step = await fix.open()
    monkeypatch.setattr(board.data.ledger, "commit", full)
    result = await fix.choose(step["flow_id"], "cancel")
    assert (result["type"], result["reason"]) == ("abort", "cancel_failed")
    assert board.burn_in().state is BurnInState.RUNNING
    assert issues(board.hass) == {f"stalled_{stalled.id}"}


async def full(*_args: object, **_kwargs: object) -> None:
    """Keep nothing."""
    raise LedgerError("disk full")


@pytest.fixture
async def stuck(board: Board) -> str:
    """Return the issue of a burn-in that cannot be cancelled."""
    assert await async_setup_component(board.hass, "repairs", {})
    board.nas.still = True
    await board.start()
    board.nas.down = ConnectionFailed("no route")
    await board.action("cancel_burn_in", device_id=board.device_id())
    assert board.burn_in().state is BurnInState.CANCELLING
    return f"stuck_cancel_{board.burn_in().id}"


async def test_a_stuck_cancel_is_shown_until_it_is_done(
    board: Board, stuck: str
) -> None:
    """The NAS comes back and the burn-in is cancelled by itself."""
    assert issues(board.hass) == {stuck}
    await board.tick(times=3)
    assert issues(board.hass) == {stuck}
    board.nas.down = None
    await board.tick(times=2)
    assert board.burn_in().state is BurnInState.CANCELLED
    assert issues(board.hass) == set()


async def test_a_stuck_cancel_is_shown_again_after_a_restart(
    board: Board, stuck: str
) -> None:
    """Issues are not kept over one."""
    ir.async_delete_issue(board.hass, DOMAIN, stuck)
    stop = follow_cancels(board.hass, board.entry)
    assert issues(board.hass) == {stuck}
    stop()


async def test_a_stuck_cancel_is_tried_again(
    board: Board, stuck: str, hass_client: ClientSessionGenerator
) -> None:
    """In vain first, and then it is gone."""
    fix = Fix(hass_client, stuck)
    step = await fix.open()
    assert (step["type"], step["menu_options"]) == ("menu", ["try_again", "give_up"])
    result = await fix.choose(step["flow_id"], "try_again")
    assert (result["type"], result["reason"]) == ("abort", "still_stuck")
    assert issues(board.hass) == {stuck}
    board.nas.down = None
    step = await fix.open()
    result = await fix.choose(step["flow_id"], "try_again")
    assert result["type"] == FlowResultType.CREATE_ENTRY
    assert board.burn_in().state is BurnInState.CANCELLED
    assert issues(board.hass) == set()


async def test_a_stuck_cancel_is_given_up(
    board: Board, stuck: str, hass_client: ClientSessionGenerator
) -> None:
    """It ends without the NAS and without a verdict."""
    fix = Fix(hass_client, stuck)
    step = await fix.open()
    board.nas.calls.clear()
    result = await fix.choose(step["flow_id"], "give_up")
    assert result["type"] == FlowResultType.CREATE_ENTRY
    assert board.burn_in().state is BurnInState.INCONCLUSIVE
    assert "may still be writing to the drive" in said(board.burn_in())
    assert board.nas.calls == []
    assert issues(board.hass) == set()


async def test_giving_up_fails(
    board: Board,
    stuck: str,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ledger cannot keep it: the issue stays."""
    fix = Fix(hass_client, stuck)
    step = await fix.open()
    monkeypatch.setattr(board.data.ledger, "commit", full)
    result = await fix.choose(step["flow_id"], "give_up")
    assert (result["type"], result["reason"]) == ("abort", "give_up_failed")
    assert issues(board.hass) == {stuck}


@pytest.fixture
async def outdated(board: Board) -> str:
    """Return the issue of a NAS that has seen a newer record than ours."""
    assert await async_setup_component(board.hass, "repairs", {})
    board.nas.obeyed = Epoch(id="f" * 32, number=9)
    await board.start(profile="surface")
    await board.tick(2)
    return f"ledger_outdated_{board.entry.entry_id}"


async def test_an_outdated_record_overwrites_nothing(
    board: Board, outdated: str
) -> None:
    """It is shown until a person decides, over restarts too."""
    assert outdated in issues(board.hass)
    assert board.nas.plans == []
    assert board.burn_in().state is BurnInState.INCONCLUSIVE
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert outdated in issues(board.hass)


async def test_our_record_is_to_count(
    board: Board, outdated: str, hass_client: ClientSessionGenerator
) -> None:
    """The NAS obeys it from then on."""
    fix = Fix(hass_client, outdated)
    menu = await fix.open()
    assert menu["menu_options"] == ["obey", "leave"]
    result = await fix.choose(menu["flow_id"], "obey")
    assert result["type"] == FlowResultType.CREATE_ENTRY
    assert outdated not in issues(board.hass)
    await board.start(profile="surface")
    await board.tick(2)
    assert len(board.nas.plans) == 1


async def test_the_other_record_counts(
    board: Board, outdated: str, hass_client: ClientSessionGenerator
) -> None:
    """Nothing changes, and the issue stays."""
    fix = Fix(hass_client, outdated)
    menu = await fix.open()
    result = await fix.choose(menu["flow_id"], "leave")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "left")
    assert outdated in issues(board.hass)


async def test_the_nas_cannot_be_told(
    board: Board, outdated: str, hass_client: ClientSessionGenerator
) -> None:
    """Then burn-ins stay on hold."""
    fix = Fix(hass_client, outdated)
    menu = await fix.open()
    board.nas.fail["obey"] = ConnectionFailed("gone")
    result = await fix.choose(menu["flow_id"], "obey")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_obeyed")
    assert outdated in issues(board.hass)


async def test_over_meanwhile(board: Board, stalled: BurnIn) -> None:
    """There is nothing left to choose, whatever became of burn-in and NAS."""
    data: dict[str, str | int | float | None] = {
        "entry_id": board.entry.entry_id,
        "burn_in_id": stalled.id,
    }
    flow = await async_create_fix_flow(board.hass, "stalled", data)
    flow.hass = board.hass
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    for step in (flow.async_step_init, flow.async_step_cancel):  # type: ignore[attr-defined]
        assert (await step())["reason"] == "already_over"
    await board.set_up()
    await board.action("cancel_burn_in", device_id=board.device_id(FREE))
    for step in (flow.async_step_init, flow.async_step_cancel):  # type: ignore[attr-defined]
        assert (await step())["reason"] == "already_over"


async def test_nothing_else_can_be_fixed(board: Board) -> None:
    """An issue without a fix has no flow."""
    for data in (None, {"entry_id": board.entry.entry_id}):
        with pytest.raises(ValueError, match="nothing to fix"):
            await async_create_fix_flow(board.hass, "certificate_changed", data)  # type: ignore[arg-type]
