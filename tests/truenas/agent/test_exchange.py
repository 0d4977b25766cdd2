"""Requests and replies as files, and the cron job only where nobody answers."""

import asyncio
import json
from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.agent.paths import ROOT
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    ConnectionFailed,
    InvalidResponse,
    NotAuthorized,
)
from custom_components.truenas_burnin.truenas.smartctl import parse_report

from ...burnin.fakes import a_drive
from .nas import PACKED, PROGRAM, MemoryNas, Refusal, a_status

DRIVE = a_drive(1, name="sdb")


@pytest.fixture(params=[True, False], ids=["feed", "files"])
def nas(request: pytest.FixtureRequest) -> MemoryNas:
    """Return a NAS of both kinds."""
    nas = MemoryNas(follows=request.param)
    nas.answers["pause"] = lambda asked: a_status(asked["token"], state="paused")
    return nas


async def test_the_first_request_installs_and_starts(nas: MemoryNas) -> None:
    """The program and a disabled cron job are put in place, once."""
    agent = nas.agent()
    status = await agent.pause("t1", "person")
    assert status.state == "paused"
    assert nas.files[PROGRAM] == PACKED.content
    (cron,) = nas.crons
    assert cron["enabled"] is False
    assert cron["command"] == f"python3 {PROGRAM} ensure >/dev/null 2>&1"
    runs, put = nas.cron_runs, [path for path, _ in nas.uploads].count(PROGRAM)
    await agent.pause("t1", "person")
    assert (nas.cron_runs, put, len(nas.crons)) == (runs, 1, 1)


async def test_a_living_service_is_asked_without_the_cron_job(nas: MemoryNas) -> None:
    """Each run of it leaves rows in the audit log of the NAS."""
    nas.start()
    agent = nas.agent()
    await agent.pause("t1", "person")
    await agent.pause("t1", "heat")
    assert nas.cron_runs == 0


async def test_uploads_go_by_token(nas: MemoryNas) -> None:
    """The key stays out of the audit log."""
    await nas.agent().pause("t1", "person")
    assert {token for _, token in map(_hashable, nas.uploads)} == {"60 True True"}


def _hashable(upload: tuple[str, Any]) -> tuple[str, str]:
    path, (seconds, _, *flags) = upload
    return path, f"{seconds} {' '.join(map(str, flags))}"


async def test_too_old_is_sent_anew(nas: MemoryNas) -> None:
    """What lay there when the service began was not done: another id, the same wish."""
    await nas.agent().pause("t1", "person")
    ids = [request["id"] for request in nas.requests]
    assert len(set(ids)) == len(ids)
    assert nas.verbs()[-1] == "pause"


async def test_the_boot_is_learned_again(nas: MemoryNas) -> None:
    """A NAS that has started anew refuses what was meant for the boot before."""
    nas.start()
    agent = nas.agent()
    await agent.pause("t1", "person")
    nas.boot = "boot-2"
    await agent.pause("t1", "person")
    pauses = [item["boot"] for item in nas.requests if item["verb"] == "pause"]
    assert pauses == ["boot-1", "boot-1", "boot-2"]


async def test_refusals_come_with_what_was_found(nas: MemoryNas) -> None:
    """Names of users and contents are typed, other details are words."""
    nas.start()

    def refuse(_asked: Any) -> Any:
        user = {"kind": "pool", "name": "tank"}
        item = {"place": "drive", "type": "zfs_member", "label": "tank", "uuid": None}
        raise Refusal("in_use", "busy", users=[user], found=[item], device="sdb")

    nas.answers["pause"] = refuse
    with pytest.raises(AgentFailed) as caught:
        await nas.agent().pause("t1", "person")
    why = caught.value.why
    assert (why.code, why.message, why.said) == ("in_use", "busy", {"device": "sdb"})
    assert [(user.kind, user.name) for user in why.users] == [("pool", "tank")]
    assert [(item.type, item.label) for item in why.found] == [("zfs_member", "tank")]


async def test_a_refused_version_is_told(nas: MemoryNas) -> None:
    """An unsafe folder refuses everything, the question for the boot too."""
    nas.start()

    def refuse(_asked: Any) -> Any:
        raise Refusal("folder_unsafe")

    nas.answers["version"] = nas.answers["pause"] = refuse
    with pytest.raises(AgentFailed) as caught:
        await nas.agent().pause("t1", "person")
    assert caught.value.code == "folder_unsafe"


async def test_nobody_answers(nas: MemoryNas) -> None:
    """A cron job that starts nothing: said so, after having looked at the file."""
    nas.start = lambda: None  # type: ignore[method-assign]
    with pytest.raises(ConnectionFailed, match="no reply"):
        await nas.agent().jobs(ask=True)


async def test_a_removed_program_is_put_back(nas: MemoryNas) -> None:
    """An update that is rolled back takes the folder with it, while we are connected."""
    agent = nas.agent()
    await agent.pause("t1", "person")
    nas.alive = False
    nas.files.clear()
    nas.crons.clear()
    assert (await agent.pause("t1", "person")).token == "t1"
    assert nas.files[PROGRAM] == PACKED.content


async def test_rights_are_noted(
    nas: MemoryNas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that may not read files runs no agent."""
    agent = nas.agent()
    await agent.find_out_rights()
    assert agent.allowed

    async def forbid(path: str) -> bytes:
        raise NotAuthorized(path)

    monkeypatch.setattr(nas, "download", forbid)
    with pytest.raises(NotAuthorized):
        await agent.find_out_rights()
    assert not agent.allowed


async def test_a_long_reply_is_a_file() -> None:
    """The feed says only that it is there."""
    nas = MemoryNas()
    nas.start()
    nas.answers["smart"] = lambda _asked: {
        "device_type": None,
        "smartctl": {"serial_number": "SER001", "padding": "x" * 5000},
        "self_test_log": {"ata_smart_self_test_log": {}},
        "farm": None,
    }
    text = await nas.agent().smart(DRIVE)
    assert json.loads(text).keys() == {
        "serial_number",
        "padding",
        "self_test_log",
    }
    assert sum(path.startswith(f"{ROOT}/replies/") for path in nas.downloads) == 1


@pytest.mark.parametrize(("said", "kept"), [("sat", "sat"), (None, "")])
async def test_how_a_drive_is_asked(said: str | None, kept: str) -> None:
    """Found once by the agent, and told with every record."""
    nas = MemoryNas()
    nas.start()
    nas.answers["smart"] = lambda _asked: {
        "device_type": said,
        "smartctl": {
            "serial_number": "SER001",
            "device": {"protocol": "ATA"},
            "smartctl": {"exit_status": 0},
        },
        "self_test_log": None,
        "farm": None,
    }
    assert parse_report(await nas.agent().smart(DRIVE)).asked_as == kept


@pytest.mark.parametrize(("status", "readable"), [(0, True), (4, False)])
async def test_the_self_test_log_by_itself(status: int, readable: bool) -> None:
    """Of an empty SCSI log it tells more than the record, which lacked another page."""
    nas = MemoryNas()
    nas.start()
    device = {"protocol": "SCSI"}
    nas.answers["smart"] = lambda _asked: {
        "device_type": None,
        "smartctl": {
            "serial_number": "SER001",
            "device": device,
            "smartctl": {"exit_status": 4},
        },
        "self_test_log": {"device": device, "smartctl": {"exit_status": status}},
        "farm": None,
    }
    report = parse_report(await nas.agent().smart(DRIVE))
    assert report.self_tests.readable is readable
    assert report.self_tests.tests == ()


async def test_a_lost_line_costs_seconds_only() -> None:
    """The reply is looked for as a file where the feed does not bring it."""
    nas = MemoryNas()
    nas.start()
    nas.answers["pause"] = lambda asked: a_status(asked["token"])
    agent = nas.agent()
    nas.loses_lines = True
    assert (await agent.pause("t1", "person")).token == "t1"


async def test_a_feed_costs_no_downloads() -> None:
    """Reading a file is a row in the audit log each time."""
    nas = MemoryNas()
    nas.start()
    nas.answers["pause"] = lambda asked: a_status(asked["token"])
    agent = nas.agent()
    await asyncio.gather(*(agent.pause(f"t{number}", "heat") for number in range(20)))
    assert nas.downloads == []


async def test_odd_replies_are_refused(nas: MemoryNas) -> None:
    """What is not as agreed is told, not guessed."""
    nas.start()
    nas.answers["pause"] = lambda _asked: {"token": 7}
    with pytest.raises(InvalidResponse):
        await nas.agent().pause("t1", "person")


async def test_leave_nothing(nas: MemoryNas) -> None:
    """Our cron jobs are deleted, a person's own stay."""
    agent = nas.agent()
    await agent.pause("t1", "person")
    nas.crons.append({"id": 9, "command": "true", "description": "mine"})
    await agent.remove()
    assert [job["id"] for job in nas.crons] == [9]
