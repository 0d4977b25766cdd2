"""A NAS that is found on the network: offered, recognized, followed."""

from collections.abc import Iterator
from ipaddress import ip_address
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_IGNORE,
    SOURCE_USER,
    SOURCE_ZEROCONF,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yarl

from custom_components.truenas_burnin import discovery
from custom_components.truenas_burnin.const import CONF_FINGERPRINT, DOMAIN
from custom_components.truenas_burnin.truenas.errors import (
    CertificateRejected,
    ConnectionFailed,
)

from .burnin.fakes import NAS_ID
from .common import API_KEY, URL, Board, ScriptedNas
from .test_certificate_flow import SHOWN

pytest_plugins = ["tests.components_fixtures"]

PLACE = "custom_components.truenas_burnin.discovery"
HERE = "192.0.2.7"
ADDRESSES = discovery._addresses
FOUND = yarl.URL("https://192.0.2.7")


@pytest.fixture
def interface() -> Iterator[AsyncMock]:
    """Find a web interface over https."""
    with patch(f"{PLACE}.find_web_interface", AsyncMock(return_value=FOUND)) as mock:
        yield mock


@pytest.fixture
def certificate() -> Iterator[AsyncMock]:
    """Read a certificate there."""
    with patch(f"{PLACE}.read_certificate", return_value=SHOWN) as mock:
        yield mock


@pytest.fixture(autouse=True)
def names(hass: HomeAssistant) -> Iterator[dict[str, str]]:
    """Return the host names that have an address, none to begin with."""
    known: dict[str, str] = {}

    async def resolve(host: str) -> set[str]:
        return {known[host]} if host in known else set()

    with patch(f"{PLACE}._addresses", resolve):
        yield known


async def announced(hass: HomeAssistant) -> ConfigFlowResult:
    """Return the step after a NAS has announced itself."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_ZEROCONF},
        data=ZeroconfServiceInfo(
            ip_address=ip_address(HERE),
            ip_addresses=[ip_address(HERE)],
            port=8080,
            hostname="truenas.local.",
            type="_http._tcp.local.",
            name="truenas._http._tcp.local.",
            properties={},
        ),
    )


async def addressed(hass: HomeAssistant) -> ConfigFlowResult:
    """Return the step after a NAS got an address."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_DHCP},
        data=DhcpServiceInfo(ip=HERE, hostname="truenas", macaddress="001122334455"),
    )


async def test_offered(
    hass: HomeAssistant,
    interface: AsyncMock,
    certificate: AsyncMock,
    connect: AsyncMock,
    ledger_folder: object,
) -> None:
    """Under its name; its address is typed already, the key is left to a person."""
    form = await announced(hass)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "user")
    assert interface.await_args is not None
    assert interface.await_args.args[1:] == (HERE, 8080)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["title_placeholders"] == {"name": f"truenas ({HERE})"}
    assert form["data_schema"] is not None
    suggested = {str(field): field.description for field in form["data_schema"].schema}
    assert suggested[CONF_URL] == {"suggested_value": str(FOUND)}
    with patch("custom_components.truenas_burnin.async_setup_entry", return_value=True):
        result = await hass.config_entries.flow.async_configure(
            form["flow_id"], {CONF_URL: str(FOUND), CONF_API_KEY: API_KEY}
        )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == NAS_ID


async def test_by_its_lease(
    hass: HomeAssistant, interface: AsyncMock, certificate: AsyncMock
) -> None:
    """Which says no port; the same NAS is not offered twice."""
    form = await addressed(hass)
    assert form["step_id"] == "user"
    assert interface.await_args is not None
    assert interface.await_args.args[1:] == (HERE, 80)
    result = await announced(hass)
    assert result["reason"] == "already_in_progress"


async def test_not_a_nas(hass: HomeAssistant, interface: AsyncMock) -> None:
    """A server of that name that is none is not offered."""
    interface.return_value = None
    for found in (await announced(hass), await addressed(hass)):
        assert (found["type"], found["reason"]) == (
            FlowResultType.ABORT,
            "not_truenas",
        )


async def test_gone_again(
    hass: HomeAssistant, interface: AsyncMock, certificate: AsyncMock
) -> None:
    """Between the look and the reading of its certificate."""
    certificate.side_effect = ConnectionFailed("reset")
    assert (await announced(hass))["reason"] == "not_truenas"


async def test_ignored(
    hass: HomeAssistant, interface: AsyncMock, certificate: AsyncMock
) -> None:
    """It stays so at another address: it is known by its certificate."""
    await announced(hass)
    (flow,) = hass.config_entries.flow.async_progress()
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": flow["context"]["unique_id"], "title": "truenas"},
    )
    interface.return_value = yarl.URL("https://192.0.2.99")
    assert (await announced(hass))["reason"] == "already_configured"


async def test_over_http(hass: HomeAssistant, interface: AsyncMock) -> None:
    """There is no certificate to know it by, so it is known by its address."""
    interface.return_value = yarl.URL(f"http://{HERE}")
    await announced(hass)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["unique_id"] == HERE


@pytest.mark.parametrize(
    ("url", "pinned"),
    [
        (f"https://{HERE}:8443", None),
        ("https://nas.test", None),
        ("https://192.0.2.1", SHOWN.fingerprint),
    ],
)
async def test_set_up_already(
    hass: HomeAssistant,
    interface: AsyncMock,
    certificate: AsyncMock,
    names: dict[str, str],
    board: Board,
    url: str,
    pinned: str | None,
) -> None:
    """Known by its address, its name or its certificate; nothing changes."""
    names["nas.test"] = HERE
    data = {CONF_URL: url, CONF_API_KEY: API_KEY}
    if pinned:
        data[CONF_FINGERPRINT] = pinned
    hass.config_entries.async_update_entry(board.entry, data=data)
    assert (await announced(hass))["reason"] == "already_configured"
    assert board.entry.data == data


async def test_another_nas_is_offered(
    hass: HomeAssistant, interface: AsyncMock, certificate: AsyncMock, board: Board
) -> None:
    """Beside one that is set up."""
    assert (await announced(hass))["step_id"] == "user"


def moved(hass: HomeAssistant, entry: MockConfigEntry, url: str) -> dict[str, str]:
    """Let an entry have an address at which its NAS answers no more."""
    data = {CONF_URL: url, CONF_API_KEY: API_KEY, CONF_FINGERPRINT: SHOWN.fingerprint}
    hass.config_entries.async_update_entry(entry, data=data)
    return data


async def test_followed(
    hass: HomeAssistant,
    interface: AsyncMock,
    certificate: AsyncMock,
    connect: AsyncMock,
    bare: Board,
) -> None:
    """The key goes to the certificate that a person trusted, and to no other."""
    data = moved(hass, bare.entry, "https://192.0.2.1")
    assert (await announced(hass))["reason"] == "already_configured"
    assert bare.entry.data == {**data, CONF_URL: str(FOUND)}
    assert connect.await_args_list[0].args[1:] == (
        str(FOUND),
        API_KEY,
        SHOWN.fingerprint,
    )
    await hass.async_block_till_done()


async def test_followed_while_it_is_set_up(
    interface: AsyncMock, certificate: AsyncMock, board: Board
) -> None:
    """Once it no longer answers, and not before."""
    hass = board.hass
    moved(hass, board.entry, "https://192.0.2.1")
    assert (await announced(hass))["reason"] == "already_configured"
    assert board.entry.data[CONF_URL] == "https://192.0.2.1"
    board.entry.runtime_data.coordinator.last_update_success = False
    assert (await announced(hass))["reason"] == "already_configured"
    assert board.entry.data[CONF_URL] == str(FOUND)
    await board.settle()


@pytest.mark.parametrize("url", ["https://nas.test", "https://192.0.2.1"])
@pytest.mark.parametrize("trouble", [CertificateRejected("no"), None])
async def test_not_followed(
    hass: HomeAssistant,
    interface: AsyncMock,
    certificate: AsyncMock,
    connect: AsyncMock,
    nas: ScriptedNas,
    entry: MockConfigEntry,
    url: str,
    trouble: Exception | None,
) -> None:
    """A name follows by itself; one that is another NAS, or proves nothing, is none."""
    connect.side_effect = trouble
    hass.config_entries.async_update_entry(entry, unique_id="another")
    data = moved(hass, entry, url)
    assert (await announced(hass))["reason"] == "already_configured"
    assert entry.data == data


async def test_never_over_http(
    hass: HomeAssistant,
    interface: AsyncMock,
    connect: AsyncMock,
    entry: MockConfigEntry,
) -> None:
    """Nothing proves there that it is the same NAS: the key is not sent."""
    interface.return_value = yarl.URL(f"http://{HERE}")
    data = {CONF_URL: "http://192.0.2.1", CONF_API_KEY: API_KEY}
    hass.config_entries.async_update_entry(entry, data=data)
    assert (await announced(hass))["step_id"] == "user"
    assert entry.data == data
    connect.assert_not_awaited()


async def test_added_by_hand_meanwhile(
    hass: HomeAssistant,
    interface: AsyncMock,
    certificate: AsyncMock,
    connect: AsyncMock,
) -> None:
    """What was discovered is offered no longer; another NAS still is."""
    await announced(hass)
    interface.return_value = yarl.URL(f"http://{HERE}")
    other = await announced(hass)
    flows = hass.config_entries.flow
    connect.side_effect = CertificateRejected("self-signed")
    with patch(
        "custom_components.truenas_burnin.config_flow.read_certificate",
        return_value=SHOWN,
    ):
        form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        form = await flows.async_configure(
            form["flow_id"], {CONF_URL: URL, CONF_API_KEY: API_KEY}
        )
    connect.side_effect = None
    with patch("custom_components.truenas_burnin.async_setup_entry", return_value=True):
        result = await flows.async_configure(form["flow_id"], {"trust": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [flow["flow_id"] for flow in flows.async_progress()] == [other["flow_id"]]


async def test_addresses(hass: HomeAssistant) -> None:
    """Of a name, and of an address; a name nobody knows has none."""
    assert await ADDRESSES("192.0.2.1") == {"192.0.2.1"}
    with patch.object(hass.loop, "getaddrinfo", side_effect=OSError("unknown")):
        assert await ADDRESSES("nas.test") == set()
