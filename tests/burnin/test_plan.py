"""Profiles and a person's own stage lists."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.model import StageKind
from custom_components.truenas_burnin.burnin.plan import (
    PlanError,
    Profile,
    expected_seconds,
    plan_from_stages,
    plan_of,
    with_estimates,
)
from custom_components.truenas_burnin.truenas.models import DriveType, SelfTestKind
from custom_components.truenas_burnin.truenas.surface import ContentItem, Method

from .fakes import a_drive

OWN = [
    kind
    for kind in StageKind
    if kind not in (StageKind.PRECHECK, StageKind.FINAL_CHECK)
]


@pytest.mark.parametrize("profile", [item for item in Profile if item != "custom"])
def test_every_profile_is_framed_by_the_checks(profile: Profile) -> None:
    """Precheck is first and final_check last."""
    plan = plan_of(profile)
    assert plan.kinds[0] is StageKind.PRECHECK
    assert plan.kinds[-1] is StageKind.FINAL_CHECK
    assert plan.destructive is (profile is not Profile.SMART)


def test_full_is_non_destructive_first() -> None:
    """The self-tests come before the drive is overwritten."""
    assert plan_of(Profile.FULL).kinds == (
        StageKind.PRECHECK,
        StageKind.SHORT_SMART,
        StageKind.LONG_SMART,
        StageKind.SURFACE_VALIDATE,
        StageKind.FINAL_CHECK,
    )


def test_custom_has_no_ready_list() -> None:
    """`custom` without stages is refused."""
    with pytest.raises(PlanError) as error:
        plan_of(Profile.CUSTOM)
    assert error.value.key == "stages_required"


@given(st.lists(st.sampled_from(OWN), min_size=1, unique=True))
def test_any_order_of_own_stages_is_kept(kinds: list[StageKind]) -> None:
    """The order is the person's."""
    plan = plan_from_stages([str(kind) for kind in kinds])
    assert list(plan.kinds[1:-1]) == kinds
    assert plan.profile is Profile.CUSTOM


def test_checks_may_stand_in_their_places() -> None:
    """A list that names the checks itself is the same list."""
    framed = plan_from_stages(["precheck", "short_smart", "final_check"])
    assert framed == plan_from_stages(["short_smart"])


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["short_smart", "badblocks"], "unknown_stage"),
        (["short_smart", "short_smart"], "repeated_stage"),
        (["short_smart", "precheck"], "misplaced_stage"),
        (["final_check", "short_smart"], "misplaced_stage"),
        ([], "no_stages"),
        (["precheck", "final_check"], "no_stages"),
    ],
)
def test_bad_lists_are_refused(names: list[str], key: str) -> None:
    """Each bad list has its own message."""
    with pytest.raises(PlanError) as error:
        plan_from_stages(names)
    assert error.value.key == key


TANK = (ContentItem(place="partition 1", type="zfs_member", label="tank"),)


@pytest.mark.parametrize(
    ("profile", "kind", "run"),
    [
        ("full", DriveType.HDD, SurfaceRun()),
        ("surface", DriveType.HDD, SurfaceRun()),
        ("thorough", DriveType.HDD, SurfaceRun(passes=2)),
        ("classic", DriveType.HDD, SurfaceRun(method=Method.PATTERNS)),
        ("full", DriveType.SSD, SurfaceRun(discard=True)),
        ("thorough", DriveType.NVME, SurfaceRun(discard=True)),
        ("classic", DriveType.SSD, SurfaceRun(discard=True)),
    ],
)
def test_destructive_stages_carry_their_method(
    profile: str, kind: DriveType, run: SurfaceRun
) -> None:
    """And what was confirmed; solid state is written once, whatever the profile."""
    stages = plan_of(Profile(profile)).stages(a_drive(type=kind), TANK)
    (surface,) = (stage for stage in stages if stage.kind.destructive)
    assert surface.evidence == replace(run, confirmed=TANK)
    others = [stage.evidence for stage in stages if not stage.kind.destructive]
    assert not any(others)


@pytest.mark.parametrize(
    ("profile", "sweeps"), [("full", 2), ("thorough", 4), ("classic", 8)]
)
def test_sweeps_weigh(profile: str, sweeps: int) -> None:
    """A stage takes as long as there is to write and to read back."""
    drive = a_drive()
    stages = plan_of(Profile(profile)).stages(drive)
    (surface,) = (stage for stage in stages if stage.kind.destructive)
    assert surface.weight == pytest.approx(sweeps * drive.size / 180e6)


def test_a_big_drive_takes_days() -> None:
    """12 TB at 180 MB/s, 8 sweeps: 6.2 days."""
    seconds = expected_seconds(StageKind.SURFACE_VALIDATE, 12_000_138_625_024, 8)
    assert seconds / 86400 == pytest.approx(6.2, abs=0.05)


def test_estimates_of_the_drive_weigh_its_self_tests() -> None:
    """Only the self-tests the drive tells of are reweighed."""
    stages = plan_of(Profile.THOROUGH).stages(a_drive())
    weighed = with_estimates(stages, {SelfTestKind.LONG: 700})
    assert [
        stage.weight for stage in weighed if stage.kind is StageKind.LONG_SMART
    ] == [42000.0, 42000.0]
    assert weighed[1] == stages[1]
