"""The table of faults: each, against every method, under a real kernel. Only sound drives pass."""

from dataclasses import dataclass
import json
from pathlib import Path

import pytest

from custom_components.truenas_burnin.burnin.surface_words import what_broke
from custom_components.truenas_burnin.reports.reasons import reasons_text
from custom_components.truenas_burnin.truenas.agent.reading import job_status
from tests.rig.guest.accelerator import Accelerator
from tests.rig.guest.agent import GuestAgent, Json, plan, source
from tests.rig.guest.drives import Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.faults import BLOCK

from .conftest import WORK, keep_table, packed
from .faults import AT, CASES, SIZE, Case

_TRANSLATIONS = source().parent / "translations"

METHODS: dict[str, Json] = {
    "stamped": {"method": "stamped", "passes": 1},
    "thorough": {"method": "stamped", "passes": 2},
    "patterns": {"method": "patterns", "passes": 1},
}


@dataclass(frozen=True)
class Verdict:
    """What came of one drive, and what a person reads then."""

    state: str
    code: str | None
    causes: frozenset[str]
    first: int | None
    words: str

    def short(self) -> str:
        """Return a cell of the table."""
        if self.state == "passed":
            return "passes"
        why = sorted(self.causes) or [self.code or ""]
        at = "" if self.first is None else f" at {self.first:,}"
        return f"{self.state}: {', '.join(why)}{at}"


@pytest.fixture(
    scope="module",
    params=[pytest.param("stamped", marks=pytest.mark.short), "thorough", "patterns"],
)
def method(request: pytest.FixtureRequest) -> str:
    """Return the name of a method."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def verdicts(
    method: str, image: Path, saved: Path, accelerator: Accelerator
) -> dict[str, Verdict]:
    """Let one method judge every faulty drive; verdicts by case."""
    with Machine(image, WORK, accelerator) as guest:
        guest.resume(saved)
        guest.without_udev()
        disks = guest.plug(*(Drive(case.serial, size=SIZE) for case in CASES))
        names = guest.names()
        agent = GuestAgent(guest.line, packed())
        for case, disk in zip(CASES, disks, strict=True):
            disk.breaks(case.fault(disk.store))
        agent.work([_plan(case, names[case.serial], method) for case in CASES])
        found = {case.name: _verdict(agent, case) for case in CASES}
    keep_table(method, {name: one.short() for name, one in found.items()})
    keep_table(f"{method}-words", {name: one.words for name, one in found.items()})
    return found


def _plan(case: Case, name: str, method: str) -> Json:
    how = METHODS[method] | {"capacity_check": case.capacity_check}
    return plan(case.name, name, case.serial, SIZE, **how) | {"max_errors": 50}


def _verdict(agent: GuestAgent, case: Case) -> Verdict:
    status = agent.status(case.name)
    assert status is not None, agent.line.get(
        f"/root/.truenas-burnin/jobs/{case.name}/log"
    )
    errors = agent.records(case.name, "errors")
    causes = frozenset(str(one["cause"]) for one in errors)
    first = status.raw["first_error"]
    at = first and first["byte"]
    return Verdict(status.state, status.code, causes, at, _words(status.raw))


def _words(status: Json) -> str:
    """Return what Home Assistant says of it."""
    if status["state"] == "passed":
        return ""
    texts = json.loads((_TRANSLATIONS / "en.json").read_text())["common"]
    return reasons_text(what_broke(job_status(status)), texts.get) or ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_sound_drives_pass(
    case: Case, method: str, verdicts: dict[str, Verdict]
) -> None:
    """A drive with a fault does not pass, and the byte that is named is the faulty one."""
    verdict = verdicts[case.name]
    if case.sound or method in case.blind:
        assert verdict.state == "passed", verdict
    elif not (case.by_chance and method == "stamped"):
        assert verdict.state in {"failed", "refused"}, verdict
    if case.at is not None and verdict.first is not None:
        assert case.at <= verdict.first < case.at + BLOCK, verdict
    assert verdict.first is None or verdict.first < SIZE


def test_the_place_is_named(method: str, verdicts: dict[str, Verdict]) -> None:
    """A fault of one block is told with its byte, not only with a state."""
    for case in CASES:
        if (
            case.name in {"neighbour", "lost", "astray", "readerror"}
            and method not in case.blind
        ):
            first = verdicts[case.name].first
            assert first is not None, case
            assert AT <= first < AT + BLOCK, case
