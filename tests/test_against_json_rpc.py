"""Set-up, keys and certificates against mocked NAS that speak JSON-RPC over TLS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.truenas_burnin.const import CONF_FINGERPRINT, DOMAIN
from custom_components.truenas_burnin.coordinator import BurnInCoordinator
from custom_components.truenas_burnin.truenas.certificate import readable
from mock_truenas.server import MockTrueNAS

pytest_plugins = ["tests.components_fixtures"]

type Start = Callable[..., Awaitable[MockTrueNAS]]


@pytest.fixture(params=["scale-25.04", "scale-25.10", "scale-26.0"])
def profile(request: pytest.FixtureRequest) -> str:
    """Return the name of a generation."""
    name: str = request.param
    return name


@pytest.fixture(autouse=True)
def no_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again without a pause."""
    place = "custom_components.truenas_burnin.truenas"
    monkeypatch.setattr(f"{place}.http._BACK_OFF", (0.0,))
    monkeypatch.setattr(f"{place}.back_off._FIRST", 0.0)


@pytest.fixture
async def start(
    hass: HomeAssistant, socket_enabled: None, tmp_path: Path, profile: str
) -> AsyncIterator[Start]:
    """Return what starts a NAS; entries are unloaded before it ends."""
    started: list[MockTrueNAS] = []
    report = hass.loop.get_exception_handler()
    assert report is not None

    def but_refused_certificates(
        loop: asyncio.AbstractEventLoop, context: dict[str, Any]
    ) -> None:
        """Leave out that a client hung up on the server in the handshake."""
        if not isinstance(context.get("exception"), ConnectionResetError):
            report(loop, context)

    hass.loop.set_exception_handler(but_refused_certificates)

    async def make(**options: object) -> MockTrueNAS:
        mock = MockTrueNAS(
            profile,
            tmp_path / f"nas{len(started)}",
            **{"drives": 4, "speed": 600.0, **options},  # type: ignore[arg-type]
        )
        started.append(mock)
        await mock.start()
        return mock

    yield make
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
    for mock in started:
        await mock.stop()


async def add(hass: HomeAssistant, mock: MockTrueNAS) -> ConfigFlowResult:
    """Go through the form up to the certificate."""
    flow = hass.config_entries.flow
    form = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    return await flow.async_configure(
        form["flow_id"], {CONF_URL: mock.url, CONF_API_KEY: mock.key}
    )


async def trust(hass: HomeAssistant, step: ConfigFlowResult) -> ConfigFlowResult:
    """Trust the certificate that is shown."""
    assert step["step_id"] == "certificate"
    return await hass.config_entries.flow.async_configure(
        step["flow_id"], {"trust": True}
    )


async def set_up(hass: HomeAssistant, mock: MockTrueNAS) -> BurnInCoordinator:
    """Add a NAS whose key may do all; return its coordinator."""
    result = await trust(hass, await add(hass, mock))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    coordinator: BurnInCoordinator = entry.runtime_data.coordinator
    return coordinator


async def test_set_up(hass: HomeAssistant, start: Start) -> None:
    """The certificate is shown and pinned; the drives appear."""
    mock = await start()
    step = await add(hass, mock)
    placeholders = step["description_placeholders"]
    assert placeholders is not None
    assert placeholders["fingerprint"] == readable(str(mock.fingerprint))
    coordinator = await set_up(hass, mock)
    assert coordinator.config_entry.data == {
        CONF_URL: mock.url,
        CONF_API_KEY: mock.key,
        CONF_FINGERPRINT: mock.fingerprint,
    }
    assert len(coordinator.data.drives) == 4


async def test_plain_http(hass: HomeAssistant, start: Start) -> None:
    """It is refused at the address, and the key lives."""
    mock = await start(tls=False)
    form = await add(hass, mock)
    assert form["errors"] == {CONF_URL: "https_required"}
    assert mock.world.key.alive


@pytest.mark.parametrize("more", [set(), {"DISK_WRITE"}])
async def test_a_key_with_fewer_rights(
    hass: HomeAssistant, start: Start, profile: str, more: set[str]
) -> None:
    """What it can do is said, and it can be added all the same."""
    mock = await start(roles={"READONLY_ADMIN", *more})
    step = await trust(hass, await add(hass, mock))
    writes = more and profile != "scale-25.04"
    assert step["step_id"] == ("write_only" if writes else "limited")
    flow = hass.config_entries.flow
    result = await flow.async_configure(step["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


async def test_a_key_that_is_revoked(hass: HomeAssistant, start: Start) -> None:
    """A new key is asked for once the NAS wants a login again."""
    mock = await start()
    coordinator = await set_up(hass, mock)
    entry = coordinator.config_entry
    mock.world.key.revoked = True
    mock.nas.drop_connections()
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    configure = hass.config_entries.flow.async_configure
    form = await configure(flow["flow_id"], {CONF_API_KEY: mock.key})
    assert form["errors"] == {CONF_API_KEY: "invalid_auth"}
    mock.world.key.revoked = False
    result = await configure(flow["flow_id"], {CONF_API_KEY: mock.key})
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_FINGERPRINT] == mock.fingerprint
    assert entry.state is ConfigEntryState.LOADED


async def test_a_renewed_certificate(hass: HomeAssistant, start: Start) -> None:
    """The connection stops, old and new are shown, and reconfiguring trusts it."""
    mock = await start()
    coordinator = await set_up(hass, mock)
    entry, old = coordinator.config_entry, str(mock.fingerprint)
    mock.renew_certificate()
    mock.world.faults.drop = True  # also what is kept alive by the old certificate
    mock.nas.drop_connections()
    await coordinator.async_refresh()
    mock.world.faults.drop = False
    await coordinator.async_refresh()
    assert not coordinator.last_update_success
    issue_id = f"certificate_changed_{entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    reason = issue.translation_placeholders["reason"]
    assert readable(old) in reason
    assert readable(str(mock.fingerprint)) in reason
    flow = hass.config_entries.flow
    form = await flow.async_init(
        DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
    )
    step = await flow.async_configure(
        form["flow_id"], {CONF_URL: mock.url, CONF_API_KEY: mock.key}
    )
    result = await trust(hass, step)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
