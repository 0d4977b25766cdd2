"""What is told by the feed stays short enough for it."""

from __future__ import annotations

import json

import pytest

from custom_components.truenas_burnin.nas_agent import folder
from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.feed import MOST, Feed
from custom_components.truenas_burnin.nas_agent.self_tests import (
    is_running,
    newest,
    told_of_self_tests,
)
from custom_components.truenas_burnin.nas_agent.smartctl import Answer

from .machine import Machine

TEST: dict[str, Json] = {"status": {"string": "Completed without error" * 10}}


@pytest.mark.parametrize(
    "said",
    [
        {"ata_smart_self_test_log": {"extended": {"table": [TEST] * 21, "count": 21}}},
        {"nvme_self_test_log": {"table": [TEST] * 20}},
        {f"scsi_self_test_{number}": TEST for number in range(20)},
    ],
)
def test_long_log(machine: Machine, said: dict[str, Json]) -> None:
    """A whole log would not fit; its newest tests do."""
    folder.check(machine.paths)
    assert len(json.dumps(said)) > 4096
    short = newest(told_of_self_tests(Answer(0, said, "", None)))
    assert 0 < json.dumps(short).count("Completed") <= 50
    Feed(machine.paths, "boot").self_test(
        "WD-1234", {"device": "sdb", "smartctl": short}
    )
    (line,) = machine.paths.feed.read_text().splitlines()
    assert json.loads(line)["self_test"]["smartctl"] == short
    assert len(line) < MOST


def test_long_reason(machine: Machine) -> None:
    """A job says how it ended, whatever a list it has of what was found."""
    folder.check(machine.paths)
    feed = Feed(machine.paths, "boot")
    reason: dict[str, Json] = {
        "code": "content_differs",
        "details": {"found": ["x" * MOST]},
    }
    status: dict[str, Json] = {"token": "a", "state": "refused", "reason": reason}
    feed.job(status)
    (line,) = machine.paths.feed.read_text().splitlines()
    assert json.loads(line)["job"] == {**status, "reason": {**reason, "details": {}}}
    assert feed.short()["jobs"] == {"a": status}


@pytest.mark.parametrize(
    ("said", "running"),
    [
        ({"ata_smart_data": {"self_test": {"status": {"value": 249}}}}, True),
        ({"ata_smart_data": {"self_test": {"status": {"value": 0}}}}, False),
        ({"ata_smart_data": {"self_test": {"status": {"value": 25}}}}, False),
        ({"nvme_self_test_log": {"current_self_test_operation": {"value": 1}}}, True),
        ({"nvme_self_test_log": {"current_self_test_operation": {"value": 0}}}, False),
        ({"scsi_self_test_0": {"result": {"value": 15}}}, True),
        ({"scsi_self_test_0": {"result": {"value": 0}}}, False),
        ({"ata_smart_data": ["odd"], "nvme_self_test_log": 3}, False),
        ({}, False),
    ],
)
def test_is_running(said: dict[str, Json], running: bool) -> None:
    """Each kind of drive says in its own way that it tests itself."""
    assert is_running(said) is running
