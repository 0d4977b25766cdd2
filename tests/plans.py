"""What the agent may be asked to write, for tests that speak with a real one."""

from dataclasses import replace

from custom_components.truenas_burnin.truenas.surface import (
    ByteRange,
    Epoch,
    Method,
    SurfacePlan,
)

NOBODY = Epoch(id="0" * 32, number=1)
"""The ledger of those who have none."""


def a_plan(device: str, serial: str, size: int, **changes: object) -> SurfacePlan:
    """Return a plan for the first blocks of a drive on which nothing lies."""
    plan = SurfacePlan(
        token="t1",
        ledger=NOBODY,
        device=device,
        serial=serial,
        lunid=None,
        size=size,
        content=(),
        method=Method.STAMPED,
        passes=1,
        ranges=(ByteRange(0, 819_200), ByteRange(819_200, 819_200)),
        capacity_check=True,
        discard=False,
        pause_at=55,
        resume_at=48,
        max_errors=10,
    )
    return replace(plan, **changes)  # type: ignore[arg-type]
