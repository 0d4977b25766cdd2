"""Slow requests show, however many there are."""

from __future__ import annotations

import pytest

from custom_components.truenas_burnin.nas_agent.engines.latency import Latency


def test_slowest_and_rare_ones() -> None:
    """Of 10,000 requests ten may be slower than what is told."""
    latency = Latency()
    for _ in range(9_985):
        latency.add(0.04)
    for _ in range(14):
        latency.add(1.0)
    latency.add(31.25)
    assert latency.slowest_ms == 31_250
    assert latency.p999_ms == pytest.approx(1000, rel=0.04)


def test_few_requests() -> None:
    """The slowest is all that can be said."""
    latency = Latency()
    latency.add(0.25)
    assert (latency.slowest_ms, latency.p999_ms) == (250, 250)
    assert Latency().p999_ms == 0
