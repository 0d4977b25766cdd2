"""Turn the middleware's replies about disks into drives."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
import logging
from typing import Any, Final

from . import plausible
from .decode import (
    lenient_text,
    lenient_whole,
    names,
    number,
    optional_text,
    optional_whole,
    record,
    records,
    text,
)
from .dialect import SELF_TEST_KINDS
from .errors import InvalidResponse
from .identities import Identities
from .models import (
    Drive,
    DriveType,
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)
from .uses import Use, doubts, users_of

_LOGGER = logging.getLogger(__name__)


class DriveReader:
    """Read the drives from the replies of each poll.

    Where the replies are those of the poll before, so are the drives: to make 1,350
    of them anew costs more than to decode the replies.
    """

    def __init__(self, identities: Identities | None = None) -> None:
        """Begin without a poll."""
        self._identities = identities or Identities()
        self._replies: object = None
        self._drives: dict[str, Drive] = {}

    def read(
        self, disks: Any, usage: Any, boot: Any, uses: tuple[Use, ...]
    ) -> dict[str, Drive]:
        """Return what `parse_drives` does, or the drives of the poll before."""
        replies = disks, usage, boot, uses
        if replies != self._replies:
            self._drives = self._identities.follow(parse_drives(*replies))
            self._replies = replies
        return self._drives

    def warm(self, drives: dict[str, Drive], temperatures: Any) -> dict[str, Drive]:
        """Return drives just read with their temperatures; raise InvalidResponse.

        `temperatures` is disk.temperatures: °C by name, null or absent unknown.
        """
        degrees = record(temperatures, "disk.temperatures")
        warm = {
            identifier: drive
            if (now := _degrees(degrees, drive)) == drive.temperature
            else replace(drive, temperature=now)
            for identifier, drive in drives.items()
        }
        # Another poll may have read newer replies meanwhile.
        if drives is self._drives:
            self._drives = warm
        return warm


def _degrees(degrees: dict[str, Any], drive: Drive) -> float | None:
    """Return how warm a drive is; an odd number costs the number, not the poll."""
    try:
        return plausible.temperature(number(degrees, drive.name))
    except InvalidResponse:
        return None


def parse_drives(
    disks: Any, usage: Any, boot: Any, uses: tuple[Use, ...] = ()
) -> dict[str, Drive]:
    """Return the drives by identifier; raise InvalidResponse.

    `disks` is disk.query with pools, `usage` disk.details or disk.get_unused,
    `boot` boot.get_disks, `uses` what else uses devices. A disk that cannot be read
    is `unreadable`; the others are read all the same.
    """
    boot_names = names(boot, "boot.get_disks")
    usages = parse_usage(usage)
    drives: dict[str, Drive] = {}
    for disk in records(disks, "disk.query"):
        drive = _readable(disk, usages, boot_names)
        if drive is None:
            continue
        if used_by := users_of(drive, uses):
            drive = replace(drive, used_by=used_by)
        if (twin := drives.get(drive.identifier)) is not None:
            drive = _both(twin, drive)
        drives[drive.identifier] = drive
    for unit in _units(drives.values()):
        drives[unit.identifier] = unit
    if doubt := doubts(drives.values(), uses):
        return {key: _doubted(drive, doubt) for key, drive in drives.items()}
    return drives


def _both(one: Drive, other: Drive) -> Drive:
    """Return what is known of one identifier by two rows: two paths, or two drives."""
    paths = one.paths or (_with_pool(one.name, one.pool or one.exported_pool),)
    path = _with_pool(other.name, other.pool or other.exported_pool)
    return replace(
        one,
        pool=one.pool or other.pool,
        exported_pool=one.exported_pool or other.exported_pool,
        boot=one.boot or other.boot,
        unused=one.unused and other.unused,
        duplicate_serial=True,
        used_by=one.used_by or other.used_by,
        unreadable=one.unreadable or other.unreadable,
        paths=(*paths, path) if path not in paths else paths,
    )


def _units(drives: Collection[Drive]) -> Iterator[Drive]:
    """Yield the drives that share a serial number and differ in their logical unit.

    Such as the halves of a SAS drive with two actuators.
    """
    by_serial: dict[str, list[Drive]] = {}
    for drive in drives:
        by_serial.setdefault(drive.serial, []).append(drive)
    for serial, twins in by_serial.items():
        units = {twin.lunid for twin in twins if twin.lunid}
        if serial and 1 < len(twins) == len(units):
            yield from (replace(twin, unit=twin.lunid) for twin in twins)


def _with_pool(name: str, pool: str | None) -> str:
    return name if pool is None else f"{name} ({pool})"


def _readable(
    disk: dict[str, Any], usages: Mapping[str, Usage], boot: frozenset[str]
) -> Drive | None:
    """Return the drive, what can be told of one that is odd, None for a nameless one."""
    try:
        return _drive(disk, usages, boot)
    except InvalidResponse as err:
        name = lenient_text(disk, "name")
        identifier = lenient_text(disk, "identifier")
        if not name or not identifier:
            _LOGGER.warning("Skipping a disk without a name: %s", err)
            return None
        return Drive(
            identifier=identifier,
            name=name,
            serial=lenient_text(disk, "serial").strip(),
            lunid=None,
            model=lenient_text(disk, "model"),
            size=0,
            type=DriveType.UNKNOWN,
            rotation_rate=None,
            pool=None,
            exported_pool=None,
            boot=name in boot,
            unused=False,
            duplicate_serial=False,
            unreadable=f"disk.query: {err}",
        )


def _doubted(drive: Drive, doubt: str) -> Drive:
    both = doubt if drive.doubt is None else f"{drive.doubt}, {doubt}"
    return replace(drive, doubt=both)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the strongest call says of one drive; `missing` is what it should have.

    `paths` are the names of its entries, each with its pool: a drive that is reached on
    two paths has two.
    """

    unused: bool
    imported_pool: str | None
    exported_pool: str | None
    twins: frozenset[str]
    missing: str | None = None
    paths: tuple[str, ...] = ()


def parse_usage(reply: Any) -> dict[str, Usage]:
    """Return the usage by identifier, from disk.details or disk.get_unused."""
    if not isinstance(reply, dict):
        return _usages(reply, unused=True)
    found = _usages(reply.get("used"), unused=False, keys=_DETAIL_KEYS)
    for key, usage in _usages(
        reply.get("unused"), unused=True, keys=_DETAIL_KEYS
    ).items():
        found[key] = _together(found[key], usage) if key in found else usage
    return found


def _together(one: Usage, other: Usage) -> Usage:
    """Return what two entries of one drive say: it is free only if both say so."""
    return Usage(
        unused=one.unused and other.unused,
        imported_pool=one.imported_pool or other.imported_pool,
        exported_pool=one.exported_pool or other.exported_pool,
        twins=one.twins | other.twins,
        missing=one.missing or other.missing,
        paths=(*one.paths, *other.paths),
    )


_DETAIL_KEYS: Final = ("imported_zpool", "exported_zpool")
"""What disk.details tells of every drive, null for none (docs/truenas-api.md §2.3)."""


def _usages(
    entries: Any, *, unused: bool, keys: tuple[str, ...] = ()
) -> dict[str, Usage]:
    """Return the usages; without an identifier an entry frees no drive."""
    found: dict[str, Usage] = {}
    for entry in records(entries, "disk usage"):
        if identifier := lenient_text(entry, "identifier"):
            usage = _usage(entry, unused=unused, keys=keys)
            known = found.get(identifier)
            found[identifier] = usage if known is None else _together(known, usage)
    return found


def _usage(entry: dict[str, Any], *, unused: bool, keys: tuple[str, ...]) -> Usage:
    """Return the usage of a drive; one that cannot be read leaves it in doubt."""
    try:
        imported = optional_text(entry, "imported_zpool")
        exported = optional_text(entry, "exported_zpool")
        return Usage(
            unused=unused,
            imported_pool=imported,
            exported_pool=exported,
            twins=_twins(entry),
            missing=", ".join(key for key in keys if key not in entry) or None,
            paths=(_with_pool(lenient_text(entry, "name"), imported or exported),),
        )
    except InvalidResponse as err:
        return replace(_UNLISTED, missing=str(err))


def _twins(entry: dict[str, Any]) -> frozenset[str]:
    found = entry.get("duplicate_serial")
    return names(found, "duplicate_serial") if found else frozenset()


_UNLISTED: Final = Usage(
    unused=False, imported_pool=None, exported_pool=None, twins=frozenset()
)


def _drive(
    disk: dict[str, Any], usages: Mapping[str, Usage], boot: frozenset[str]
) -> Drive:
    identifier = text(disk, "identifier")
    name = text(disk, "name")
    usage = usages.get(identifier, _UNLISTED)
    return Drive(
        identifier=identifier,
        name=name,
        serial=text(disk, "serial", "").strip(),
        lunid=optional_text(disk, "lunid"),
        model=lenient_text(disk, "model"),
        size=optional_whole(disk, "size") or 0,
        type=_type(name, lenient_text(disk, "type")),
        rotation_rate=lenient_whole(disk, "rotationrate"),
        pool=optional_text(disk, "pool") or usage.imported_pool,
        exported_pool=usage.exported_pool,
        boot=name in boot,
        unused=usage.unused,
        duplicate_serial=bool(usage.twins) or len(usage.paths) > 1,
        temperature=None,
        doubt=usage.missing,
        paths=usage.paths if len(usage.paths) > 1 else (),
        node=lenient_text(disk, "devname") if disk.get("multipath_name") else "",
    )


def _type(name: str, kind: str) -> DriveType:
    if name.startswith("nv"):
        return DriveType.NVME
    return _TYPES.get(kind, DriveType.UNKNOWN)


_TYPES: Final = {"HDD": DriveType.HDD, "SSD": DriveType.SSD}


def parse_self_test_log(results: Any, *, stale_running: bool = False) -> SelfTestLog:
    """Return the log of the one drive that smart.test.results was asked for.

    The text of an entry decides, not its status: CORE reports an aborted test
    as FAILED. With `stale_running` the running test is one only if the log's
    newest entry has not ended: 25.04 goes on showing it after an abort
    (docs/truenas-api.md §4.2). No entries at all, that is also how the middleware tells
    of a report that it could not read.
    """
    found = list(records(results, "smart.test.results"))
    if not found:
        return SelfTestLog(tests=(), running_percent=None, readable=False)
    entries = [
        _self_test(entry) for entry in records(found[0].get("tests") or [], "tests")
    ]
    current = found[0].get("current_test")
    if stale_running and entries and entries[0][0].status is not _RUNNING:
        current = None
    percent = _running_percent(current, entries)
    running = [test.kind for test, _ in entries[:1] if test.status is _RUNNING]
    return SelfTestLog(
        tests=tuple(test for test, _ in entries if test.status is not _RUNNING),
        running_percent=percent,
        running_kind=running[0] if running and percent is not None else None,
        readable=bool(entries),
    )


_RUNNING = SelfTestStatus.RUNNING


def _running_percent(
    current: Any, entries: list[tuple[SelfTest, float | None]]
) -> float | None:
    if current is not None:
        return number(record(current, "current_test"), "progress") or 0.0
    for test, remaining in entries[:1]:
        if test.status is _RUNNING:
            return 0.0 if remaining is None else 100.0 * (1.0 - remaining)
    return None


def _self_test(entry: dict[str, Any]) -> tuple[SelfTest, float | None]:
    words = text(entry, "status_verbose", "")
    kind = SELF_TEST_KINDS.get(text(entry, "description", "").strip().lower())
    lba = entry.get("lba_of_first_error")
    test = SelfTest(
        kind=None if kind is None else SelfTestKind(kind),
        status=_status(text(entry, "status", ""), words),
        text=words,
        lifetime_hours=_hours(entry.get("lifetime")),
        lba_of_first_error=None if lba is None else str(lba),
    )
    return test, number(entry, "remaining")


def _hours(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _status(status: str, words: str) -> SelfTestStatus:
    lowered = words.lower()
    # "Aborted (device reset ?)" and "Aborted: Controller Reset" were nobody's wish.
    if any(mark in lowered for mark in ("interrupted", "reset", "unknown reason")):
        return SelfTestStatus.INTERRUPTED
    if "abort" in lowered:
        return SelfTestStatus.ABORTED
    return {
        "SUCCESS": SelfTestStatus.PASSED,
        "RUNNING": SelfTestStatus.RUNNING,
        "ABORTED": SelfTestStatus.ABORTED,
    }.get(status, SelfTestStatus.FAILED)
