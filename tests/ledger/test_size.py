"""How much of the ledger one burn-in takes."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.model import Stage, StageKind
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.ranges import surface_ranges
from custom_components.truenas_burnin.ledger.codec import stage_row
from custom_components.truenas_burnin.truenas.surface import Activity, RangeRecord

from ..burnin.fakes import a_drive

MOST = 200_000
"""Bytes: 10,000 burn-ins then take 2 GB, in the worst case."""


def a_finished_run(stage: Stage, size: int) -> Stage:
    """Return a surface stage with numbers as long as those of real drives."""
    run = stage.found(SurfaceRun)
    if run is None:
        return stage
    ranges = surface_ranges(size)
    records = tuple(
        RangeRecord(
            sweep=sweep,
            index=index,
            start=item.start,
            length=item.length,
            activity=Activity.WRITE if sweep % 2 else Activity.VERIFY,
            seconds=round(434.567 + index / 7, 3),
            temperature=30 + index % 20,
            slowest_ms=round(1234.567 + index / 3, 3),
            p999_ms=round(123.456 + index / 3, 3),
        )
        for sweep in range(1, run.sweeps + 1)
        for index, item in enumerate(ranges)
    )
    return replace(stage, evidence=replace(run, ranges=ranges, records=records))


@pytest.mark.parametrize("profile", [Profile.FULL, Profile.THOROUGH, Profile.CLASSIC])
def test_a_burn_in_is_small(profile: Profile) -> None:
    """Every range of every sweep is kept all the same."""
    drive = a_drive(size=24_000_277_250_048)
    stages = plan_of(profile).stages(drive)
    (surface,) = (s for s in stages if s.kind is StageKind.SURFACE_VALIDATE)
    row = stage_row("x", 0, a_finished_run(surface, drive.size))
    assert len(row["evidence"]) < MOST
