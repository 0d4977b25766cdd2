"""What a surface pass found out, in words, and what its records warn of."""

import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.slow_spots import slow_spots
from custom_components.truenas_burnin.burnin.surface_words import bad_place
from custom_components.truenas_burnin.truenas.surface import (
    Activity,
    Cause,
    ErrorKind,
    ErrorRecord,
    RangeRecord,
)


def an_error(cause: Cause, **changes: object) -> ErrorRecord:
    """Return a place that is not as written."""
    plain: dict[str, object] = {
        "sweep": 1,
        "kind": ErrorKind.COMPARE,
        "byte": 2_400_000_000_000,
        "length": 4096,
        "cause": cause,
        "found_byte": None,
        "errno": None,
    }
    return ErrorRecord(**plain | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "key", "found"),
    [
        (an_error(Cause.OTHER_ADDRESS, found_byte=8192), "bad_other_address", "8,192"),
        (an_error(Cause.OTHER_ADDRESS), "bad_other_address", "?"),
        (an_error(Cause.ZEROS), "bad_zeros", None),
        (an_error(Cause.BITS_DIFFER), "bad_bits", None),
        (an_error(Cause.EARLIER_PASS), "bad_earlier_pass", None),
        (an_error(Cause.RETRY_SUCCEEDED), "bad_retried", None),
        (an_error(Cause.IO_ERROR, kind=ErrorKind.WRITE), "bad_unwritable", None),
        (an_error(Cause.IO_ERROR, kind=ErrorKind.READ), "bad_unreadable", None),
        (an_error(Cause.SHORT, kind=ErrorKind.READ), "bad_unreadable", None),
    ],
)
def test_a_bad_place(error: ErrorRecord, key: str, found: str | None) -> None:
    """The byte is named, and what the drive answered instead."""
    reason = bad_place(error)
    assert reason.key == key
    assert reason.placeholders["byte"] == "2,400,000,000,000"
    assert reason.placeholders["place"] == "2.40 TB"
    assert reason.placeholders.get("found") == found


def test_nobody_took_the_time_of_requests() -> None:
    """Then no place was slow."""
    record = RangeRecord(
        sweep=1, index=0, start=0, length=4096, activity=Activity.WRITE, seconds=1.0
    )
    assert slow_spots(SurfaceRun(records=(record,))) == ()
