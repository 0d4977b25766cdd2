"""Set-up and the config flow against a mocked NAS on a real port."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import RawTestServer
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.truenas_burnin.const import DOMAIN
from mock_truenas.server import MockTrueNAS

pytest_plugins = ["tests.components_fixtures"]


@pytest.fixture
async def mock(socket_enabled: None, tmp_path: Path) -> AsyncIterator[MockTrueNAS]:
    """Return a small CORE NAS that listens."""
    async with MockTrueNAS("core-13.0", tmp_path / "nas", drives=4) as nas:
        yield nas


@pytest.fixture(autouse=True)
def no_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again without a pause."""
    module = "custom_components.truenas_burnin.truenas.http"
    monkeypatch.setattr(f"{module}._BACK_OFF", (0.0,))


async def add(hass: HomeAssistant, url: str, key: str) -> ConfigFlowResult:
    """Open the form and send it."""
    flow = hass.config_entries.flow
    form = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await flow.async_configure(
        form["flow_id"], {CONF_URL: url, CONF_API_KEY: key}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def test_set_up(hass: HomeAssistant, mock: MockTrueNAS) -> None:
    """The flow makes an entry whose entities show the drives there are."""
    result = await add(hass, f"{mock.url}/ui/", f" {mock.key} ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.data == {CONF_URL: mock.url, CONF_API_KEY: mock.key}
    assert entry.unique_id == mock.world.host_id
    assert entry.state is ConfigEntryState.LOADED
    states = hass.states.async_all("sensor")
    burn_ins = [state for state in states if state.entity_id.endswith("_burn_in")]
    assert {state.state for state in burn_ins} == {"not_run"}
    assert len(burn_ins) == 4

    def temperatures() -> set[str]:
        found = hass.states.async_all("sensor")
        return {one.state for one in found if one.entity_id.endswith("_temperature")}

    assert "unavailable" not in temperatures()
    mock.world.faults.status = 502
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    assert temperatures() == {"unavailable"}
    mock.world.faults.status = 0
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    assert hass.states.get(burn_ins[0].entity_id).state == "not_run"  # type: ignore[union-attr]
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("faults", "errors"),
    [
        ({"html": True}, {CONF_URL: "invalid_response"}),
        ({"half": True}, {CONF_URL: "invalid_response"}),
        ({"drop": True}, {"base": "cannot_connect"}),
        ({"status": 502}, {"base": "cannot_connect"}),
        ({"status": 401}, {CONF_API_KEY: "invalid_auth"}),
        ({"status": 403}, {CONF_API_KEY: "not_authorized"}),
        ({"status": 500}, {"base": "cannot_connect"}),
    ],
)
async def test_faults(
    hass: HomeAssistant,
    mock: MockTrueNAS,
    caplog: pytest.LogCaptureFixture,
    faults: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """Each is named, keeps the key out of the log, and can be mended."""
    mock.world.faults.set(faults)
    form = await add(hass, mock.url, mock.key)
    assert form["errors"] == errors
    assert mock.key not in caplog.text
    mock.world.faults.set(dict.fromkeys(faults, 0))
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_URL: mock.url, CONF_API_KEY: mock.key}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_wrong_key(hass: HomeAssistant, mock: MockTrueNAS) -> None:
    """It is the key's fault."""
    form = await add(hass, mock.url, "1-wrong")
    assert form["errors"] == {CONF_API_KEY: "invalid_auth"}


async def test_nobody_there(
    hass: HomeAssistant, socket_enabled: None, unused_tcp_port: int
) -> None:
    """A port that nothing listens on."""
    form = await add(hass, f"http://127.0.0.1:{unused_tcp_port}", "1-key")
    assert form["errors"] == {"base": "cannot_connect"}


@pytest.mark.parametrize("status", [301, 400])
async def test_http_where_https_is_served(
    hass: HomeAssistant, socket_enabled: None, status: int
) -> None:
    """A redirect on port 80, a complaint on port 443; no key is sent."""
    keys: list[str | None] = []

    async def nginx(request: web.BaseRequest) -> web.Response:
        keys.append(request.headers.get("Authorization"))
        return web.Response(
            status=status,
            text="<h1>The plain HTTP request was sent to HTTPS port</h1>",
            headers={"Location": "https://nas.test/"} if status == 301 else None,
        )

    async with RawTestServer(nginx, host="127.0.0.1") as server:
        form = await add(hass, str(server.make_url("/")), "1-key")
    assert form["errors"] == {CONF_URL: "https_required"}
    assert keys == [None]


async def test_https_where_http_is_served(
    hass: HomeAssistant, mock: MockTrueNAS
) -> None:
    """The connection fails before anything is sent."""
    form = await add(hass, mock.url.replace("http:", "https:"), mock.key)
    assert form["errors"] == {"base": "cannot_connect"}
    assert mock.requests == []
