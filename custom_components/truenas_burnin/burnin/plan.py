"""Which stages a burn-in is made of, in which order, and how long they take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ..truenas.models import Drive, DriveType, SelfTestKind, WipeMode
from .evidence import SurfaceRun, WipeRun
from .model import Stage, StageKind
from .ranges import zone_ranges


class Profile(StrEnum):
    """Ready-made lists of stages."""

    FULL = "full"
    QUICK = "quick"
    SURFACE = "surface"
    SMART = "smart"
    THOROUGH = "thorough"
    CUSTOM = "custom"


_STAGES: Final[Mapping[Profile, tuple[StageKind, ...]]] = {
    Profile.FULL: (
        StageKind.SHORT_SMART,
        StageKind.LONG_SMART,
        StageKind.SURFACE_VALIDATE,
    ),
    Profile.QUICK: (StageKind.SHORT_SMART, StageKind.IO_VALIDATE),
    Profile.SURFACE: (StageKind.SURFACE_VALIDATE,),
    Profile.SMART: (StageKind.SHORT_SMART, StageKind.LONG_SMART),
    Profile.THOROUGH: (
        StageKind.SHORT_SMART,
        StageKind.CONVEYANCE_SMART,
        StageKind.LONG_SMART,
        StageKind.SURFACE_VALIDATE,
        StageKind.LONG_SMART,
    ),
}

FOUR_PATTERNS: Final = (0xAA, 0x55, 0xFF, 0x00)
"""The patterns of `badblocks -w` (e2fsprogs), in its order."""

ONE_PATTERN: Final = (0x00,)
SOLID_STATES: Final = (DriveType.SSD, DriveType.NVME)
"""Each pattern wears them, and their cells are not where the blocks say."""

_BYTES_PER_SECOND: Final = 180_000_000
"""Whole-surface average of a hard drive (burn-in-field.md A.5)."""

_CHECK_SECONDS: Final = 10.0

SELF_TESTS: Final[Mapping[StageKind, SelfTestKind]] = {
    StageKind.SHORT_SMART: SelfTestKind.SHORT,
    StageKind.CONVEYANCE_SMART: SelfTestKind.CONVEYANCE,
    StageKind.LONG_SMART: SelfTestKind.LONG,
}


class PlanError(ValueError):
    """A list of stages that no burn-in can be made of.

    `key` and `placeholders` name the translated message.
    """

    def __init__(self, key: str, **placeholders: str) -> None:
        """Keep what the message needs."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


@dataclass(frozen=True, slots=True)
class Plan:
    """A validated, ordered list of stages; precheck first, final_check last."""

    profile: Profile
    kinds: tuple[StageKind, ...]

    @property
    def destructive(self) -> bool:
        """Tell whether the plan overwrites data."""
        return any(kind.destructive for kind in self.kinds)

    @property
    def self_tests(self) -> bool:
        """Tell whether the drive is to test itself."""
        return any(kind in SELF_TESTS for kind in self.kinds)

    def stages(self, drive: Drive, *, verified: bool = True) -> tuple[Stage, ...]:
        """Return the stages as they stand before the burn-in of this drive.

        Without `verified` the NAS itself overwrites it, and nothing is read back.
        """
        patterns = patterns_of(drive)
        return tuple(
            Stage(
                kind=kind,
                weight=expected_seconds(kind, drive.size, len(patterns)),
                evidence=_planned(kind, patterns, verified=verified),
            )
            for kind in self.kinds
        )


WIPES: Final[Mapping[StageKind, WipeMode]] = {
    StageKind.IO_VALIDATE: WipeMode.QUICK,
    StageKind.SURFACE_VALIDATE: WipeMode.FULL,
}
"""What stands in for a surface pass where the key may not run commands."""


def _planned(
    kind: StageKind, patterns: tuple[int, ...], *, verified: bool
) -> SurfaceRun | WipeRun | None:
    if kind not in WIPES:
        return None
    return SurfaceRun(patterns=patterns) if verified else WipeRun(mode=WIPES[kind])


def patterns_of(drive: Drive) -> tuple[int, ...]:
    """Return what a surface stage writes to a drive, one pattern after the other."""
    return ONE_PATTERN if drive.type in SOLID_STATES else FOUR_PATTERNS


def plan_of(profile: Profile) -> Plan:
    """Return the plan of a ready-made profile; PlanError for `custom`."""
    if profile not in _STAGES:
        raise PlanError("stages_required")
    return Plan(profile, _framed(_STAGES[profile]))


def plan_from_stages(names: Sequence[str]) -> Plan:
    """Return the plan of a person's own list of stages.

    Raise PlanError for an empty list, unknown names and repeats. precheck and
    final_check may be left out or stand in their places; elsewhere is refused.
    """
    kinds: list[StageKind] = []
    for name in names:
        if name not in StageKind:
            raise PlanError(
                "unknown_stage", stage=name, stages=", ".join(sorted(StageKind))
            )
        kinds.append(StageKind(name))
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise PlanError("repeated_stage", stage=kind)
    if StageKind.PRECHECK in kinds[1:]:
        raise PlanError("misplaced_stage", stage=StageKind.PRECHECK)
    if StageKind.FINAL_CHECK in kinds[:-1]:
        raise PlanError("misplaced_stage", stage=StageKind.FINAL_CHECK)
    checks = (StageKind.PRECHECK, StageKind.FINAL_CHECK)
    own = tuple(kind for kind in kinds if kind not in checks)
    if not own:
        raise PlanError("no_stages")
    return Plan(Profile.CUSTOM, _framed(own))


def _framed(kinds: tuple[StageKind, ...]) -> tuple[StageKind, ...]:
    return (StageKind.PRECHECK, *kinds, StageKind.FINAL_CHECK)


def expected_seconds(kind: StageKind, size: int, patterns: int = 4) -> float:
    """Return how long a stage is expected to take on `size` bytes, in seconds."""
    sweep = size / _BYTES_PER_SECOND
    zones = sum(item.size for item in zone_ranges(size)) / _BYTES_PER_SECOND
    return {
        StageKind.PRECHECK: _CHECK_SECONDS,
        StageKind.SHORT_SMART: 120.0,
        StageKind.CONVEYANCE_SMART: 300.0,
        StageKind.LONG_SMART: max(120.0, sweep),
        StageKind.IO_VALIDATE: max(60.0, zones * 2 * patterns),
        StageKind.SURFACE_VALIDATE: max(60.0, sweep * 2 * patterns),
        StageKind.FINAL_CHECK: _CHECK_SECONDS,
    }[kind]


def with_estimates(
    stages: tuple[Stage, ...], minutes: Mapping[SelfTestKind, int]
) -> tuple[Stage, ...]:
    """Return the stages weighed by the drive's own self-test estimates."""
    return tuple(
        replace(stage, weight=minutes[SELF_TESTS[stage.kind]] * 60.0)
        if stage.kind in SELF_TESTS and minutes.get(SELF_TESTS[stage.kind])
        else stage
        for stage in stages
    )
