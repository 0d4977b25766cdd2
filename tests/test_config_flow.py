"""The config flow: every wrong input, and the way back."""

from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CallFailed,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    UnsupportedSystem,
)

from .burnin.fakes import NAS_ID, SYSTEM
from .common import API_KEY, URL, ScriptedNas

pytest_plugins = ["tests.components_fixtures"]

INPUT = {CONF_URL: URL, CONF_API_KEY: API_KEY}


@pytest.fixture(autouse=True)
def no_set_up() -> Any:
    """Do not set up what a flow creates or reloads."""
    with patch("custom_components.truenas_burnin.async_setup_entry", return_value=True):
        yield


async def begin(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the form."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def submit(
    hass: HomeAssistant, form: ConfigFlowResult, **typed: str
) -> ConfigFlowResult:
    """Send the form."""
    return await hass.config_entries.flow.async_configure(
        form["flow_id"], {**INPUT, **typed}
    )


async def test_user(hass: HomeAssistant, connect: AsyncMock, nas: ScriptedNas) -> None:
    """A NAS that answers is kept under its host name."""
    form = await begin(hass)
    assert (form["type"], form["errors"]) == (FlowResultType.FORM, {})
    result = await submit(hass, form, url=" nas.test/ui/ ", api_key=f" {API_KEY}\n")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "nas"
    assert result["data"] == INPUT
    assert result["result"].unique_id == NAS_ID
    assert nas.closed == 1


async def test_many_are_called_alike(hass: HomeAssistant, connect: AsyncMock) -> None:
    """A title that is taken is told from the other by the address."""
    for taken in (["nas"], ["nas", "nas (nas.test)"]):
        for title in taken:
            MockConfigEntry(domain=DOMAIN, title=title).add_to_hass(hass)
        result = await submit(hass, await begin(hass))
        assert (
            result["title"] == {1: "nas (nas.test)", 2: "nas (nas.test) 2"}[len(taken)]
        )
        await hass.config_entries.async_remove(result["result"].entry_id)


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (ConnectionFailed("no route"), {"base": "cannot_connect"}),
        (HttpsRequired("tls"), {CONF_URL: "https_required"}),
        (InvalidResponse("<html>"), {CONF_URL: "invalid_response"}),
        (AuthenticationFailed("key"), {CONF_API_KEY: "invalid_auth"}),
        (NotAuthorized("no"), {CONF_API_KEY: "not_authorized"}),
        (UnsupportedSystem("9.3"), {"base": "unsupported"}),
        (CallFailed("system.info", "no"), {"base": "nas_refused"}),
        (OutcomeUnknown("lost"), {"base": "outcome_unknown"}),
    ],
)
async def test_failures(
    hass: HomeAssistant,
    connect: AsyncMock,
    error: Exception,
    errors: dict[str, str],
) -> None:
    """Each is named where it belongs, with its reason, and can be mended."""
    connect.side_effect = error
    form = await submit(hass, await begin(hass))
    assert form["errors"] == errors
    assert form["description_placeholders"] == {
        "example": "https://truenas.local",
        "reason": str(error),
    }
    connect.side_effect = None
    result = await submit(hass, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"url": ""}, {CONF_URL: "invalid_url"}),
        ({"url": "ftp://nas.test"}, {CONF_URL: "invalid_url"}),
        ({"url": "https://"}, {CONF_URL: "invalid_url"}),
        ({"url": "https://mia:secret@nas.test"}, {CONF_URL: "invalid_url"}),
        ({"url": "https://nas.test:99999"}, {CONF_URL: "invalid_url"}),
        ({"url": "https://[nas"}, {CONF_URL: "invalid_url"}),
        ({"api_key": "  "}, {CONF_API_KEY: "invalid_auth"}),
        ({"api_key": "1-a\r\nX-Evil: 1"}, {CONF_API_KEY: "invalid_auth"}),
        ({"api_key": "1-schlüssel"}, {CONF_API_KEY: "invalid_auth"}),
    ],
)
async def test_bad_input(
    hass: HomeAssistant,
    connect: AsyncMock,
    typed: dict[str, str],
    errors: dict[str, str],
) -> None:
    """What cannot be right is not even tried, and can be mended."""
    form = await submit(hass, await begin(hass), **typed)
    assert form["errors"] == errors
    connect.assert_not_called()
    result = await submit(hass, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.no_fail_on_log_exception
async def test_unexpected(
    hass: HomeAssistant, connect: AsyncMock, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what, but never the key."""
    connect.side_effect = RuntimeError("boom")
    form = await submit(hass, await begin(hass))
    assert form["errors"] == {"base": "unknown"}
    assert "boom" in caplog.text
    assert API_KEY not in caplog.text


async def test_already_there(
    hass: HomeAssistant, connect: AsyncMock, entry: MockConfigEntry
) -> None:
    """The credentials of a NAS that is set up do not change behind its back."""
    form = await begin(hass)
    result = await submit(hass, form, url="https://other.test", api_key="2-new")
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )
    assert entry.data == INPUT


async def test_reauth(
    hass: HomeAssistant, connect: AsyncMock, entry: MockConfigEntry
) -> None:
    """A new key for the same NAS is kept, after any number of wrong ones."""
    form = await entry.start_reauth_flow(hass)
    assert form["step_id"] == "reauth_confirm"
    configure = hass.config_entries.flow.async_configure
    connect.side_effect = AuthenticationFailed("key")
    form = await configure(form["flow_id"], {CONF_API_KEY: "2-wrong"})
    assert form["errors"] == {CONF_API_KEY: "invalid_auth"}
    connect.side_effect = None
    result = await configure(form["flow_id"], {CONF_API_KEY: "2-right"})
    assert result["reason"] == "reauth_successful"
    assert entry.data == {CONF_URL: URL, CONF_API_KEY: "2-right"}
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (NotAuthorized("disk.query"), {CONF_API_KEY: "not_authorized"}),
        (ConnectionFailed("no route"), {"base": "cannot_connect"}),
        (InvalidResponse("<html>"), {CONF_URL: "invalid_response"}),
    ],
)
async def test_reauth_failures(
    hass: HomeAssistant,
    connect: AsyncMock,
    entry: MockConfigEntry,
    error: Exception,
    errors: dict[str, str],
) -> None:
    """Each is shown in the form there is, and changes nothing."""
    form = await entry.start_reauth_flow(hass)
    connect.side_effect = error
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_API_KEY: "2-new"}
    )
    assert (form["step_id"], form["errors"]) == ("reauth_confirm", errors)
    placeholders = form["description_placeholders"]
    assert placeholders is not None
    assert (placeholders["nas"], placeholders["reason"]) == ("nas", str(error))
    assert entry.data == INPUT


async def test_reconfigure(
    hass: HomeAssistant, connect: AsyncMock, entry: MockConfigEntry
) -> None:
    """The same NAS may move to another address, after a mistyped one."""
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure"
    form = await submit(hass, form, url="https://")
    assert form["errors"] == {CONF_URL: "invalid_url"}
    result = await submit(hass, form, url="https://moved.test")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_URL] == "https://moved.test"
    await hass.async_block_till_done()


async def test_another_nas(
    hass: HomeAssistant, connect: AsyncMock, entry: MockConfigEntry, nas: ScriptedNas
) -> None:
    """Neither way leads an entry to another NAS."""
    hass.config_entries.async_update_entry(entry, unique_id="nas-2")
    assert nas.system is SYSTEM
    form = await entry.start_reconfigure_flow(hass)
    result = await submit(hass, form, url="https://moved.test")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "wrong_system")
    assert entry.data == INPUT
