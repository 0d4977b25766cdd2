"""Lines that come twice, late, cut or odd."""

from itertools import pairwise
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.truenas.agent.heard import Heard
from custom_components.truenas_burnin.truenas.surface import AgentState

from .nas import MemoryNas, a_status


def a_line(seq: int, run: str = "r1", at: float | None = None, **what: Any) -> str:
    """Return a line of the feed."""
    line = {"run": run, "seq": seq, "at": seq if at is None else at, "boot": "b"}
    return json.dumps({**line, **what}) + "\n"


def a_test(percent: int) -> dict[str, Any]:
    """Return what is said of a watched self-test."""
    return {"serial": "S", "device": "sdb", "smartctl": {"percent": percent}}


def test_a_higher_revision_counts() -> None:
    """Whatever order the lines are told in."""
    heard = Heard()
    heard.take_text(a_line(2, job=a_status(revision=8, state="passed")))
    heard.take_text(a_line(1, job=a_status(revision=7)))
    assert heard.jobs["t1"].state is AgentState.PASSED
    assert heard.boot == "b"


def test_changes_are_told_once() -> None:
    """A job in another state, not one that got on."""
    heard, told = Heard(), []
    heard.changed = lambda: told.append(1)
    for revision, state in (
        (1, "running"),
        (2, "running"),
        (2, "paused"),
        (3, "paused"),
    ):
        heard.take_text(a_line(revision, job=a_status(revision=revision, state=state)))
    assert len(told) == 2


def test_the_later_line_of_a_self_test_counts() -> None:
    """Lines repeat what was there before the file was followed."""
    heard = Heard()
    heard.take_text(a_line(5, self_test=a_test(50)))
    heard.take_text(a_line(4, self_test=a_test(40)))
    assert heard.self_test("S") == {"percent": 50}


def test_the_words_of_a_service_that_ended_are_old() -> None:
    """Another one may know nothing of a test that somebody aborted meanwhile."""
    heard = Heard()
    heard.take_text(a_line(90, "r1", 100, self_test=a_test(50)))
    heard.take_text(a_line(1, "r2", 200, service={"state": "started", "version": "v"}))
    assert heard.self_test("S") is None
    heard.take_text(a_line(91, "r1", 101, self_test=a_test(60)))
    assert heard.self_test("S") is None


def test_a_reply_to_us_is_from_the_one_that_lives() -> None:
    """Also where the clock of the NAS was set back a day."""
    heard = Heard()
    heard.take_text(a_line(1, "r1", 100_000, self_test=a_test(50)))
    heard.replied = lambda request_id, _reply: request_id == "ours"
    heard.take_text(a_line(1, "r2", 13_600, reply={"id": "ours"}))
    heard.take_text(a_line(2, "r2", 13_601, self_test=a_test(51)))
    assert heard.self_test("S") == {"percent": 51}


def test_a_status_says_all_there_is() -> None:
    """A job whose folder is gone is known no more."""
    heard = Heard()
    heard.take_text(a_line(1, job=a_status("gone")))
    nas = MemoryNas(run="r1", at=5)
    heard.take_status(nas.write_status(a_status("here"), S=a_test(10)))
    assert list(heard.jobs) == ["here"]
    assert heard.self_test("S") == {"percent": 10}


@pytest.mark.parametrize(
    "odd",
    ["{", "[]", "null", '{"run": 1}', a_line(1, job={}), a_line(1, reply=[])],
)
def test_an_odd_line_hides_no_other(odd: str) -> None:
    """As where the disk of the NAS is full."""
    heard = Heard()
    heard.take_text(odd + "\n" + a_line(2, job=a_status()))
    assert list(heard.jobs) == ["t1"]


@given(st.lists(st.integers(0, 400), max_size=12))
def test_cuts_change_nothing(cuts: list[int]) -> None:
    """Text is not cut at the ends of lines."""
    text = a_line(1, job=a_status("a")) + a_line(2, job=a_status("b"))
    heard, edges = (
        Heard(),
        sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)}),
    )
    for begin, end in pairwise(edges):
        heard.take_text(text[begin:end])
    assert sorted(heard.jobs) == ["a", "b"]


@given(st.text(max_size=200))
def test_nothing_breaks_it(text: str) -> None:
    """Whatever stands in the file."""
    heard = Heard()
    heard.take_text(text + "\n" + a_line(1, job=a_status()))
    assert list(heard.jobs) == ["t1"]


def test_a_feed_that_goes_on_in_another_file() -> None:
    """Who follows the old one hears no more; words of an older service mean nothing."""
    heard, moved = Heard(), []
    heard.moved = lambda: moved.append(1)
    heard.take_text(a_line(1, "r2", 50, service={"state": "alive", "version": "v"}))
    heard.take_text(a_line(9, "r1", 10, service={"state": "moved", "version": "v"}))
    assert moved == []
    heard.take_text(a_line(2, "r2", 51, service={"state": "moved", "version": "v"}))
    assert moved == [1]


def test_a_rolled_back_folder_is_believed() -> None:
    """Its revisions are lower; what comes late from an earlier boot is not."""
    heard = Heard()
    status = {"run": "r1", "at": 1, "boot": "boot-1", "jobs": {}}
    heard.take_status({**status, "jobs": {"t1": a_status(revision=9000)}})
    rolled_back = a_status(revision=1400, boot="boot-2", state="interrupted")
    heard.take_status({**status, "boot": "boot-2", "jobs": {"t1": rolled_back}})
    assert heard.jobs["t1"].state is AgentState.INTERRUPTED
    heard.take_text(a_line(9, at=1, job=a_status(revision=1399)))
    assert heard.jobs["t1"].revision == 1400
    heard.take_status({**status, "boot": "boot-2", "jobs": {"t1": a_status()}})
    assert heard.jobs["t1"].revision == 1400
