"""Reasons and counters of the SMART record in the words of a language."""

from collections.abc import Callable, Iterable, Mapping
import re
from typing import Final

from ..burnin.reason import Reason, ReasonKey
from .quantities import duration_text

type Texts = Callable[[str], str | None]
"""What is under `common` in translations/*.json, by key; None for what is not."""

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")

_READABLE: Final[Mapping[tuple[str, str], Callable[[int], str]]] = {
    (ReasonKey.SLOW_SIBLING, "seconds"): duration_text,
    (ReasonKey.SLOW_SIBLING, "usual"): duration_text,
    (ReasonKey.DRIVE_CHANGED, "size"): "{:,}".format,
    (ReasonKey.SIZE_DIFFERS, "told"): "{:,}".format,
    (ReasonKey.SIZE_DIFFERS, "seen"): "{:,}".format,
}
"""How seconds and bytes are read, by the reason and the placeholder they are in."""


def reason_text(reason: Reason, texts: Texts) -> str:
    """Return a reason in words; of another version's key, the key.

    What drives and systems say is put in as it is: braces in it mean nothing.
    """
    placeholders = dict(reason.placeholders)
    if (counter := placeholders.get("counter")) is not None:
        placeholders["counter"] = counter_name(counter, texts)
    text = texts(f"reason_{reason.key}") or reason.key
    return _PLACEHOLDER.sub(
        lambda found: (
            found[0]
            if found[1] not in placeholders
            else _readable((reason.key, found[1]), placeholders[found[1]])
        ),
        text,
    )


def _readable(place: tuple[str, str], value: str) -> str:
    """Return a placeholder as people read it; what is no number stays as it is."""
    form = _READABLE.get(place)
    if form is None or not (value.isascii() and value.isdecimal() and len(value) < 20):
        return value
    return form(int(value))


def reasons_text(reasons: Iterable[Reason], texts: Texts) -> str | None:
    """Return all reasons in one line, None if there are none."""
    return "; ".join(reason_text(reason, texts) for reason in reasons) or None


def counter_name(key: str, texts: Texts) -> str:
    """Return what a counter counts, its key if nobody has a name for it."""
    return texts(f"counter_{key}") or key
