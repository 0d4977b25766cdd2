"""What went wrong at a place of a drive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..errors import Json


class Kind(str, Enum):
    """What a drive was doing."""

    READ = "read"
    WRITE = "write"
    COMPARE = "compare"


class Cause(str, Enum):
    """What came of it."""

    IO_ERROR = "io_error"
    SHORT = "short"
    RETRY_SUCCEEDED = "retry_succeeded"
    OTHER_ADDRESS = "other_address"
    EARLIER_PASS = "earlier_pass"  # noqa: S105 - a pass over the drive
    ZEROS = "zeros"
    BITS_DIFFER = "bits_differ"


@dataclass(frozen=True)
class Finding:
    """One error; `found_byte` is where the data that came back belong, if they say so."""

    kind: Kind
    byte: int
    length: int
    cause: Cause
    found_byte: int | None = None
    errno: int | None = None

    def as_json(self, sweep: int) -> dict[str, Json]:
        """Return an error record of docs/protocol.md."""
        return {
            "sweep": sweep,
            "kind": self.kind.value,
            "byte": self.byte,
            "length": self.length,
            "cause": self.cause.value,
            "found_byte": self.found_byte,
            "errno": self.errno,
        }
