"""What papers say of how a surface was validated."""

import pytest

from custom_components.truenas_burnin.burnin.evidence import (
    Evidence,
    SurfaceRun,
    WipeRun,
)
from custom_components.truenas_burnin.burnin.model import StageKind
from custom_components.truenas_burnin.reports.method import PaperMethod, method_of
from custom_components.truenas_burnin.truenas.models import WipeMode
from custom_components.truenas_burnin.truenas.surface import Method

from ..ledger.builders import a_burn_in
from .builders import a_stage, english


@pytest.mark.parametrize(
    ("evidence", "method"),
    [
        (
            SurfaceRun(method=Method.PATTERNS),
            PaperMethod.PATTERNS,
        ),
        (SurfaceRun(), PaperMethod.STAMPED),
        (SurfaceRun(passes=2), PaperMethod.STAMPED_TWICE),
        (
            SurfaceRun(discard=True),
            PaperMethod.STAMPED_DISCARDED,
        ),
        (
            WipeRun(mode=WipeMode.FULL, device="sdb"),
            PaperMethod.WRITE_ONLY,
        ),
    ],
)
def test_the_method(evidence: Evidence, method: PaperMethod) -> None:
    """Each has its own words."""
    burn_in = a_burn_in(
        stages=(a_stage(StageKind.SURFACE_VALIDATE, evidence=evidence),)
    )
    assert method_of(burn_in) is method
    assert english().method(method)


def test_nothing_is_written() -> None:
    """Then there is no method."""
    assert method_of(a_burn_in(stages=(a_stage(StageKind.PRECHECK),))) is None
