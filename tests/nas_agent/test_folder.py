"""The agent's folder: nobody else's, and room in it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
import stat

import pytest

from custom_components.truenas_burnin.nas_agent import durable, folder
from custom_components.truenas_burnin.nas_agent.errors import Code, Refused
from custom_components.truenas_burnin.nas_agent.feed import LONG, TOO_LONG, Feed
from custom_components.truenas_burnin.nas_agent.pace import Pace
from custom_components.truenas_burnin.nas_agent.replies import Replies

from .machine import Machine
from .nas import Nas


def unsafe(machine: Machine) -> str:
    """Return why the folder is refused."""
    with pytest.raises(Refused) as refused:
        folder.check(machine.paths)
    assert refused.value.code is Code.FOLDER_UNSAFE
    return str(refused.value.details["why"])


def test_sound(machine: Machine) -> None:
    """It is made root's alone, with all that belongs into it."""
    machine.paths.home.chmod(0o755)
    folder.check(machine.paths)
    folder.check(machine.paths)
    assert stat.S_IMODE(machine.paths.home.stat().st_mode) == 0o700
    for made in (machine.paths.requests, machine.paths.jobs, machine.paths.spent):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
@pytest.mark.parametrize("where", ["root/home", "root"])
def test_others_can_write(machine: Machine, where: str, mode: int) -> None:
    """Into it, or into a parent, in which they could replace it."""
    (machine.folder / where).chmod(mode)
    assert unsafe(machine) == "writable"


@pytest.mark.parametrize("where", ["root/home", "root"])
def test_link(machine: Machine, where: str) -> None:
    """What a link leads to may be another's tomorrow."""
    place = machine.folder / where
    place.rename(machine.folder / "elsewhere")
    place.symlink_to(machine.folder / "elsewhere")
    assert unsafe(machine) == "not a folder"


@pytest.mark.parametrize("name", ["requests", "jobs", "spent", "locks", "replies"])
def test_link_within(machine: Machine, name: str) -> None:
    """Nor may what belongs into it be one, or others'."""
    (machine.folder / "elsewhere").mkdir()
    (machine.paths.home / name).symlink_to(machine.folder / "elsewhere")
    assert unsafe(machine) == "not a folder"
    (machine.paths.home / name).unlink()
    (machine.paths.home / name).mkdir()
    (machine.paths.home / name).chmod(0o777)
    assert unsafe(machine) == "writable"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("where", ["root/home", "root"])
def test_another_owner(machine: Machine, where: str) -> None:
    """Whoever owns it can do as they like."""
    os.chown(machine.folder / where, 12345, 12345)
    assert unsafe(machine) == "owner"


def test_missing(machine: Machine) -> None:
    """A folder that is not there is not made: it is where the program would be."""
    machine.paths.home.rmdir()
    assert "No such file" in unsafe(machine)


def test_cron_job_in_unsafe_folder(tmp_path: Path) -> None:
    """Its exit status says so, and nothing is started."""
    nas = Nas(tmp_path)
    nas.paths.home.chmod(0o777)
    assert nas.run("ensure").returncode == 77
    assert nas.run("serve").returncode == 77
    assert nas.pids() == []
    assert list(nas.paths.home.iterdir()) == []


# --- a full disk


@pytest.fixture
def full(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a NAS whose disk is full once everything is there."""
    folder.check(machine.paths)
    opened = os.open

    def refuse(path: Path, flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "write_bytes", lambda *_: refuse(Path(), os.O_CREAT))
    return machine


def test_full_disk(full: Machine) -> None:
    """The cron job's exit status is all that can still be said."""
    with pytest.raises(Refused) as refused:
        folder.check_space(full.paths)
    assert refused.value.code is Code.NO_SPACE


def test_full_disk_while_serving(full: Machine) -> None:
    """Nothing can be said, but nothing breaks."""
    feed = Feed(full.paths, "boot")
    replies = Replies(full.paths, feed, Pace())
    replies.give("0" * 32, {})
    feed.service("alive")
    feed.publish()
    assert replies.is_given("0" * 32)
    assert not full.paths.status.exists()


def test_feed_after_full_disk(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that was cut off spoils no other one."""
    folder.check(machine.paths)
    feed = Feed(machine.paths, "boot")
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[:10]))
    feed.service("started")
    monkeypatch.setattr(os, "write", write)
    feed.service("alive")
    lines = machine.paths.feed.read_text().splitlines()
    assert len(lines) == 2
    assert '"seq":2' in lines[1]


def test_feed_of_killed_service(machine: Machine) -> None:
    """So does the next service."""
    folder.check(machine.paths)
    machine.paths.feed.write_text('{"run": "torn')
    Feed(machine.paths, "boot").service("started")
    assert len(machine.paths.feed.read_text().splitlines()) == 2


def test_feed_begun_anew(machine: Machine) -> None:
    """Where it has grown, at the start and while it runs; who follows is told."""
    folder.check(machine.paths)
    machine.paths.feed.write_bytes(b"x" * (LONG + 1))
    feed = Feed(machine.paths, "boot")
    feed.service("started")
    assert machine.paths.feed.stat().st_size < LONG

    old = machine.paths.feed.open()
    with machine.paths.feed.open("ab") as file:
        file.write(b" " * TOO_LONG + b"\n")
    feed.service("alive")
    assert '"state":"moved"' in old.read().splitlines()[-1]
    old.close()
    assert len(machine.paths.feed.read_text().splitlines()) == 1


def test_feed_is_no_link(machine: Machine) -> None:
    """Root writes nowhere else."""
    folder.check(machine.paths)
    target = machine.folder / "target"
    target.write_text("mine\n")
    machine.paths.feed.symlink_to(target)
    Feed(machine.paths, "boot").service("started")
    assert target.read_text() == "mine\n"


def test_durable_is_no_link(machine: Machine) -> None:
    """A file that is replaced is replaced, not written through."""
    target = machine.folder / "target"
    target.write_text("mine\n")
    machine.paths.status.symlink_to(target)
    durable.replace(machine.paths.status, {})
    assert target.read_text() == "mine\n"
    assert not machine.paths.status.is_symlink()
