"""Each verb of the agent: what is asked, and what its refusals mean."""

import json
from typing import Any

import aiohttp
import pytest

from custom_components.truenas_burnin.truenas.errors import AgentFailed, InvalidResponse
from custom_components.truenas_burnin.truenas.models import SelfTestKind
from custom_components.truenas_burnin.truenas.no_redirects import never_redirected
from custom_components.truenas_burnin.truenas.surface import ContentItem, Epoch

from ...burnin.fakes import a_drive
from ...plans import a_plan
from .nas import MemoryNas, Refusal, a_status

DRIVE = a_drive(1, name="sdb")
EPOCH = Epoch(id="0" * 32, number=7)
ITEM = ContentItem(
    place="partition 1", type="ext4", label="old", uuid="1-2", usage="filesystem"
)


@pytest.fixture
def nas() -> MemoryNas:
    """Return a NAS whose service lives and follows the feed."""
    nas = MemoryNas()
    nas.start()
    return nas


def refuse(nas: MemoryNas, verb: str, code: str) -> None:
    """Let the agent refuse a verb."""

    def answer(_: dict[str, Any]) -> Any:
        raise Refusal(code)

    nas.answers[verb] = answer


async def test_start_says_what_was_confirmed(nas: MemoryNas) -> None:
    """The content is compared there with what is on the drive then."""
    nas.answers["start"] = lambda asked: a_status(asked["token"])
    await nas.agent().start(a_plan("sdb", DRIVE.serial, 1 << 30, content=(ITEM,)))
    assert nas.requests[-1]["arguments"]["content"] == [
        {
            "place": "partition 1",
            "type": "ext4",
            "label": "old",
            "uuid": "1-2",
            "usage": "filesystem",
        }
    ]


async def test_self_test(nas: MemoryNas) -> None:
    """A drive is meant by its name and its serial."""
    nas.answers["self-test"] = lambda _: {}
    await nas.agent().start_self_test(DRIVE, SelfTestKind.SHORT)
    assert nas.requests[-1]["arguments"] == {
        "device": "sdb",
        "serial": DRIVE.serial,
        "kind": "short",
    }


async def test_abort_of_what_has_ended(nas: MemoryNas) -> None:
    """That is what was wanted; another refusal is not."""
    refuse(nas, "self-test-abort", "self_test_not_running")
    await nas.agent().abort_self_test(DRIVE)
    refuse(nas, "self-test-abort", "drive_hangs")
    with pytest.raises(AgentFailed, match="drive_hangs"):
        await nas.agent().abort_self_test(DRIVE)


@pytest.mark.parametrize("verb", ["stop", "clean"])
async def test_unknown_token(nas: MemoryNas, verb: str) -> None:
    """There is nothing to end or to remove; another refusal is told."""
    agent = nas.agent()
    end = agent.stop if verb == "stop" else agent.clean
    refuse(nas, verb, "unknown_token")
    await end("t1")
    refuse(nas, verb, "no_space")
    with pytest.raises(AgentFailed, match="no_space"):
        await end("t1")


async def test_epoch(nas: MemoryNas) -> None:
    """It is read, and set when a person decided."""
    nas.answers["version"] = lambda _: {"boot": "boot-1", "epoch": None}
    assert await nas.agent().epoch() is None
    obeyed = {"id": EPOCH.id, "number": 7}
    nas.answers["version"] = lambda _: {"boot": "boot-1", "epoch": obeyed}
    assert await nas.agent().epoch() == EPOCH
    nas.answers["obey"] = lambda _: {}
    await nas.agent().obey(EPOCH)
    assert nas.requests[-1]["arguments"] == {"ledger": obeyed}


async def test_limits(nas: MemoryNas) -> None:
    """They reach a job that runs."""
    nas.answers["limits"] = lambda asked: a_status(asked["token"])
    await nas.agent().limit("t1", 55, 48)
    assert nas.requests[-1]["arguments"] == {
        "token": "t1",
        "pause_at": 55,
        "resume_at": 48,
    }


async def test_resume(nas: MemoryNas) -> None:
    """A paused job goes on."""
    nas.answers["resume"] = lambda asked: a_status(asked["token"])
    assert (await nas.agent().resume("t1")).state == "running"


async def test_one_record_of_several(nas: MemoryNas) -> None:
    """The log that was asked for by itself, and Seagate's, are in it."""
    nas.answers["smart"] = lambda _: {
        "smartctl": {"serial_number": "X"},
        "self_test_log": {"scsi_self_test_0": {}},
        "farm": {"page_0": {}},
    }
    said = json.loads(await nas.agent().smart(DRIVE, farm=True))
    assert said["serial_number"] == "X"
    assert said["seagate_farm_log"] == {"page_0": {}}
    assert {"scsi_self_test_0": {}} in said.values()


async def test_no_record(nas: MemoryNas) -> None:
    """An answer of another form is no record."""
    nas.answers["smart"] = lambda _: {"smartctl": "no"}
    with pytest.raises(InvalidResponse):
        await nas.agent().smart(DRIVE)


async def test_watched_self_test(nas: MemoryNas) -> None:
    """What the feed said of it, while the feed is heard."""
    agent = nas.agent()
    assert agent.watched_self_test(DRIVE) is None
    nas.answers["pause"] = lambda asked: a_status(asked["token"])
    await agent.pause("t1", "person")
    said = {"serial": DRIVE.serial, "device": "sdb", "smartctl": {"a": 1}}
    nas.say(self_test=said)
    assert agent.watched_self_test(DRIVE) == {"a": 1}


async def test_closed_session() -> None:
    """It opens nothing any more."""
    session = aiohttp.ClientSession()
    await session.close()
    with pytest.raises(aiohttp.ClientConnectionError):
        async with never_redirected(session):
            raise AssertionError
