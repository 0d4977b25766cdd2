"""Reasons in the words of translations/*.json."""

import json
from pathlib import Path
from typing import Final

import custom_components.truenas_burnin as integration
from custom_components.truenas_burnin.burnin.model import BurnIn, Finding
from custom_components.truenas_burnin.burnin.reason import Reason, ReasonKey, because
from custom_components.truenas_burnin.reports.reasons import reason_text, reasons_text

_FOLDER: Final = Path(integration.__file__).parent / "translations"
_COMMON: Final[dict[str, dict[str, str]]] = {
    language: json.loads((_FOLDER / f"{language}.json").read_text())["common"]
    for language in ("en", "de")
}
ENGLISH: Final = _COMMON["en"]


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


def said_in(language: str, reason: Reason) -> str:
    """Return a reason in the words of `en` or `de`."""
    return reason_text(reason, _COMMON[language].get)


def verbatim(text: str) -> Reason:
    """Return a reason of before there were keys."""
    return because(ReasonKey.VERBATIM, text=text)
