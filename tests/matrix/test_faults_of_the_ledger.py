"""A ledger that cannot keep or cannot be read: nothing is begun, nothing forgotten."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
import shutil
import subprocess

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState, HoldReason
from custom_components.truenas_burnin.burnin.ports import LedgerError

from .bench import Bench
from .program import Program
from .situations.kind import ended, passed, refused

KEEPS = 20
"""Cycles in which a burn-in gets on, if anything lets it."""


@dataclass
class SmallDisk:
    """A file system of its own for the ledger, which fills up or turns read-only."""

    folder: Path

    def fill(self) -> None:
        """Use every byte that is left."""
        filler = self.folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as content:
            while content.write(bytes(4096)) == 4096:
                pass

    def free(self) -> None:
        """Give the bytes back."""
        (self.folder / "filler").unlink()

    def remount(self, how: str) -> None:
        """Mount it again, `ro` or `rw`."""
        mount("-o", f"remount,{how}", str(self.folder))


def mount(*words: str) -> None:
    """Mount, or skip the test where we may not."""
    program = shutil.which("mount")
    if program is None:
        pytest.skip("no mount")
    done = subprocess.run([program, *words], capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        pytest.skip(f"no mount: {done.stderr.decode().strip()}")


@pytest.fixture
def disk(bench: Bench) -> Iterator[SmallDisk]:
    """Return a disk of 1 MiB under the bench's folder."""
    folder = bench.folder / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder))
    yield SmallDisk(folder)
    umount = str(shutil.which("umount"))
    subprocess.run([umount, "--lazy", str(folder)], check=True)  # noqa: S603


async def stands_still(program: Program, burn_in_id: str) -> None:
    """Check that nothing is shown that is not kept, however often it is tried."""
    before = program.burn_in(burn_in_id)
    for _ in range(KEEPS):
        await program.cycle()
    assert program.burn_in(burn_in_id).state is before.state
    assert program.burn_in(burn_in_id).stage_index == before.stage_index


async def kept(program: Program, burn_in_id: str) -> None:
    """Check that the ledger says what the program says, and that its chain holds."""
    assert await program.ledger.get(burn_in_id) == program.burn_in(burn_in_id)
    assert await program.ledger.verify_audit() is None


async def test_disk_full_before_the_start(bench: Bench, disk: SmallDisk) -> None:
    """Without a kept intent nothing is begun."""
    program = await bench.program("disk/a")
    burn_in = await program.submit(bench.target)
    disk.fill()
    await stands_still(program, burn_in.id)
    assert bench.jobs() == []
    assert bench.target.writes == 0
    with pytest.raises(LedgerError):
        await program.submit(bench.bystander)
    disk.free()
    passed(bench, await program.final(burn_in.id))
    await kept(program, burn_in.id)


async def test_disk_full_in_the_middle(bench: Bench, disk: SmallDisk) -> None:
    """The NAS gets on; its result waits until it can be kept."""
    program = await bench.program("disk/a")
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    disk.fill()
    await bench.until_still()
    await stands_still(program, burn_in.id)
    disk.free()
    passed(bench, await program.final(burn_in.id))
    await kept(program, burn_in.id)


async def test_disk_full_then_killed(bench: Bench, disk: SmallDisk) -> None:
    """What was kept before is there after a crash on a full disk."""
    program = await bench.program("disk/a")
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    disk.fill()
    await stands_still(program, burn_in.id)
    disk.free()
    await program.restart()
    passed(bench, await program.final(burn_in.id))
    await kept(program, burn_in.id)


async def test_no_more_pages(bench: Bench) -> None:
    """Wherever the database stops growing: it goes on when it can."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.ledger._do(
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1")
    )
    for _ in range(KEEPS):
        await program.cycle()
    assert program.burn_in(burn_in.id).state is not BurnInState.PASSED
    await program.ledger._do(
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 9999999")
    )
    passed(bench, await program.final(burn_in.id))
    await kept(program, burn_in.id)


async def test_read_only(bench: Bench, disk: SmallDisk) -> None:
    """Nothing begins while nothing can be kept; no new ledger takes its place."""
    program = await bench.program("disk/a")
    burn_in = await program.submit(bench.target)
    await program.crash()
    disk.remount("ro")
    with pytest.raises(LedgerError):
        await program.start()
    await program.crash()
    disk.remount("rw")
    await program.start()
    assert bench.jobs() == []
    passed(bench, await program.final(burn_in.id))
    await kept(program, burn_in.id)


def garble(file: Path) -> None:
    """Overwrite a part in the middle."""
    with file.open("r+b") as content:
        content.seek(4096)
        content.write(b"\xa5" * 8192)


def truncate(file: Path) -> None:
    """Keep the first half."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    "damage",
    [
        garble,
        truncate,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_text("<!doctype html>"),
        Path.unlink,
    ],
    ids=["garbled", "truncated", "empty", "another file", "deleted"],
)
async def test_lost(bench: Bench, damage: Callable[[Path], object]) -> None:
    """It never looks like a first run: nothing is overwritten until a person agrees."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await program.crash()
    damage(program.path)
    await program.start()
    assert program.runner.holds == {HoldReason.LEDGER_LOST}
    attempt = program.submit(bench.target)
    assert await refused(program, attempt) == {"ledger_lost"}
    await bench.until_still()
    assert bench.target.writes == bench.target.size

    await program.ledger.accept_loss("mia")
    await program.restart()
    burn_in = await program.final((await program.submit(bench.target)).id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "follows other burn-in records")
    await program.runner.obey("mia")
    burn_in = await program.submit(bench.target)
    bench.target.writes = 0
    passed(bench, await program.final(burn_in.id))
    await kept(program, burn_in.id)
