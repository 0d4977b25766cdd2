"""What can be wrong, as codes that the integration has words for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Union

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]
"""What a JSON text can say."""


class Code(str, Enum):
    """An error code of docs/protocol.md."""

    BAD_REQUEST = "bad_request"
    TOO_OLD = "too_old"
    UNKNOWN_VERB = "unknown_verb"
    FOLDER_UNSAFE = "folder_unsafe"
    NO_SPACE = "no_space"
    INTERNAL = "internal"

    DEVICE_MISSING = "device_missing"
    NOT_A_DRIVE = "not_a_drive"
    NAME_MOVED = "name_moved"
    SERIAL_DIFFERS = "serial_differs"
    SIZE_DIFFERS = "size_differs"
    SIZE_UNKNOWN = "size_unknown"
    SECTOR_SIZE = "sector_size"
    LOCKED = "locked"
    WRITE_PROTECTED = "write_protected"
    IN_USE = "in_use"
    CONTENT_DIFFERS = "content_differs"
    CONTENT_UNKNOWN = "content_unknown"
    SERIAL_BUSY = "serial_busy"
    DEBUGFLAGS = "debugflags"
    INTERFERENCE = "interference"

    LEDGER_OLDER = "ledger_older"
    LEDGER_OTHER = "ledger_other"
    RECORDS_OLDER = "records_older"
    ALREADY_DONE = "already_done"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105

    DRIVE_HANGS = "drive_hangs"
    DRIVE_VANISHED = "drive_vanished"
    ERRORS_FOUND = "errors_found"
    TOO_MANY_ERRORS = "too_many_errors"

    NO_SMARTCTL = "no_smartctl"
    NO_SMART = "no_smart"
    SMARTCTL_FAILED = "smartctl_failed"
    SELF_TEST_UNSUPPORTED = "self_test_unsupported"
    SELF_TEST_RUNNING = "self_test_running"
    SELF_TEST_NOT_RUNNING = "self_test_not_running"


class Refused(Exception):
    """Nothing was done, and this is why.

    `details` are for the integration's own words; `message` is what a tool said, in
    English, or empty.
    """

    def __init__(
        self, code: Code, details: Mapping[str, Json] | None = None, message: str = ""
    ) -> None:
        """Remember why."""
        super().__init__(code.value, message)
        self.code = code
        self.details: dict[str, Json] = dict(details or {})
        self.message = message

    def as_json(self) -> dict[str, Json]:
        """Return the reason as a job status tells it."""
        return {
            "code": self.code.value,
            "details": self.details,
            "message": self.message,
        }
