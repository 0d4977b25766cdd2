"""Which stages a burn-in is made of, in which order, and how long they take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ..truenas.models import Drive, DriveType, SelfTestKind, WipeMode
from ..truenas.surface import ContentItem, Method
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
    CLASSIC = "classic"
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
    Profile.CLASSIC: (
        StageKind.SHORT_SMART,
        StageKind.LONG_SMART,
        StageKind.SURFACE_VALIDATE,
    ),
}

_METHODS: Final[Mapping[Profile, tuple[Method, int]]] = {
    Profile.THOROUGH: (Method.STAMPED, 2),
    Profile.CLASSIC: (Method.PATTERNS, 1),
}
"""How those profiles write that do not write once, stamped."""

SOLID_STATES: Final = (DriveType.SSD, DriveType.NVME)
"""Each sweep wears them: they are written once, whatever the plan, and discarded."""

_BYTES_PER_SECOND: Final = 180_000_000
"""Whole-surface average of a hard drive."""

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
    method: Method = Method.STAMPED
    passes: int = 1

    @property
    def destructive(self) -> bool:
        """Tell whether the plan overwrites data."""
        return any(kind.destructive for kind in self.kinds)

    @property
    def self_tests(self) -> bool:
        """Tell whether the drive is to test itself."""
        return any(kind in SELF_TESTS for kind in self.kinds)

    def stages(
        self,
        drive: Drive,
        confirmed: tuple[ContentItem, ...] = (),
        *,
        verified: bool = True,
    ) -> tuple[Stage, ...]:
        """Return the stages as they stand before the burn-in of this drive.

        `confirmed` is what a person saw on it and agreed to lose. Without `verified`
        the NAS itself overwrites it, and nothing is read back.
        """
        run = self._surface(drive, confirmed)
        return tuple(
            Stage(
                kind=kind,
                weight=expected_seconds(kind, drive.size, run.sweeps),
                evidence=_planned(kind, run, verified=verified),
            )
            for kind in self.kinds
        )

    def _surface(self, drive: Drive, confirmed: tuple[ContentItem, ...]) -> SurfaceRun:
        if drive.type in SOLID_STATES:
            return SurfaceRun(discard=True, confirmed=confirmed)
        return SurfaceRun(method=self.method, passes=self.passes, confirmed=confirmed)


WIPES: Final[Mapping[StageKind, WipeMode]] = {
    StageKind.IO_VALIDATE: WipeMode.QUICK,
    StageKind.SURFACE_VALIDATE: WipeMode.FULL,
}
"""What stands in for a surface pass where the key may not run commands."""


def _planned(
    kind: StageKind, run: SurfaceRun, *, verified: bool
) -> SurfaceRun | WipeRun | None:
    if kind not in WIPES:
        return None
    return run if verified else WipeRun(mode=WIPES[kind])


def plan_of(profile: Profile) -> Plan:
    """Return the plan of a ready-made profile; PlanError for `custom`."""
    if profile not in _STAGES:
        raise PlanError("stages_required")
    method, passes = _METHODS.get(profile, (Method.STAMPED, 1))
    return Plan(profile, _framed(_STAGES[profile]), method, passes)


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


def expected_seconds(kind: StageKind, size: int, sweeps: int = 2) -> float:
    """Return how long a stage is expected to take on `size` bytes, in seconds.

    A surface stage goes over its ranges `sweeps` times.
    """
    sweep = size / _BYTES_PER_SECOND
    zones = sum(item.length for item in zone_ranges(size)) / _BYTES_PER_SECOND
    return {
        StageKind.PRECHECK: _CHECK_SECONDS,
        StageKind.SHORT_SMART: 120.0,
        StageKind.CONVEYANCE_SMART: 300.0,
        StageKind.LONG_SMART: max(120.0, sweep),
        StageKind.IO_VALIDATE: max(60.0, zones * sweeps),
        StageKind.SURFACE_VALIDATE: max(60.0, sweep * sweeps),
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
