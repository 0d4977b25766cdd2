"""Self-tests that the service watches."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from custom_components.truenas_burnin.nas_agent import folder
from custom_components.truenas_burnin.nas_agent.drive.address import Address
from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.self_tests import (
    MOST_FAILURES,
    SelfTests,
)
from custom_components.truenas_burnin.nas_agent.smartctl import Smartctl

from .machine import Machine, smart

RUNNING: Json = {"self_test": {"status": {"value": 249, "remaining_percent": 90}}}
ENDED: Json = {"self_test": {"status": {"value": 0}}}


class Watched:
    """The watch, and what it said."""

    def __init__(self, machine: Machine) -> None:
        """Watch one drive."""
        folder.check(machine.paths)
        self.machine = machine
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.watch = self.again()
        self.watch.watch(Address("sdb", "WD-1234"))

    def again(self) -> SelfTests:
        """Return the watch of a service that starts anew."""
        return SelfTests(
            self.machine.paths,
            Smartctl(self.machine.paths),
            lambda serial, said: self.said.append((serial, said)),
        )

    def look(self) -> None:
        """Look once, to the end."""
        before = set(threading.enumerate())
        self.watch.look()
        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=60)
            assert not thread.is_alive()


@pytest.fixture
def watched(machine: Machine) -> Watched:
    """Return a watch of the drive sdb."""
    machine.drive("sdb", "WD-1234")
    return Watched(machine)


def test_to_the_end(watched: Watched, machine: Machine) -> None:
    """It is told when something changed, and watched until it has ended."""
    machine.smartctl(smart(ata_smart_data=RUNNING))
    watched.look()
    watched.look()
    assert len(watched.said) == 1
    serial, said = watched.said[0]
    assert (serial, said["device"]) == ("WD-1234", "sdb")
    machine.smartctl(smart(ata_smart_data=ENDED))
    watched.look()
    assert len(watched.said) == 2
    assert len(watched.watch) == 0


def test_sleeping_drive(watched: Watched, machine: Machine) -> None:
    """It is not woken, and nothing is said of it."""
    machine.smartctl(smart("Device is in STANDBY mode, exit(2)", status=2))
    watched.look()
    assert "-n standby" in machine.calls("smartctl")[0]
    assert watched.said == []
    assert len(watched.watch) == 1


def test_drive_that_is_gone(watched: Watched, machine: Machine) -> None:
    """It is given up after a while."""
    machine.smartctl(smart("No such device", status=2))
    for _ in range(MOST_FAILURES - 1):
        watched.look()
    assert len(watched.watch) == 1
    watched.look()
    assert len(watched.watch) == 0


def test_drive_that_hangs(
    watched: Watched, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may come back: a self-test takes days."""
    where = "custom_components.truenas_burnin.nas_agent.self_tests.PATIENCE"
    monkeypatch.setattr(where, 0.1)
    machine.smartctl(smart(hangs=True))
    for _ in range(MOST_FAILURES + 1):
        watched.look()
    assert len(watched.watch) == 1


def test_next_service(watched: Watched) -> None:
    """It watches what the one before did."""
    assert len(watched.again()) == 1


@pytest.mark.parametrize("kept", ["{", "[]", json.dumps([{"device": 5}])])
def test_damaged_list(watched: Watched, machine: Machine, kept: str) -> None:
    """What cannot be read is not watched, and stops nothing."""
    for file in machine.paths.home.rglob("*"):
        if file.is_file() and "WD-1234" in file.read_text():
            file.write_text(kept)
    assert len(watched.again()) == 0


def test_full_disk(
    watched: Watched, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is watched all the same."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    where = "custom_components.truenas_burnin.nas_agent.durable.replace"
    monkeypatch.setattr(where, full)
    watched.watch.watch(Address("sdc", "WD-5678"))
    assert len(watched.watch) == 2
