"""What the verbs do, in this process."""

from __future__ import annotations

import pytest

from custom_components.truenas_burnin.nas_agent import folder
from custom_components.truenas_burnin.nas_agent.agent import Abandoned, Agent, Turn
from custom_components.truenas_burnin.nas_agent.drive import names
from custom_components.truenas_burnin.nas_agent.errors import Code, Json, Refused
from custom_components.truenas_burnin.nas_agent.jobs import Job
from custom_components.truenas_burnin.nas_agent.pace import Pace
from custom_components.truenas_burnin.nas_agent.plan import Plan
from custom_components.truenas_burnin.nas_agent.verbs import VERBS

from .agents import an_agent
from .machine import SIZE, Machine, Says, plan, smart

TOKEN = "a1-surface-1"
DRIVE: dict[str, Json] = {"device": "sdb", "serial": "WD-1234"}


@pytest.fixture
def agent(machine: Machine) -> Agent:
    """Return an agent with an empty drive sdb, whose workers never come up."""
    machine.drive("sdb", "WD-1234")
    machine.paths.systemd.mkdir()
    machine.tool("systemd-run")
    return an_agent(machine, Pace(poll=0.01, start=0.1, stop=0.1))


def run(agent: Agent, verb: str, **arguments: Json) -> dict[str, Json]:
    """Run a verb to its end."""
    return VERBS[verb].run(agent, arguments, Turn(60))


def refusal(agent: Agent, verb: str, **arguments: Json) -> Refused:
    """Return how a verb is refused."""
    with pytest.raises(Refused) as refused:
        run(agent, verb, **arguments)
    return refused.value


@pytest.fixture
def job(agent: Agent) -> Job:
    """Return a job without a worker."""
    return agent.jobs.create(Plan.read(plan()))


# --- whose answer is wanted


def test_given_up() -> None:
    """What was given up begins nothing that cannot be taken back."""
    turn = Turn(0)
    assert turn.give_up()
    with pytest.raises(Abandoned):
        turn.act()
    assert not turn.answer()


def test_not_given_up() -> None:
    """What has begun is waited for."""
    turn = Turn(0)
    turn.act()
    assert not turn.give_up()
    assert turn.answer()
    assert not Turn(60).give_up()


# --- start


def test_worker_on_its_way(agent: Agent, machine: Machine) -> None:
    """However often it is asked, one worker is started and waited for."""
    for _ in range(2):
        assert run(agent, "start", **plan())["state"] == "starting"
    assert len(machine.calls("systemd-run")) == 1


def test_worker_that_never_came(agent: Agent, machine: Machine) -> None:
    """It is started anew."""
    run(agent, "start", **plan())
    agent.beginning.end(TOKEN)
    run(agent, "start", **plan())
    assert len(machine.calls("systemd-run")) == 2


def test_worker_that_cannot_be_started(agent: Agent, machine: Machine) -> None:
    """That is told, and the next request tries again."""
    machine.tool("systemd-run", Says("Failed to connect to bus\n", status=1))
    assert refusal(agent, "start", **plan()).code is Code.INTERNAL
    machine.tool("systemd-run")
    run(agent, "start", **plan())
    assert len(machine.calls("systemd-run")) == 2


def test_ended_job(agent: Agent, machine: Machine, job: Job) -> None:
    """Nothing is done twice; its token starts nothing any more once it is cleaned."""
    assert run(agent, "stop", token=TOKEN)["state"] == "stopped"
    assert run(agent, "start", **plan())["state"] == "stopped"
    assert run(agent, "clean", token=TOKEN) == {}
    assert refusal(agent, "start", **plan()).code is Code.ALREADY_DONE
    assert machine.calls("systemd-run") == []


def test_other_work(agent: Agent, job: Job) -> None:
    """A token is for one plan."""
    assert refusal(agent, "start", **plan(passes=2)).code is Code.BAD_REQUEST


# --- steer


def test_stop_of_what_begins(agent: Agent) -> None:
    """Its worker is coming up, and finds that it has nothing to do."""
    run(agent, "start", **plan())
    assert run(agent, "stop", token=TOKEN)["state"] == "stopped"


def test_clean_of_nothing(agent: Agent) -> None:
    """A token that overtakes its start is spent."""
    assert run(agent, "clean", token=TOKEN) == {}
    assert refusal(agent, "start", **plan()).code is Code.ALREADY_DONE


def test_clean_of_what_begins(agent: Agent) -> None:
    """It is stopped first."""
    run(agent, "start", **plan())
    assert refusal(agent, "clean", token=TOKEN).code is Code.SERIAL_BUSY


def test_reason_of_a_pause(agent: Agent, job: Job) -> None:
    """It is a word, for the feed carries it."""
    assert refusal(agent, "pause", token=TOKEN, reason="A b").code is Code.BAD_REQUEST
    assert refusal(agent, "pause", token=TOKEN, reason=5).code is Code.BAD_REQUEST


# --- look


def test_version(agent: Agent, machine: Machine) -> None:
    """A smartctl that hangs, or speaks another language, is there all the same."""
    machine.tool("smartctl", Says("smartctl 7.4 2023-08-01 r5530\n", when="-V"))
    said = run(agent, "version")
    assert "7.4" in str(said)
    machine.tool("smartctl", Says("unlike any other\n"))
    assert "7.4" not in str(run(agent, "version"))
    (machine.folder / "bin/smartctl").write_bytes(b"\x7fELF of another machine")
    assert "7.4" not in str(run(agent, "version"))


@pytest.mark.parametrize(
    ("size", "said", "code"),
    [(0, 0, Code.SIZE_UNKNOWN), (SIZE, 2 * SIZE, Code.SIZE_DIFFERS)],
)
def test_content_of_odd_size(
    agent: Agent, machine: Machine, size: int, said: int, code: Code
) -> None:
    """A drive that does not know its size, or says another one."""
    node = machine.paths.dev / "sdb"
    machine.kernel.sizes[node.stat().st_ino] = said
    assert refusal(agent, "content", **DRIVE, size=size).code is code


def test_content_of_a_drive_that_goes(
    agent: Agent, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may vanish at any moment."""

    def gone(*_: object) -> int:
        raise OSError(6, "No such device or address")

    monkeypatch.setattr(machine.kernel, "size", gone)
    assert refusal(agent, "content", **DRIVE, size=0).code is Code.DRIVE_VANISHED
    monkeypatch.setattr(machine.kernel, "serial", gone)
    assert refusal(agent, "content", **DRIVE, size=0).code is Code.DRIVE_VANISHED


def test_content_of_a_drive_that_hangs(
    agent: Agent, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not waited for."""
    where = "custom_components.truenas_burnin.nas_agent"
    monkeypatch.setattr(f"{where}.drive.content.PATIENCE", 0.1)
    machine.tool("blkid", Says(hangs=True))
    assert refusal(agent, "content", **DRIVE, size=0).code is Code.DRIVE_HANGS
    monkeypatch.setattr(f"{where}.smartctl.PATIENCE", 0.1)
    machine.smartctl(smart(hangs=True))
    assert refusal(agent, "content", **DRIVE, size=0).code is Code.DRIVE_HANGS


def test_many_things_on_a_drive(agent: Agent, machine: Machine) -> None:
    """What blkid cannot tell apart is something."""
    machine.tool("blkid", Says(status=8))
    assert "several" in str(run(agent, "content", **DRIVE, size=0))


# --- small things of the folder


def test_programs_of_other_versions(
    agent: Agent, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are removed where nothing runs from them; what cannot be is left."""
    other = machine.paths.home / "agent-ffffffffffff.pyz"
    own = machine.paths.home / f"agent-{machine.paths.version}.pyz"
    for program in (other, own):
        program.write_bytes(b"")
    job = agent.jobs.create(Plan.read(plan()))
    folder.remove_other_versions(machine.paths)
    assert other.exists()
    job.remove()
    with monkeypatch.context() as patched:
        patched.setattr(type(other), "unlink", _refuse)
        folder.remove_other_versions(machine.paths)
    assert other.exists()
    folder.remove_other_versions(machine.paths)
    assert not other.exists()
    assert own.exists()


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError


def test_node_that_is_gone(agent: Agent) -> None:
    """A name without a drive has no node."""
    assert names.node_at(agent.paths.dev / "sdz") == ()
