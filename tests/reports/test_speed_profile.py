"""The speed over the surface."""

from dataclasses import replace

from custom_components.truenas_burnin.burnin.evidence import Checkpoint
from custom_components.truenas_burnin.burnin.model import BurnIn, StageKind
from custom_components.truenas_burnin.reports.speed_profile import Sample, speed_profile

from ..ledger.builders import a_burn_in
from .builders import RANGE, a_passed_one, a_stage, surface_evidence


def with_profile(*points: tuple[int, int, int | None]) -> BurnIn:
    """Return a burn-in whose surface stage left this behind."""
    evidence = replace(
        surface_evidence(finished=False),
        profile=tuple(
            Checkpoint(
                ranges=done, done=done * RANGE, seconds=seconds, temperature=temperature
            )
            for done, seconds, temperature in points
        ),
    )
    surface = a_stage(StageKind.SURFACE_VALIDATE, evidence=evidence)
    return a_burn_in(stages=(a_stage(StageKind.PRECHECK), surface))


def test_of_a_pass_that_is_done() -> None:
    """By the seconds of each range, in each sweep."""
    samples = speed_profile(a_passed_one())
    assert len(samples) == 8
    assert samples[5] == Sample(
        bytes=6 * RANGE, seconds=155.0, speed=round(RANGE / 25), temperature=36
    )


def test_of_a_pass_under_way() -> None:
    """By what was seen; ranges that ended between two looks share a sample."""
    first, second = speed_profile(with_profile((1, 40, 35), (3, 160, None)))
    assert (first.bytes, first.seconds, first.temperature) == (RANGE, 40, 35)
    assert (second.bytes, second.seconds, second.temperature) == (3 * RANGE, 160, None)
    assert second.speed == round(2 * RANGE / 120)


def test_ranges_too_quick_to_measure() -> None:
    """They count with the next one, and none is lost from the bytes."""
    (sample,) = speed_profile(with_profile((1, 0, None), (2, 0, None), (3, 5, None)))
    assert (sample.bytes, sample.speed) == (3 * RANGE, round(3 * RANGE / 5))
    assert speed_profile(with_profile((1, 0, None))) == ()


def test_nothing_to_tell() -> None:
    """Without a surface stage, or before its first range."""
    assert speed_profile(a_burn_in()) == ()
    assert speed_profile(with_profile()) == ()


def test_the_whole_surface_goes_before_zones() -> None:
    """Where a plan has both, the longer one is drawn."""
    zones = a_stage(StageKind.IO_VALIDATE, evidence=surface_evidence(2))
    done = a_passed_one()
    assert len(speed_profile(replace(done, stages=(zones, *done.stages)))) == 8
    assert len(speed_profile(replace(done, stages=(zones,)))) == 4
