"""When a daily report is due."""

from datetime import UTC, datetime, timedelta
from typing import Final

_CLOCK_SET_BACK: Final = timedelta(days=1)


def last_due(now: datetime, hour: int) -> datetime:
    """Return when a report was due last, in UTC; the zone of `now` has the hour.

    Of an hour that the clocks repeat it is the first, of one that they skip the hour
    after it: one report a day, whether it has 23, 24 or 25 hours.
    """
    due = now.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if due.astimezone(UTC) > now.astimezone(UTC):
        due -= timedelta(days=1)
    return due.astimezone(UTC)


def is_due(now: datetime, hour: int, reported: datetime) -> bool:
    """Tell whether a report is due, `reported` being the time of the last one.

    One of the future was made before the clock was set back.
    """
    return reported < last_due(now, hour) or reported - now > _CLOCK_SET_BACK
