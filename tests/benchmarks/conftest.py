"""Fixtures of the benchmarks; what they measured stands at the end of the output."""

from collections.abc import Callable
import logging
from typing import Final

import pytest

_NUMBERS: Final = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return how to tell a number."""
    numbers = request.config.stash.setdefault(_NUMBERS, [])
    name = request.node.name
    return lambda words: numbers.append(f"{name}: {words}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the numbers."""
    numbers = terminalreporter.config.stash.get(_NUMBERS, [])
    if numbers:
        terminalreporter.section("measured")
    for line in numbers:
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Do without what the test plugin does to every loop."""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep nothing of the log, as in operation."""
    for name in (None, "sqlalchemy.engine", "homeassistant", "custom_components"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.WARNING)
