"""The one file that is put on a NAS."""

import hashlib
import os
from pathlib import Path
import shutil
import subprocess
import sys
from zipfile import ZipFile

from custom_components.truenas_burnin.truenas.packing import pack, pack_agent

SOURCE = Path("custom_components/truenas_burnin/nas_agent")


def test_name() -> None:
    """Its name is the start of its SHA-256."""
    packed = pack_agent()
    assert packed.version == hashlib.sha256(packed.content).hexdigest()[:12]
    assert packed.name == f"agent-{packed.version}.pyz"


def test_same_sources(tmp_path: Path) -> None:
    """The same sources give the same bytes, whenever and wherever."""
    copy = tmp_path / "nas_agent"
    shutil.copytree(SOURCE, copy)
    for path in copy.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (0, 0))
    (copy / "notes.txt").write_text("no part of it")
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__/plan.cpython-39.pyc").write_bytes(b"no part of it either")

    assert pack(copy) == pack_agent()


def test_other_sources(tmp_path: Path) -> None:
    """A change anywhere gives another name."""
    copy = tmp_path / "nas_agent"
    shutil.copytree(SOURCE, copy)
    with (copy / "errors.py").open("a") as file:
        file.write("\n")

    assert pack(copy).version != pack_agent().version


def test_contents(tmp_path: Path) -> None:
    """It holds every module, and nothing of the integration."""
    packed = tmp_path / pack_agent().name
    packed.write_bytes(pack_agent().content)

    with ZipFile(packed) as archive:
        names = set(archive.namelist())
    assert names == {"__main__.py"} | {
        f"nas_agent/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*.py")
    }


def test_runs(tmp_path: Path) -> None:
    """It runs by itself."""
    packed = tmp_path / pack_agent().name
    packed.write_bytes(pack_agent().content)

    said = subprocess.run(  # noqa: S603
        [sys.executable, "-I", str(packed)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 64
    assert "ensure" in said.stderr
