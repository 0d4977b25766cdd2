"""What a drive is used for."""

from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.gate import standing
from custom_components.truenas_burnin.burnin.use import Use, use_of
from custom_components.truenas_burnin.truenas.models import SystemInfo

from .fakes import a_drive

SYSTEM = SystemInfo(
    host_id="host", hostname="nas", version="25.10", product="SCALE", boot_id="boot"
)


@pytest.mark.parametrize(
    ("about", "use"),
    [
        ({}, Use.UNUSED),
        ({"boot": True, "pool": "boot-pool", "unused": False}, Use.BOOT),
        ({"pool": "tank", "unused": False}, Use.POOL),
        ({"exported_pool": "old"}, Use.EXPORTED_POOL),
        ({"used_by": "an iSCSI extent"}, Use.OTHER),
        ({"unused": False}, Use.OTHER),
        ({"doubt": "a pool is offline"}, Use.IN_DOUBT),
        ({"unreadable": "no size"}, Use.IN_DOUBT),
    ],
)
def test_use(about: dict[str, Any], use: Use) -> None:
    """The strongest claim counts, and only an unused drive has nothing against it."""
    drive = a_drive(1, **about)
    assert use_of(drive) is use
    assert bool(standing(drive, SYSTEM)) is (use is not Use.UNUSED)


def test_another_of_the_same_serial() -> None:
    """The system's own word is enough."""
    (reason,) = standing(a_drive(1, duplicate_serial=True), SYSTEM)
    assert reason.key == "duplicate_serial"
