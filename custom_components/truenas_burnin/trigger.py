"""Triggers: something happened to the burn-in of a drive."""

from typing import ClassVar, Final, override

from homeassistant.components.event.const import (
    DOMAIN as EVENT_DOMAIN,
    EventEntityStateAttribute,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .const import DOMAIN
from .event import DRIVE_EVENT, NAS_EVENT
from .runtime.changes import Happening

_EVENTS: Final = {EVENT_DOMAIN: DomainSpec()}


class BurnInTrigger(StatelessEntityTriggerBase):
    """Fire when the event of a drive or of a NAS tells of one happening."""

    _domain_specs = _EVENTS
    _happening: ClassVar[Happening]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep our events; a NAS among them speaks for its drives.

        A target such as an area may name both, and each event should count once.
        """
        registry = er.async_get(self._hass)
        ours = [
            entry
            for entity_id in super().entity_filter(entities)
            if (entry := registry.async_get(entity_id)) and entry.platform == DOMAIN
        ]
        whole = {
            entry.config_entry_id
            for entry in ours
            if entry.translation_key == NAS_EVENT.translation_key
        }
        return {
            entry.entity_id
            for entry in ours
            if entry.translation_key == NAS_EVENT.translation_key
            or (
                entry.translation_key == DRIVE_EVENT.translation_key
                and entry.config_entry_id not in whole
            )
        }

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether the event is the one waited for."""
        kind = state.attributes.get(EventEntityStateAttribute.EVENT_TYPE)
        return bool(kind == self._happening)


def _trigger(happening: Happening) -> type[Trigger]:
    """Return the trigger for one happening."""

    class HappeningTrigger(BurnInTrigger):
        """A trigger for one happening."""

        _happening = happening

    return HappeningTrigger


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "burn_in_cancelled": _trigger(Happening.CANCELLED),
    "burn_in_inconclusive": _trigger(Happening.INCONCLUSIVE),
    "burn_in_failed": _trigger(Happening.FAILED),
    "burn_in_passed": _trigger(Happening.PASSED),
    "burn_in_paused": _trigger(Happening.PAUSED),
    "burn_in_resumed": _trigger(Happening.RESUMED),
    "burn_in_stalled": _trigger(Happening.STALLED),
    "burn_in_started": _trigger(Happening.STARTED),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
