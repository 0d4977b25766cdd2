"""Read what the agent says (docs/protocol.md); anything odd is an InvalidResponse."""

from collections.abc import Iterator
from enum import StrEnum
import json
from typing import Any, Final

from ..decode import number, optional_text, optional_whole, record, records, text, whole
from ..errors import InvalidResponse
from ..surface import (
    Activity,
    AgentState,
    Cause,
    ContentItem,
    DriveContent,
    DriveUser,
    Epoch,
    ErrorCounts,
    ErrorKind,
    ErrorRecord,
    JobRecords,
    JobStatus,
    Method,
    RangeRecord,
    Why,
)

type Json = dict[str, Any]

_LISTS: Final = ("users", "found")


def json_object(content: str | bytes) -> Json:
    """Return the JSON object of a file or line."""
    try:
        value = json.loads(content)
    except ValueError, RecursionError:
        raise InvalidResponse("agent: what it says is not JSON") from None
    return record(value, "agent")


def job_status(said: Json) -> JobStatus:
    """Return the status of one job."""
    errors = record(said.get("errors"), "errors")
    return JobStatus(
        token=text(said, "token"),
        serial=text(said, "serial"),
        device=text(said, "device"),
        revision=whole(said, "revision"),
        state=_member(AgentState, said, "state"),
        reason=_why(said),
        method=_member(Method, said, "method"),
        activity=_member(Activity, said, "activity"),
        sweep=whole(said, "sweep"),
        sweeps=max(1, whole(said, "sweeps")),
        range=whole(said, "range"),
        ranges=whole(said, "ranges"),
        bytes_done=whole(said, "bytes_done"),
        bytes_total=whole(said, "bytes_total"),
        errors=ErrorCounts(
            read=whole(errors, "read"),
            write=whole(errors, "write"),
            compare=whole(errors, "compare"),
            kernel=whole(errors, "kernel"),
        ),
        first_error=None
        if said.get("first_error") is None
        else error_record(record(said["first_error"], "first_error")),
        temperature=optional_whole(said, "temperature"),
        hottest=optional_whole(said, "hottest"),
        seconds=int(number(said, "seconds") or 0),
        hanging_seconds=int(number(said, "hanging_seconds") or 0),
        updated=int(number(said, "updated") or 0),
        boot=text(said, "boot", ""),
    )


def job_records(said: Json) -> JobRecords:
    """Return the reply to `job`."""
    return JobRecords(
        status=job_status(record(said.get("status"), "status")),
        ranges=tuple(map(range_record, records(said.get("ranges"), "ranges"))),
        errors=tuple(map(error_record, records(said.get("errors"), "errors"))),
    )


def range_record(said: Json) -> RangeRecord:
    """Return one range record."""
    return RangeRecord(
        sweep=whole(said, "sweep"),
        index=whole(said, "index"),
        start=whole(said, "start"),
        length=whole(said, "length"),
        activity=_member(Activity, said, "activity"),
        seconds=number(said, "seconds") or 0.0,
        read_errors=whole(said, "read_errors", 0),
        write_errors=whole(said, "write_errors", 0),
        compare_errors=whole(said, "compare_errors", 0),
        kernel_errors=whole(said, "kernel_errors", 0),
        temperature=optional_whole(said, "temperature"),
        slowest_ms=number(said, "slowest_ms"),
        p999_ms=number(said, "p999_ms"),
    )


def error_record(said: Json) -> ErrorRecord:
    """Return one error record."""
    return ErrorRecord(
        sweep=whole(said, "sweep"),
        kind=_member(ErrorKind, said, "kind"),
        byte=whole(said, "byte"),
        length=whole(said, "length"),
        cause=_member(Cause, said, "cause"),
        found_byte=optional_whole(said, "found_byte"),
        errno=optional_whole(said, "errno"),
    )


def why(said: Json, code_key: str) -> Why:
    """Return a code with its details: of a refused request, or of a job."""
    details = record(said.get("details") or {}, "details")
    return Why(
        code=text(said, code_key, "internal"),
        message=text(said, "message", ""),
        users=tuple(_users(details)),
        found=tuple(content_items(details.get("found") or [])),
        said={
            key: str(value)
            for key, value in details.items()
            if key not in _LISTS and isinstance(value, str | int | float)
        },
    )


def _why(said: Json) -> Why | None:
    reason = said.get("reason")
    return None if reason is None else why(record(reason, "reason"), "code")


def drive_content(said: Json) -> DriveContent:
    """Return the reply to `content`."""
    locked = said.get("locked")
    if locked is not None and not isinstance(locked, bool):
        raise InvalidResponse("locked: expected true or false")
    return DriveContent(
        content=tuple(content_items(said.get("content"))),
        users=tuple(_users(said)),
        size=whole(said, "size"),
        logical_sector=whole(said, "logical_sector"),
        locked=locked,
    )


def content_items(said: Any) -> Iterator[ContentItem]:
    """Yield what was found on a drive."""
    for item in records(said, "content"):
        yield ContentItem(
            place=text(item, "place"),
            type=text(item, "type"),
            label=optional_text(item, "label"),
            uuid=optional_text(item, "uuid"),
            usage=text(item, "usage", "other"),
        )


def _users(said: Json) -> Iterator[DriveUser]:
    for user in records(said.get("users") or [], "users"):
        yield DriveUser(kind=text(user, "kind"), name=text(user, "name"))


def epoch(said: Any) -> Epoch | None:
    """Return which ledger the agent obeys, None while it knows none."""
    if said is None:
        return None
    value = record(said, "epoch")
    return Epoch(id=text(value, "id"), number=whole(value, "number"))


def _member[Member: StrEnum](kind: type[Member], said: Json, key: str) -> Member:
    value = text(said, key)
    for member in kind:
        if member == value:
            return member
    raise InvalidResponse(f"agent: unknown {key} {value[:40]!r}")
