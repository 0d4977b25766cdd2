"""Which drive a request is about."""

from __future__ import annotations

from dataclasses import dataclass

from .. import words
from ..errors import Json


@dataclass(frozen=True)
class Address:
    """A drive by its name of today, and by what it has to be then.

    `unit` is its lunid where other drives have the same serial.
    """

    device: str
    serial: str
    unit: str | None = None

    @classmethod
    def read(cls, arguments: dict[str, Json], *others: str) -> Address:
        """Read it from the arguments of a verb that takes `others` too; raise Refused."""
        words.only(
            arguments, frozenset(("device", "serial", "unit", *others)), "arguments"
        )
        return cls(
            words.device(arguments.get("device")),
            words.serial(arguments.get("serial")),
            words.unit(arguments.get("unit")),
        )

    @property
    def known_as(self) -> str:
        """Return how its self-test is called in the feed (docs/protocol.md)."""
        return self.serial if self.unit is None else f"{self.serial}/{self.unit}"
