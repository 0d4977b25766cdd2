"""What the options of an entry say, read in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

from ..burnin.settings import Settings
from ..const import CONF_MAX_PARALLEL, POLL_INTERVAL, STALE_AFTER
from .changes import Happening

CONF_POLL_INTERVAL: Final = "poll_interval"
CONF_STALE_AFTER: Final = "stale_after"
CONF_STAGGER: Final = "stagger"
CONF_YIELD_TO_SCRUB: Final = "yield_to_scrub"
CONF_QUIET_FROM: Final = "quiet_from"
CONF_QUIET_UNTIL: Final = "quiet_until"
CONF_HDD_PAUSE_AT: Final = "hdd_pause_at"
CONF_HDD_RESUME_AT: Final = "hdd_resume_at"
CONF_SSD_PAUSE_AT: Final = "ssd_pause_at"
CONF_SSD_RESUME_AT: Final = "ssd_resume_at"
CONF_NOTIFY_ENTITIES: Final = "notify_entities"
CONF_NOTIFY_SERVICES: Final = "notify_services"
CONF_NOTIFY_PROGRESS: Final = "notify_progress"
CONF_OUTCOMES: Final = "outcomes"
CONF_WEBHOOK_URL: Final = "webhook_url"
CONF_REPLY_HOURS: Final = "reply_hours"
CONF_DAILY_REPORT: Final = "daily_report"
CONF_DAILY_REPORT_HOUR: Final = "daily_report_hour"
CONF_CERTIFICATE_LINE: Final = "certificate_line"

LIMITS: Final = (
    CONF_MAX_PARALLEL,
    CONF_STAGGER,
    CONF_YIELD_TO_SCRUB,
    CONF_HDD_PAUSE_AT,
    CONF_HDD_RESUME_AT,
    CONF_SSD_PAUSE_AT,
    CONF_SSD_RESUME_AT,
)
"""Options that are settings of the burn-ins, under the same names."""

OUTCOMES: Final = (Happening.FAILED, Happening.INCONCLUSIVE, Happening.STALLED)
"""What people are told of unless they choose otherwise."""

REPORT_HOUR: Final = 8

REPLY_HOURS: Final = 24
"""How long the *Try again* of a notification counts as a confirmation."""


def settings_of(entry: ConfigEntry) -> Settings:
    """Return the limits of the burn-ins of a NAS."""
    options = entry.options
    chosen = {key: options[key] for key in LIMITS if key in options}
    quiet_from = dt_util.parse_time(options.get(CONF_QUIET_FROM, ""))
    quiet_until = dt_util.parse_time(options.get(CONF_QUIET_UNTIL, ""))
    quiet = (
        None if quiet_from is None or quiet_until is None else (quiet_from, quiet_until)
    )
    return Settings(**chosen, quiet_hours=quiet)


def poll_interval(entry: ConfigEntry) -> timedelta:
    """Return the time between two polls while a burn-in is queued or under way."""
    seconds: float = entry.options.get(
        CONF_POLL_INTERVAL, POLL_INTERVAL.total_seconds()
    )
    return timedelta(seconds=seconds)


def stale_after(entry: ConfigEntry) -> timedelta:
    """Return how long a NAS may be silent before it counts as gone."""
    seconds: float = entry.options.get(CONF_STALE_AFTER, STALE_AFTER.total_seconds())
    return timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who hears of the burn-ins of a NAS, and of what; fields are the option names."""

    outcomes: tuple[str, ...] = OUTCOMES
    notify_entities: tuple[str, ...] = ()
    notify_services: tuple[str, ...] = ()
    notify_progress: bool = False
    reply_hours: int = REPLY_HOURS
    webhook_url: str | None = None
    daily_report: bool = True
    daily_report_hour: int = REPORT_HOUR

    @property
    def channels(self) -> int:
        """Return to how many a message of the day is sent."""
        return len(self.notify_entities) + len(self.notify_services)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Return who the options name."""
        found: dict[str, Any] = {
            field.name: options[field.name]
            for field in fields(cls)
            if field.name in options
        }
        for key, value in found.items():
            if isinstance(value, list):
                found[key] = tuple(value)
        return cls(**found)
