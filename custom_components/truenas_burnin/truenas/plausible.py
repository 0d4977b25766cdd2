"""Numbers that drives and their bridges really report, and that mean nothing."""

from typing import Final

_COLDEST: Final = -40.0
_HOTTEST: Final = 125.0
"""What electronics are rated for at the widest, in °C."""

_LONGEST: Final = 40 * 366 * 24
"""Hours that no drive with a self-test can have run: 40 years."""


def temperature(value: float | None) -> float | None:
    """Return °C; None for what no running drive can have.

    A SCSI drive without the page of temperatures is reported at 0 °C, one with an empty
    page at 255 °C.
    """
    known = value is not None and value != 0 and _COLDEST <= value <= _HOTTEST
    return value if known else None


def hours(value: int | None) -> int | None:
    """Return power-on hours; None for what no drive can have reached."""
    return value if value is not None and 0 <= value <= _LONGEST else None
