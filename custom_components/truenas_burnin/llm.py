"""A tool for conversation agents: how the burn-ins stand. It only looks."""

from typing import override

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
import voluptuous as vol

from .const import DOMAIN
from .coordinator import BurnInConfigEntry
from .presentation.burn_in import burn_in_listed
from .presentation.words import common_texts


class BurnInsTool(Tool):
    """Tell how the newest burn-in of every drive stands."""

    name = f"{DOMAIN}__get_burn_ins"
    title = "Get drive burn-ins"
    description = (
        "Get the newest burn-in of each drive of the TrueNAS systems: state, stage, "
        "progress in percent, expected end, and what speaks against a drive."
    )
    parameters = vol.Schema({vol.Optional("serial"): str})
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    integration = DOMAIN

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Return the burn-ins, of one drive if a serial number is given."""
        serial = self.parameters(tool_input.tool_args).get("serial")
        loaded: list[BurnInConfigEntry] = hass.config_entries.async_loaded_entries(
            DOMAIN
        )
        texts = common_texts(hass)
        return ToolResult(
            data={
                "burn_ins": [
                    {"nas": entry.title, **burn_in_listed(burn_in, texts)}
                    for entry in loaded
                    for burn_in in entry.runtime_data.runner.burn_ins.values()
                    if serial in (None, burn_in.drive.serial)
                ]
            }
        )


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tool to the agents of Assist, while a NAS is set up."""
    if api_id != LLM_API_ASSIST or not hass.config_entries.async_loaded_entries(DOMAIN):
        return None
    return LLMTools(tools=[BurnInsTool()])
