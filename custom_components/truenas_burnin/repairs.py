"""What a person can have put right from Settings → Repairs."""

from collections.abc import Awaitable, Callable

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .burnin.model import BurnIn
from .const import DOMAIN
from .control.actions import async_cancel, async_give_up, async_obey
from .control.drive_ref import DriveRef, async_person
from .coordinator import BurnInConfigEntry
from .runtime.issues import (
    ATTR_BURN_IN_ID,
    ATTR_ENTRY_ID,
    FAILED_BURN_IN,
    INCONCLUSIVE_BURN_IN,
    LEDGER_LOST,
    LEDGER_OUTDATED,
    STUCK_CANCEL,
    placeholders_of,
)
from .runtime.markdown import as_plain
from .runtime.shared_ledger import async_shared_ledger


class BurnInRepairFlow(RepairsFlow):
    """Let a person choose what becomes of a burn-in that does not get on."""

    choices: tuple[str, ...]
    """The steps of the menu."""

    def __init__(self, entry_id: str, burn_in_id: str) -> None:
        """Keep which one it is."""
        self._entry_id = entry_id
        self._burn_in_id = burn_in_id

    @property
    def _found(self) -> tuple[BurnInConfigEntry | None, BurnIn | None]:
        """Return the burn-in and its NAS, as long as it is under way."""
        entry: BurnInConfigEntry | None = self.hass.config_entries.async_get_entry(
            self._entry_id
        )
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None, None
        burn_in = entry.runtime_data.runner.find(self._burn_in_id)
        return entry, None if burn_in is None or burn_in.state.final else burn_in

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the choices, unless it has ended meanwhile."""
        entry, burn_in = self._found
        if entry is None or burn_in is None:
            return self.async_abort(reason="already_over")
        return self.async_show_menu(
            step_id="init",
            menu_options=list(self.choices),
            description_placeholders=placeholders_of(entry, burn_in),
        )

    async def _do(
        self,
        failed: str,
        act: Callable[[BurnInConfigEntry, BurnIn, str], Awaitable[None]],
    ) -> RepairsFlowResult:
        """Do what a person chose; abort with the reason `failed` if it cannot be."""
        entry, burn_in = self._found
        if entry is None or burn_in is None:
            return self.async_abort(reason="already_over")
        actor = await async_person(self.hass)
        try:
            await act(entry, burn_in, actor)
        except HomeAssistantError as err:
            return self.async_abort(
                reason=failed, description_placeholders={"reason": as_plain(str(err))}
            )
        return self.async_create_entry(data={})

    async def _cancel(self) -> RepairsFlowResult:
        return await self._do(
            "cancel_failed",
            lambda entry, burn_in, actor: async_cancel(
                [DriveRef.of(entry, burn_in)], actor
            ),
        )


class StalledRepairFlow(BurnInRepairFlow):
    """A burn-in that makes no progress goes on, or is cancelled."""

    choices = ("wait", "cancel")

    async def async_step_wait(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave it running; should it move and stall again, ask again."""
        return self.async_create_entry(data={})

    async def async_step_cancel(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Cancel it."""
        return await self._cancel()


class StuckCancelRepairFlow(BurnInRepairFlow):
    """A burn-in that cannot be cancelled is when it can be, or is given up."""

    choices = ("try_again", "give_up")

    async def async_step_try_again(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Try once more; the issue is gone only once it has been cancelled."""
        result = await self._cancel()
        _, burn_in = self._found
        return result if burn_in is None else self.async_abort(reason="still_stuck")

    async def async_step_give_up(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """End it without the NAS."""
        return await self._do(
            "give_up_failed",
            lambda entry, burn_in, actor: async_give_up(
                entry.runtime_data, burn_in, actor
            ),
        )


def _ask_to_confirm(flow: RepairsFlow, issue_id: str) -> RepairsFlowResult:
    """Say what the issue itself says, and ask for nothing but a yes."""
    issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, issue_id)
    return flow.async_show_form(
        step_id="confirm",
        data_schema=vol.Schema({}),
        description_placeholders=(
            None if issue is None else issue.translation_placeholders
        ),
    )


class VerdictRepairFlow(RepairsFlow):
    """Say how a burn-in ended and where to read more; whoever confirms has seen it."""

    def __init__(self, issue_id: str) -> None:
        """Keep which issue it is."""
        self._issue_id = issue_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say it."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say it, then forget it."""
        if user_input is not None:
            return self.async_create_entry(data={})
        return _ask_to_confirm(self, self._issue_id)


class LostLedgerRepairFlow(RepairsFlow):
    """Have a person accept that what was burnt in before is not known."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what it means, then let burn-ins overwrite drives again."""
        if user_input is None:
            return _ask_to_confirm(self, LEDGER_LOST)
        actor = await async_person(self.hass)
        try:
            await async_shared_ledger(self.hass).async_accept_loss(actor)
        except HomeAssistantError as err:
            return self.async_abort(
                reason="not_kept",
                description_placeholders={"reason": as_plain(str(err))},
            )
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_create_entry(data={})


class OutdatedLedgerRepairFlow(RepairsFlow):
    """Have a person decide which record of burn-ins a NAS obeys."""

    def __init__(self, entry_id: str) -> None:
        """Keep which NAS it is."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the choices."""
        entry = self._entry
        if entry is None:
            return self.async_abort(reason="not_ready")
        return self.async_show_menu(
            step_id="init",
            menu_options=["obey", "leave"],
            description_placeholders={"nas": as_plain(entry.title)},
        )

    @property
    def _entry(self) -> BurnInConfigEntry | None:
        entry: BurnInConfigEntry | None = self.hass.config_entries.async_get_entry(
            self._entry_id
        )
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry

    async def async_step_obey(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Let this record count from now on."""
        entry = self._entry
        if entry is None:
            return self.async_abort(reason="not_ready")
        actor = await async_person(self.hass)
        try:
            await async_obey(entry.runtime_data, actor)
        except HomeAssistantError as err:
            return self.async_abort(
                reason="not_obeyed",
                description_placeholders={"reason": as_plain(str(err))},
            )
        return self.async_create_entry(data={})

    async def async_step_leave(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Change nothing: burn-ins that overwrite stay on hold, and the issue stays."""
        return self.async_abort(reason="left")


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    if issue_id == LEDGER_LOST:
        return LostLedgerRepairFlow()
    if data is not None and issue_id.startswith(LEDGER_OUTDATED):
        return OutdatedLedgerRepairFlow(str(data[ATTR_ENTRY_ID]))
    if issue_id.startswith((FAILED_BURN_IN, INCONCLUSIVE_BURN_IN)):
        return VerdictRepairFlow(issue_id)
    if data is None or ATTR_BURN_IN_ID not in data:
        raise ValueError(f"nothing to fix: {issue_id}")
    flow = (
        StuckCancelRepairFlow
        if issue_id.startswith(STUCK_CANCEL)
        else StalledRepairFlow
    )
    return flow(str(data[ATTR_ENTRY_ID]), str(data[ATTR_BURN_IN_ID]))
