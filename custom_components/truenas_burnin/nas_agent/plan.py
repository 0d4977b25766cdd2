"""What one surface job is to do: the arguments of `start` (docs/protocol.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from . import words
from .errors import Json
from .words import refuse

BLOCK = 4096
"""Bytes of a block, which carries one stamp; ranges begin at multiples of it."""

SECTOR = 512
"""The smallest that a drive may have; ranges are as long as multiples of it."""

MOST_BYTES = 1 << 60
MOST_RANGES = 65536
MOST_ITEMS = 1000
MOST_ERRORS = 1_000_000


class Method(str, Enum):
    """How a surface is validated."""

    STAMPED = "stamped"
    PATTERNS = "patterns"


@dataclass(frozen=True)
class Range:
    """Bytes in one piece."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """Return the first byte behind it."""
        return self.start + self.length


@dataclass(frozen=True)
class Ledger:
    """Which ledger asks, and how far it has come (docs/protocol.md, epoch)."""

    id: str
    number: int

    @classmethod
    def read(cls, said: Json) -> Ledger:
        """Read it from a request or a file; raise Refused."""
        value = words.mapping(said, "ledger")
        words.only(value, frozenset(("id", "number")), "ledger")
        return cls(
            words.identifier(value.get("id"), "ledger id"),
            words.whole(value.get("number"), "ledger number", 0, 1 << 62),
        )

    def as_json(self) -> dict[str, Json]:
        """Return it as `read` understands it."""
        return {"id": self.id, "number": self.number}


_DRIVE_KEYS = frozenset(("device", "serial", "lunid", "size", "unit"))


@dataclass(frozen=True)
class Drive:
    """The drive that was confirmed; `device` alone may be another one tomorrow."""

    device: str
    serial: str
    lunid: str | None
    size: int
    unit: str | None = None
    """The lunid, where other drives have the same serial."""

    @classmethod
    def read(cls, said: Json) -> Drive:
        """Read it from a plan; raise Refused."""
        value = words.mapping(said, "drive")
        words.only(value, _DRIVE_KEYS, "drive")
        return cls(
            words.device(value.get("device")),
            words.serial(value.get("serial")),
            words.optional_text(value.get("lunid"), "lunid"),
            words.whole(value.get("size"), "size", BLOCK, MOST_BYTES),
            words.unit(value.get("unit")),
        )

    def as_json(self) -> dict[str, Json]:
        """Return it as `read` understands it."""
        return {
            "device": self.device,
            "serial": self.serial,
            "lunid": self.lunid,
            "size": self.size,
            "unit": self.unit,
        }


@dataclass(frozen=True)
class Item:
    """Something found on a drive: a file system, a pool's label, a partition table."""

    place: str
    type: str
    label: str | None
    uuid: str | None
    usage: str

    @classmethod
    def read(cls, said: Json) -> Item:
        """Read it from a plan; raise Refused."""
        value = words.mapping(said, "content item")
        known = frozenset(("place", "type", "label", "uuid", "usage"))
        words.only(value, known, "content item")
        return cls(
            words.text(value.get("place"), "place"),
            words.text(value.get("type"), "type"),
            words.optional_text(value.get("label"), "label"),
            words.optional_text(value.get("uuid"), "uuid"),
            words.text(value.get("usage"), "usage"),
        )

    def as_json(self) -> dict[str, Json]:
        """Return it as `read` understands it."""
        return {
            "place": self.place,
            "type": self.type,
            "label": self.label,
            "uuid": self.uuid,
            "usage": self.usage,
        }


@dataclass(frozen=True)
class Limits:
    """Degrees Celsius: pause at the one and above, go on at the other and below."""

    pause_at: int
    resume_at: int

    @classmethod
    def read(cls, said: Json) -> Limits:
        """Read them from a plan or a request; raise Refused."""
        value = words.mapping(said, "limits")
        pause_at = words.whole(value.get("pause_at"), "pause_at", 1, 120)
        return cls(
            pause_at, words.whole(value.get("resume_at"), "resume_at", 0, pause_at - 1)
        )

    def as_json(self) -> dict[str, Json]:
        """Return them as `read` understands them."""
        return {"pause_at": self.pause_at, "resume_at": self.resume_at}


@dataclass(frozen=True)
class Plan:
    """One surface job."""

    token: str
    ledger: Ledger
    drive: Drive
    content: frozenset[Item]
    method: Method
    passes: int
    ranges: tuple[Range, ...]
    capacity_check: bool
    discard: bool
    limits: Limits
    max_errors: int

    @classmethod
    def read(cls, said: Json) -> Plan:
        """Read it from a request or from a job's folder; raise Refused."""
        value = words.mapping(said, "plan")
        words.only(value, _KEYS, "plan")
        drive = Drive.read(value.get("drive"))
        method = _method(value.get("method"))
        most_passes = 2 if method is Method.STAMPED else 1
        return cls(
            token=words.token(value.get("token")),
            ledger=Ledger.read(value.get("ledger")),
            drive=drive,
            content=frozenset(
                Item.read(item)
                for item in words.items(value.get("content"), "content", MOST_ITEMS)
            ),
            method=method,
            passes=words.whole(value.get("passes", 1), "passes", 1, most_passes),
            ranges=_ranges(value.get("ranges"), drive.size),
            capacity_check=words.flag(value.get("capacity_check"), "capacity_check"),
            discard=words.flag(value.get("discard"), "discard"),
            limits=Limits.read(value.get("limits")),
            max_errors=words.whole(
                value.get("max_errors"), "max_errors", 1, MOST_ERRORS
            ),
        )

    def as_json(self) -> dict[str, Json]:
        """Return it as `read` understands it."""
        return {
            "token": self.token,
            "ledger": self.ledger.as_json(),
            "drive": self.drive.as_json(),
            "content": [item.as_json() for item in sorted(self.content, key=repr)],
            "method": self.method.value,
            "passes": self.passes,
            "ranges": [[one.start, one.length] for one in self.ranges],
            "capacity_check": self.capacity_check,
            "discard": self.discard,
            "limits": self.limits.as_json(),
            "max_errors": self.max_errors,
        }

    def is_same_work(self, other: Plan) -> bool:
        """Return whether a job of this plan may be taken up with the other one.

        The drive's name may have changed, and so may what a person can change meanwhile.
        A lunid may appear and vanish; two of them are those of two drives.
        """
        mine, its = self.drive, other.drive
        if None not in (mine.lunid, its.lunid) and mine.lunid != its.lunid:
            return False
        return self == replace(
            other,
            ledger=self.ledger,
            drive=replace(its, device=mine.device, lunid=mine.lunid, unit=mine.unit),
            content=self.content,
            limits=self.limits,
            max_errors=self.max_errors,
        )


_KEYS = frozenset(Plan.__dataclass_fields__)


def _method(said: Json) -> Method:
    try:
        return Method(said)
    except ValueError as error:
        raise refuse("method") from error


def _ranges(said: Json, size: int) -> tuple[Range, ...]:
    """Read ranges that ascend, stand apart and lie inside the drive."""
    found = []
    behind = 0
    for pair in words.items(said, "ranges", MOST_RANGES):
        start, length = _pair(pair)
        outside = start < behind or start + length > size
        if outside or start % BLOCK or length % SECTOR:
            raise refuse("ranges")
        behind = start + length
        found.append(Range(start, length))
    if not found:
        raise refuse("ranges")
    return tuple(found)


def _pair(said: Json) -> tuple[int, int]:
    pair = words.items(said, "ranges", 2)
    if len(pair) != 2:
        raise refuse("ranges")
    return (
        words.whole(pair[0], "ranges", 0, MOST_BYTES),
        words.whole(pair[1], "ranges", 1, MOST_BYTES),
    )
