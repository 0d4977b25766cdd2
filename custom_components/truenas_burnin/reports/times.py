"""Times as every record of ours has them."""

from datetime import datetime


def time_view(when: datetime | None) -> str | None:
    """Return a time as ISO 8601."""
    return None if when is None else when.isoformat()
