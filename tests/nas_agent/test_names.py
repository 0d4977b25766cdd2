"""Names of drives and of their parts."""

from __future__ import annotations

from pathlib import Path

from custom_components.truenas_burnin.nas_agent.drive import names
from custom_components.truenas_burnin.nas_agent.drive.names import Part

from .machine import Machine, Says

MULTIPATH = Says(
    """\
      multipath/disk1  OPTIMAL  da0 (ACTIVE)
      multipath/disk1  OPTIMAL  da8 (PASSIVE)
      multipath/disk2  OPTIMAL  da1 (ACTIVE)
"""
)


def test_partitions_of_linux(machine: Machine) -> None:
    """They are ordered as people count."""
    machine.drive("sdb")
    for number in (10, 2):
        machine.partition("sdb", number)
    assert names.is_whole("sdb", machine.paths)
    assert not names.is_whole("sdb2", machine.paths)
    assert names.parts("sdb", machine.paths) == [
        Part("drive", "sdb"),
        Part("partition 2", "sdb2"),
        Part("partition 10", "sdb10"),
    ]


def test_slices_of_freebsd(machine: Machine) -> None:
    """Both kinds of partition tables, and never another drive's."""
    for name in ("ada1", "ada1p1", "ada1s2", "ada1s2a", "ada10", "ada1.eli"):
        (machine.paths.dev / name).touch()
    assert names.is_whole("ada1", machine.freebsd)
    assert not names.is_whole("ada1p1", machine.freebsd)
    assert [part.name for part in names.parts("ada1", machine.freebsd)] == [
        "ada1",
        "ada1p1",
        "ada1s2",
        "ada1s2a",
    ]


def test_parts_behind_multipath(machine: Machine) -> None:
    """They stand in the same folder."""
    folder = machine.paths.dev / "multipath"
    folder.mkdir()
    for name in ("disk1", "disk1p1", "disk2"):
        (folder / name).touch()
    assert names.is_whole("multipath/disk1", machine.freebsd)
    assert names.parts("multipath/disk1", machine.freebsd) == [
        Part("drive", "multipath/disk1"),
        Part("partition 1", "multipath/disk1p1"),
    ]


def test_nodes(machine: Machine) -> None:
    """A node that is not there is none."""
    machine.drive("sdb")
    machine.partition("sdb", 1).unlink()
    assert list(names.nodes("sdb", machine.paths).values()) == ["sdb"]


def test_device_number() -> None:
    """Two names of one device are the same node, whatever folder they are in."""
    assert names.node_at(Path("/dev/null")) == (Path("/dev/null").stat().st_rdev,)


def test_asked_as(machine: Machine) -> None:
    """Smartctl knows NVMe drives of FreeBSD by their controller."""
    freebsd = machine.freebsd
    assert names.asked_as("sdb", machine.paths) == "sdb"
    assert names.asked_as("ada0", freebsd) == "ada0"
    assert names.asked_as("nvd0", freebsd) == "nvme0"
    assert names.asked_as("nda12", freebsd) == "nvme12"


def test_asked_behind_multipath(machine: Machine) -> None:
    """It is asked on its first path; one that nobody knows keeps its name."""
    machine.tool("gmultipath", MULTIPATH)
    assert names.asked_as("multipath/disk2", machine.freebsd) == "da1"
    assert names.asked_as("multipath/disk9", machine.freebsd) == "multipath/disk9"
    machine.remove_tool("gmultipath")
    assert names.asked_as("multipath/disk2", machine.freebsd) == "multipath/disk2"
