"""Why something is as it is: a key and what it leaves open.

The texts are under `common` in translations/*.json, each as `reason_` and its key:
whoever shows a reason does so in the reader's language (reports/reasons.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason. `key` is a ReasonKey of this version, or one of another in old rows.

    Placeholders come from drives and systems: texts of any kind.
    """

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


class ReasonKey(StrEnum):
    """Every reason there is, with the placeholders that its text has.

    `counter` is the key of a counter of the SMART record, such as ata_5, whose name
    is under `counter_` and that key; `text` is said by a drive or a system as it is.
    """

    placeholders: frozenset[str]

    def __new__(cls, key: str, *placeholders: str) -> Self:
        """Keep the placeholders with the key."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.placeholders = frozenset(placeholders)
        return member

    VERBATIM = "verbatim", "text"
    """What was written down before reasons had keys."""

    # Why the gate refuses.
    BURN_IN_ACTIVE = "burn_in_active", "device", "serial"
    DRIVE_ABSENT = "drive_absent", "serial"
    DRIVE_CHANGED = "drive_changed", "serial", "found", "size"
    DRIVE_IN_DOUBT = "drive_in_doubt", "device", "text"
    DRIVE_IN_EXPORTED_POOL = "drive_in_exported_pool", "device", "pool"
    DRIVE_IN_POOL = "drive_in_pool", "device", "pool"
    DRIVE_IN_USE = "drive_in_use", "device"
    DRIVE_IS_BOOT = "drive_is_boot", "device"
    DRIVE_UNREADABLE = "drive_unreadable", "device", "text"
    DRIVE_USED_BY = "drive_used_by", "device", "user"
    DRIVE_WITHOUT_SERIAL = "drive_without_serial", "device"
    DRIVE_WITHOUT_SIZE = "drive_without_size", "device"
    DUPLICATE_SERIAL = "duplicate_serial", "serial", "devices"
    LEDGER_LOST = "ledger_lost"
    NAS_NOT_READY = "nas_not_ready"
    NAS_ON_HOLD = "nas_on_hold"
    NO_COMMAND_RIGHTS = "no_command_rights"
    NOT_ARMED = "not_armed", "device", "serial"
    NOT_CONFIRMED = "not_confirmed", "device", "serial"
    NOTHING_TO_LEARN = "nothing_to_learn"
    NOTHING_TO_RETRY = "nothing_to_retry"
    SERIAL_UNUSABLE = "serial_unusable", "device"
    SELF_TEST_ACTIVE = "self_test_active", "device", "serial"
    SELF_TESTS_NEED_COMMANDS = "self_tests_need_commands"
    TWO_PATHS = "two_paths", "serial", "devices"

    # Why a drive cannot do what a person asks for.
    CANNOT_PAUSE = "cannot_pause", "device", "serial"
    CANNOT_RESUME = "cannot_resume", "device", "serial"
    NO_ACTIVE_BURN_IN = "no_active_burn_in", "device", "serial"
    NO_BURN_IN_TO_RETRY = "no_burn_in_to_retry", "device", "serial"
    NO_SELF_TEST = "no_self_test", "device", "serial"
    REPLY_OLD = "reply_old", "hours"
    REPLY_SUPERSEDED = "reply_superseded"
    REPLY_UNCONFIRMED = "reply_unconfirmed"
    SELF_TEST_OF_BURN_IN = "self_test_of_burn_in", "device", "serial"

    # Why a stage ended, and the burn-in with it.
    ALREADY_DONE = "already_done"
    ALREADY_WRITTEN = "already_written", "device"
    ANOTHER_DRIVE = "another_drive", "device"
    BAD_BITS = "bad_bits", "place", "byte"
    BAD_EARLIER_PASS = "bad_earlier_pass", "place", "byte"
    BAD_OTHER_ADDRESS = "bad_other_address", "place", "byte", "found"
    BAD_RETRIED = "bad_retried", "place", "byte"
    BAD_UNREADABLE = "bad_unreadable", "place", "byte"
    BAD_UNWRITABLE = "bad_unwritable", "place", "byte"
    BAD_ZEROS = "bad_zeros", "place", "byte"
    CAPACITY_FALSE = "capacity_false"
    CONFIRMATION_OUTDATED = "confirmation_outdated"
    CONTENT_DIFFERS = "content_differs", "device", "found"
    DEBUGFLAGS = "debugflags"
    DRIVE_HANGS = "drive_hangs", "device"
    DRIVE_LOST = "drive_lost"
    """A drive that breaks down looks like one that was pulled, to the NAS and to us:
    inconclusive, whoever sees it first, the poll or the agent."""
    DRIVE_LOCKED = "drive_locked"
    FIRST_BAD_LBA = "first_bad_lba", "lba"
    FOLDER_UNSAFE = "folder_unsafe"
    GIVEN_UP = "given_up"
    INTERFERENCE = "interference", "device"
    KERNEL_ERRORS = "kernel_errors", "count"
    LEDGER_OLDER = "ledger_older"
    LEDGER_OTHER = "ledger_other"
    NAS_REMOVED = "nas_removed"
    NO_SPACE = "no_space"
    REFUSED = "refused", "text"
    SECTOR_SIZE = "sector_size", "bytes"
    SELF_TEST_ABORTED = "self_test_aborted", "text"
    SELF_TEST_FAILED = "self_test_failed", "text"
    SELF_TEST_INTERRUPTED = "self_test_interrupted", "text", "times"
    SELF_TEST_LOG_MISSING = "self_test_log_missing"
    SELF_TEST_LOG_UNREADABLE = "self_test_log_unreadable"
    SELF_TEST_LOST = "self_test_lost", "times"
    SELF_TEST_UNSUPPORTED = "self_test_unsupported"
    SERIAL_DIFFERS = "serial_differs", "before", "after"
    SMART_INCOMPLETE = "smart_incomplete"
    SIZE_DIFFERS = "size_differs", "told", "seen"
    SMART_SILENT = "smart_silent"
    START_FAILED = "start_failed", "text"
    SURFACE_ERRORS = "surface_errors", "read", "write", "compare", "percent"
    SURFACE_ERRORS_UNCOUNTED = "surface_errors_uncounted", "percent"
    SURFACE_INCOMPLETE = "surface_incomplete"
    SURFACE_STOPPED = "surface_stopped"
    TOOL_MISSING = "tool_missing", "tool"
    WIPE_FORGOTTEN = "wipe_forgotten", "times"
    WIPE_STOPPED = "wipe_stopped"
    WRITE_PROTECTED = "write_protected", "device"
    WRITE_FAILED = "write_failed", "text"

    # What speaks against a drive.
    ATTRIBUTE_FAILING = "attribute_failing", "number", "name", "value", "threshold"
    BRIDGE_SERIAL = "bridge_serial", "told", "seen"
    COUNTER_GREW = "counter_grew", "counter", "before", "after"
    COUNTER_GREW_CABLE = "counter_grew_cable", "counter", "before", "after"
    COUNTER_MISSING = "counter_missing", "counter", "before"
    COUNTER_STANDS = "counter_stands", "counter", "value"
    DRIVE_WARNS = "drive_warns", "text"
    EARLIER_FAILURE = "earlier_failure"
    FARM_HOURS = "farm_hours", "smart", "farm"
    HEAT_WARNING = "heat_warning"
    LAST_SELF_TEST_FAILED = "last_self_test_failed", "text"
    NO_SMART = "no_smart"
    NOT_VERIFIED = "not_verified"
    SLOW_SIBLING = "slow_sibling", "seconds", "others", "usual"
    SLOW_SPOTS = "slow_spots", "count", "milliseconds", "place", "byte"
    SMART_FAILING = "smart_failing"
    SMART_OFF = "smart_off"
    SOLID_STATE = "solid_state"
    SPARE_LOW = "spare_low", "spare", "threshold"
    T10_PROTECTION = "t10_protection", "type"
    TOO_HOT = "too_hot", "temperature", "limit"
    TWO_UNITS = "two_units", "serial", "devices", "unit"
    WITHOUT_SMART = "without_smart"


def because(key: ReasonKey, **placeholders: object) -> Reason:
    """Return a reason; raise TypeError if it is not told all that its text needs."""
    if placeholders.keys() != key.placeholders:
        raise TypeError(f"{key} needs {sorted(key.placeholders)}")
    return Reason(
        key=key.value,
        placeholders={name: str(value) for name, value in placeholders.items()},
    )
