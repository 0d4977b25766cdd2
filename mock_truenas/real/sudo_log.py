"""The log that sudo keeps on the machine, set as TrueNAS sets it."""

from collections.abc import Iterator
import json
from typing import Any

FILE = "/var/log/sudo.log"
SUDOERS_FILE, SUDOERS_MODE = "/etc/sudoers.d/truenas", 0o440
SUDOERS = f"""\
# As TrueNAS logs it: every child of a command that the middleware runs is a record of its own.
Defaults log_subcmds, log_format=json, logfile={FILE}
"""
_KINDS = frozenset({"accept", "reject", "alert", "exit"})


def records(text: str) -> Iterator[dict[str, Any]]:
    """Give what sudo has accepted, each in the form that it has in TrueNAS' audit log.

    The file is one JSON object in which the same key comes again and again.
    """
    for kind, record in json.loads(text, object_pairs_hook=_pairs) if text else ():
        if kind == "accept":
            yield {"sudo": {"accept": record}}


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    if pairs and all(key in _KINDS for key, _ in pairs):
        return pairs
    return dict(pairs)
