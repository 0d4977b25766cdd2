"""Programs that scripts start end with them."""

import asyncio
import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

from scripts.live.process import Process
from scripts.live.wait import until

REPOSITORY = Path(__file__).parents[2]
PARENT = """
import asyncio, os, pathlib, sys
from scripts.live.process import Process
async def main():
    folder = pathlib.Path(sys.argv[1])
    child = await Process.start(["sleep", "600"], folder / "log", os.environ, folder)
    print(child._child.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
async def test_killed_parent(tmp_path: Path) -> None:
    """A demo that was killed leaves no Home Assistant behind."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        str(tmp_path),
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    await parent.wait()

    async def ended() -> bool:
        return not is_alive(child)

    await until(ended, 30, "the child to end")


async def test_stop(tmp_path: Path) -> None:
    """It is over once it was stopped, however often."""
    process = await Process.start(
        ["sh", "-c", "echo hello; exec sleep 600"],
        tmp_path / "log",
        os.environ,
        tmp_path,
    )

    async def said() -> bool:
        return "hello" in process.tail()

    await until(said, 30, "its word")
    await process.stop()
    assert not process.running
    await process.stop()
    await process.kill()
