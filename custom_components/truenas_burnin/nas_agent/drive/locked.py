"""Whether a drive keeps its data behind a password, where that can be seen."""

from __future__ import annotations

import re

from ..smartctl import Answer

_LOCKED = re.compile(r"\bLOCKED\b")


def is_locked(answer: Answer | None) -> bool | None:
    """Return what `smartctl -g security` says; None where it says nothing.

    Only ATA security is told; a drive that locks itself by TCG refuses requests, which
    any read shows.
    """
    security = None if answer is None else answer.said.get("ata_security")
    if not isinstance(security, dict):
        return None
    locked = security.get("locked")
    if isinstance(locked, bool):
        return locked
    return bool(_LOCKED.search(str(security.get("string", ""))))
