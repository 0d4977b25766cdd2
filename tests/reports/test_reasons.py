"""Reasons in words, whatever drives and systems say."""

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin.reason import Reason, ReasonKey, because
from custom_components.truenas_burnin.reports.reasons import (
    counter_name,
    reason_text,
    reasons_text,
)

from ..said import ENGLISH, verbatim

TEXTS = st.text() | st.sampled_from(["{", "}", "{device}", "{0}", "{a.b!r:>9}", "{}"])


@given(st.sampled_from(ReasonKey), st.data())
def test_any_placeholder(key: ReasonKey, data: st.DataObject) -> None:
    """It is put in as it is; what looks like a placeholder in it is none."""
    values = {name: data.draw(TEXTS) for name in key.placeholders}
    text = reason_text(because(key, **values), ENGLISH.get)
    for name, value in values.items():
        assert (
            ENGLISH.get(f"counter_{value}", value) if name == "counter" else value
        ) in text


@given(TEXTS, st.dictionaries(TEXTS, TEXTS))
def test_any_row_of_the_ledger(key: str, placeholders: dict[str, str]) -> None:
    """Also of a version whose keys are not ours."""
    assert (
        reason_text(Reason(key=key, placeholders=placeholders), ENGLISH.get) or not key
    )


def test_a_placeholder_that_is_missing() -> None:
    """It is left open: a row of another version."""
    reason = Reason(key="drive_in_pool", placeholders={"device": "{pool}"})
    assert reason_text(reason, ENGLISH.get) == "{pool} belongs to the pool {pool}"


@pytest.mark.parametrize(
    ("counter", "name"), [("ata_5", "reallocated sectors"), ("ata_{5}", "ata_{5}")]
)
def test_counters(counter: str, name: str) -> None:
    """By name, by key if there is none."""
    grew = because(ReasonKey.COUNTER_GREW, counter=counter, before=0, after=8)
    assert reason_text(grew, ENGLISH.get) == f"{name} grew from 0 to 8"
    assert counter_name(counter, ENGLISH.get) == name


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            because(ReasonKey.SLOW_SIBLING, seconds=155, others=3, usual="90"),
            "the drive took 2 min 35 s, but the 3 other drives of its model took"
            " 1 min 30 s: check its cable, its bay, and its speed profile",
        ),
        (
            because(ReasonKey.SIZE_DIFFERS, told=12000138625024, seen=500),
            "the drive reports 12,000,138,625,024 bytes, but the NAS reports 500: an"
            " adapter may hide part of the drive, so connect it directly",
        ),
        (
            because(ReasonKey.SIZE_DIFFERS, told="a lot", seen="²"),
            "the drive reports a lot bytes, but the NAS reports ²: an"
            " adapter may hide part of the drive, so connect it directly",
        ),
    ],
)
def test_numbers(reason: Reason, text: str) -> None:
    """As people read them; what is no number stays as it is."""
    assert reason_text(reason, ENGLISH.get) == text


def test_several() -> None:
    """In one line; nothing is no text."""
    assert reasons_text([verbatim("a"), verbatim("b")], ENGLISH.get) == "a; b"
    assert reasons_text([], ENGLISH.get) is None
