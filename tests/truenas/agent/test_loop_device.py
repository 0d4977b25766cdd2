"""A block device of the kernel's, where the machine lets us make one."""

from collections.abc import Iterator
from pathlib import Path
import subprocess

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import BLOCK, SERIAL, Nas

SIZE = 1024 * BLOCK


def losetup(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run losetup."""
    return subprocess.run(  # noqa: S603
        ["/sbin/losetup", *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[str]:
    """Return the name of a loop device of 4 MiB."""
    medium = tmp_path / "medium"
    medium.write_bytes(b"\x5a" * SIZE)
    try:
        made = losetup("--find", "--show", str(medium))
    except FileNotFoundError:
        pytest.skip("no losetup")
    if made.returncode:
        pytest.skip(f"no loop device: {made.stderr.strip()}")
    device = made.stdout.strip()
    yield device.removeprefix("/dev/")
    losetup("--detach", device)


def test_a_loop_device_passes(nas: Nas, loop: str, tmp_path: Path) -> None:
    """The whole road with nothing between badblocks and the device."""
    (nas.folder / "drives" / loop).symlink_to(f"/dev/{loop}")
    nas.fact(loop, "serial", SERIAL)
    nas.fact(loop, "size", str(SIZE))
    nas.fact(loop, "temperature", "30")
    ranges = f"{BLOCK} 0 511;{BLOCK} 512 1022;512 {1023 * 8} {1024 * 8 - 1}"
    assert nas.start(device=loop, size=str(SIZE), ranges=ranges) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    assert (tmp_path / "medium").read_bytes() == bytes(SIZE)


def test_a_device_in_use_is_refused(nas: Nas, loop: str, tmp_path: Path) -> None:
    """What the kernel has claimed is not written to: badblocks is never forced."""
    (nas.folder / "drives" / loop).symlink_to(f"/dev/{loop}")
    nas.fact(loop, "serial", SERIAL)
    nas.fact(loop, "size", str(SIZE))
    nas.fact(loop, "temperature", "30")
    subprocess.run(["/sbin/mkfs.ext4", "-q", f"/dev/{loop}"], check=True)  # noqa: S603
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    words = ["/bin/mount", f"/dev/{loop}", str(mounted)]
    if subprocess.run(words, capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("no mount")
    before = (tmp_path / "medium").read_bytes()
    try:
        nas.start(device=loop, size=str(SIZE), ranges=f"{BLOCK} 0 1023")
        ended = nas.ended()
    finally:
        subprocess.run(["/bin/umount", str(mounted)], check=True)  # noqa: S603
    assert ended.state is AgentState.REFUSED, ended
    assert "in use" in ended.reason
    after = (tmp_path / "medium").read_bytes()
    assert after.count(b"\xaa" * BLOCK) == before.count(b"\xaa" * BLOCK) == 0
