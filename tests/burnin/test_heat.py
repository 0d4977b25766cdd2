"""Where a surface pass stands still, by drive."""

from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.evidence import HeatLimits
from custom_components.truenas_burnin.burnin.heat import heat_limits
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.truenas.models import DriveType

from .fakes import Bench, a_drive, a_report
from .test_runner import to_surface

HDD, SSD, NVME = DriveType.HDD, DriveType.SSD, DriveType.NVME


@pytest.mark.parametrize(
    ("kind", "own", "limits"),
    [
        (HDD, None, (55, 48)),
        (DriveType.UNKNOWN, None, (55, 48)),
        (SSD, None, (65, 55)),
        (NVME, None, (65, 55)),
        (HDD, 60.0, (55, 48)),
        (HDD, 50.0, (50, 43)),
        (NVME, 85.0, (65, 55)),
        (SSD, 60.0, (60, 50)),
    ],
)
def test_the_lower_limit_counts(
    kind: DriveType, own: float | None, limits: tuple[int, int]
) -> None:
    """That of its kind, or its own."""
    drive = a_drive(type=kind)
    report = a_report(drive, temperature_limit=own)
    assert heat_limits(drive, Settings(), report) == HeatLimits(
        pause_at=limits[0], resume_at=limits[1]
    )


def test_without_a_report() -> None:
    """The limits of the kind stay."""
    assert heat_limits(a_drive(), Settings(), None) == HeatLimits(
        pause_at=55, resume_at=48
    )


@pytest.mark.parametrize(("own", "at"), [(None, 55), (49.0, 49)])
async def test_the_agent_is_told(own: Any, at: int) -> None:
    """By what the precheck read."""
    bench = Bench(a_drive())
    report = a_report(a_drive(), temperature_limit=own)
    bench.nas.reports[a_drive().serial] = report
    await to_surface(bench)
    assert bench.nas.plans[0].pause_at == at


async def test_other_limits_reach_a_running_worker() -> None:
    """A person sets them while the drive is written: once, and once more if changed."""
    bench = Bench(a_drive())
    await to_surface(bench)
    await bench.cycle(2)
    assert bench.nas.calls_of("limit_surface") == []
    bench.runner.settings = Settings(hdd_pause_at=45, hdd_resume_at=40)
    await bench.cycle(3)
    (told,) = bench.nas.calls_of("limit_surface")
    assert told.split()[2:] == ["45", "40"]
    await bench.restarted().load()
    bench.runner.settings = Settings(hdd_pause_at=45, hdd_resume_at=40)
    await bench.cycle(2)
    assert len(bench.nas.calls_of("limit_surface")) == 1
