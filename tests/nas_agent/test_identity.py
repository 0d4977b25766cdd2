"""What a drive is, from what the kernel and smartctl say of it."""

from __future__ import annotations

import os

import pytest

from custom_components.truenas_burnin.nas_agent.drive import identity
from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.smartctl import Answer

from .machine import Machine


def answer(**said: Json) -> Answer:
    """Return what smartctl said."""
    return Answer(0, said, "", None)


@pytest.mark.parametrize(
    ("rotational", "device", "said", "solid"),
    [
        ("1", "sdb", answer(rotation_rate=0), False),
        ("0", "sdb", None, True),
        ("", "nvd0", None, True),
        ("", "nda1", None, True),
        ("", "ada0", answer(rotation_rate=0), True),
        ("", "ada0", answer(rotation_rate=7200), False),
        ("", "ada0", answer(), False),
        ("", "ada0", None, False),
    ],
)
def test_solid(
    machine: Machine, rotational: str, device: str, said: Answer | None, solid: bool
) -> None:
    """What nobody knows of is taken to turn."""
    machine.drive(device)
    (machine.block(device) / "queue/rotational").write_text(rotational)
    assert identity.is_solid(device, said, machine.paths) is solid


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ({"naa": 5, "oui": 3152, "id": 1234}, ["5000c500000004d2"]),
        ({"naa": 5, "oui": 3152}, []),
        ("no object", []),
    ],
)
def test_world_wide_name(machine: Machine, name: Json, units: list[str]) -> None:
    """Only a whole one names a logical unit."""
    machine.drive("sdb")
    assert identity.logical_units("sdb", answer(wwn=name), machine.paths) == units


def test_serial_of_bridge(machine: Machine) -> None:
    """The USB device that a drive is behind has a serial of its own."""
    machine.drive("sdb")
    usb = machine.folder / "sys/devices/usb1"
    disk = usb / "1-1:1.0/host2/block/sdb"
    (disk / "device").mkdir(parents=True)
    (usb / "bDeviceClass").write_text("00\n")
    (usb / "serial").write_text("BRIDGE-1\n")
    place = machine.block("sdb")
    place.rename(machine.folder / "away")
    place.symlink_to(disk)
    descriptor = os.open(machine.paths.dev / "sdb", os.O_RDONLY)
    try:
        found = identity.kernel_serials("sdb", descriptor, machine.paths)
    finally:
        os.close(descriptor)
    assert found == ["BRIDGE-1"]
