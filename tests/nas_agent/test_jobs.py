"""What is kept of jobs survives whatever ends a process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.truenas_burnin.nas_agent import jobs
from custom_components.truenas_burnin.nas_agent.errors import Code, Refused
from custom_components.truenas_burnin.nas_agent.jobs import Job, Jobs, State
from custom_components.truenas_burnin.nas_agent.plan import Drive, Limits

from .drives import machine, make_plan


def a_drive(serial: str, unit: str | None = None) -> Drive:
    """Return a drive of a plan."""
    return Drive("sdb", serial, unit, 1 << 20, unit)


@pytest.fixture
def all_jobs(tmp_path: Path) -> Jobs:
    """Return the jobs of a NAS that has none."""
    return Jobs(machine(tmp_path))


@pytest.fixture
def job(all_jobs: Jobs) -> Job:
    """Return a new job."""
    return all_jobs.create(make_plan())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for locks."""
    monkeypatch.setattr(jobs, "LOCK_PATIENCE", 0.0)


def test_new_job_is_kept(all_jobs: Jobs, job: Job) -> None:
    """Its plan can be read again, and it is found."""
    again = all_jobs.get(job.token)
    assert again.plan() == make_plan()
    assert again.state() is State.STARTING
    assert [one.token for one in all_jobs.all()] == [job.token]


@pytest.mark.parametrize("token", ["nobody", "../jobs", "", "a/b"])
def test_unknown_token(all_jobs: Jobs, job: Job, token: str) -> None:
    """Neither a token of nobody nor one that is a way elsewhere leads to a job."""
    with pytest.raises(Refused) as refused:
        all_jobs.get(token)
    assert refused.value.code in {Code.UNKNOWN_TOKEN, Code.BAD_REQUEST}


def test_half_made_job_is_none(all_jobs: Jobs, job: Job) -> None:
    """A kill between two files of a new job leaves nothing that looks like one."""
    job.folder.rename(job.folder.with_name(".half"))
    assert all_jobs.all() == []
    assert all_jobs.create(make_plan()).state() is State.STARTING


def test_look_at_a_job_whose_worker_is_gone(job: Job) -> None:
    """It cannot have said that it was interrupted."""
    with job.held():
        assert job.look()["state"] == "starting"
        assert job.is_alive()
    before = job.status()["revision"]
    after = job.look()
    assert after["state"] == "interrupted"
    assert isinstance(before, int)
    assert isinstance(after["revision"], int)
    assert after["revision"] > before
    assert job.look() == after
    assert not job.is_alive()


@pytest.mark.parametrize("state", ["passed", "failed", "refused", "stopped"])
def test_look_at_a_job_that_has_ended(job: Job, state: str) -> None:
    """Nothing changes it any more."""
    ended = {**job.status(), "state": state}
    job.put_status(ended, sync=True)
    job.wish_stop()
    assert job.look() == ended


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"revision":"x"}', b"\xff"])
def test_revision_grows_when_the_status_got_lost(job: Job, damage: bytes) -> None:
    """A power cut may leave an empty file."""
    job.put_status({**job.status(), "revision": 5000}, sync=True)
    (job.folder / "status.json").write_bytes(damage)
    assert job.next_revision() > 5000
    assert job.look().get("state", "interrupted") == "interrupted"


def test_two_workers_of_a_job(job: Job) -> None:
    """The second is refused, the lock goes with its holder."""
    with job.held():
        with pytest.raises(Refused), job.held():
            pass
        with pytest.raises(Refused):
            job.remove()
    with job.held():
        pass


def test_two_workers_of_a_drive(all_jobs: Jobs) -> None:
    """Also where two Home Assistants, each with a token of its own, want it."""
    with all_jobs.drive(a_drive("SERIAL 1")):
        with pytest.raises(Refused) as refused, all_jobs.drive(a_drive(" SERIAL_1 ")):
            pass
        with all_jobs.drive(a_drive("SERIAL 2")):
            pass
    assert refused.value.code is Code.SERIAL_BUSY


def test_wishes(job: Job) -> None:
    """Each is a file; who wishes and who hears need not live at the same time."""
    assert job.pause_wished() is None
    job.wish_pause("quiet_hours")
    assert job.pause_wished() == "quiet_hours"
    job.wish_resume()
    job.wish_resume()
    assert job.pause_wished() is None
    assert job.limits_wished() is None
    job.wish_limits(Limits(50, 40))
    assert job.limits_wished() == Limits(50, 40)
    (job.folder / "limits.json").write_text('{"pause_at":1,"resume_at":2}')
    assert job.limits_wished() is None
    (job.folder / "pause").write_text("")
    assert job.pause_wished() == "person"


def test_new_plan_has_the_last_word_on_limits(job: Job) -> None:
    """It comes from who knows what was wished before."""
    job.wish_limits(Limits(50, 40))
    job.put_plan(make_plan())
    assert job.limits_wished() is None


def test_stop_without_a_worker(job: Job) -> None:
    """It ends at once."""
    job.look()
    job.wish_stop()
    assert job.stop_wished()
    assert job.state() is State.STOPPED


def test_stop_with_a_worker_is_its_to_do(job: Job) -> None:
    """Only it knows when it has let go of the drive."""
    with job.held():
        job.wish_stop()
        assert job.state() is State.STARTING
    assert job.stop_wished()


def test_drives_of_one_serial(all_jobs: Jobs) -> None:
    """Each has a worker of its own; who thinks that the serial is one drive has none."""
    left, right, either = (
        a_drive("SERIAL 1", unit) for unit in ("5000C500AA", "5000c500ab", None)
    )
    with all_jobs.drive(left), all_jobs.drive(right):
        for taken in (left, a_drive("SERIAL_1", "5000c500aa"), either):
            with pytest.raises(Refused) as refused, all_jobs.drive(taken):
                pass
            assert refused.value.code is Code.SERIAL_BUSY
    with all_jobs.drive(either), pytest.raises(Refused), all_jobs.drive(left):
        pass


def test_removed_job(all_jobs: Jobs, job: Job) -> None:
    """Nothing is left, and wishes for it are refused."""
    job.remove()
    assert all_jobs.all() == []
    assert list(job.folder.parent.iterdir()) == []
    assert job.stop_wished()
    with pytest.raises(Refused) as refused:
        job.wish_pause("person")
    assert refused.value.code is Code.UNKNOWN_TOKEN


def test_spent_token(all_jobs: Jobs) -> None:
    """It need not belong to a job."""
    assert not all_jobs.is_spent("t")
    all_jobs.spend("t")
    all_jobs.spend("t")
    assert all_jobs.is_spent("t")


def test_records_outlive_a_torn_line(job: Job) -> None:
    """What a kill cut off is as if it had never been written."""
    job.add_range({"sweep": 1, "index": 0})
    with (job.folder / "ranges.jsonl").open("a") as file:
        file.write('{"sweep": 1, "ind')
    assert job.ranges() == [{"sweep": 1, "index": 0}]
    job.add_range({"sweep": 1, "index": 1})
    assert job.ranges() == [{"sweep": 1, "index": 0}, {"sweep": 1, "index": 1}]


def test_full_disk_keeps_what_was(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old status stays whole, and who wishes is told."""
    before = job.status()
    monkeypatch.setattr("os.write", _full)
    with pytest.raises(OSError, match="full"):
        job.put_status({**before, "revision": 9}, sync=True)
    with pytest.raises(Refused) as refused:
        job.wish_pause("person")
    assert refused.value.code is Code.NO_SPACE
    assert job.status() == before
    assert job.pause_wished() is None


def _full(descriptor: int, data: bytes) -> int:
    raise OSError(28, "full")


LEFT, RIGHT = "5000c500a1b2c3d4", "5000c500a1b2c3d8"


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ((None, None), (LEFT, None), True),
        ((LEFT, None), (LEFT, LEFT), True),
        ((LEFT, LEFT), (None, None), True),
        ((LEFT, LEFT), (RIGHT, RIGHT), False),
        ((LEFT, None), (RIGHT, None), False),
    ],
)
def test_a_lunid_that_comes_and_goes(
    before: tuple[str | None, str | None],
    now: tuple[str | None, str | None],
    same: bool,
) -> None:
    """The job goes on; with another logical unit it is another drive's."""
    plans = [
        replace(make_plan(), drive=Drive("sdb", "S1", lunid, 1 << 20, unit))
        for lunid, unit in (before, now)
    ]
    assert plans[0].is_same_work(plans[1]) is same
    other = replace(plans[0], drive=replace(plans[0].drive, serial="S2"))
    assert not plans[0].is_same_work(other)
