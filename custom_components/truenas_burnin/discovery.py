"""What a discovered server is: a NAS to offer, one that is set up, or none."""

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address
import socket
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .const import CONF_FINGERPRINT
from .coordinator import BurnInConfigEntry
from .truenas.certificate import read_certificate
from .truenas.client import connect
from .truenas.errors import ConnectionFailed, TrueNASError
from .truenas.probe import find_web_interface

_HTTP_PORT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """A web interface of TrueNAS on the network.

    `fingerprint` is the SHA-256 of its certificate in hex, None over http. It stays
    the same when the NAS gets another address.
    """

    name: str
    host: str
    url: URL
    fingerprint: str | None

    @property
    def id(self) -> str:
        """Return what tells this offer from others: no key, so no host id yet."""
        return self.fingerprint or self.host


async def async_look(
    hass: HomeAssistant, name: str, host: str, port: int | None = None
) -> Discovered | None:
    """Return the NAS that answers at a host, asked without a key; None if none does."""
    session = async_get_clientsession(hass)
    url = await find_web_interface(session, host, port or _HTTP_PORT)
    if url is None:
        return None
    fingerprint = None
    if url.scheme == "https":
        try:
            shown = await hass.async_add_executor_job(read_certificate, url)
        except ConnectionFailed:
            return None
        fingerprint = shown.fingerprint
    return Discovered(name=name, host=host, url=url, fingerprint=fingerprint)


async def async_is(entry: BurnInConfigEntry, found: Discovered) -> bool:
    """Tell whether an entry is the NAS that was found, as far as that shows."""
    if found.fingerprint and entry.data.get(CONF_FINGERPRINT) == found.fingerprint:
        return True
    host = str(URL(entry.data[CONF_URL]).host)
    return found.host in {host, *await _addresses(host)}


async def _addresses(host: str) -> set[str]:
    """Return the addresses of a host name, none if it has none now."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return set()
    return {str(address[0]) for *_, address in found}


async def async_moved(
    hass: HomeAssistant, entry: BurnInConfigEntry, found: Discovered
) -> str | None:
    """Return the new address of an entry whose NAS has moved there, else None.

    The key is sent only to a server that proves to have the certificate a person
    trusted; a server that shows another one, or none, gets nothing.
    """
    if _answers(entry) or entry.data.get(CONF_FINGERPRINT) != found.fingerprint:
        return None
    if found.fingerprint is None or not _is_address(URL(entry.data[CONF_URL])):
        return None
    session = async_get_clientsession(hass)
    key = entry.data[CONF_API_KEY]
    try:
        nas = await connect(session, str(found.url), key, found.fingerprint)
        await nas.close()
    except TrueNASError:
        return None
    return str(found.url) if nas.system.host_id == entry.unique_id else None


def _answers(entry: BurnInConfigEntry) -> bool:
    """Tell whether the NAS answers where it was: one may have several addresses."""
    if entry.state is not ConfigEntryState.LOADED:
        return False
    return entry.runtime_data.coordinator.last_update_success


def _is_address(url: URL) -> bool:
    """Tell an address from a name, which follows the NAS by itself."""
    try:
        ip_address(str(url.host))
    except ValueError:
        return False
    return True
