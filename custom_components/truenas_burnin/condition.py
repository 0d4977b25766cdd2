"""Conditions: how the newest burn-in of a drive stands."""

from typing import Final, override

from homeassistant.components.sensor.const import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .burnin.model import BurnInState
from .const import DOMAIN
from .sensor import NOT_RUN

_SENSORS: Final = {SENSOR_DOMAIN: DomainSpec()}


class BurnInCondition(EntityStateConditionBase):
    """Test the burn-in sensors among the entities of a target."""

    _domain_specs = _SENSORS

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep our burn-in sensors."""
        registry = er.async_get(self._hass)
        return {
            entity_id
            for entity_id in super().entity_filter(entities)
            if (entry := registry.async_get(entity_id))
            and (entry.platform, entry.translation_key) == (DOMAIN, "burn_in")
        }


def _condition(*states: str) -> type[Condition]:
    """Return the condition that the burn-in is in one of the states."""
    wanted: set[str | bool] = {*states}

    class StateCondition(BurnInCondition):
        """A condition for some states."""

        _states = wanted

    return StateCondition


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "has_failed": _condition(BurnInState.FAILED),
    "has_passed": _condition(BurnInState.PASSED),
    "is_burning_in": _condition(*(state for state in BurnInState if state.under_way)),
    "is_paused": _condition(BurnInState.PAUSED),
    "is_queued": _condition(BurnInState.QUEUED),
    "was_inconclusive": _condition(BurnInState.INCONCLUSIVE),
    "was_never_run": _condition(NOT_RUN),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
