"""The guard hears wishes and heat, tells, and is held up by nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import shutil
import threading
from types import SimpleNamespace

import pytest

from custom_components.truenas_burnin.nas_agent import guard as guard_module
from custom_components.truenas_burnin.nas_agent.ending import Ending
from custom_components.truenas_burnin.nas_agent.errors import Json
from custom_components.truenas_burnin.nas_agent.guard import Guard
from custom_components.truenas_burnin.nas_agent.jobs import Job, Jobs, State
from custom_components.truenas_burnin.nas_agent.plan import Limits
from custom_components.truenas_burnin.nas_agent.progress import Progress

from .drives import machine, make_plan


class Thermometer:
    """A drive of which only the heat is of interest."""

    def __init__(self) -> None:
        """Be awake, and not tell."""
        self.degrees: int | None = None
        self.asleep = False
        self.silent = 0.0
        self.asked = 0
        self.answers = threading.Event()
        self.answers.set()

    def temperature(self) -> int | None:
        """Tell it, unless asleep."""
        self.answers.wait()
        self.asked += 1
        return None if self.asleep else self.degrees

    def hanging(self) -> float:
        """Return for how long it has been silent."""
        return self.silent

    def wake(self) -> None:
        """Spin up."""
        self.asleep = False


@dataclass
class Scene:
    """A guard whose time stands still."""

    job: Job
    progress: Progress
    guard: Guard
    left: list[str]
    drive: Thermometer
    now: float = 1000.0

    def later(self, seconds: float) -> dict[str, Json]:
        """Let time pass, then look around once."""
        self.now += seconds
        self.guard.tick()
        return self.job.status()

    def heat(self, degrees: int | None) -> dict[str, Json]:
        """Have the drive say how warm it is, and look around once."""
        self.drive.degrees = degrees
        told = self.guard._degrees(self.drive)
        if told is not None:
            self.guard._heat_at = self.now
            self.progress.heat(told)
        return self.later(1)

    def holds(self) -> str | None:
        """Return why the main thread is to stand still."""
        return self.guard._hold


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a guard over a running job."""
    job = Jobs(machine(tmp_path)).create(make_plan())
    progress = Progress(state=State.RUNNING)
    left: list[str] = []
    scene = Scene(job, progress, SimpleNamespace(), left, Thermometer())  # type: ignore[arg-type]
    clock = SimpleNamespace(monotonic=lambda: scene.now)
    monkeypatch.setattr(guard_module, "time", clock)
    scene.guard = Guard(job, job.plan(), progress, "boot1", lambda: left.append("left"))
    scene.guard._hanging = scene.drive.hanging
    return scene


def test_status_is_told_when_it_changes(scene: Scene) -> None:
    """At once when something happens, every few seconds while numbers grow."""
    first = scene.later(1)["revision"]
    assert isinstance(first, int)
    assert scene.later(1)["revision"] == first
    scene.progress.bytes_here = 4096
    assert scene.later(1)["revision"] == first
    told = scene.later(5)
    assert (told["revision"], told["bytes_done"]) == (first + 1, 4096)
    scene.progress.range = 1
    told = scene.later(1)
    assert (told["revision"], told["range"]) == (first + 2, 1)
    assert told["boot"] == "boot1"


def test_hanging_request_is_told(scene: Scene) -> None:
    """And short ones are not."""
    scene.drive.silent = 9.9
    assert scene.later(6)["hanging_seconds"] == 0
    scene.drive.silent = 4321.5
    assert scene.later(6)["hanging_seconds"] == 4321


def test_pause_and_resume(scene: Scene) -> None:
    """The main thread stands still until the wish is taken back."""
    scene.later(1)
    assert not scene.guard.wants_break()
    scene.job.wish_pause("quiet_hours")
    scene.later(1)
    assert scene.guard.wants_break()
    main = threading.Thread(target=scene.guard.take_break, daemon=True)
    main.start()
    while scene.progress.state is not State.PAUSED:
        pass
    told = scene.later(1)
    assert (told["state"], told["reason"]) == (
        "paused",
        {"code": "quiet_hours", "details": {}, "message": ""},
    )
    scene.job.wish_resume()
    scene.later(1)
    main.join(10)
    assert not main.is_alive()
    told = scene.later(1)
    assert (told["state"], told["reason"]) == ("running", None)


def test_stop_ends_a_pause(scene: Scene) -> None:
    """Nobody needs to resume first."""
    scene.job.wish_pause("person")
    scene.job.wish_stop()
    scene.later(1)
    with pytest.raises(Ending) as ended:
        scene.guard.take_break()
    assert ended.value.state is State.STOPPED


@pytest.mark.parametrize("wish", ["stop", "gone"])
def test_stop_does_not_wait_for_a_hanging_request(scene: Scene, wish: str) -> None:
    """The process is left to the kernel then; also where the job was removed."""
    with scene.job.held():
        scene.later(1)
        if wish == "stop":
            scene.job.wish_stop()
        else:
            shutil.rmtree(scene.job.folder)
        scene.later(1)
        assert scene.left == []
        scene.later(guard_module.STUCK)
    assert scene.left == ["left"]
    if wish == "stop":
        assert scene.job.state() is State.STOPPED
    scene.guard.finish(Ending(State.PASSED))
    assert scene.job.state() is not State.PASSED


def test_heat(scene: Scene) -> None:
    """Pause at the limit, go on at the lower one."""
    scene.heat(54)
    assert scene.holds() is None
    scene.heat(55)
    assert scene.holds() == "heat"
    scene.heat(49)
    assert scene.holds() == "heat"
    scene.heat(48)
    assert scene.holds() is None
    assert scene.later(6)["hottest"] == 55


def test_limits_that_were_changed_meanwhile(scene: Scene) -> None:
    """They count at the next look."""
    scene.heat(50)
    assert scene.holds() is None
    scene.job.wish_limits(Limits(50, 40))
    scene.later(1)
    assert scene.holds() == "heat"


def test_drive_that_stops_telling(scene: Scene) -> None:
    """What was too hot stays so; what was not is not paused for that."""
    scene.heat(40)
    told = scene.later(guard_module.HEAT_IS_OLD + 1)
    assert (told["temperature"], told["hottest"]) == (None, 40)
    assert scene.holds() is None
    scene.heat(60)
    scene.later(guard_module.HEAT_IS_OLD + 1)
    assert scene.holds() == "heat"


def test_drive_that_falls_asleep_while_it_cools_down(scene: Scene) -> None:
    """It is woken: else nobody would ever see that it is cool."""
    scene.drive.asleep = True
    scene.heat(40)
    assert scene.drive.asleep
    scene.drive.asleep = False
    scene.heat(60)
    scene.drive.asleep = True
    scene.heat(35)
    assert scene.holds() is None


def test_temperature_that_never_comes_holds_up_nothing(scene: Scene) -> None:
    """Not the status, not the stop; and when it comes, it counts."""
    scene.drive.answers.clear()
    scene.guard.take_drive(scene.drive)
    scene.job.wish_pause("person")
    assert scene.later(6)["temperature"] is None
    assert scene.holds() == "person"
    scene.drive.degrees = 61
    scene.drive.answers.set()
    while scene.progress.temperature is None:
        pass
    scene.job.wish_resume()
    scene.later(1)
    assert scene.holds() == "heat"
    scene.guard.close()


def test_full_disk_holds_up_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be told now is told later."""

    def full(*words: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as context:
        context.setattr(scene.job, "put_status", full)
        scene.later(6)
    assert scene.later(6)["state"] == "running"


def test_wished_before_the_worker_came(scene: Scene) -> None:
    """A pause outlives a reboot."""
    scene.job.wish_pause("person")
    again = Guard(scene.job, scene.job.plan(), Progress(), "boot2", lambda: None)
    assert again.wants_break()
