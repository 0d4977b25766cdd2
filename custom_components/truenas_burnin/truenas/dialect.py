"""What differs between generations of TrueNAS, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One generation's ways; parameters are given as its methods take them."""

    name: str
    version_prefix: str
    product: str
    disk_query: tuple[Any, ...]
    standby_powermode: str
    native_self_test_abort: bool


CORE_13: Final = Dialect(
    name="TrueNAS CORE 13",
    version_prefix="TrueNAS-13.",
    product="CORE",
    # In a body: CORE reads `?extra.pools=` as a filter and returns nothing.
    disk_query=([], {"extra": {"pools": True}}),
    standby_powermode="STANDBY",
    native_self_test_abort=False,
)

DIALECTS: Final[tuple[Dialect, ...]] = (CORE_13,)


def dialect_of(version: str) -> Dialect | None:
    """Return the dialect of a `system.version`, or None if it is not supported."""
    for dialect in DIALECTS:
        if version.startswith(dialect.version_prefix):
            return dialect
    return None


SELF_TEST_KINDS: Final[Mapping[str, str]] = {
    "short offline": "short",
    "background short": "short",
    "foreground short": "short",
    "short": "short",
    "extended offline": "long",
    "background long": "long",
    "foreground long": "long",
    "extended": "long",
    "conveyance offline": "conveyance",
}
"""smartctl's names of self-tests, lower case, to ours (truenas-api.md §4.2)."""
