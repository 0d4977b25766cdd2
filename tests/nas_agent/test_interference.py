"""Who wrote what came back is found out before a drive is accused."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_components.truenas_burnin.nas_agent import interference
from custom_components.truenas_burnin.nas_agent.drive.users import User
from custom_components.truenas_burnin.nas_agent.ending import Ending
from custom_components.truenas_burnin.nas_agent.engines.findings import (
    Cause,
    Finding,
    Kind,
)
from custom_components.truenas_burnin.nas_agent.interference import Interference

from .drives import MemoryDrive

FOREIGN = [Finding(Kind.COMPARE, 0, 4096, Cause.BITS_DIFFER)]
OURS = [Finding(Kind.COMPARE, 0, 4096, Cause.OTHER_ADDRESS, 8192)]
SOMEBODY = (User("process", "dd (77)"),)


class Nas:
    """What is known of a drive on a NAS."""

    def __init__(self, sys: Path, counts: bool = True) -> None:
        """Count the sectors written, or not."""
        self.block = sys / "block" / "sdb"
        (self.block / "queue").mkdir(parents=True)
        (self.block / "queue" / "iostats").write_text("1\n" if counts else "0\n")
        self.medium = MemoryDrive()
        self.users: tuple[User, ...] = ()
        self.sectors(100)
        self.watched = Interference(self.medium, lambda: self.users, sys, "sdb")

    def sectors(self, written: int) -> None:
        """Set the kernel's count."""
        (self.block / "stat").write_text(f" 1 2 3 4 5 6 {written} 8 9 10 11\n")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is there at all stays."""
    monkeypatch.setattr(interference, "PASSING", 0.0)


@pytest.mark.parametrize("findings", [FOREIGN, OURS])
def test_writes_that_were_not_ours(tmp_path: Path, findings: list[Finding]) -> None:
    """They end the job, errors or not: somebody is losing data."""
    nas = Nas(tmp_path)
    nas.medium.written = 8 * 512
    nas.sectors(108)
    nas.watched.check()
    nas.sectors(109)
    with pytest.raises(Ending) as ended:
        nas.watched.check()
    assert ended.value.state == "refused"
    assert ended.value.reason == {
        "code": "interference",
        "details": {"bytes": 512},
        "message": "",
    }
    with pytest.raises(Ending):
        nas.watched.judge(findings)


def test_who_only_looks_excuses_no_drive(tmp_path: Path) -> None:
    """The kernel counted our writes alone."""
    nas = Nas(tmp_path)
    nas.users = SOMEBODY
    nas.watched.judge(FOREIGN)


def test_less_than_ours_is_no_interference(tmp_path: Path) -> None:
    """Requests that failed early were never counted."""
    nas = Nas(tmp_path)
    nas.medium.written = 1 << 20
    nas.watched.check()


@pytest.mark.parametrize("passthrough", [False, True])
def test_nobody_counts(tmp_path: Path, passthrough: bool) -> None:
    """Whoever has the drive open is suspected, but not of writing our own stamps."""
    nas = Nas(tmp_path, counts=passthrough)
    if passthrough:
        (nas.block / "queue" / "iostats_passthrough").write_text("1\n")
    nas.sectors(10_000)
    nas.watched.check()
    nas.watched.judge(FOREIGN)
    nas.users = SOMEBODY
    nas.watched.judge(OURS)
    with pytest.raises(Ending) as ended:
        nas.watched.judge(FOREIGN)
    assert ended.value.reason is not None
    assert ended.value.reason["details"] == {
        "users": [{"kind": "process", "name": "dd (77)"}]
    }
