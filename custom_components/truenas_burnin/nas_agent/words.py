"""Read what others wrote, and believe nothing of it: requests, plans, kept files."""

from __future__ import annotations

from collections.abc import Mapping
import json
import re

from .errors import Code, Json, Refused

_TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")
_DEVICE = re.compile(
    r"(?!.*\.\.)[A-Za-z][A-Za-z0-9]{0,31}(/[A-Za-z][A-Za-z0-9._-]{0,63})?"
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,80}")
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


def refuse(what: str) -> Refused:
    """Return the refusal of a request whose `what` is not understood."""
    return Refused(Code.BAD_REQUEST, {"what": what})


def decode(text: bytes | str) -> Json:
    """Return what a JSON text says; raise ValueError whatever is wrong with it."""
    try:
        said: Json = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return said


def encode(value: Json) -> str:
    """Return one line of JSON, in ASCII and without a line's end."""
    return json.dumps(value, separators=(",", ":"))


def mapping(value: Json, what: str) -> dict[str, Json]:
    """Return a JSON object; raise Refused."""
    if not isinstance(value, dict):
        raise refuse(what)
    return value


def items(value: Json, what: str, most: int) -> list[Json]:
    """Return a JSON array of at most `most` items; raise Refused."""
    if not isinstance(value, list) or len(value) > most:
        raise refuse(what)
    return value


def only(value: Mapping[str, Json], known: frozenset[str], what: str) -> None:
    """Raise Refused for a key that nobody here knows: it may have been important."""
    if not known.issuperset(value):
        raise refuse(what)


def text(value: Json, what: str, most: int = 256) -> str:
    """Return a line of text without control characters; raise Refused."""
    if not isinstance(value, str) or len(value) > most or not _TEXT.fullmatch(value):
        raise refuse(what)
    return value


def optional_text(value: Json, what: str) -> str | None:
    """Return a line of text or None; raise Refused."""
    return None if value is None else text(value, what)


def whole(value: Json, what: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`; raise Refused."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not low <= value <= high
    ):
        raise refuse(what)
    return value


def flag(value: Json, what: str) -> bool:
    """Return true or false; raise Refused."""
    if not isinstance(value, bool):
        raise refuse(what)
    return value


def serial(value: Json, what: str = "serial") -> str:
    """Return a serial number, which is not blank; raise Refused."""
    said = text(value, what, 128)
    if not said.strip(" _"):
        raise refuse(what)
    return said


def unit(value: Json, what: str = "unit") -> str | None:
    """Return the name of a logical unit or None; raise Refused."""
    said = optional_text(value, what)
    if said is not None and not said.strip():
        raise refuse(what)
    return said


def device(value: Json, what: str = "device") -> str:
    """Return a name in /dev, such as sdb, nvme0n1 or multipath/disk1; raise Refused."""
    return _matching(value, _DEVICE, what)


def token(value: Json, what: str = "token") -> str:
    """Return the token of a job, which can be a file's name; raise Refused."""
    return _matching(value, _TOKEN, what)


def identifier(value: Json, what: str) -> str:
    """Return 32 hexadecimal digits; raise Refused."""
    return _matching(value, _IDENTIFIER, what)


def _matching(value: Json, pattern: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise refuse(what)
    return value
