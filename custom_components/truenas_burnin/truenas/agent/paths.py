"""Where the agent lives on a NAS (docs/protocol.md)."""

from typing import Final

ROOT: Final = "/root/.truenas-burnin"
"""Only root can reach it; the agent refuses to run from anywhere laxer."""

FEED: Final = f"{ROOT}/feed"
STATUS: Final = f"{ROOT}/status.json"


def request_path(request_id: str) -> str:
    """Return where a request is uploaded to."""
    return f"{ROOT}/requests/{request_id}.json"


def reply_path(request_id: str) -> str:
    """Return where its reply appears."""
    return f"{ROOT}/replies/{request_id}.json"
