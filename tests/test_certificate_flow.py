"""Trusting a certificate that nobody vouches for, and a key that may only watch."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.truenas_burnin.const import (
    CONF_FINGERPRINT,
    DOMAIN,
    IDLE_INTERVAL,
)
from custom_components.truenas_burnin.truenas.certificate import Certificate
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CertificateRejected,
    ConnectionFailed,
    NotAuthorized,
)

from .common import API_KEY, URL, Board, ScriptedNas

pytest_plugins = ["tests.components_fixtures"]

INPUT = {CONF_URL: URL, CONF_API_KEY: API_KEY}
SHOWN = Certificate(
    subject="CN=localhost,O=iXsystems",
    issuer="CN=localhost,O=iXsystems",
    not_before=datetime(2026, 1, 2, tzinfo=UTC),
    not_after=datetime(2027, 2, 3, tzinfo=UTC),
    fingerprint="0a" * 32,
)


@pytest.fixture
def read() -> Iterator[AsyncMock]:
    """Show that certificate at every address."""
    place = "custom_components.truenas_burnin.config_flow.read_certificate"
    with patch(place, return_value=SHOWN) as mock:
        yield mock


@pytest.fixture
def picky(connect: AsyncMock, nas: ScriptedNas) -> AsyncMock:
    """Accept the certificate only by its fingerprint."""

    async def answer(
        _session: object, _url: str, _key: str, fingerprint: str | None
    ) -> ScriptedNas:
        if fingerprint != SHOWN.fingerprint:
            raise CertificateRejected("self-signed certificate")
        return nas

    connect.side_effect = answer
    return connect


async def begun(hass: HomeAssistant) -> dict[str, object]:
    """Return the step after the form of a new NAS was sent."""
    flows = hass.config_entries.flow
    form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    return dict(await flows.async_configure(form["flow_id"], INPUT))


async def trust(hass: HomeAssistant, form: object, trusted: bool) -> dict[str, object]:
    """Answer whether that is the NAS."""
    flow_id = form["flow_id"]  # type: ignore[index]
    flows = hass.config_entries.flow
    return dict(await flows.async_configure(flow_id, {"trust": trusted}))


async def test_a_certificate_is_shown_and_pinned(
    hass: HomeAssistant, picky: AsyncMock, read: AsyncMock
) -> None:
    """All that a person can compare is shown; the entry keeps the fingerprint."""
    form = await begun(hass)
    assert (form["step_id"], form["errors"]) == ("certificate", {})
    assert form["description_placeholders"] == {
        "example": "https://truenas.local",
        "subject": SHOWN.subject,
        "issuer": SHOWN.issuer,
        "not_before": "2026-01-02",
        "not_after": "2027-02-03",
        "fingerprint": ":".join(["0A"] * 32),
        "reason": "self-signed certificate",
    }
    result = await trust(hass, form, True)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {**INPUT, CONF_FINGERPRINT: SHOWN.fingerprint}


async def test_not_trusted(
    hass: HomeAssistant, picky: AsyncMock, read: AsyncMock
) -> None:
    """The first form says why, with what was typed; nothing is kept."""
    result = await trust(hass, await begun(hass), False)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    assert result["errors"] == {"base": "not_trusted"}
    schema: Any = result["data_schema"]
    typed = {str(key): key.description for key in schema.schema}
    assert typed[CONF_URL] == {"suggested_value": URL}
    assert typed[CONF_API_KEY] == {"suggested_value": API_KEY}
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_a_certificate_that_cannot_be_read(
    hass: HomeAssistant, picky: AsyncMock, read: AsyncMock
) -> None:
    """Then the form says that it is not trusted."""
    read.side_effect = ConnectionFailed("gone")
    form = await begun(hass)
    assert form["step_id"] == "user"
    assert form["errors"] == {CONF_URL: "certificate_rejected"}


async def test_the_certificate_is_trusted_but_not_the_key(
    hass: HomeAssistant, connect: AsyncMock, picky: AsyncMock, read: AsyncMock
) -> None:
    """The key is asked for again, where it was typed; the trust is kept."""
    form = await begun(hass)
    accept = connect.side_effect
    connect.side_effect = AuthenticationFailed("key")
    form = await trust(hass, form, True)
    assert form["step_id"] == "user"
    assert form["errors"] == {CONF_API_KEY: "invalid_auth"}
    connect.side_effect = accept
    result = await hass.config_entries.flow.async_configure(
        str(form["flow_id"]), {**INPUT, CONF_API_KEY: "1-another"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {
        CONF_URL: URL,
        CONF_API_KEY: "1-another",
        CONF_FINGERPRINT: SHOWN.fingerprint,
    }


async def test_the_trust_is_in_one_address(
    hass: HomeAssistant, connect: AsyncMock, picky: AsyncMock, read: AsyncMock
) -> None:
    """At another address the certificate is shown again."""
    form = await begun(hass)
    accept = connect.side_effect
    connect.side_effect = ConnectionFailed("gone")
    form = await trust(hass, form, True)
    connect.side_effect = accept
    step = await hass.config_entries.flow.async_configure(
        str(form["flow_id"]), {**INPUT, CONF_URL: "https://other.test"}
    )
    assert step["step_id"] == "certificate"


@pytest.mark.parametrize("source", ["reauth_confirm", "reconfigure"])
async def test_trusted_but_not_the_key_of_a_known_nas(
    board: Board, connect: AsyncMock, picky: AsyncMock, read: AsyncMock, source: str
) -> None:
    """Also there it is asked for again where it was typed."""
    hass, entry = board.hass, board.entry
    if source == "reconfigure":
        form = await entry.start_reconfigure_flow(hass)
        typed = INPUT
    else:
        form = await entry.start_reauth_flow(hass)
        typed = {CONF_API_KEY: API_KEY}
    flows = hass.config_entries.flow
    step = await flows.async_configure(form["flow_id"], typed)
    assert step["step_id"] == "certificate"
    accept = connect.side_effect
    connect.side_effect = AuthenticationFailed("key")
    again = await trust(hass, step, True)
    assert again["step_id"] == source
    assert again["errors"] == {CONF_API_KEY: "invalid_auth"}
    connect.side_effect = accept
    result = await flows.async_configure(str(again["flow_id"]), typed)
    assert result["reason"].endswith("_successful")
    assert entry.data[CONF_FINGERPRINT] == SHOWN.fingerprint


async def test_a_changed_certificate(
    board: Board, connect: AsyncMock, read: AsyncMock
) -> None:
    """It stops the connection, is reported, and is trusted by reconfiguring."""
    hass, entry = board.hass, board.entry
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "ff" * 32}
    )
    board.nas.down = CertificateRejected("it has changed")
    await board.tick(after=IDLE_INTERVAL)
    issue_id = f"certificate_changed_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"nas": "nas", "reason": "it has changed"}
    connect.side_effect = board.nas.down
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY

    form = await entry.start_reconfigure_flow(hass)
    step = await hass.config_entries.flow.async_configure(form["flow_id"], INPUT)
    assert step["step_id"] == "certificate"
    board.nas.down = connect.side_effect = None
    result = await trust(hass, step, True)
    await board.settle()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_FINGERPRINT] == SHOWN.fingerprint
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_a_certificate_that_is_the_old_one_again(board: Board) -> None:
    """The issue is taken back by the next poll."""
    hass, entry = board.hass, board.entry
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_FINGERPRINT: "ff" * 32}
    )
    board.nas.down = CertificateRejected("it has changed")
    await board.tick(after=IDLE_INTERVAL)
    assert issues_of(board) == {"certificate_changed"}
    board.nas.down = None
    await board.tick(after=IDLE_INTERVAL)
    assert issues_of(board) == set()


def issues_of(board: Board) -> set[str]:
    """Return the kinds of issues that are shown for the entry."""
    suffix = f"_{board.entry.entry_id}"
    found = ir.async_get(board.hass).issues
    return {issue_id.removesuffix(suffix) for _, issue_id in found}


@pytest.mark.parametrize(("wipe", "step"), [(False, "limited"), (True, "write_only")])
async def test_a_key_that_may_not_do_all(
    hass: HomeAssistant, connect: AsyncMock, nas: ScriptedNas, wipe: bool, step: str
) -> None:
    """The flow says what will not work, and goes on if a person wants it."""
    nas.system = replace(nas.system, commands=False, wipe=wipe)
    form = await begun(hass)
    assert (form["step_id"], form["errors"]) == (step, {})
    flow_id = str(form["flow_id"])
    result = await hass.config_entries.flow.async_configure(flow_id, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_watching_only(bare: Board) -> None:
    """Drives are shown, starts are refused, and an issue says how to mend it."""
    bare.nas.system = replace(bare.nas.system, commands=False)
    await bare.set_up()
    issues = ir.async_get(bare.hass)
    issue_id = f"no_command_rights_{bare.entry.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue_id) is not None
    assert bare.state("sensor", "temperature").state == "35.0"
    with pytest.raises(ServiceValidationError, match="isn't allowed to run commands"):
        await bare.start()
    assert bare.nas.calls_of("start_self_test") == []
    bare.nas.system = replace(bare.nas.system, commands=True)
    await bare.hass.config_entries.async_reload(bare.entry.entry_id)
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_removed_with_its_issues(bare: Board) -> None:
    """An entry that is gone leaves no issue behind."""
    bare.nas.system = replace(bare.nas.system, commands=False)
    await bare.set_up()
    await bare.hass.config_entries.async_remove(bare.entry.entry_id)
    assert ir.async_get(bare.hass).issues == {}


async def test_a_key_that_may_write_only(bare: Board) -> None:
    """It is said in an issue, and self-tests are refused by their name."""
    bare.nas.system = replace(bare.nas.system, commands=False, wipe=True)
    await bare.set_up()
    assert issues_of(bare) == {"write_only_rights"}
    with pytest.raises(ServiceValidationError, match="which self-tests require"):
        await bare.start()
    assert bare.nas.calls_of("start_self_test") == []


async def test_rights_that_are_lost_and_given_back(board: Board) -> None:
    """Each poll knows; a key that may not even watch is told of with the reason."""
    nas, full = board.nas, board.nas.system
    assert issues_of(board) == set()
    nas.system = replace(full, commands=False)
    await board.tick(after=IDLE_INTERVAL)
    assert issues_of(board) == {"no_command_rights"}
    nas.down = NotAuthorized("the API key may not call disk.query")
    await board.tick(after=IDLE_INTERVAL)
    assert issues_of(board) == {"no_command_rights", "no_read_rights"}
    issue_id = f"no_read_rights_{board.entry.entry_id}"
    issue = ir.async_get(board.hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"nas": "nas", "reason": str(nas.down)}
    nas.down, nas.system = None, full
    await board.tick(after=IDLE_INTERVAL)
    assert issues_of(board) == set()


async def test_a_key_without_rights_at_set_up(bare: Board, connect: AsyncMock) -> None:
    """The set-up is tried again, and an issue says what to do."""
    connect.side_effect = NotAuthorized("the API key may not call system.info")
    await bare.set_up()
    assert bare.entry.state is ConfigEntryState.SETUP_RETRY
    assert issues_of(bare) == {"no_read_rights"}


@pytest.mark.parametrize("step", ["certificate", "limited", "write_only"])
async def test_steps_out_of_turn(
    hass: HomeAssistant, connect: AsyncMock, step: str
) -> None:
    """A step that nothing leads to ends the flow."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": step})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "unknown")
