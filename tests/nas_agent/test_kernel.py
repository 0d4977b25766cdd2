"""What the kernels are asked, and how their answers are read."""

from __future__ import annotations

from array import array
import errno
import fcntl
import os
from pathlib import Path
import stat
import struct
from typing import Any

import pytest

from custom_components.truenas_burnin.nas_agent.engines import medium
from custom_components.truenas_burnin.nas_agent.engines.medium import Medium
from custom_components.truenas_burnin.nas_agent.kernel import FreeBsd, Kernel, Linux

TB = 1 << 40
FILE = os.stat_result((stat.S_IFREG, *[0] * 9))
BLOCK = os.stat_result((stat.S_IFBLK, *[0] * 9))
CHARACTER = os.stat_result((stat.S_IFCHR, *[0] * 9))


class Device:
    """An open drive that answers the requests it knows."""

    def __init__(self, answers: dict[int, int | bytes]) -> None:
        """Answer these requests alone."""
        self._answers = answers
        self.told: list[tuple[int, bytes]] = []

    def ioctl(
        self, descriptor: int, request: int, argument: array[int] | bytes = b""
    ) -> bytes | int:
        """Answer as the kernel does: into the array, or by bytes."""
        if request not in self._answers:
            raise OSError(errno.ENOTTY, "no such request")
        answer = self._answers[request]
        if isinstance(argument, array):
            assert isinstance(answer, int)
            argument[0] = answer
            return 0
        self.told.append((request, argument))
        return answer


def answering(
    monkeypatch: pytest.MonkeyPatch, answers: dict[int, int | bytes]
) -> Device:
    """Let every open file be a drive that answers so."""
    device = Device(answers)
    monkeypatch.setattr(fcntl, "ioctl", device.ioctl)
    return device


@pytest.mark.parametrize(
    ("of", "size", "sector"),
    [(Linux(), 0x80081272, 0x1268), (FreeBsd(), 0x40086481, 0x40046480)],
)
def test_numbers(
    monkeypatch: pytest.MonkeyPatch, of: Kernel, size: int, sector: int
) -> None:
    """Sizes are whole even where 32 bits would not hold them."""
    answering(monkeypatch, {size: 44 * TB, sector: 4096})
    assert of.size(0) == 44 * TB
    assert of.logical_sector(0) == 4096


def test_no_drive(tmp_path: Path) -> None:
    """What is no drive answers nothing."""
    with (tmp_path / "file").open("wb") as file:
        for of in (Linux(), FreeBsd()):
            with pytest.raises(OSError, match=r"."):
                of.size(file.fileno())


@pytest.mark.parametrize("locked", [False, True])
def test_write_protected(monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Linux opens a write-protected drive all the same."""
    answering(monkeypatch, {0x125E: int(locked)})
    assert Linux().is_read_only(0) is locked
    assert not FreeBsd().is_read_only(0)


def test_serial(monkeypatch: pytest.MonkeyPatch) -> None:
    """FreeBSD tells the serial of an opened drive; Linux has files for that."""
    answering(monkeypatch, {0x41006489: b"WD-1234\0old"})
    assert FreeBsd().serial(0) == "WD-1234"
    assert Linux().serial(0) == ""


@pytest.mark.parametrize(
    ("of", "request_number"), [(Linux(), 0x1277), (FreeBsd(), 0x80106488)]
)
def test_discard(
    monkeypatch: pytest.MonkeyPatch, of: Kernel, request_number: int
) -> None:
    """Both take the first byte and the length."""
    device = answering(monkeypatch, {request_number: b""})
    of.discard(0, 512, 44 * TB)
    assert device.told == [(request_number, struct.pack("QQ", 512, 44 * TB))]


def test_kinds_of_files() -> None:
    """A file that merely has a drive's name is none."""
    assert Linux().is_drive(BLOCK)
    assert not Linux().is_drive(CHARACTER)
    assert FreeBsd().is_drive(CHARACTER)
    assert not FreeBsd().is_drive(FILE)


def test_opened(tmp_path: Path) -> None:
    """It is opened for both ways, and never made."""
    node = tmp_path / "da0"
    with pytest.raises(FileNotFoundError):
        FreeBsd().open_exclusively(node)
    with pytest.raises(FileNotFoundError):
        Linux().open_exclusively(node)
    assert not node.exists()
    node.write_bytes(bytes(512))
    descriptor = FreeBsd().open_exclusively(node)
    try:
        assert os.pwrite(descriptor, b"x", 0) == 1
        assert os.pread(descriptor, 1, 0) == b"x"
    finally:
        os.close(descriptor)


def flushed(monkeypatch: pytest.MonkeyPatch, file: Any, error: int) -> list[int]:
    """Flush a drive of FreeBSD whose cache cannot be emptied; return what was asked."""
    asked: list[int] = []

    def ioctl(descriptor: int, request: int) -> int:
        asked.append(request)
        if error:
            raise OSError(error, os.strerror(error))
        return 0

    monkeypatch.setattr(medium, "KERNEL", FreeBsd())
    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    Medium(file.fileno()).flush()
    return asked


@pytest.mark.parametrize("error", [0, errno.ENOTTY, errno.EOPNOTSUPP])
def test_flush_on_freebsd(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: int
) -> None:
    """The drive's own cache is emptied too, where it has one."""
    with (tmp_path / "da0").open("wb") as file:
        assert flushed(monkeypatch, file, error) == [0x20006487]


def test_flush_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A drive that could not write what it holds is not read as one that did."""
    with (
        (tmp_path / "da0").open("wb") as file,
        pytest.raises(OSError, match="Input/output"),
    ):
        flushed(monkeypatch, file, errno.EIO)
