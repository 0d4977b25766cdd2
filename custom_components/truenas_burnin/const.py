"""Names and numbers that several modules of the integration share."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "truenas_burnin"
MANUFACTURER: Final = "iXsystems"

CONF_FINGERPRINT: Final = "certificate_sha256"
CONF_MAX_PARALLEL: Final = "max_parallel"

IDLE_INTERVAL: Final = timedelta(seconds=60)
"""Between two polls of a NAS that burns nothing in."""

POLL_INTERVAL: Final = timedelta(seconds=12)
"""Between two polls of a NAS while a burn-in is queued or under way."""

STALE_AFTER: Final = timedelta(seconds=45)
"""How long a NAS may fail to answer before what is shown of it is called old."""

MOST_PARALLEL: Final = 64
"""The most burn-ins of one NAS that may run at the same time."""

ARMED_FOR: Final = timedelta(minutes=10)
"""How long an armed drive stays armed."""

DETAIL_LIMIT: Final = 120
"""With more drives than this the detail entities are disabled by default."""
