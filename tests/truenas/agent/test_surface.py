"""A surface job from start to end, with the real badblocks."""

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import BLOCK, RANGES, SERIAL, SIZE, Nas, wait_for


def test_a_good_drive_passes(nas: Nas) -> None:
    """Every byte written, every range verified, the job cleaned on request."""
    content = nas.drive()
    assert nas.start() == {"ok": True}
    ended = nas.ended()
    assert ended.state is AgentState.PASSED, ended
    assert (ended.done, ended.ranges, ended.phase, ended.phases) == (2, 2, 0, 4)
    assert (ended.serial, ended.device, ended.temperature) == (SERIAL, "sda", 35)
    assert content.read_bytes() == bytes(SIZE)
    rows = nas.ranges()
    assert [(row.index, row.range.first, row.range.last) for row in rows] == [
        (0, 0, 31),
        (1, 32, 63),
    ]
    assert nas.ask("verb clean", "token t1")[0] == {"ok": True}
    assert nas.told() is None
    assert nas.ask("verb clean", "token t1")[0]["error"] == "unknown_token"


def test_it_never_forces(nas: Nas) -> None:
    """The tool keeps its own refusal of a drive in use."""
    nas.drive()
    nas.start()
    nas.ended()
    calls = nas.log("badblocks")
    assert len(calls) == 2
    for call in calls:
        assert "-f" not in call.split()
        assert "-t 0xaa -t 0x00" in call


def test_starting_twice_starts_once(nas: Nas) -> None:
    """While it runs and after its end; another plan under the token is refused."""
    nas.drive()
    nas.switch("wait", "")
    assert nas.start() == {"ok": True}
    assert nas.start() == {"ok": True}
    assert nas.start(patterns="ff")["error"] == "other_plan"
    nas.switch("wait", None)
    assert nas.ended().state is AgentState.PASSED
    assert nas.start() == {"ok": True}
    assert len(nas.log("badblocks")) == 2


def test_one_writer_per_drive(nas: Nas) -> None:
    """A second Home Assistant with a token of its own is refused."""
    nas.drive()
    nas.switch("wait", "")
    nas.start("ours")
    header = nas.start("theirs")
    assert header["error"] == "busy"
    assert "ours" in header["message"]
    nas.switch("wait", None)
    nas.ended("ours")
    assert nas.start("theirs") == {"ok": True}
    assert nas.ended("theirs").state is AgentState.PASSED


def test_a_bad_drive_fails_where_it_breaks(nas: Nas) -> None:
    """Counts by kind, the first bad block, the good range kept."""
    nas.drive()
    nas.switch("limit", str(40 * BLOCK))
    nas.start()
    ended = nas.ended()
    assert ended.state is AgentState.FAILED
    assert ended.reason == "bad_blocks"
    assert ended.done == 1
    assert ended.write_errors + ended.compare_errors > 0
    assert ended.first_bad == 40
    good, bad = nas.ranges()
    assert (good.read_errors, good.write_errors, good.compare_errors) == (0, 0, 0)
    assert bad.write_errors + bad.compare_errors > 0


def test_a_power_cut_costs_one_range(nas: Nas) -> None:
    """It says interrupted, goes on after the last verified range, under a new name."""
    nas.drive()
    nas.switch("wait.32", "")
    nas.start(ranges=RANGES)
    wait_for(lambda: len(nas.log("badblocks")) == 3)
    nas.power_cut()
    interrupted = nas.status()
    assert interrupted.state is AgentState.INTERRUPTED
    for file in (nas.folder / "drives").glob("sda*"):
        file.rename(file.with_name(file.name.replace("sda", "sdq")))
    assert nas.start(ranges=RANGES)["error"] == "device_lost"
    nas.switch("wait.32", None)
    assert nas.start(ranges=RANGES, device="sdq", pause_at="60") == {"ok": True}
    ended = nas.ended()
    assert (ended.state, ended.device) == (AgentState.PASSED, "sdq")
    assert len(nas.ranges()) == 3
    assert len(nas.log("badblocks")) == 4


def test_a_power_cut_before_the_last_words(nas: Nas) -> None:
    """The worker had ended and not said so: its state is what is told."""
    nas.drive()
    nas.start()
    assert nas.ended().state is AgentState.PASSED
    file = nas.root / "jobs/t1/status"
    said = file.read_text()
    file.write_text(said.replace('"state":"passed"', '"state":"running"'))
    assert nas.status().state is AgentState.PASSED


def test_verified_ranges_are_not_done_again(nas: Nas) -> None:
    """After an interruption the pass goes on at the first that is not verified."""
    nas.drive()
    nas.start()
    nas.ended()
    job = nas.root / "jobs/t1"
    first, _ = (job / "done").read_text().splitlines()
    (job / "done").write_text(f"{first}\n")
    (job / "state").write_text("running\n")
    assert nas.status().state is AgentState.INTERRUPTED
    before = len(nas.log("badblocks"))
    assert nas.start() == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    (again,) = nas.log("badblocks")[before:]
    assert again.endswith("63 32")


def test_stop(nas: Nas) -> None:
    """The writer is gone when the reply comes; stopping twice is fine."""
    nas.drive()
    nas.switch("wait", "")
    nas.start()
    assert nas.ask("verb clean", "token t1")[0]["error"] == "still_running"
    assert nas.ask("verb stop", "token t1")[0] == {"ok": True}
    assert nas.status().state is AgentState.STOPPED
    assert nas.ask("verb stop", "token t1")[0] == {"ok": True}
    nas.switch("wait", None)
    assert nas.ask("verb clean", "token t1")[0] == {"ok": True}
    assert nas.start("t2") == {"ok": True}
    assert nas.ended("t2").state is AgentState.PASSED


def test_heat_pauses_and_cooling_resumes(nas: Nas) -> None:
    """At the limit it stops; between the limits, or unreadable, it stays stopped."""
    nas.drive()
    nas.fact("sda", "temperature", "55")
    nas.switch("wait", "")
    nas.start()
    hot = nas.until(lambda status: status.state is AgentState.PAUSED)
    assert (hot.reason, hot.temperature) == ("heat", 55)
    nas.switch("wait", None)
    nas.fact("sda", "temperature", "49")
    nas.until(lambda status: status.temperature == 49)
    warm = nas.until(lambda status: status.updated > hot.updated)
    assert warm.state is AgentState.PAUSED
    nas.fact("sda", "temperature", "null")
    unknown = nas.until(lambda status: status.temperature is None)
    assert unknown.state is AgentState.PAUSED
    nas.fact("sda", "temperature", "48")
    assert nas.ended().state is AgentState.PASSED


def test_a_person_pauses(nas: Nas) -> None:
    """The pause of a person has its own reason, and a stop ends a paused job."""
    nas.drive()
    nas.switch("wait", "")
    nas.start()
    nas.ask("verb pause", "token t1")
    paused = nas.until(lambda status: status.state is AgentState.PAUSED)
    assert paused.reason == "person"
    nas.switch("wait", None)
    nas.ask("verb resume", "token t1")
    assert nas.ended().state is AgentState.PASSED
    nas.switch("wait", "")
    nas.start("t2")
    nas.ask("verb pause", "token t2")
    nas.until(lambda status: status.state is AgentState.PAUSED, "t2")
    assert nas.ask("verb stop", "token t2")[0] == {"ok": True}
    assert nas.status("t2").state is AgentState.STOPPED


def test_another_drive_under_the_name_is_not_written(nas: Nas) -> None:
    """The serial is read before every range: the second one is refused."""
    content = nas.drive()
    nas.switch("wait", "")
    nas.start()
    nas.fact("sda", "serial", "OTHER")
    nas.switch("wait", None)
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.REFUSED, "serial_changed")
    assert content.read_bytes()[SIZE // 2 :] == b"\x5a" * (SIZE // 2)


def test_a_drive_that_disappears(nas: Nas) -> None:
    """It fails, and says so."""
    nas.drive()
    nas.switch("wait", "")
    nas.start()
    for file in (nas.folder / "drives").glob("sda*"):
        file.unlink()
    nas.switch("wait", None)
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.FAILED, "device_lost")


def test_a_tail_beyond_32_bits(nas: Nas) -> None:
    """Blocks that badblocks cannot count are written and read back by dd."""
    content = nas.drive()
    first = 2**32
    with content.open("r+b") as file:
        file.truncate((first + 8) * 512)
    nas.fact("sda", "size", str((first + 8) * 512))
    nas.start(
        size=str((first + 8) * 512), ranges=f"512 {first} {first + 7}", patterns="aa"
    )
    assert nas.ended().state is AgentState.PASSED
    with content.open("rb") as file:
        file.seek(first * 512)
        assert file.read() == b"\xaa" * 4096
    assert nas.log("badblocks") == []


@pytest.mark.parametrize("others", [1, 5])
def test_statuses_of_many_jobs(nas: Nas, others: int) -> None:
    """Each token has its line, in one file."""
    for number in range(others + 1):
        nas.drive(f"sd{'abcdefg'[number]}", f"SER{number}")
        nas.start(f"t{number}", serial=f"SER{number}", device=f"sd{'abcdefg'[number]}")
    for number in range(others + 1):
        assert nas.ended(f"t{number}").state is AgentState.PASSED
