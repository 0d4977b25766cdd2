"""When a report is due, on days of any length and after the clock was set."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.notifications.due import is_due, last_due

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(f"2026-{text}+00:00")


@pytest.mark.parametrize(
    ("now", "hour", "due"),
    [
        ("11-25T07:00", 8, "11-25T07:00"),
        ("11-25T06:59", 8, "11-24T07:00"),
        ("10-25T00:30", 2, "10-25T00:00"),
        ("10-25T01:30", 2, "10-25T00:00"),
        ("10-26T01:00", 2, "10-26T01:00"),
        ("10-25T07:00", 8, "10-25T07:00"),
        ("03-29T00:59", 2, "03-28T01:00"),
        ("03-29T01:00", 2, "03-29T01:00"),
        ("03-30T00:00", 2, "03-30T00:00"),
    ],
)
def test_last_due(now: str, hour: int, due: str) -> None:
    """In Berlin: the first of an hour that happens twice, the end of one skipped."""
    assert last_due(at(now).astimezone(BERLIN), hour) == at(due)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.integers(0, 23),
    st.sampled_from([BERLIN, LORD_HOWE, ZoneInfo("UTC")]),
)
def test_one_a_day(minutes: int, hour: int, zone: ZoneInfo) -> None:
    """Looked for every quarter of an hour, there are seven in a week."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    reported, reports = now, 0
    for _ in range(7 * 24 * 4):
        now += timedelta(minutes=15)
        if is_due(now.astimezone(zone), hour, reported):
            reported, reports = now, reports + 1
    assert reports in (6, 7, 8)


def test_a_clock_that_was_set_back() -> None:
    """By a moment it is no new day; by a month it must not cost a month of reports."""
    now = at("11-25T08:00").astimezone(UTC)
    assert not is_due(now, 8, now + timedelta(seconds=1))
    assert is_due(now, 8, now + timedelta(days=30))
