"""Which lines of the kernel's log accuse a drive."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custom_components.truenas_burnin.nas_agent import kernel_log
from custom_components.truenas_burnin.nas_agent.kernel_log import KernelLog

UNC = [
    "ata3.00: exception Emask 0x0 SAct 0x20 SErr 0x0 action 0x0",
    "ata3.00: failed command: READ FPDMA QUEUED",
    "ata3.00: cmd 60/08:28:00:08:00/00:00:00:00:00/40 tag 5 ncq dma 4096 in\\x0a"
    "         res 41/40:08:00:08:00/00:00:00:00:00/00 Emask 0x409 (media error) <F>",
    "ata3.00: status: { DRDY ERR }",
    "ata3.00: error: { UNC }",
]
SENSE = "sd 2:0:0:0: [sdb] tag#5 Sense Key : Medium Error [current]"
BLOCK = "critical medium error, dev sdb, sector 2048 op 0x0:(READ) flags 0x0"


@pytest.fixture
def kmsg(tmp_path: Path) -> Path:
    """Return a log in which an error of an earlier time stands."""
    path = tmp_path / "kmsg"
    path.write_text(f"4,1,1,-;{SENSE}\n")
    return path


def count(kmsg: Path, lines: list[str], device: str = "sdb") -> int:
    """Return how many errors are counted when these lines come."""
    sys = kmsg.parent / "sys"
    there = sys / "devices/pci0/ata3/host2/target2:0:0/2:0:0:0"
    there.mkdir(parents=True, exist_ok=True)
    block = sys / "block" / "sdb"
    block.mkdir(parents=True, exist_ok=True)
    (block / "device").symlink_to(there)
    log = KernelLog(kmsg, sys, device)
    with kmsg.open("a") as file:
        file.writelines(f"3,9,9,-;{line}\n DEVICE=b8:16\n" for line in lines)
    try:
        return log.drain()
    finally:
        log.close()


@pytest.mark.parametrize(
    ("lines", "errors"),
    [
        pytest.param([], 0, id="nothing new"),
        pytest.param(UNC, 1, id="unreadable"),
        pytest.param(UNC * 3, 3, id="thrice"),
        pytest.param([*UNC, SENSE, BLOCK], 1, id="told by three drivers"),
        pytest.param([SENSE.replace("Medium", "Hardware")], 1, id="hardware"),
        pytest.param([SENSE.replace("Medium", "Recovered")], 0, id="recovered"),
        pytest.param(
            [SENSE.replace("Medium", "Illegal Request")], 0, id="asked wrongly"
        ),
        pytest.param([SENSE.replace("sdb", "sdbc")], 0, id="another drive's"),
        pytest.param([BLOCK.replace("sdb", "sdb1")], 0, id="not this name"),
        pytest.param(
            [line.replace("ata3.", "ata13.") for line in UNC], 0, id="port 13"
        ),
        pytest.param(
            [line.replace("media error", "ATA bus error") for line in UNC],
            0,
            id="cable",
        ),
        pytest.param(
            [line.replace("media error", "timeout") for line in UNC], 0, id="timeout"
        ),
        pytest.param(
            [line.replace("media error", "device error") for line in UNC],
            1,
            id="aborted",
        ),
        pytest.param(
            [line.replace("READ FPDMA QUEUED", "SMART") for line in UNC],
            0,
            id="smartctl",
        ),
        pytest.param(
            [line.replace("READ FPDMA QUEUED", "READ LOG EXT") for line in UNC],
            0,
            id="a log",
        ),
        pytest.param(
            ["I/O error, dev sdb, sector 8 op 0x0:(READ)"], 0, id="whoever's fault"
        ),
    ],
)
def test_sata_and_sas(kmsg: Path, lines: list[str], errors: int) -> None:
    """The drive itself must have said that it could not."""
    assert count(kmsg, lines) == errors


@pytest.mark.parametrize(
    ("status", "errors"), [("0x2 / sc 0x81", 1), ("0x0 / sc 0x2", 0)]
)
def test_nvme(kmsg: Path, status: str, errors: int) -> None:
    """Its status has a type, and one of them is about the media."""
    line = f"nvme0n1: Read(0x2) @ LBA 8, 8 blocks, Error (sct {status}) DNR"
    assert count(kmsg, [line], "nvme0n1") == errors


def test_no_log(tmp_path: Path) -> None:
    """FreeBSD has none."""
    log = KernelLog(tmp_path / "kmsg", tmp_path / "sys", "da0")
    assert log.drain() == 0
    log.close()


@pytest.mark.parametrize(
    ("reads", "found"),
    [
        ((BrokenPipeError(), f"4,2,2,-;{SENSE}\n".encode(), BlockingIOError()), 1),
        ((OSError(22, "Invalid argument"), f"4,2,2,-;{SENSE}\n".encode()), 0),
        ((b"",), 0),
    ],
)
def test_log_that_moves_on(
    kmsg: Path,
    monkeypatch: pytest.MonkeyPatch,
    reads: tuple[bytes | OSError, ...],
    found: int,
) -> None:
    """Records that were overwritten are skipped; a log that fails says nothing."""
    log = KernelLog(kmsg, kmsg.parent / "sys", "sdb")
    answers = iter(reads)

    def read(*_: int) -> bytes:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(os, "read", read)
        assert log.drain() == found
    log.close()


def test_endless_log(kmsg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that never ends does not hold up the worker."""
    log = KernelLog(kmsg, kmsg.parent / "sys", "sdb")
    with monkeypatch.context() as patched:
        patched.setattr(kernel_log, "_MOST_RECORDS", 3)
        patched.setattr(os, "read", lambda *_: f"4,2,2,-;{SENSE}\n".encode())
        assert log.drain() == 3
    log.close()
