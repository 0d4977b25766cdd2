"""A guest with drives: for each test from the saved one, within seconds."""

from collections.abc import Iterator
import hashlib
import os
from pathlib import Path
import shutil

import pytest

from tests.rig.guest.accelerator import Accelerator, accelerator as working_accelerator
from tests.rig.guest.machine import Machine

WORK = Path(os.environ["RIG_WORK"]) / "guest"


@pytest.fixture(scope="session")
def image() -> Path:
    """Return the guest's image, which scripts/rig has built."""
    return Path(os.environ["RIG_IMAGE"])


@pytest.fixture(scope="session")
def accelerator() -> Accelerator:
    """Return what this computer runs guests with."""
    return working_accelerator()


@pytest.fixture(scope="session")
def saved(image: Path, accelerator: Accelerator) -> Path:
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


@pytest.fixture
def guest(image: Path, saved: Path, accelerator: Accelerator) -> Iterator[Machine]:
    """Return a running guest with its fixed drives."""
    with Machine(image, WORK, accelerator) as guest:
        guest.resume(saved)
        yield guest
