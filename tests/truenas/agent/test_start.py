"""A job is begun as a whole or not at all, and once."""

import shutil

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import RANGES, SIZE, Nas, started, wait_for

FULL = """\
#!/bin/sh
for last; do :; done
case $last in */jobs/t1{file}) echo 'No space left on device' >&2; exit 1 ;; esac
exec {real} "$@"
"""


@pytest.mark.parametrize(
    ("tool", "file"),
    [
        ("mkdir", ""),
        ("cp", "/request.new"),
        ("mv", "/request"),
        ("mv", "/serial"),
        ("mv", "/state"),
    ],
)
def test_no_space_for_a_job(nas: Nas, tool: str, file: str) -> None:
    """Nothing is left that would be in the way once there is space."""
    content = nas.drive()
    nas.shadow(tool, FULL.format(file=file, real=shutil.which(tool)))
    assert nas.start()["error"] == "no_space"
    assert not list((nas.root / "jobs").iterdir())
    assert content.read_bytes() == b"\x5a" * SIZE
    (nas.folder / "bin" / tool).unlink()
    assert nas.start() == {"ok": True}
    assert nas.ended().state is AgentState.PASSED


@pytest.mark.parametrize("file", ["state", "owner", "worker", "began", "partitions"])
def test_no_space_for_a_worker(nas: Nas, file: str) -> None:
    """A worker that cannot say that it runs does not."""
    content = nas.drive()
    real = shutil.which("mv")
    nas.shadow(
        "mv",
        f"#!/bin/sh\nfor last; do :; done\ncase $last in *{file})\n"
        f'  case $(cat "$2" "$3" 2>/dev/null) in interrupted) ;; *) exit 1 ;; esac\n'
        f'esac\nexec {real} "$@"\n',
    )
    assert nas.start()["error"] == "not_started"
    assert content.read_bytes() == b"\x5a" * SIZE
    assert nas.processes() == []
    (nas.folder / "bin/mv").unlink()
    assert nas.start() == {"ok": True}
    assert nas.ended().state is AgentState.PASSED


def test_an_interrupted_job_that_cannot_be_kept_is_kept(nas: Nas) -> None:
    """What was verified is not lost for a full disk."""
    nas.drive()
    nas.switch("wait.32", "")
    nas.start(ranges=RANGES)
    wait_for(lambda: len(nas.log("badblocks")) == 3)
    nas.power_cut()
    nas.switch("wait.32", None)
    nas.shadow("cp", "#!/bin/sh\nexit 1\n")
    assert nas.start(ranges=RANGES)["error"] == "no_space"
    (nas.folder / "bin/cp").unlink()
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    assert len(nas.log("badblocks")) == 4


def test_half_a_job_of_a_former_agent(nas: Nas) -> None:
    """A folder without its request was never begun."""
    nas.drive()
    (nas.root / "jobs/t1").mkdir(parents=True)
    (nas.root / "jobs/t1/ranges").write_text("")
    assert nas.start() == {"ok": True}
    assert nas.ended().state is AgentState.PASSED


@pytest.mark.parametrize("state", [None, "", "runn"])
def test_a_state_that_is_lost(nas: Nas, state: str | None) -> None:
    """Nothing runs: it is taken up, not taken for under way."""
    started(nas)
    nas.power_cut()
    file = nas.root / "jobs/t1/state"
    file.unlink()
    if state is not None:
        file.write_text(state)
    nas.switch("wait", None)
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    assert len(nas.ranges()) == 3


@pytest.mark.parametrize(
    "done",
    [
        "0 4096 0 15 1 0 0 0 35\n1 4096 16 31 1 0 0 0 35\n1 4096 16 31 1 0 0 0 35\n",
        "0 4096 0 15 1 0 0 0 35\n2 4096 32 63 1 0 0 0 35\n",
    ],
)
def test_nothing_passes_but_what_was_asked_for(nas: Nas, done: str) -> None:
    """Other ranges than those of the plan are no pass of the plan."""
    started(nas)
    nas.power_cut()
    (nas.root / "jobs/t1/done").write_text(done)
    nas.switch("wait", None)
    assert nas.start(ranges=RANGES) == {"ok": True}
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.STOPPED, "incomplete")


def test_ranges_that_cannot_be_read(nas: Nas) -> None:
    """Whatever cuts them off, the drive has not passed."""
    content = nas.drive()
    real = shutil.which("sed")
    words = "case \"$*\" in '-n s/^range //p '*) exit 4 ;; esac"
    nas.shadow("sed", f'#!/bin/sh\n{words}\nexec {real} "$@"\n')
    nas.start()
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.STOPPED, "incomplete")
    assert content.read_bytes() == b"\x5a" * SIZE


def test_a_job_of_the_former_agent_goes_on(nas: Nas) -> None:
    """It kept its ranges in a file of their own, and knew less."""
    started(nas)
    nas.power_cut()
    job = nas.root / "jobs/t1"
    (job / "ranges").write_text("4096 0 15\n4096 16 31\n4096 32 63\n")
    (job / "partitions").unlink()
    (job / "done").write_text("0 4096 0 15 1 0 0 0\n")
    nas.switch("wait", None)
    before = len(nas.log("badblocks"))
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    assert len(nas.log("badblocks")) - before == 2


def test_a_cleaned_job_is_never_begun_again(nas: Nas) -> None:
    """By an old ledger, or one that another shares: the drive may hold data by now."""
    content = nas.drive()
    nas.start()
    nas.ended()
    assert nas.ask("verb clean", "token t1")[0] == {"ok": True}
    content.write_bytes(b"\x77" * SIZE)
    assert nas.start()["error"] == "already_done"
    assert nas.start("t2") == {"ok": True}
    assert nas.ended("t2").state is AgentState.PASSED


def test_no_space_to_remember_a_cleaned_job(nas: Nas) -> None:
    """It stays until it can be remembered."""
    nas.drive()
    nas.start()
    nas.ended()
    real = shutil.which("touch")
    full = "case $1 in */spent/*) exit 1 ;; esac"
    nas.shadow("touch", f'#!/bin/sh\n{full}\nexec {real} "$@"\n')
    assert nas.ask("verb clean", "token t1")[0]["error"] == "no_space"
    assert nas.status().state is AgentState.PASSED


def test_a_stop_that_overtakes_its_start(nas: Nas) -> None:
    """Nothing begins that was cancelled, however late its request is found."""
    content = nas.drive()
    assert nas.ask("verb stop", "token t1")[0]["error"] == "unknown_token"
    assert nas.start()["error"] == "already_done"
    assert content.read_bytes() == b"\x5a" * SIZE
