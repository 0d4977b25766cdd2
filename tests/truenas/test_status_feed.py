"""The agent's status lines as the NAS pushes them."""

from dataclasses import dataclass, field
import json
from typing import Any, cast

import pytest

from custom_components.truenas_burnin.truenas.dialect import DIALECTS
from custom_components.truenas_burnin.truenas.models import AgentState
from custom_components.truenas_burnin.truenas.shell_agent import (
    FEED,
    Agent,
    parse_statuses,
)
from custom_components.truenas_burnin.truenas.status_feed import StatusFeed
from custom_components.truenas_burnin.truenas.transport import Heard, Transport

from .test_agent import STATUS

PLACE = "custom_components.truenas_burnin.truenas.status_feed.monotonic"


@dataclass
class Nas:
    """The agent and the transport of one NAS."""

    there: dict[str, Any] = field(default_factory=lambda: dict(STATUS))
    reads: list[bool] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    heard: Heard = lambda fields: None

    async def statuses(self, *, ask: bool) -> Any:
        """Return the status of the one job."""
        self.reads.append(ask)
        return parse_statuses(json.dumps(self.there) + "\n")

    def listen(self, event: str, heard: Heard) -> None:
        """Keep who listens."""
        self.events.append(event)
        self.heard = heard

    def push(self, text: str) -> None:
        """Tell of new text."""
        self.heard({"data": text})


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock that stands still."""
    moment = [1000.0]
    monkeypatch.setattr(PLACE, lambda: moment[0])
    return moment


@pytest.fixture
def nas() -> Nas:
    """Return a NAS."""
    return Nas()


@pytest.fixture
def feed(nas: Nas, now: list[float]) -> StatusFeed:
    """Return a feed of it."""
    return StatusFeed(cast("Agent", nas), cast("Transport", nas), "tail:x")


def a_line(**changes: Any) -> str:
    """Return a status line as the agent writes it."""
    return json.dumps({**STATUS, **changes}) + "\n"


async def test_heard_and_not_read(feed: StatusFeed, nas: Nas, now: list[float]) -> None:
    """The first look reads; then pushed lines are enough, however they are cut."""
    assert list(await feed.look(ask=False)) == ["t1"]
    assert (nas.reads, nas.events) == ([False], ["tail:x"])
    nas.heard(None)
    line = a_line(percent=50.0) + a_line(percent=60.0)
    for start in range(0, len(line), 7):
        nas.push(line[start : start + 7])
        now[0] += 1
    assert (await feed.look(ask=False))["t1"].percent == 60.0
    assert nas.reads == [False]


async def test_silence(feed: StatusFeed, nas: Nas, now: list[float]) -> None:
    """After a minute the file is read, once a minute, and the feed asked for again."""
    await feed.look(ask=False)
    now[0] += 59
    await feed.look(ask=False)
    assert len(nas.reads) == 1
    now[0] += 1
    nas.there["percent"] = 70.0
    assert (await feed.look(ask=False))["t1"].percent == 70.0
    await feed.look(ask=False)
    assert (nas.reads, nas.events) == ([False] * 2, ["tail:x"] * 2)


async def test_asked_in_earnest(feed: StatusFeed, nas: Nas) -> None:
    """The agent looks at its workers; what it says is kept."""
    nas.there["state"] = "interrupted"
    assert (await feed.look(ask=True))["t1"].state is AgentState.INTERRUPTED
    assert (await feed.look(ask=False))["t1"].state is AgentState.INTERRUPTED
    assert nas.reads == [True]


async def test_a_line_that_is_cut_or_old(feed: StatusFeed, nas: Nas) -> None:
    """The first text may begin in the middle of a line, and repeats old ones."""
    await feed.look(ask=False)
    nas.push('"percent":1}\n' + a_line(updated=1, percent=1.0) + "\n")
    nas.push(a_line(token="t2"))
    nas.heard({"data": None})
    known = await feed.look(ask=False)
    assert known["t1"].percent == STATUS["percent"]
    assert list(known) == ["t1", "t2"]
    feed.forget("t2")
    feed.forget("t3")
    assert list(await feed.look(ask=False)) == ["t1"]


async def test_a_reconnect_begins_a_line_anew(feed: StatusFeed, nas: Nas) -> None:
    """Half a line of the old connection is none of the new."""
    await feed.look(ask=False)
    nas.push('{"token": "t1", ')
    nas.heard(None)
    nas.push(a_line(percent=80.0))
    assert (await feed.look(ask=False))["t1"].percent == 80.0


async def test_changes_are_passed_on(feed: StatusFeed, nas: Nas) -> None:
    """Another state brings the next cycle forward, progress does not."""
    told: list[bool] = []
    feed.changed = lambda: told.append(True)
    await feed.look(ask=False)
    nas.push(a_line(percent=90.0))
    assert told == []
    nas.push(a_line(state="passed"))
    assert told == [True]


def test_the_names_of_the_event() -> None:
    """Words up to 25.04, JSON after (truenas-api.md §15)."""
    tails = [dialect.tail(FEED) for dialect in DIALECTS if dialect.tail]
    name = "filesystem.file_tail_follow:"
    as_json = name + json.dumps({"path": FEED, "tail_lines": 100})
    assert tails == [f"{name}{FEED}:100", as_json, as_json]
