"""A TrueNAS system: the calls the rest of the program makes."""

import asyncio
from collections.abc import Mapping
import json
from typing import Any, Final

import aiohttp
from yarl import URL

from .agent import Agent, Script, load_script
from .decode import record, records, text
from .dialect import Dialect, dialect_of
from .drives import parse_drives, parse_self_test_log
from .errors import (
    CallFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    UnsupportedSystem,
)
from .models import (
    AgentStatus,
    Drive,
    Fleet,
    RangeResult,
    SelfTestKind,
    SelfTestLog,
    SmartReport,
    SurfaceRequest,
    SystemInfo,
)
from .rest import RestTransport
from .smartctl import parse_report
from .transport import Transport

_PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=20, connect=10)


def parse_url(address: str) -> URL:
    """Return scheme, host and port of what a person typed; https by default.

    Raise ValueError if it is no address of a web server.
    """
    typed = address.strip()
    url = URL(typed if "://" in typed else f"https://{typed}")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("not an http or https address")
    if url.user or url.password:
        raise ValueError("an address with a user name in it")
    return url.origin()


async def connect(
    session: aiohttp.ClientSession, address: str, api_key: str
) -> TrueNAS:
    """Return the system at an address, spoken to in its generation's way.

    Raise ValueError for a bad address, TrueNASError for everything else.
    """
    url = parse_url(address)
    versions = await _api_versions(session, url)
    if versions:
        raise UnsupportedSystem(versions[-1].removeprefix("v"))
    transport = RestTransport(session, url, api_key)
    version = await transport.call("system.version")
    if not isinstance(version, str):
        raise InvalidResponse("system.version: expected a text")
    dialect = dialect_of(version)
    if dialect is None:
        raise UnsupportedSystem(version.removeprefix("TrueNAS-"))
    system = await _system_info(transport, version)
    script = await asyncio.get_running_loop().run_in_executor(None, load_script)
    return TrueNAS(transport, dialect, system, script)


async def _api_versions(session: aiohttp.ClientSession, url: URL) -> list[str]:
    """Return the JSON-RPC versions a system serves; none before 25.04.

    Asked without the key, so that nothing secret goes to a wrong address.
    """
    try:
        async with session.get(
            url / "api/versions", allow_redirects=False, timeout=_PROBE_TIMEOUT
        ) as response:
            location = response.headers.get("Location", "")
            if url.scheme == "http" and location.startswith("https:"):
                raise HttpsRequired("redirected to https")
            body = await response.text(errors="replace")
            if response.status == 400 and "HTTPS port" in body:
                raise HttpsRequired("this port serves https")
            found = json.loads(body) if response.status == 200 else []
    except aiohttp.ClientConnectorCertificateError as err:
        raise CertificateRejected(str(err.certificate_error)) from err
    except (aiohttp.ClientError, TimeoutError) as err:
        raise ConnectionFailed(str(err) or type(err).__name__) from err
    except ValueError:
        return []
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return []
    return found


async def _system_info(transport: Transport, version: str) -> SystemInfo:
    info = record(await transport.call("system.info"), "system.info")
    product = await transport.call("system.product_type")
    host_id = await transport.call("system.host_id")
    boot_id = await transport.call("system.boot_id")
    if not all(isinstance(item, str) and item for item in (product, host_id, boot_id)):
        raise InvalidResponse("system: host_id, boot_id and product_type expected")
    return SystemInfo(
        host_id=host_id,
        hostname=text(info, "hostname", "") or "TrueNAS",
        version=version,
        product=product,
        boot_id=boot_id,
    )


class TrueNAS:
    """One system over one transport; also the `Nas` port of the runner."""

    def __init__(
        self, transport: Transport, dialect: Dialect, system: SystemInfo, script: Script
    ) -> None:
        """Wire a connected transport."""
        self.system = system
        self.agent = Agent(transport, script)
        self._transport = transport
        self._dialect = dialect

    async def fleet(self) -> Fleet:
        """Return every drive as the system sees it now; all calls or none."""
        boot_id, disks, unused, boot = await asyncio.gather(
            self._transport.call("system.boot_id"),
            self._transport.call("disk.query", *self._dialect.disk_query),
            self._transport.call("disk.get_unused", False),
            self._transport.call("boot.get_disks"),
        )
        if not isinstance(boot_id, str):
            raise InvalidResponse("system.boot_id: expected a text")
        self.system = _rebooted(self.system, boot_id)
        known = sorted(text(disk, "name") for disk in records(disks, "disk.query"))
        degrees = await self._temperatures(known)
        return Fleet(
            system=self.system, drives=parse_drives(disks, unused, boot, degrees)
        )

    async def _temperatures(self, known: list[str]) -> Any:
        """Ask for all drives at once: CORE caches one answer for all names.

        A drive in standby is left asleep. A failure costs the temperatures only.
        """
        try:
            return await self._transport.call(
                "disk.temperatures", known, self._dialect.standby_powermode
            )
        except CallFailed:
            return {}

    async def smart(self, drive: Drive) -> SmartReport:
        """Return the drive's SMART report; the agent checks the serial."""
        return parse_report(await self.agent.smart(drive))

    async def self_test_log(self, drive: Drive) -> SelfTestLog:
        """Return the drive's self-test log and what it runs now."""
        results = await self._transport.call("smart.test.results", {"disk": drive.name})
        return parse_self_test_log(results)

    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a self-test; raise CallFailed if the drive refuses it.

        The middleware answers 200 even then: the item's `error` tells.
        """
        reply = await self._transport.call(
            "smart.test.manual_test",
            [{"identifier": drive.identifier, "type": kind.value.upper()}],
        )
        for item in records(reply, "smart.test.manual_test"):
            if error := text(item, "error", ""):
                raise CallFailed("smart.test.manual_test", error.strip())

    async def abort_self_test(self, drive: Drive) -> None:
        """Abort the running self-test of a drive, whoever started it."""
        await self.agent.abort_self_test(drive)

    async def start_surface(self, request: SurfaceRequest) -> None:
        """Start or continue a surface job."""
        await self.agent.start(request)

    async def surface_status(self, *, ask: bool) -> Mapping[str, AgentStatus]:
        """Return the status of every surface job by token."""
        return await self.agent.statuses(ask=ask)

    async def surface_ranges(self, token: str) -> tuple[RangeResult, ...]:
        """Return the verified ranges of a surface job."""
        return await self.agent.ranges(token)

    async def stop_surface(self, token: str) -> None:
        """End a surface job."""
        await self.agent.stop(token)

    async def clean_surface(self, token: str) -> None:
        """Remove what a finished surface job left."""
        await self.agent.clean(token)

    async def close(self) -> None:
        """Let go of the connection; the session belongs to the caller."""


def _rebooted(system: SystemInfo, boot_id: str) -> SystemInfo:
    if system.boot_id == boot_id:
        return system
    return SystemInfo(
        host_id=system.host_id,
        hostname=system.hostname,
        version=system.version,
        product=system.product,
        boot_id=boot_id,
    )
