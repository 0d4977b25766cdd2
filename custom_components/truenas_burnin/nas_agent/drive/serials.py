"""Compare serial numbers and logical unit names as different tools write them."""

from __future__ import annotations

import re

_BLANKS = re.compile(r"[\s_]+")
_PREFIX = re.compile(r"^(naa\.|eui\.|0x)")
_HEXADECIMAL = re.compile(r"[0-9a-f]{16}([0-9a-f]{16})?")


def canonical(serial: str) -> str:
    """Return a serial number with runs of spaces and underscores as one space.

    udev writes underscores for spaces; drives pad with spaces at both ends.
    """
    return _BLANKS.sub(" ", serial.replace("\0", " ")).strip()


def same_serial(one: str, other: str) -> bool:
    """Return whether both are the same serial number; an empty one is nobody's."""
    return canonical(one) == canonical(other) != ""


def contradict(lunid: str | None, told: list[str]) -> bool:
    """Return whether none of the names told of a logical unit can be the planned one.

    One that fits is enough: a USB bridge invents another. Names that are no hexadecimal
    number decide nothing. udev cuts a name of 32 digits to its first 16.
    """
    planned = _digits(lunid)
    known = [digits for digits in map(_digits, told) if digits]
    return bool(planned and known) and not any(_fits(planned, one) for one in known)


def confirms(unit: str, told: list[str]) -> bool:
    """Return whether one of the names told of a logical unit is the planned one."""
    planned = _digits(unit)
    return bool(planned) and any(
        _fits(planned, digits) for digits in map(_digits, told) if digits
    )


def _fits(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _digits(lunid: str | None) -> str:
    plain = _PREFIX.sub("", (lunid or "").strip().lower())
    return plain if _HEXADECIMAL.fullmatch(plain) else ""
