"""The client over a transport in memory: what each generation is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
import json
from typing import Any, cast, override

import pytest

from custom_components.truenas_burnin.truenas.client import TrueNAS
from custom_components.truenas_burnin.truenas.dialect import (
    CORE_13,
    SCALE_25_04,
    SCALE_25_10,
    Dialect,
)
from custom_components.truenas_burnin.truenas.errors import (
    NO_SUCH_METHOD,
    CallFailed,
    DriveAsleep,
    InvalidResponse,
    NotAuthorized,
    SystemChanged,
)
from custom_components.truenas_burnin.truenas.jobs import parse_job
from custom_components.truenas_burnin.truenas.models import SelfTestKind, WipeMode
from custom_components.truenas_burnin.truenas.packing import Packed
from custom_components.truenas_burnin.truenas.self_tests import AgentSelfTests
from custom_components.truenas_burnin.truenas.transport import Heard, Transport

from ..burnin.fakes import NO_TESTS, SYSTEM, a_drive
from .test_usage import a_detail, a_disk

DRIVE = a_drive(1, name="sda")
NO_METHOD = CallFailed("x", "no such method", NO_SUCH_METHOD)


@dataclass
class FakeTransport:
    """Answers by method: values, or errors to raise."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    listeners: dict[str, Heard] = field(default_factory=dict)
    program: bytes | Exception = b""
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)

    async def call(self, method: str, *params: Any) -> Any:
        """Answer."""
        self.asked.append(method)
        self.meanwhile.get(method, lambda: None)()
        answer = self.answers.get(method, NO_METHOD)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def download(self, path: str) -> bytes:
        """Return the program."""
        if isinstance(self.program, Exception):
            raise self.program
        return self.program

    def listen(self, event: str, heard: Heard) -> None:
        """Keep who listens."""
        self.listeners[event] = heard


def a_client(dialect: Dialect, **answers: Any) -> tuple[TrueNAS, FakeTransport]:
    """Return a client on a transport that gives these answers."""
    transport = FakeTransport({key.replace("__", "."): answers[key] for key in answers})
    packed = Packed(b"", "0123456789ab")
    return TrueNAS(cast("Transport", transport), dialect, SYSTEM, packed), transport


def test_what_a_generation_cannot_tell() -> None:
    """CORE lists no exported pools."""
    core, _ = a_client(CORE_13)
    scale, _ = a_client(SCALE_25_10)
    assert (core.knows_exported_pools, scale.knows_exported_pools) == (False, True)


async def test_leaving_takes_our_cron_jobs_away() -> None:
    """And nobody else's."""
    jobs = [
        {
            "id": 7,
            "description": "TrueNAS Burn-in agent; disabled on purpose, do not edit",
            "command": "python3 agent.pyz ensure",
        },
        {"id": 8, "description": "snapshots", "command": "zfs snapshot"},
    ]
    client, nas = a_client(CORE_13, cronjob__query=jobs, cronjob__delete=True)
    await client.take_leave()
    assert nas.asked == ["cronjob.query", "cronjob.delete"]


async def test_a_generation_without_the_calls_about_uses() -> None:
    """What a NAS does not have uses no drive; what it fails at fails the poll."""
    client, nas = a_client(
        SCALE_25_10,
        system__boot_id=SYSTEM.boot_id,
        system__version=SYSTEM.version,
        system__host_id=SYSTEM.host_id,
        disk__query=[a_disk("sda")],
        disk__details={"used": [], "unused": [a_detail("sda")]},
        boot__get_disks=[],
    )
    fleet = await client.fleet()
    (drive,) = fleet.drives.values()
    assert (drive.used_by, drive.unused, drive.temperature) == (None, True, None)
    assert not fleet.scrubbing
    nas.answers["vm.device.query"] = CallFailed("vm.device.query", "libvirt is away")
    with pytest.raises(CallFailed):
        await client.fleet()
    nas.answers["vm.device.query"] = []
    nas.answers["system.boot_id"] = None
    with pytest.raises(InvalidResponse):
        await client.fleet()


async def test_a_reboot_into_another_version() -> None:
    """Its generation is to be found out anew; a mere reboot is none of that."""
    client, nas = a_client(
        SCALE_25_10,
        system__boot_id=SYSTEM.boot_id,
        system__version=SYSTEM.version,
        system__host_id=SYSTEM.host_id,
        disk__query=[],
        disk__details={"used": [], "unused": []},
        boot__get_disks=[],
    )
    await client.fleet()
    assert "system.version" not in nas.asked
    nas.answers["system.boot_id"] = "boot-2"
    assert (await client.fleet()).system.boot_id == "boot-2"
    assert nas.asked.count("system.version") == 1
    await client.fleet()
    assert nas.asked.count("system.version") == 1
    nas.answers["system.boot_id"] = "boot-3"
    for changed in (
        {"system.version": "TrueNAS-26.0.0"},
        {"system.host_id": "another"},
    ):
        nas.answers |= changed
        for _ in range(2):
            with pytest.raises(SystemChanged):
                await client.fleet()
        nas.answers["system.version"] = SYSTEM.version


async def test_an_upgrade_that_took_a_call_away() -> None:
    """The call that fails is not what is told."""
    client, nas = a_client(
        SCALE_25_10,
        system__boot_id="boot-2",
        system__version="TrueNAS-27.0.0",
        system__host_id=SYSTEM.host_id,
        boot__get_disks=[],
    )
    with pytest.raises(SystemChanged, match=r"version now: TrueNAS-27\.0\.0"):
        await client.fleet()
    nas.answers["system.version"] = SYSTEM.version
    with pytest.raises(CallFailed, match="no such method"):
        await client.fleet()


class Looks(AgentSelfTests):
    """Self-tests by the agent that only count."""

    def __init__(self) -> None:
        self.looks: list[str] = []
        self.woken: list[bool] = []
        self.forgotten: list[str] = []

    @override
    async def log(self, drive: Any, *, wake: bool = True) -> Any:
        self.looks.append(drive.serial)
        self.woken.append(wake)
        return NO_TESTS

    @override
    def forget(self, drive: Any) -> None:
        self.forgotten.append(drive.serial)


def results(status: str, current: Any) -> list[dict[str, Any]]:
    """Return what smart.test.results says of a drive with one test in its log."""
    words = {"RUNNING": "Self-test routine in progress", "ABORTED": "Aborted by host"}
    test = {
        "description": "Extended offline",
        "status": status,
        "status_verbose": words.get(status, "Completed without error"),
        "remaining": 0.4,
        "lifetime": 12,
    }
    return [{"disk": "sda", "tests": [test], "current_test": current}]


@pytest.mark.parametrize(
    ("reply", "looks"),
    [
        (results("RUNNING", {"progress": 60}), 0),
        (results("SUCCESS", None), 1),
        (results("ABORTED", {"progress": 60}), 1),
    ],
)
async def test_where_the_nas_misreports_the_drive_is_asked(
    reply: Any, looks: int
) -> None:
    """25.04 hides running tests of some drives and shows aborted ones for ever."""
    client, _ = a_client(SCALE_25_04, smart__test__results=reply)
    client._self_tests = Looks()
    await client.self_test_log(DRIVE)
    assert len(client._self_tests.looks) == looks
    client.agent._exchange.allowed = False
    assert (await client.self_test_log(DRIVE)).tests or not looks
    assert len(client._self_tests.looks) == looks


async def test_a_drive_that_may_be_asleep() -> None:
    """The middleware would wake it; the agent does not if told so."""
    asleep = replace(DRIVE, temperature=None)
    client, nas = a_client(CORE_13, smart__test__results=results("SUCCESS", None))
    with pytest.raises(DriveAsleep, match="sda may be asleep"):
        await client.self_test_log(asleep, wake=False)
    assert nas.asked == []
    assert (await client.self_test_log(DRIVE, wake=False)).tests
    assert (await client.self_test_log(asleep)).tests
    client, _ = a_client(SCALE_25_10)
    client._self_tests = Looks()
    await client.self_test_log(asleep, wake=False)
    await client.self_test_log(asleep)
    assert client._self_tests.woken == [False, True]


@pytest.mark.parametrize("tests", [None, []])
async def test_where_the_nas_knows_no_tests_the_drive_is_asked(tests: Any) -> None:
    """CORE says the same of a drive whose report it could not read."""
    reply = [{"disk": "sda", "tests": tests, "current_test": None}]
    client, _ = a_client(CORE_13, smart__test__results=reply)
    client._self_tests = Looks()
    await client.self_test_log(DRIVE)
    assert client._self_tests.looks == [DRIVE.serial]
    reply[0]["current_test"] = {"progress": 10}
    await client.self_test_log(DRIVE)
    assert len(client._self_tests.looks) == 1


async def test_core_is_believed() -> None:
    """Its own log is right."""
    client, nas = a_client(CORE_13, smart__test__results=results("SUCCESS", None))
    client._self_tests = Looks()
    assert len((await client.self_test_log(DRIVE)).tests) == 1
    assert client._self_tests.looks == []
    assert nas.asked == ["smart.test.results"]


async def test_a_refusal_that_comes_as_success() -> None:
    """The middleware answers 200 with an error in the item."""
    client, nas = a_client(CORE_13, smart__test__manual_test=[{"error": " busy\n"}])
    with pytest.raises(CallFailed, match=r"busy$"):
        await client.start_self_test(DRIVE, SelfTestKind.SHORT)
    nas.answers["smart.test.manual_test"] = [{"job": 17}]
    await client.start_self_test(DRIVE, SelfTestKind.SHORT)


@pytest.mark.parametrize(
    ("dialect", "roles", "wipe"),
    [
        (SCALE_25_10, ["DISK_WRITE"], True),
        (SCALE_25_10, {"$set": ["DISK_WRITE"]}, True),
        (SCALE_25_10, ["READONLY_ADMIN"], False),
        (SCALE_25_10, None, False),
        (SCALE_25_04, ["DISK_WRITE"], False),
        (CORE_13, [], False),
    ],
)
async def test_rights(dialect: Dialect, roles: Any, wipe: bool) -> None:
    """Without command rights the role decides, where there are roles."""
    client, nas = a_client(dialect, auth__me={"privilege": {"roles": roles}})
    await client.find_out_rights()
    assert client.system.commands
    nas.program = NotAuthorized("filesystem.get")
    await client.find_out_rights()
    assert (client.system.commands, client.system.wipe) == (False, wipe)
    assert not client.agent.allowed


async def test_rights_that_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked for again, not with every poll."""
    client, nas = a_client(SCALE_25_10, **a_poll(), auth__me={})
    nas.program = NotAuthorized("filesystem.get")
    await client.find_out_rights()
    assert not (await client.fleet()).system.commands
    nas.program = b""
    assert not (await client.fleet()).system.commands
    monkeypatch.setattr(client, "_ask_rights_at", 0.0)
    assert (await client.fleet()).system.commands


DISK: Any = {
    "identifier": DRIVE.identifier,
    "name": "sda",
    "serial": DRIVE.serial,
    "size": DRIVE.size,
}


@pytest.mark.parametrize("answer", [None, "17", True])
async def test_a_wipe_without_a_job(answer: Any) -> None:
    """It cannot be followed, so it is an error."""
    client, _ = a_client(SCALE_25_10, disk__query=[DISK], disk__wipe=answer)
    with pytest.raises(InvalidResponse):
        await client.start_wipe(DRIVE, WipeMode.FULL)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "sdb"},
        {"serial": "OTHER"},
        {"identifier": "other"},
        {"size": DRIVE.size - 512},
    ],
)
async def test_a_wipe_of_what_is_not_there(changes: dict[str, Any]) -> None:
    """Name, serial, identifier and size must all be the drive's."""
    client, nas = a_client(SCALE_25_10, disk__query=[DISK | changes], disk__wipe=5)
    with pytest.raises(CallFailed, match="no longer"):
        await client.start_wipe(DRIVE, WipeMode.FULL)
    assert "disk.wipe" not in nas.asked


async def test_a_wipe_of_a_drive_that_is_called_something_else() -> None:
    """The system knows it by its own name alone."""
    drive = replace(DRIVE, called="{serial}now")
    disk = DISK | {"identifier": "{serial}now"}
    client, _ = a_client(SCALE_25_10, disk__query=[disk], disk__wipe=5)
    assert await client.start_wipe(drive, WipeMode.FULL) == 5


async def test_a_wipe_that_hit_another_drive_is_aborted() -> None:
    """The names moved between the look and the wipe."""

    class Moving(FakeTransport):
        @override
        async def call(self, method: str, *params: Any) -> Any:
            if method == "disk.wipe":
                self.answers["disk.query"] = [DISK | {"name": "sdb"}]
            return await super().call(method, *params)

    answers = {"disk.query": [DISK], "disk.wipe": 5, "core.job_abort": None}
    nas = Moving(answers)
    client = TrueNAS(
        cast("Transport", nas), SCALE_25_10, SYSTEM, Packed(b"", "0123456789ab")
    )
    with pytest.raises(CallFailed, match="no longer"):
        await client.start_wipe(DRIVE, WipeMode.FULL)
    assert nas.asked[-1] == "core.job_abort"


def a_poll(**changes: Any) -> dict[str, Any]:
    """Return the answers of one poll."""
    return {
        "system__boot_id": SYSTEM.boot_id,
        "system__version": SYSTEM.version,
        "system__host_id": SYSTEM.host_id,
        "system__state": "READY",
        "disk__query": [a_disk("sda")],
        "disk__details": {"used": [], "unused": [a_detail("sda")]},
        "boot__get_disks": [],
        "pool__query": [{"name": "tank", "status": "ONLINE", "topology": {}}],
        **changes,
    }


async def test_a_nas_that_starts() -> None:
    """It is asked until it is ready, and again after a reboot."""
    client, nas = a_client(SCALE_25_10, **a_poll(system__state="BOOTING"))
    assert not (await client.fleet()).ready
    nas.answers["system.state"] = "READY"
    assert (await client.fleet()).ready
    nas.asked.clear()
    assert (await client.fleet()).ready
    assert "system.state" not in nas.asked
    nas.answers["system.boot_id"] = "boot-2"
    assert not (await client.fleet()).ready
    nas.answers["system.state"] = "BOOTING"
    assert not (await client.fleet()).ready
    nas.answers["system.state"] = "READY"
    assert (await client.fleet()).ready


async def test_labels_are_read_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens every disk: when something changed, before a start, every 15 minutes."""
    clock = [1000.0]
    monkeypatch.setattr(
        "custom_components.truenas_burnin.truenas.usage.monotonic", lambda: clock[0]
    )
    client, nas = a_client(SCALE_25_10, **a_poll())
    client.listen(lambda: None)

    async def asked(**options: bool) -> bool:
        nas.asked.clear()
        assert (await client.fleet(**options)).drives
        return "disk.details" in nas.asked

    async def only_once() -> bool:
        return await asked() and not await asked()

    assert await only_once()
    for event in ("disk.query", "pool.query"):
        nas.listeners[event](None)
        assert await only_once(), event
    nas.answers["disk.query"] = [a_disk("sda"), a_disk("sdb")]
    assert await only_once()
    nas.answers["disk.query"] = [a_disk("sda"), a_disk("sdb", pool="tank")]
    assert await only_once()
    nas.answers["pool.query"] = []
    assert await only_once()
    assert await asked(closely=True)
    clock[0] += 899
    assert not await asked()
    clock[0] += 1
    assert await only_once()


async def test_a_poll_that_asks_for_no_labels_asks_every_time() -> None:
    """CORE says which drives are free without opening any."""
    client, nas = a_client(CORE_13, **a_poll(disk__get_unused=[a_detail("sda")]))
    for _ in range(2):
        nas.asked.clear()
        await client.fleet()
        assert "disk.get_unused" in nas.asked


async def test_a_change_while_the_labels_are_read() -> None:
    """It may have been missed: they are read again."""
    client, nas = a_client(SCALE_25_10, **a_poll())
    client.listen(lambda: None)

    nas.meanwhile["disk.details"] = lambda: nas.listeners["disk.query"](None)
    await client.fleet()
    nas.meanwhile.clear()
    nas.asked.clear()
    await client.fleet()
    assert "disk.details" in nas.asked


async def test_a_nas_that_does_not_tell_whether_it_is_ready() -> None:
    """A key may not be allowed to ask."""
    answers = a_poll(system__state=NotAuthorized("system.state"))
    client, _ = a_client(SCALE_25_10, **answers)
    assert (await client.fleet()).ready


@pytest.mark.parametrize(
    ("pools", "doubt"),
    [
        ([{"name": "tank", "status": "ONLINE", "topology": {}}], None),
        ([{"name": "tank", "status": "DEGRADED", "topology": {}}], None),
        (
            [{"name": "attic", "status": "OFFLINE", "topology": None}],
            "pool attic, OFFLINE",
        ),
        (NotAuthorized("pool.query"), "pool.query"),
        (CallFailed("pool.query", "zfs is away"), "pool.query"),
    ],
)
async def test_pools_that_may_have_any_drive(pools: Any, doubt: str | None) -> None:
    """One that is offline, or cannot be asked for, leaves every drive in doubt."""
    client, _ = a_client(SCALE_25_10, **a_poll(pool__query=pools))
    (drive,) = (await client.fleet()).drives.values()
    assert drive.doubt == doubt


@pytest.mark.parametrize(
    ("job", "news"),
    [
        (None, True),
        ({"method": "disk.wipe", "time_finished": None}, False),
        ({"method": "disk.wipe", "time_finished": {"$date": 1}}, True),
        ({"method": "pool.export", "time_finished": {"$date": 1}}, True),
        ({"method": "cronjob.run", "time_finished": {"$date": 1}}, False),
        ({"method": "filesystem.get", "time_finished": {"$date": 1}}, False),
        ({}, False),
    ],
)
def test_news(job: Any, news: bool) -> None:
    """Jobs that ended, but not those that looking itself makes."""
    client, nas = a_client(SCALE_25_10)
    told: list[bool] = []
    client.listen(lambda: told.append(True))
    nas.listeners["core.get_jobs"](job)
    assert told == [True] * news
    nas.listeners["disk.query"]({"disk_name": "sdb"})
    assert len(told) == news + 1


def test_jobs() -> None:
    """As every generation tells them."""
    row = {
        "id": 17,
        "method": "disk.wipe",
        "state": "RUNNING",
        "arguments": ["sda", "FULL"],
        "progress": {"percent": 12.5, "description": None, "extra": None},
        "error": None,
        "time_started": {"$date": 1767225600000},
    }
    job = parse_job(row)
    assert (job.percent, job.arguments, job.active) == (12.5, ("sda", "FULL"), True)
    assert job.started == 1767225600000
    bare = parse_job({"id": 1, "method": "x", "state": "SUCCESS", "progress": None})
    assert (bare.percent, bare.arguments, bare.started) == (None, (), 0)
    for change in ({"state": "odd"}, {"progress": 5}, {"time_started": 5}):
        with pytest.raises(InvalidResponse):
            parse_job(json.loads(json.dumps({**row, **change})))
