"""What the tests of the agent share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a NAS that runs Linux and has no drives."""
    return Machine(tmp_path)
