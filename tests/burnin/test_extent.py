"""How much of a drive a burn-in checks."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.extent import Extent, extent_of
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of

from ..ledger.builders import a_burn_in
from .fakes import a_drive


@pytest.mark.parametrize(
    ("profile", "verified", "extent"),
    [
        (Profile.FULL, True, Extent.EVERY_SECTOR),
        (Profile.CLASSIC, True, Extent.EVERY_SECTOR),
        (Profile.SURFACE, False, Extent.NOT_READ_BACK),
        (Profile.QUICK, True, Extent.ZONES),
        (Profile.QUICK, False, Extent.NOT_READ_BACK),
        (Profile.SMART, True, Extent.NOT_WRITTEN),
    ],
)
def test_extent(profile: Profile, verified: bool, extent: Extent) -> None:
    """Only what is written and read back counts as checked."""
    stages = plan_of(profile).stages(a_drive(1), verified=verified)
    assert extent_of(replace(a_burn_in(), stages=stages)) is extent
