"""How many burn-ins at once, and who hears how they end."""

from typing import Any, Final

from homeassistant.components.notify.const import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .burnin.settings import Settings
from .const import CONF_MAX_PARALLEL, CONF_NOTIFY_ENTITIES, CONF_NOTIFY_ON_PASS

_PARALLEL: Final = NumberSelectorConfig(
    min=1, max=64, step=1, mode=NumberSelectorMode.BOX
)

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_MAX_PARALLEL, default=Settings().max_parallel): vol.All(
            NumberSelector(_PARALLEL), vol.Coerce(int)
        ),
        vol.Optional(CONF_NOTIFY_ENTITIES, default=list): EntitySelector(
            EntitySelectorConfig(domain=NOTIFY_DOMAIN, multiple=True)
        ),
        vol.Required(CONF_NOTIFY_ON_PASS, default=False): BooleanSelector(),
    }
)


class BurnInOptionsFlow(OptionsFlowWithReload):
    """Ask for the options; the reload that follows loses nothing."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options, or keep them."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, self.config_entry.options
            ),
        )
