"""The table of faults: each, against every method, under a real kernel. Only sound drives pass."""

from dataclasses import dataclass
from pathlib import Path

from _pytest.mark import ParameterSet
import pytest

from tests.rig.guest.accelerator import Accelerator
from tests.rig.guest.agent import GuestAgent, Json, plan
from tests.rig.guest.drives import Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.faults import BLOCK

from .conftest import WORK, keep_table, packed
from .faults import AT, CASES, SIZE, Case

METHODS: dict[str, Json] = {
    "stamped": {"method": "stamped", "passes": 1},
    "thorough": {"method": "stamped", "passes": 2},
    "patterns": {"method": "patterns", "passes": 1},
}


@dataclass(frozen=True)
class Verdict:
    """What came of one drive."""

    state: str
    code: str | None
    causes: frozenset[str]
    first: int | None

    def words(self) -> str:
        """Return a cell of the table."""
        said = [self.state, *([self.code] if self.code else []), *sorted(self.causes)]
        at = "" if self.first is None else f" at {self.first:,}"
        return ", ".join(said) + at


@pytest.fixture(
    scope="module",
    params=list(METHODS),
)
def verdicts(
    request: pytest.FixtureRequest, image: Path, saved: Path, accelerator: Accelerator
) -> dict[str, Verdict]:
    """Let one method judge every faulty drive; verdicts by case."""
    method = METHODS[request.param]
    with Machine(image, WORK, accelerator) as guest:
        guest.resume(saved)
        guest.without_udev()
        disks = guest.plug(*(Drive(case.serial, size=SIZE) for case in CASES))
        names = guest.names()
        agent = GuestAgent(guest.line, packed())
        for case, disk in zip(CASES, disks, strict=True):
            disk.breaks(case.fault(disk.store))
        agent.work(
            [
                plan(case.name, names[case.serial], case.serial, SIZE, **method)
                for case in CASES
            ]
        )
        found = {case.name: _verdict(agent, case) for case in CASES}
    keep_table(request.param, {name: one.words() for name, one in found.items()})
    return found


def _verdict(agent: GuestAgent, case: Case) -> Verdict:
    status = agent.status(case.name)
    assert status is not None, agent.line.get(
        f"/root/.truenas-burnin/jobs/{case.name}/log"
    )
    errors = agent.records(case.name, "errors")
    causes = frozenset(str(one["cause"]) for one in errors)
    first = status.raw["first_error"]
    return Verdict(status.state, status.code, causes, first and first["byte"])


def _parameter(case: Case) -> ParameterSet:
    marks = [pytest.mark.xfail(reason=case.not_seen)] if case.not_seen else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", map(_parameter, CASES))
def test_only_sound_drives_pass(case: Case, verdicts: dict[str, Verdict]) -> None:
    """A drive with a fault does not pass, and the byte that is named is the faulty one."""
    verdict = verdicts[case.name]
    if case.sound:
        assert verdict.state == "passed", verdict
    elif not case.by_chance:
        assert verdict.state in {"failed", "refused"}, verdict
    if case.at is not None and verdict.first is not None:
        assert case.at <= verdict.first < case.at + BLOCK, verdict
    assert verdict.first is None or verdict.first < SIZE


def test_the_place_is_named(verdicts: dict[str, Verdict]) -> None:
    """A fault of one block is told with its byte, not only with a state."""
    for name in ("neighbour", "lost", "astray", "readerror"):
        first = verdicts[name].first
        assert first is not None, name
        assert AT <= first < AT + BLOCK, name
