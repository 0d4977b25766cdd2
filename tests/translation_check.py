"""Home Assistant core's own check of translations, for a custom integration.

Whatever the code shows a person while a test runs, an error, a step of a flow, an
issue or an entity, must have its text in translations/en.json, and supply exactly
what that text leaves open.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
import json
from pathlib import Path
from string import Formatter
import sys
from typing import Any, Final
from unittest.mock import patch

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler, FlowManager, FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir, translation
from homeassistant.helpers.entity import Entity
import voluptuous as vol

import custom_components.truenas_burnin as integration
from custom_components.truenas_burnin.const import DOMAIN

type Texts = Mapping[str, str]

_ALWAYS_GIVEN: Final = {"reason"}
"""What errors of a NAS carry, whether or not their text has use for it."""


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from _flat(value, f"{path}{key}.")


_FILE: Final = Path(integration.__file__).parent / "translations" / "en.json"
ENGLISH: Final[Texts] = dict(_flat(json.loads(_FILE.read_text())))


def open_names(text: str) -> set[str]:
    """Return the names that a text leaves open."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class TranslationCheck:
    """Gather what is shown without a text, or without what the text needs."""

    def __init__(self, texts: Texts = ENGLISH) -> None:
        """Begin without a complaint."""
        self._texts = texts
        self.complaints: list[str] = []

    def exception(
        self, key: str, given: Mapping[str, Any] | None, *, part: bool = False
    ) -> None:
        """Check an error that a person may see, or `part` of one.

        What refuses a drive always knows its name and serial, used or not.
        """
        self._texts_of([f"exceptions.{key}.message"], given, unused_are_fine=part)

    def issue(
        self, key: str, given: Mapping[str, Any] | None, *, fixable: bool
    ) -> None:
        """Check an issue; the description of one that can be fixed is in its flow."""
        keys = [f"issues.{key}.title"]
        if not fixable:
            keys.append(f"issues.{key}.description")
        elif not any(
            item.startswith(f"issues.{key}.fix_flow.") for item in self._texts
        ):
            self.complaints.append(f"issues.{key}.fix_flow is missing")
        self._texts_of(keys, given, unused_are_fine=fixable)

    def entity(self, entity: Entity) -> None:
        """Check the name of an entity, and each state that it may have."""
        start = f"entity.{entity.platform.domain}.{entity.translation_key}"
        keys = [f"{start}.name"]
        if not entity.device_class or getattr(entity, "options", None):
            keys += [f"{start}.state.{item}" for item in _options(entity)]
        keys += [
            f"{start}.state_attributes.event_type.state.{item}"
            for item in getattr(entity, "event_types", ())
        ]
        self._texts_of(keys, entity.translation_placeholders)

    def step(self, flow: FlowHandler[Any, Any, Any], key: str, result: Any) -> None:
        """Check what a flow shows: `key` is that of an issue that it fixes."""
        match flow:
            case RepairsFlow():
                start = f"issues.{key}.fix_flow"
            case OptionsFlow():
                start = "options"
            case ConfigFlow():
                start = "config"
            case _:
                return
        given = result.get("description_placeholders")
        match result["type"]:
            case FlowResultType.ABORT:
                if result.get("translation_domain") in (None, DOMAIN):
                    self._texts_of([f"{start}.abort.{result['reason']}"], given)
            case FlowResultType.FORM:
                step = f"{start}.step.{result['step_id']}"
                errors = (result.get("errors") or {}).values()
                keys = [f"{start}.error.{error}" for error in errors]
                self._texts_of(keys, given, unused_are_fine=True)
                self._form(step, result["data_schema"], given)
            case FlowResultType.MENU:
                step = f"{start}.step.{result['step_id']}"
                options = (f"{step}.menu_options.{o}" for o in result["menu_options"])
                keys = [f"{step}.title", *options]
                self._texts_of(keys, given, unused_are_fine=True)

    def _form(
        self, step: str, schema: vol.Schema | None, given: Mapping[str, Any] | None
    ) -> None:
        self._texts_of([f"{step}.title"], given, unused_are_fine=True)
        if (description := f"{step}.description") in self._texts:
            self._texts_of([description], given, unused_are_fine=True)
        for key, value in ({} if schema is None else schema.schema).items():
            if isinstance(inner := getattr(value, "schema", None), vol.Schema):
                place = f"{step}.sections.{key}"
                self._texts_of([f"{place}.name"], given, unused_are_fine=True)
                self._fields(place, inner, given)
            else:
                self._fields(step, vol.Schema({key: value}), given)

    def _fields(
        self, place: str, schema: vol.Schema, given: Mapping[str, Any] | None
    ) -> None:
        for key in schema.schema:
            keys = [f"{place}.data.{key}", f"{place}.data_description.{key}"]
            self._texts_of(keys, given, unused_are_fine=True)

    def _texts_of(
        self,
        keys: Iterable[str],
        given: Mapping[str, Any] | None,
        *,
        unused_are_fine: bool = False,
    ) -> None:
        """Check that all are there; together they use what is given."""
        unused = set(given or ()) - _ALWAYS_GIVEN
        found = list(keys)
        for key in found:
            if not (text := self._texts.get(key)):
                self.complaints.append(f"{key} is missing")
                return
            needed = open_names(text)
            unused -= needed
            for name in needed - set(given or ()):
                self.complaints.append(f"{key} needs {{{name}}}")
        if unused and found and not unused_are_fine:
            self.complaints.append(f"{found[-1]} does not use {sorted(unused)}")


def _options(entity: Entity) -> Iterable[str]:
    return getattr(entity, "options", None) or ()


@contextmanager
def checked_translations() -> Iterator[TranslationCheck]:
    """Check all that is shown meanwhile."""
    check = TranslationCheck()
    with ExitStack() as stack:
        for watch in (_exceptions, _messages, _issues, _flows, _entities):
            stack.enter_context(watch(check))
        yield check


@contextmanager
def _exceptions(check: TranslationCheck) -> Iterator[None]:
    """Watch every error of Home Assistant that is ours."""
    real = HomeAssistantError.__init__

    def init(self: HomeAssistantError, *args: object, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        if self.translation_domain == DOMAIN:
            check.exception(str(self.translation_key), self.translation_placeholders)

    with patch.object(HomeAssistantError, "__init__", init):
        yield


@contextmanager
def _messages(check: TranslationCheck) -> Iterator[None]:
    """Watch what is told like an error, as the reasons of a refusal are."""
    real = translation.async_get_exception_message

    def message(
        domain: str, key: str, placeholders: dict[str, str] | None = None
    ) -> str:
        if domain == DOMAIN:
            check.exception(key, placeholders, part=True)
        return real(domain, key, placeholders)

    with ExitStack() as stack:
        for name, module in tuple(sys.modules.items()):
            if name.startswith(integration.__name__) and real in vars(module).values():
                stack.enter_context(
                    patch.object(module, "async_get_exception_message", message)
                )
        yield


@contextmanager
def _issues(check: TranslationCheck) -> Iterator[None]:
    real = ir.IssueRegistry.async_get_or_create

    def create(
        self: ir.IssueRegistry, domain: str, issue_id: str, **kwargs: Any
    ) -> ir.IssueEntry:
        if domain == DOMAIN:
            given = kwargs.get("translation_placeholders")
            key: str = kwargs["translation_key"]
            check.issue(key, given, fixable=kwargs["is_fixable"])
        return real(self, domain, issue_id, **kwargs)

    with patch.object(ir.IssueRegistry, "async_get_or_create", create):
        yield


@contextmanager
def _flows(check: TranslationCheck) -> Iterator[None]:
    real: Callable[..., Awaitable[Any]] = FlowManager._async_handle_step

    async def handle(
        self: FlowManager[Any, Any, Any],
        flow: FlowHandler[Any, Any, Any],
        *args: object,
    ) -> Any:
        ours = type(flow).__module__.startswith(integration.__name__)
        key = ""
        if isinstance(flow, RepairsFlow):
            found = ir.async_get(self.hass).async_get_issue(DOMAIN, flow.issue_id)
            key = str(found and found.translation_key)
        result = await real(self, flow, *args)
        if ours:
            check.step(flow, key, result)
        return result

    with patch.object(FlowManager, "_async_handle_step", handle):
        yield


@contextmanager
def _entities(check: TranslationCheck) -> Iterator[None]:
    real = Entity.async_internal_added_to_hass

    async def added(self: Entity) -> None:
        await real(self)
        if self.platform.platform_name == DOMAIN:
            check.entity(self)

    with patch.object(Entity, "async_internal_added_to_hass", added):
        yield
