"""The check of translations sees what it is there to see."""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.config_entries import HANDLERS, ConfigFlow, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import TextSelector
import pytest
import voluptuous as vol

from custom_components.truenas_burnin import config_flow
from custom_components.truenas_burnin.const import DOMAIN

from .translation_check import TranslationCheck, checked_translations


@pytest.fixture(autouse=True)
def translations() -> Iterator[TranslationCheck]:
    """Complain to these tests instead of failing them."""
    with checked_translations() as check:
        yield check


@pytest.mark.parametrize(
    ("key", "given", "complaints"),
    [
        ("no_such_text", None, ["exceptions.no_such_text.message is missing"]),
        ("cannot_connect", None, ["exceptions.cannot_connect.message needs {reason}"]),
        (
            "no_stages",
            {"stage": "x"},
            ["exceptions.no_stages.message does not use ['stage']"],
        ),
        ("cannot_connect", {"reason": "x"}, []),
        ("invalid_auth", {"reason": "x"}, []),
    ],
)
def test_errors(
    translations: TranslationCheck,
    key: str,
    given: dict[str, str] | None,
    complaints: list[str],
) -> None:
    """Without a text, with too few and with too many placeholders."""
    HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=given
    )
    assert translations.complaints == complaints


def test_errors_of_others(translations: TranslationCheck) -> None:
    """They have their own texts."""
    HomeAssistantError("no translation")
    HomeAssistantError(translation_domain="light", translation_key="no_such_text")
    assert translations.complaints == []


def test_issues(hass: HomeAssistant, translations: TranslationCheck) -> None:
    """Without a text, without a flow, without what the text needs."""

    def raise_issue(key: str, *, fixable: bool = False, **given: str) -> list[str]:
        translations.complaints.clear()
        ir.async_create_issue(
            hass,
            DOMAIN,
            key,
            is_fixable=fixable,
            severity=ir.IssueSeverity.ERROR,
            translation_key=key,
            translation_placeholders=given,
        )
        return translations.complaints

    assert raise_issue("odd") == ["issues.odd.title is missing"]
    assert raise_issue("no_read_rights", nas="x") == [
        "issues.no_read_rights.description needs {reason}"
    ]
    assert raise_issue("no_read_rights", nas="x", reason="y") == []
    assert raise_issue("no_read_rights", fixable=True, nas="x") == [
        "issues.no_read_rights.fix_flow is missing"
    ]


class OddFlow(ConfigFlow):
    """A flow of ours that shows what has no text."""

    result: dict[str, Any]

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show it."""
        if reason := self.result.get("reason"):
            return self.async_abort(reason=reason)
        return self.async_show_form(step_id="user", **self.result)


@pytest.mark.parametrize(
    ("result", "complaints"),
    [
        ({"reason": "odd"}, ["config.abort.odd is missing"]),
        ({"errors": {"base": "odd"}}, ["config.error.odd is missing"]),
        (
            {"errors": {"base": "cannot_connect"}},
            ["config.error.cannot_connect needs {reason}"],
        ),
        (
            {"data_schema": vol.Schema({vol.Required("odd"): TextSelector()})},
            ["config.step.user.data.odd is missing"],
        ),
        (
            {"data_schema": vol.Schema({vol.Required("url"): TextSelector()})},
            ["config.step.user.data_description.url needs {example}"],
        ),
        (
            {
                "data_schema": vol.Schema({vol.Required("url"): TextSelector()}),
                "description_placeholders": {"example": "x"},
            },
            [],
        ),
    ],
)
async def test_flows(
    hass: HomeAssistant,
    translations: TranslationCheck,
    monkeypatch: pytest.MonkeyPatch,
    result: dict[str, Any],
    complaints: list[str],
) -> None:
    """Aborts, errors and fields."""
    monkeypatch.setattr(OddFlow, "result", result, raising=False)
    monkeypatch.setattr(OddFlow, "__module__", config_flow.__name__)
    monkeypatch.setitem(HANDLERS, DOMAIN, OddFlow)
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    assert translations.complaints == complaints
