"""When it is tried again to reach a NAS."""

import pytest

from custom_components.truenas_burnin.truenas import back_off
from custom_components.truenas_burnin.truenas.back_off import BackOff
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.jsonrpc_errors import RateLimited


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock that stands still, and have jitter take the longest pause."""
    clock = [1000.0]
    monkeypatch.setattr(back_off, "monotonic", lambda: clock[0])
    monkeypatch.setattr(back_off, "uniform", lambda _shortest, longest: longest)
    return clock


@pytest.mark.usefixtures("now")
def test_each_failure_doubles_the_pause() -> None:
    """Up to a minute, and never beyond, however many there are."""
    tries, pauses = BackOff(), []
    assert tries.remaining == 0.0
    for _ in range(30):
        tries.failed(ConnectionFailed("gone"))
        pauses.append(tries.remaining)
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert set(pauses[7:]) == {60.0}


@pytest.mark.parametrize("kind", [AuthenticationFailed, RateLimited])
@pytest.mark.usefixtures("now")
def test_what_costs_logins_waits_a_whole_minute(kind: type[TrueNASError]) -> None:
    """At its first failure: the NAS counts them."""
    tries = BackOff()
    error = kind("no")
    tries.failed(error)
    assert (tries.remaining, tries.failure) == (60.0, error)


def test_a_success_ends_the_pause(now: list[float]) -> None:
    """But only one that lasts makes the next pause short again."""
    tries = BackOff()
    for _ in range(4):
        tries.failed(ConnectionFailed("gone"))
    tries.opened()
    assert (tries.remaining, tries.failure) == (0.0, None)
    now[0] += 59
    tries.broke()
    assert tries.remaining == 8.0
    assert str(tries.failure) == "the connection keeps breaking"
    tries.opened()
    now[0] += 60
    tries.broke()
    assert (tries.remaining, tries.failure) == (0.0, None)
    tries.failed(ConnectionFailed("gone"))
    assert tries.remaining == 0.5


def test_the_pause_runs_out(now: list[float]) -> None:
    """With the clock."""
    tries = BackOff()
    tries.failed(ConnectionFailed("gone"))
    now[0] += 0.2
    assert tries.remaining == pytest.approx(0.3)
    now[0] += 10
    assert tries.remaining == 0.0
