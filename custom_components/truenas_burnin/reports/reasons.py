"""Reasons and counters of the SMART record in the words of a language."""

from collections.abc import Callable, Iterable
import re
from typing import Final

from ..burnin.reason import Reason

type Texts = Callable[[str], str | None]
"""What is under `common` in translations/*.json, by key; None for what is not."""

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def reason_text(reason: Reason, texts: Texts) -> str:
    """Return a reason in words; of another version's key, the key.

    What drives and systems say is put in as it is: braces in it mean nothing.
    """
    placeholders = dict(reason.placeholders)
    if (counter := placeholders.get("counter")) is not None:
        placeholders["counter"] = counter_name(counter, texts)
    text = texts(f"reason_{reason.key}") or reason.key
    return _PLACEHOLDER.sub(lambda found: placeholders.get(found[1], found[0]), text)


def reasons_text(reasons: Iterable[Reason], texts: Texts) -> str | None:
    """Return all reasons in one line, None if there are none."""
    return "; ".join(reason_text(reason, texts) for reason in reasons) or None


def counter_name(key: str, texts: Texts) -> str:
    """Return what a counter counts, its key if nobody has a name for it."""
    return texts(f"counter_{key}") or key
