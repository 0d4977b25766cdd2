"""Waiting that takes no time."""

import pytest

from custom_components.truenas_burnin.truenas.agent import exchange, verbs


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the patience with a NAS in memory be short."""
    monkeypatch.setattr(exchange, "_PATIENCE", 0.02)
    monkeypatch.setattr(exchange, "_PATIENCE_WITH_THE_LIVING", 0.03)
    monkeypatch.setattr(exchange, "_LOOKS", (0.001, 0.005))
    monkeypatch.setattr(exchange, "_SLOW_LOOKS", (0.01,))
    monkeypatch.setattr(verbs, "_SHORT", 0.1)
