"""Self-tests through the agent: how often it looks."""

from functools import partial
import json
from typing import Any, cast

import pytest

from custom_components.truenas_burnin.truenas.agent import Agent
from custom_components.truenas_burnin.truenas.models import SelfTestKind
from custom_components.truenas_burnin.truenas.self_tests import AgentSelfTests
from custom_components.truenas_burnin.truenas.smartctl_log import self_test_log

from ..burnin.fakes import a_drive

DRIVE = a_drive()


class FakeAgent:
    """An agent that counts how often the drive was read."""

    def __init__(self, minutes: int) -> None:
        self.looks = 0
        self.running = False
        self.minutes = minutes
        self.told: dict[str, Any] | None = None

    def watched_self_test(self, drive: Any) -> dict[str, Any] | None:
        return self.told

    async def smart(self, drive: Any, *, wake: bool = True) -> str:
        self.looks += 1
        status: dict[str, Any] = {"value": 0, "string": "", "passed": True}
        if self.running:
            status = {"value": 0xF9, "string": "", "remaining_percent": 90}
        report = {
            "device": {"protocol": "ATA"},
            "serial_number": DRIVE.serial,
            "model_name": DRIVE.model,
            "ata_smart_data": {
                "self_test": {
                    "status": status,
                    "polling_minutes": {"short": 2, "extended": self.minutes},
                }
            },
        }
        return json.dumps(report)

    async def start_self_test(self, drive: Any, kind: SelfTestKind) -> None:
        self.running = True

    async def abort_self_test(self, drive: Any) -> None:
        self.running = False


async def test_a_running_test_is_looked_at_seldom() -> None:
    """After two percent of the estimate, at the latest after a minute."""
    for minutes, pause in ((600, 60), (10, 12)):
        agent, now = FakeAgent(minutes), [100.0]
        tests = AgentSelfTests(cast("Agent", agent), clock=partial(now.__getitem__, 0))
        assert (await tests.log(DRIVE)).running_percent is None
        assert (await tests.log(DRIVE)).running_percent is None
        assert agent.looks == 2
        await tests.start(DRIVE, SelfTestKind.LONG)
        assert (await tests.log(DRIVE)).running_percent == 10.0
        now[0] += pause - 1
        assert (await tests.log(DRIVE)).running_percent == 10.0
        assert agent.looks == 3
        now[0] += 1
        await tests.log(DRIVE)
        assert agent.looks == 4
        await tests.abort(DRIVE)
        assert (await tests.log(DRIVE)).running_percent is None
        assert agent.looks == 5


def told(value: int, left: int | None = None) -> dict[str, Any]:
    """Return what the agent tells of a drive whose self-test it watches."""
    status = {"value": value, "string": "", "remaining_percent": left}
    return {
        "device": {"protocol": "ATA"},
        "ata_smart_data": {"self_test": {"status": status}},
    }


async def test_a_watched_test_is_told_of() -> None:
    """The drive is asked only once it has ended, or where nothing is told."""
    agent = FakeAgent(600)
    tests = AgentSelfTests(cast("Agent", agent))
    await tests.start(DRIVE, SelfTestKind.LONG)
    agent.told = told(0xF4, 40)
    for _ in range(5):
        assert (await tests.log(DRIVE)).running_percent == 60.0
    assert agent.looks == 0
    agent.running = False
    agent.told = told(0)
    assert (await tests.log(DRIVE)).running_percent is None
    assert agent.looks == 1


@pytest.mark.parametrize("odd", [{}, {"device": {"protocol": "IDE"}}, {"device": 7}])
async def test_odd_words_of_the_agent(odd: dict[str, Any]) -> None:
    """The drive is asked instead."""
    agent = FakeAgent(600)
    agent.told = odd
    tests = AgentSelfTests(cast("Agent", agent))
    assert (await tests.log(DRIVE)).running_percent is None
    assert agent.looks == 1


def op(operation: int) -> dict[str, object]:
    """Return what smartctl tells of a self-test that runs on NVMe."""
    return {
        "current_self_test_operation": {"value": operation},
        "current_self_test_completion_percent": 40,
    }


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"nvme_self_test_log": op(1)}, SelfTestKind.SHORT),
        ({"nvme_self_test_log": op(2)}, SelfTestKind.LONG),
        ({"nvme_self_test_log": op(14)}, None),
    ],
)
def test_which_test_runs_on_nvme(
    said: dict[str, object], kind: SelfTestKind | None
) -> None:
    """The operation tells; others are the vendor's."""
    log = self_test_log(said, "NVMe")
    assert (log.running_percent, log.running_kind) == (40.0, kind)


@pytest.mark.parametrize(("listed", "kind"), [(True, SelfTestKind.LONG), (False, None)])
def test_which_test_runs_on_ata(listed: bool, kind: SelfTestKind | None) -> None:
    """Only a log that lists it while it runs."""
    status = {"value": 249, "remaining_percent": 90}
    entry = {"type": {"string": "Extended offline"}, "status": status}
    table = [entry] if listed else []
    said = {
        "ata_smart_data": {"self_test": {"status": status}},
        "ata_smart_self_test_log": {"standard": {"revision": 1, "table": table}},
    }
    log = self_test_log(said, "ATA")
    assert (log.running_percent, log.running_kind, log.tests) == (10.0, kind, ())
    assert self_test_log({}, "ATA").running_kind is None
