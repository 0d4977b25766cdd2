"""A TrueNAS system: the calls the rest of the program makes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, Final

import aiohttp

from .agent import Agent
from .agent.paths import FEED
from .decode import names, record, records, text
from .dialect import DISK_QUERY, Dialect, Protocol, Road, dialect_of
from .drives import DriveReader, parse_self_test_log
from .errors import (
    NO_SUCH_METHOD,
    CallFailed,
    DriveAsleep,
    InvalidResponse,
    NotAuthorized,
    SystemChanged,
    UnsupportedSystem,
)
from .identities import Identities
from .jsonrpc import JsonRpcTransport
from .models import (
    Drive,
    Fleet,
    NasJob,
    SelfTestKind,
    SelfTestLog,
    SmartReport,
    SystemInfo,
    WipeMode,
)
from .packing import Packed, pack_agent
from .probe import api_versions, parse_url
from .rest import RestTransport
from .self_tests import AgentSelfTests
from .smartctl import parse_report
from .surface import DriveContent, Epoch, JobRecords, JobStatus, SurfacePlan
from .transport import Transport
from .usage import UsageCall
from .uses import USES, Use, pool_uses, scrubbing
from .wipe import start_wipe, wipe_jobs

_RIGHTS_EVERY: Final = 300.0
"""Seconds; each time is a row in the audit log of the NAS."""


async def connect(
    session: aiohttp.ClientSession,
    address: str,
    api_key: str,
    fingerprint: str | None = None,
) -> TrueNAS:
    """Return the system at an address, spoken to in its generation's way.

    `fingerprint` is the SHA-256 (hex) of the one certificate that is accepted,
    without it the certificate is checked as any. Raise ValueError for a bad
    address, TrueNASError for everything else.
    """
    url = parse_url(address)
    ssl = (
        True if fingerprint is None else aiohttp.Fingerprint(bytes.fromhex(fingerprint))
    )
    versions = await api_versions(session, url, ssl)
    transport: Transport
    if versions:
        transport = JsonRpcTransport(session, url, api_key, ssl=ssl)
    else:
        transport = RestTransport(session, url, api_key, ssl=ssl)
    try:
        return await _identified(transport, bool(versions))
    except BaseException:
        await transport.close()
        raise


async def _identified(transport: Transport, json_rpc: bool) -> TrueNAS:
    """Return the system behind a transport; UnsupportedSystem if we cannot serve it."""
    version = await transport.call("system.version")
    if not isinstance(version, str):
        raise InvalidResponse("system.version: expected a text")
    dialect = dialect_of(version)
    if dialect is None:
        raise UnsupportedSystem(version.removeprefix("TrueNAS-"))
    if (dialect.protocol is Protocol.JSON_RPC) is not json_rpc:
        raise InvalidResponse(f"{dialect.name} does not list the versions of its API")
    system = await _system_info(transport, version)
    packed = await asyncio.get_running_loop().run_in_executor(None, pack_agent)
    nas = TrueNAS(transport, dialect, system, packed)
    await nas.find_out_rights()
    return nas


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


def _read_pools(reply: Any) -> tuple[bool, tuple[Use, ...]]:
    """Tell whether a pool is scrubbed, and which have drives nobody can tell.

    Pools that cannot be asked for leave every drive in doubt.
    """
    if reply is None:
        return False, (Use(None, "pool.query"),)
    return scrubbing(reply), tuple(pool_uses(reply))


def _is_news(job: Mapping[str, Any] | None) -> bool:
    """Tell whether a job ended that was not one of our own small ones.

    Those belong to looking: to look again after them would never end.
    """
    if job is None:
        return True
    ours = ("cronjob.run", "filesystem.get", "filesystem.put")
    return job.get("time_finished") is not None and job.get("method") not in ours


class TrueNAS:
    """One system over one transport; also the `Nas` port of the runner."""

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        system: SystemInfo,
        packed: Packed,
    ) -> None:
        """Wire a connected transport."""
        self.system = system
        self.agent = Agent(
            transport,
            packed,
            token=dialect.upload_token,
            tail=None if dialect.tail is None else dialect.tail(FEED),
        )
        self._self_tests = AgentSelfTests(self.agent)
        self._transport = transport
        self._dialect = dialect
        self.identities = Identities()
        self._drives = DriveReader(self.identities)
        self._usage = UsageCall(transport, dialect)
        self._ready_boot: str | None = None
        self._ask_rights_at = monotonic() + _RIGHTS_EVERY

    @property
    def knows_exported_pools(self) -> bool:
        """Tell whether a drive of an exported pool is recognised as one."""
        return self._dialect.knows_exported_pools

    async def fleet(self, *, closely: bool = False) -> Fleet:
        """Return every drive as the system sees it now; all calls or none.

        With `closely` the labels of all drives are read, which may wake them. Raise
        SystemChanged if it was upgraded: it may be of another generation now.
        """
        await self._ask_for_rights_again()
        try:
            fleet = await self._look(closely=closely)
        except CallFailed, InvalidResponse:
            await self._expect_the_same_system()
            raise
        if fleet.system.boot_id != self.system.boot_id:
            await self._expect_the_same_system()
        self.system = fleet.system
        return fleet

    async def _expect_the_same_system(self) -> None:
        """Raise SystemChanged if it is not the one we have connected to."""
        version = await self._transport.call("system.version")
        host_id = await self._transport.call("system.host_id")
        if (version, host_id) != (self.system.version, self.system.host_id):
            raise SystemChanged(f"it is another system or version now: {version}")

    async def _look(self, *, closely: bool) -> Fleet:
        ready = self._ready_boot == self.system.boot_id or await self._is_ready()
        boot_id, disks, boot, uses, told = await asyncio.gather(
            self._transport.call("system.boot_id"),
            self._transport.call("disk.query", *DISK_QUERY),
            self._transport.call("boot.get_disks"),
            self._uses(),
            self._pools(),
        )
        used = await self._usage.reply(boot_id, disks, told, anew=closely)
        scrubs, pools = _read_pools(told)
        if not isinstance(boot_id, str):
            raise InvalidResponse("system.boot_id: expected a text")
        system = replace(self.system, boot_id=boot_id, commands=self.agent.allowed)
        # What was ready was the system before it rebooted.
        ready = ready and boot_id == self.system.boot_id
        if ready:
            self._ready_boot = boot_id
        drives = self._drives.read(disks, used, boot, (*uses, *pools))
        known = sorted(drive.name for drive in drives.values())
        drives = self._drives.warm(drives, await self._temperatures(known))
        return Fleet(system=system, drives=drives, scrubbing=scrubs, ready=ready)

    async def _uses(self) -> tuple[Use, ...]:
        """Return what uses devices beside the pools.

        What the key may not ask leaves every drive in doubt.
        """
        found: list[Use] = []
        for method, read in USES.items():
            try:
                found += read(await self._transport.call(method))
            except NotAuthorized:
                found.append(Use(None, method))
            except CallFailed as err:
                if err.errno != NO_SUCH_METHOD:
                    raise
        return tuple(found)

    async def _is_ready(self) -> bool:
        """Tell whether the system has started; one that does not tell has."""
        try:
            return bool(await self._transport.call("system.state") == "READY")
        except CallFailed, NotAuthorized:
            return True

    async def _pools(self) -> Any:
        """Return what the system says of its pools, None if it refuses to."""
        try:
            return await self._transport.call("pool.query")
        except CallFailed, NotAuthorized:
            return None

    async def _temperatures(self, known: list[str]) -> Any:
        """Ask for all drives at once: CORE caches one answer for all names.

        A drive in standby is left asleep. A failure costs the temperatures only.
        """
        try:
            return await self._transport.call(
                "disk.temperatures", *self._dialect.temperatures(known)
            )
        except CallFailed, NotAuthorized:
            return {}

    async def take_leave(self) -> None:
        """Delete the cron jobs we have made, those of older versions too."""
        await self.agent.remove()

    async def smart(self, drive: Drive, *, wake: bool = True) -> SmartReport:
        """Return the drive's SMART report; the agent checks the serial.

        Without `wake` a drive that sleeps is left asleep: raise DriveAsleep.
        """
        return parse_report(await self.agent.smart(drive, wake=wake))

    async def self_test_log(self, drive: Drive, *, wake: bool = True) -> SelfTestLog:
        """Return the drive's self-test log and what it runs now.

        Without `wake` a drive that may be asleep is left alone: raise TrueNASError.
        The middleware would wake it; its temperature is that of a drive awake.
        """
        if self._dialect.self_tests is Road.AGENT:
            return await self._self_tests.log(drive, wake=wake)
        if not wake and drive.temperature is None:
            raise DriveAsleep(f"{drive.name} may be asleep")
        results = await self._transport.call(
            "smart.test.results", [["disk", "=", drive.name]]
        )
        unsure = self._dialect.misreports_running_test
        log = parse_self_test_log(results, stale_running=unsure)
        sure = log.readable and not unsure
        if not sure and log.running_percent is None and self.agent.allowed:
            return await self._self_tests.log(drive, wake=wake)
        return log

    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a self-test; raise CallFailed or AgentFailed if the drive refuses it.

        The middleware answers 200 even then: the item's `error` tells.
        """
        if self._dialect.self_tests is Road.AGENT:
            await self._self_tests.start(drive, kind)
            return
        reply = await self._transport.call(
            "smart.test.manual_test",
            [{"identifier": drive.system_identifier, "type": kind.value.upper()}],
        )
        self._self_tests.forget(drive)
        for item in records(reply, "smart.test.manual_test"):
            if error := text(item, "error", ""):
                raise CallFailed("smart.test.manual_test", error.strip())

    async def abort_self_test(self, drive: Drive) -> None:
        """Abort the running self-test of a drive, whoever started it."""
        if self._dialect.self_test_abort is Road.AGENT:
            await self._self_tests.abort(drive)
        else:
            await self._transport.call("smart.test.abort", drive.name)
            self._self_tests.forget(drive)

    async def content(self, drive: Drive) -> DriveContent:
        """Return what lies on a drive and who uses it."""
        return await self.agent.content(drive)

    async def epoch(self) -> Epoch | None:
        """Return which ledger the system obeys, None before the first start."""
        return await self.agent.epoch()

    async def obey(self, epoch: Epoch) -> None:
        """Have the system obey this ledger from now on."""
        await self.agent.obey(epoch)

    async def start_surface(self, plan: SurfacePlan) -> JobStatus:
        """Start or continue a surface job."""
        return await self.agent.start(plan)

    async def surface_status(self, *, ask: bool) -> Mapping[str, JobStatus]:
        """Return the status of every surface job by token."""
        return await self.agent.jobs(ask=ask)

    async def pause_surface(self, token: str, reason: str) -> None:
        """Have a surface job stand still."""
        await self.agent.pause(token, reason)

    async def resume_surface(self, token: str) -> None:
        """Let a surface job go on."""
        await self.agent.resume(token)

    async def limit_surface(self, token: str, pause_at: int, resume_at: int) -> None:
        """Have a surface job go by other temperatures, in °C."""
        await self.agent.limit(token, pause_at, resume_at)

    async def surface_records(self, token: str) -> JobRecords:
        """Return everything that is kept of a surface job."""
        return await self.agent.records(token)

    async def stop_surface(self, token: str) -> None:
        """End a surface job."""
        await self.agent.stop(token)

    async def clean_surface(self, token: str) -> None:
        """Remove what a finished surface job left."""
        await self.agent.clean(token)

    async def start_wipe(self, drive: Drive, mode: WipeMode) -> int:
        """Have the system overwrite a drive without reading back; return the job."""
        return await start_wipe(self._transport, drive, mode)

    async def wipe_jobs(self) -> tuple[NasJob, ...]:
        """Return the wipes the system knows of; none survives its middleware."""
        return await wipe_jobs(self._transport)

    async def abort_wipe(self, job: NasJob) -> None:
        """End a wipe that was just seen under way."""
        await self._transport.call("core.job_abort", job.id)

    async def find_out_rights(self) -> None:
        """Learn whether the key may run the agent, and if not, whether it may wipe."""
        try:
            await self.agent.find_out_rights()
        except NotAuthorized:
            wipe = await self._may_wipe()
            self.system = replace(self.system, commands=False, wipe=wipe)

    async def _ask_for_rights_again(self) -> None:
        """Learn, now and then, whether a key that lost its rights has them back."""
        if not self.agent.allowed and monotonic() >= self._ask_rights_at:
            self._ask_rights_at = monotonic() + _RIGHTS_EVERY
            await self.find_out_rights()

    async def _may_wipe(self) -> bool:
        """Tell whether the key's user has the role, where a role is enough."""
        role = self._dialect.wipe_role
        if role is None:
            return False
        me = record(await self._transport.call("auth.me"), "auth.me")
        privilege = record(me.get("privilege") or {}, "privilege")
        roles = privilege.get("roles") or []
        if isinstance(roles, dict):
            roles = roles.get("$set", [])
        return role in names(roles, "roles")

    def listen(self, changed: Callable[[], None]) -> None:
        """Be told when it is worth to look again, where the system tells of it."""

        def of_drives(_fields: object) -> None:
            self._usage.changed()
            changed()

        self.agent.listen(changed)
        for event in ("disk.query", "pool.query"):
            self._transport.listen(event, of_drives)
        self._transport.listen(
            "core.get_jobs", lambda fields: changed() if _is_news(fields) else None
        )

    async def close(self) -> None:
        """Let go of the connection; the session belongs to the caller."""
        await self._transport.close()
