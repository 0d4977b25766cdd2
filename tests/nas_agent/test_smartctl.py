"""How drives are asked that take their time, and that have another name."""

from __future__ import annotations

import json

import pytest

from custom_components.truenas_burnin.nas_agent import smartctl
from custom_components.truenas_burnin.nas_agent.errors import Code, Refused
from custom_components.truenas_burnin.nas_agent.smartctl import NEEDED, Smartctl

from .machine import Machine, smart

RECORD = " ".join(NEEDED)


def kept(machine: Machine) -> object:
    """Return what is remembered of the drives."""
    return json.loads(machine.paths.devices.read_text())


def test_the_whole_record(machine: Machine) -> None:
    """Of a drive that answers in time, and nothing has to be remembered."""
    machine.drive("sdb")
    machine.smartctl(serial="WD-1234")
    answer = Smartctl(machine.paths).record("sdb", "WD-1234", "-n", "standby")
    assert answer.serial == "WD-1234"
    assert [call.split(" --json")[0] for call in machine.calls("smartctl")] == [
        "-n standby -x"
    ]
    assert not machine.paths.devices.exists()


def test_a_healthy_drive_that_takes_a_minute(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is heard to the end, and then asked for no more than what is judged."""
    monkeypatch.setattr(smartctl, "SLOW", -1.0)
    machine.drive("sdb")
    machine.smartctl(serial="WD-1234")
    for _ in range(2):
        answer = Smartctl(machine.paths).record("sdb", "WD-1234")
        assert answer.serial == "WD-1234"
    assert [call.split(" --json")[0] for call in machine.calls("smartctl")] == [
        "-x",
        RECORD,
    ]
    assert kept(machine) == {"WD-1234": {"type": None, "slow": True}}


def test_a_drive_that_takes_longer_than_anybody_waits(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once is too much for it: it is asked for less, with more patience."""
    monkeypatch.setattr(smartctl, "PATIENCE", 0.5)
    machine.drive("sdb")
    hangs = smart(when="-x", hangs=True)
    machine.smartctl(hangs, serial="WD-1234")
    asked = Smartctl(machine.paths)
    assert asked.record("sdb", "WD-1234").serial == "WD-1234"
    assert kept(machine) == {"WD-1234": {"type": None, "slow": True}}
    machine.smartctl(smart(hangs=True))
    with pytest.raises(Refused) as refused:
        asked.record("sdb", "WD-1234")
    assert refused.value.code is Code.DRIVE_HANGS


def test_other_refusals_make_no_drive_slow(machine: Machine) -> None:
    """They are passed on."""
    machine.drive("sdb")
    machine.smartctl(smart("Input/output error", status=2))
    with pytest.raises(Refused) as refused:
        Smartctl(machine.paths).record("sdb", "WD-1234")
    assert refused.value.code is Code.SMARTCTL_FAILED
    assert not machine.paths.devices.exists()


@pytest.mark.parametrize(("disk", "controller"), [("nvd0", "nvme0"), ("nda3", "nvme3")])
def test_nvme_of_core(machine: Machine, disk: str, controller: str) -> None:
    """FreeBSD's disk of an NVMe drive is not what smartctl can ask: its controller is."""
    machine.drive(disk)
    machine.smartctl(serial="S4EV")
    answer = Smartctl(machine.freebsd).record(disk, "S4EV")
    assert answer.serial == "S4EV"
    (call,) = machine.calls("smartctl")
    assert call.endswith(f"/dev/{controller}")
