"""A guest with drives: for each test from the saved one, within seconds."""

from collections.abc import Iterator, Mapping
import hashlib
import os
from pathlib import Path
import shutil
import subprocess

import pytest

from custom_components.truenas_burnin.truenas.packing import Packed, pack
from tests.rig.guest.accelerator import Accelerator, accelerator as working_accelerator
from tests.rig.guest.agent import GuestAgent, source
from tests.rig.guest.machine import Machine

WORK = Path(os.environ["RIG_WORK"]) / "guest"
_SCRIPT = Path(__file__).parents[3] / "scripts/rig"


def image_of(kind: str) -> Path:
    """Return the image of a kind of guest; scripts/rig builds it where there is none."""
    command = [str(_SCRIPT), "--guest", kind]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.strip())


def saved_of(image: Path, accelerator: Accelerator) -> Path:
    """Return a saved guest; boots and saves one where there is none of this machine."""
    with Machine(image, WORK, accelerator) as guest:
        shape = hashlib.sha256(guest.shape().encode()).hexdigest()
        folder = image / f"booted-{shape[:12]}"
        if not folder.exists():
            for old in image.glob("booted-*"):
                shutil.rmtree(old)
            part = image / "booted-part"
            part.mkdir()
            guest.save(part)
            part.rename(folder)
    return folder


@pytest.fixture(scope="session")
def image() -> Path:
    """Return the image of the guest that most tests use."""
    return image_of("plain")


@pytest.fixture(scope="session")
def zfs_image() -> Path:
    """Return the image of the guest that has OpenZFS."""
    return image_of("zfs")


@pytest.fixture(scope="session")
def accelerator() -> Accelerator:
    """Return what this computer runs guests with."""
    return working_accelerator()


@pytest.fixture(scope="session")
def saved(image: Path, accelerator: Accelerator) -> Path:
    """Return a saved guest."""
    return saved_of(image, accelerator)


@pytest.fixture(scope="session")
def zfs_saved(zfs_image: Path, accelerator: Accelerator) -> Path:
    """Return a saved guest that has OpenZFS."""
    return saved_of(zfs_image, accelerator)


@pytest.fixture
def guest(image: Path, saved: Path, accelerator: Accelerator) -> Iterator[Machine]:
    """Return a running guest with its fixed drives."""
    with Machine(image, WORK, accelerator) as guest:
        guest.resume(saved)
        yield guest


@pytest.fixture(scope="module")
def module_guest(
    image: Path, saved: Path, accelerator: Accelerator
) -> Iterator[Machine]:
    """Return a guest that the tests of a module share, each with drives of its own."""
    with Machine(image, WORK, accelerator) as guest:
        guest.resume(saved)
        yield guest


@pytest.fixture(scope="module")
def agent(module_guest: Machine) -> GuestAgent:
    """Return the agent in the guest of the module."""
    return GuestAgent(module_guest.line, packed())


def keep_table(method: str, cells: Mapping[str, str]) -> None:
    """Keep a column of the table of faults where RIG_TABLE says; see verdict_table.py."""
    if folder := os.environ.get("RIG_TABLE"):
        text = "".join(f"{name}\t{cell}\n" for name, cell in cells.items())
        (Path(folder) / method).write_text(text)


def packed() -> Packed:
    """Return the agent; RIG_AGENT names the sources of another one."""
    return pack(Path(os.environ.get("RIG_AGENT") or source()))
