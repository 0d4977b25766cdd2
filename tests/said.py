"""Reasons in English, as translations/en.json says them."""

import json
from pathlib import Path
from typing import Final

import custom_components.truenas_burnin as integration
from custom_components.truenas_burnin.burnin.model import BurnIn, Finding
from custom_components.truenas_burnin.burnin.reason import Reason, ReasonKey, because
from custom_components.truenas_burnin.reports.reasons import reasons_text

_FILE: Final = Path(integration.__file__).parent / "translations" / "en.json"
ENGLISH: Final[dict[str, str]] = json.loads(_FILE.read_text())["common"]


def said(of: BurnIn | Finding | Reason) -> str:
    """Return what is said, "" if nothing is."""
    match of:
        case BurnIn():
            reasons = of.reasons
        case Finding():
            reasons = (of.reason,)
        case _:
            reasons = (of,)
    return reasons_text(reasons, ENGLISH.get) or ""


def verbatim(text: str) -> Reason:
    """Return a reason of before there were keys."""
    return because(ReasonKey.VERBATIM, text=text)
