"""Requests come from several, and not all of them can be answered."""

import os
import time

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import SERIAL, SIZE, Nas, started, wait_for

SMART = ("verb smart", f"serial {SERIAL}", "device sda")


def hanging(nas: Nas) -> None:
    """Let the drive answer nobody, and have the agent wait for a second."""
    nas.edit("PATIENCE=20", "PATIENCE=1")
    nas.fact("sda", "hangs", "")


def test_a_drive_that_hangs_holds_up_nobody(nas: Nas) -> None:
    """Its own requests are refused, those of others answered."""
    nas.drive()
    nas.drive("sdb", "SERB")
    hanging(nas)
    assert nas.ask(*SMART)[0]["error"] == "drive_hangs"
    calls = (nas.folder / "smartctl.log").read_text()
    assert nas.ask(*SMART)[0]["error"] == "drive_hangs"
    assert (nas.folder / "smartctl.log").read_text() == calls
    assert nas.ask("verb smart", "serial SERB", "device sdb")[0] == {"ok": True}


def test_a_drive_that_hung_is_asked_again(nas: Nas) -> None:
    """A minute later it may answer."""
    nas.drive()
    hanging(nas)
    nas.ask(*SMART)
    nas.switch("sda.hangs", None)
    (note,) = (nas.root / "locks").glob("*.hangs")
    note.write_text(f"{int(time.time()) - 61}\n")
    assert nas.ask(*SMART)[0] == {"ok": True}


def test_nothing_begins_that_was_refused(nas: Nas) -> None:
    """The drive answers after all, when nobody waits for it any more."""
    content = nas.drive()
    hanging(nas)
    assert nas.start()["error"] == "drive_hangs"
    nas.switch("sda.hangs", None)
    wait_for(lambda: nas.processes() == [])
    assert not list((nas.root / "jobs").iterdir())
    assert content.read_bytes() == b"\x5a" * SIZE


def test_a_hanging_drive_can_be_stopped(nas: Nas) -> None:
    """To pause, stop and look does not ask the drive."""
    started(nas)
    hanging(nas)
    assert nas.ask(*SMART)[0]["error"] == "drive_hangs"
    assert nas.ask("verb pause", "token t1")[0] == {"ok": True}
    assert nas.status().serial == SERIAL
    assert nas.ask("verb stop", "token t1")[0] == {"ok": True}
    assert nas.status().state is AgentState.STOPPED


def test_half_a_request_is_left_alone(nas: Nas) -> None:
    """Another Home Assistant uploads it."""
    request = nas.upload("verb version\n")
    os.utime(request)
    nas.run("spool")
    assert request.exists()
    assert not request.with_suffix(".rep").exists()
    request.write_text("verb version\nend\n")
    nas.run("spool")
    assert request.with_suffix(".rep").read_text() == '{"ok":true}\nend\n'


def test_no_space_for_the_statuses(nas: Nas) -> None:
    """The last that were whole stay."""
    started(nas)
    before = nas.until(lambda status: status.state is AgentState.RUNNING)
    cut = nas.root / f"status.{nas.worker()}"
    job = nas.root / "jobs/t1/status"
    cut.unlink(missing_ok=True)
    cut.mkdir()
    nas.fact("sda", "temperature", "41")
    wait_for(lambda: '"temperature":41' in job.read_text())
    told = nas.told()
    assert told is not None
    assert told.temperature == before.temperature
    cut.rmdir()
    nas.until(lambda status: status.temperature == 41)


def test_no_jobs_no_statuses(nas: Nas) -> None:
    """The last line goes with the last job."""
    nas.drive()
    nas.start()
    nas.ended()
    nas.ask("verb clean", "token t1")
    assert (nas.root / "status").read_text() == ""
