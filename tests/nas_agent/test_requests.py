"""Requests and replies that clocks, people and full disks left in odd forms."""

from __future__ import annotations

from dataclasses import replace
import json
import os
from pathlib import Path
import time

import pytest

from custom_components.truenas_burnin.nas_agent import folder
from custom_components.truenas_burnin.nas_agent.errors import Code
from custom_components.truenas_burnin.nas_agent.feed import Feed
from custom_components.truenas_burnin.nas_agent.pace import Pace
from custom_components.truenas_burnin.nas_agent.replies import IN_FEED, Replies
from custom_components.truenas_burnin.nas_agent.requests import Inbox, Request, Spoilt

from .machine import Machine

ID = "0123456789abcdef0123456789abcdef"
PACE = Pace(partial=0.0)


@pytest.fixture(autouse=True)
def checked(machine: Machine) -> None:
    """Make the folders."""
    folder.check(machine.paths)


def upload(machine: Machine, content: str | None = None, name: str = ID) -> Path:
    """Upload a request."""
    path = machine.paths.requests / f"{name}.json"
    path.write_text(content or json.dumps({"id": ID, "verb": "version", "boot": "b"}))
    return path


def refusals(taken: list[Request | Spoilt]) -> list[Code]:
    """Return why nothing was taken."""
    return [one.refused.code for one in taken if isinstance(one, Spoilt)]


def test_taken_once(machine: Machine) -> None:
    """It leaves the folder before anything is done for it."""
    inbox = Inbox(machine.paths, PACE)
    path = upload(machine)
    assert list(inbox.take()) == [Request(ID, "version", "b", {})]
    assert not path.exists()
    assert list(inbox.take()) == []


def test_that_cannot_be_taken_out(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be carried out again and again: it is not at all."""
    upload(machine)

    def unlink(path: Path, *_: object) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert list(Inbox(machine.paths, PACE).take()) == []


def test_taken_out_by_another(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is gone was not asked, whether before or after it was read."""
    upload(machine)

    def unlink(path: Path, *_: object) -> None:
        raise FileNotFoundError(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", unlink)
        assert list(Inbox(machine.paths, PACE).take()) == []

    def opened(path: Path, *_: object) -> int:
        raise FileNotFoundError(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", opened)
        assert list(Inbox(machine.paths, PACE).take()) == []


def test_old_by_the_clock(machine: Machine) -> None:
    """A request that lay there for two minutes is for nobody any more."""
    path = upload(machine)
    then = time.time() - PACE.old - 1
    os.utime(path, (then, then))
    assert refusals(list(Inbox(machine.paths, PACE).take())) == [Code.TOO_OLD]


def test_half_uploaded(machine: Machine) -> None:
    """It is waited for, and refused when no more comes."""
    path = upload(machine, '{"id": "')
    assert list(Inbox(machine.paths, Pace()).take()) == []
    assert path.exists()
    assert refusals(list(Inbox(machine.paths, PACE).take())) == [Code.BAD_REQUEST]
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        json.dumps({"id": "f" * 32, "verb": "version"}),
        json.dumps({"id": ID, "verb": "version", "more": 1}),
        json.dumps({"id": ID, "verb": 5}),
    ],
)
def test_of_another_form(machine: Machine, content: str) -> None:
    """It is refused at once."""
    upload(machine, content)
    assert refusals(list(Inbox(machine.paths, Pace()).take())) == [Code.BAD_REQUEST]


def test_folder_in_the_way(machine: Machine) -> None:
    """An empty one is removed; a full one is left, and answered nothing."""
    path = machine.paths.requests / f"{ID}.json"
    path.mkdir()
    assert refusals(list(Inbox(machine.paths, PACE).take())) == [Code.BAD_REQUEST]
    assert not path.exists()
    (path / "full").mkdir(parents=True)
    assert list(Inbox(machine.paths, PACE).take()) == []
    assert path.exists()


def test_other_names(machine: Machine) -> None:
    """An upload may have a name of its own first; it does not stay for ever."""
    path = upload(machine, name="upload")
    assert list(Inbox(machine.paths, PACE).take()) == []
    assert path.exists()
    assert list(Inbox(machine.paths, replace(PACE, old=-1.0)).take()) == []
    assert not path.exists()


def test_before_the_service(machine: Machine) -> None:
    """What lay there before it is refused unread."""
    upload(machine, "{")
    upload(machine, name="upload")
    inbox = Inbox(machine.paths, PACE)
    assert refusals(list(inbox.leftovers())) == [Code.TOO_OLD]
    assert list(machine.paths.requests.iterdir()) == []


def test_folder_is_gone(machine: Machine) -> None:
    """Somebody removed it: nothing is asked."""
    machine.paths.requests.rmdir()
    inbox = Inbox(machine.paths, PACE)
    assert list(inbox.take()) == []
    assert list(inbox.leftovers()) == []


def test_replies_are_swept(machine: Machine) -> None:
    """Those that nobody fetched are removed, also an earlier service's."""
    earlier = machine.paths.replies / f"{ID}.json"
    earlier.write_text("{}")
    feed = Feed(machine.paths, "boot")
    replies = Replies(machine.paths, feed, Pace(keep=-1.0))
    assert replies.is_given(ID)
    replies.give("f" * 32, {})
    (machine.paths.replies / f"{'f' * 32}.json").unlink()
    replies.sweep()
    assert not replies.is_given(ID)
    assert list(machine.paths.replies.iterdir()) == []


def test_long_reply(machine: Machine) -> None:
    """The feed says that it is there; the file has it."""
    feed = Feed(machine.paths, "boot")
    replies = Replies(machine.paths, feed, Pace())
    replies.give(ID, {"smartctl": "x" * IN_FEED})
    said = json.loads((machine.paths.replies / f"{ID}.json").read_text())
    assert said["result"] == {"smartctl": "x" * IN_FEED}
    assert "xxx" not in machine.paths.feed.read_text()
    assert ID in machine.paths.feed.read_text()
