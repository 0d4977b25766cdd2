"""What makes a burn-in impossible ends it before anything is written."""

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.obstacles import obstacles
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of

from ..said import said
from .fakes import Bench, a_report
from .test_runner import DRIVE, current, submit

SILENT: dict[str, object] = {"counters": {}, "passed": None}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"locked": True}, "the drive is locked by a password"),
        ({"logical_sector": 520}, "sectors of 520 bytes"),
        ({"smart_enabled": False, **SILENT}, "SMART is switched off in the drive"),
    ],
)
async def test_an_obstacle_ends_the_precheck(
    changes: dict[str, object], words: str
) -> None:
    """At once, with what to do; the drive is not to blame."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, **changes)
    await submit(bench, plan_of(Profile.FULL))
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert words in said(current(bench))
    assert bench.nas.calls_of("start_surface") == []
    assert bench.nas.calls_of("start_self_test") == []


def test_what_is_only_read_may_be_locked() -> None:
    """And of any sector size; without SMART there is nothing to read."""
    report = a_report(DRIVE, locked=True, logical_sector=520, smart_enabled=False)
    keys = [reason.key for reason in obstacles(report, destructive=False)]
    assert keys == ["smart_off"]


def test_a_sas_drive_with_smart_off_still_counts_its_errors() -> None:
    """Many ship so."""
    report = a_report(DRIVE, protocol="SCSI", smart_enabled=False)
    assert obstacles(report, destructive=True) == ()
