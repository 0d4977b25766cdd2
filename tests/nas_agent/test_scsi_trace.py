"""What a SCSI drive answered, as the kernel's trace tells it, and nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path

import pytest

from custom_components.truenas_burnin.nas_agent.scsi_trace import ScsiTrace, sweep

EVENT = (
    b"  <idle>-0 [001] d.H2. 330.097004: scsi_dispatch_cmd_done: host_no=2 channel=0"
    b" id=5 lun=0 cmnd=(READ_10 lba=18456 txlen=8) result=(host=DID_OK) sense=(key=0xb)\n"
)


class Tracing:
    """A kernel whose instance for the drive at 2:0:5:0 is there already."""

    def __init__(self, sys: Path) -> None:
        """Lay it out as tracefs does."""
        self.sys = sys
        self.instances = sys / "kernel/tracing/instances"
        self.instance = self.instances / "truenas-burnin-2-0-5-0"
        self.event = self.instance / "events/scsi/scsi_dispatch_cmd_done"
        self.event.mkdir(parents=True)
        os.mkfifo(self.instance / "trace_pipe")
        # Open both ways, so that it neither waits nor ends.
        self.pipe = os.open(self.instance / "trace_pipe", os.O_RDWR)

    def drive(self, name: str, place: str) -> None:
        """Plug a drive in there."""
        there = self.sys / "devices" / place
        there.mkdir(parents=True)
        (self.sys / "block" / name).mkdir(parents=True)
        (self.sys / "block" / name / "device").symlink_to(there)

    def says(self, text: bytes) -> None:
        """Trace something."""
        os.write(self.pipe, text)


@pytest.fixture
def tracing(tmp_path: Path) -> Iterator[Tracing]:
    """Return a kernel with a SAS drive."""
    kernel = Tracing(tmp_path / "sys")
    kernel.drive("sdb", "pci0/host2/port-2:5/end_device-2:5/target2:0:5/2:0:5:0")
    yield kernel
    os.close(kernel.pipe)


def test_errors_are_counted_once(tracing: Tracing) -> None:
    """Each of the drive's answers counts, from one look to the next."""
    trace = ScsiTrace(tracing.sys, "sdb")
    try:
        assert trace.drain() == 0
        tracing.says(EVENT * 3)
        assert trace.drain() == 3
        assert trace.drain() == 0
    finally:
        trace.close()
    assert trace.drain() == 0


def test_only_this_drive_is_listened_to(tracing: Tracing) -> None:
    """The kernel is told which drive, which commands and which errors."""
    ScsiTrace(tracing.sys, "sdb").close()

    wanted = (tracing.event / "filter").read_text()
    assert wanted.startswith("host_no == 2 && channel == 0 && id == 5 && lun == 0 && ")
    assert "result == 2" in wanted
    assert "asc != 71" in wanted
    assert wanted.count("(") == wanted.count(")")
    assert (tracing.event / "enable").read_text() == "1"


def test_a_kernel_that_does_not_know_sense_data(tracing: Tracing) -> None:
    """What it does not take ends the listening, not the job."""
    (tracing.event / "filter").mkdir()

    trace = ScsiTrace(tracing.sys, "sdb")

    tracing.says(EVENT)
    assert trace.drain() == 0
    assert not (tracing.event / "enable").exists()


def test_a_kernel_without_tracefs(tmp_path: Path) -> None:
    """Nothing is found, and nothing is made."""
    there = tmp_path / "devices/host2/target2:0:5/2:0:5:0"
    there.mkdir(parents=True)
    (tmp_path / "block/sdb").mkdir(parents=True)
    (tmp_path / "block/sdb/device").symlink_to(there)

    trace = ScsiTrace(tmp_path, "sdb")

    assert trace.drain() == 0
    trace.close()
    assert not (tmp_path / "kernel").exists()


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("pci0/ata3/host2/target2:0:5/2:0:5:0", id="libata"),
        pytest.param("pci0/nvme/nvme0", id="NVMe"),
        pytest.param("pci0/virtio3", id="virtio"),
    ],
)
def test_other_drives(tracing: Tracing, place: str) -> None:
    """They are not listened to: libata's log tells, or there is no SCSI."""
    tracing.drive("sdc", place)

    trace = ScsiTrace(tracing.sys, "sdc")

    tracing.says(EVENT)
    assert trace.drain() == 0
    assert not (tracing.event / "enable").exists()


def test_what_killed_workers_left_is_removed(tracing: Tracing) -> None:
    """Nobody else's is; what is in use the kernel keeps, as a folder that is not empty."""
    left = tracing.instances / "truenas-burnin-9-0-0-0"
    other = tracing.instances / "somebody"
    for instance in (left, other):
        instance.mkdir()

    sweep(tracing.sys)

    assert not left.exists()
    assert other.exists()
    assert tracing.instance.exists()
