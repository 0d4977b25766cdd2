"""Replies that are nearly right: only our own errors come out of any parser.

Each sample is a reply as a NAS gives it, in which some values are taken away,
doubled, moved elsewhere or replaced by what nobody expects.
"""

from collections.abc import Callable
from copy import deepcopy
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.truenas_burnin.truenas.agent.heard import Heard
from custom_components.truenas_burnin.truenas.agent.reading import (
    Json,
    drive_content,
    job_records,
    job_status,
    json_object,
    why,
)
from custom_components.truenas_burnin.truenas.decode import records
from custom_components.truenas_burnin.truenas.drives import (
    parse_self_test_log,
    parse_usage,
)
from custom_components.truenas_burnin.truenas.errors import TrueNASError
from custom_components.truenas_burnin.truenas.jobs import parse_job
from custom_components.truenas_burnin.truenas.smartctl import parse_report
from custom_components.truenas_burnin.truenas.uses import (
    extent_uses,
    machine_uses,
    scrubbing,
)

from .agent.nas import a_status
from .polls import read_poll
from .test_drives import DISK
from .test_smartctl import WHOLE, places
from .test_usage import a_detail, a_disk

HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["", "0", "-1", "nan", "\ud800", "running", "DISK", "\0", "٣"]),
    st.just([]),
    st.just({}),
    st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
)
CHANGES = st.sampled_from(["replace", "remove", "double", "wrap", "move"])


def change(data: st.DataObject, sample: Any) -> Any:
    """Return the sample with one to three changes anywhere in it."""
    root = {"root": deepcopy(sample)}
    for _ in range(data.draw(st.integers(1, 3))):
        path = ("root", *data.draw(st.sampled_from(places(root["root"]))))
        way, key = path[:-1], path[-1]
        inner: Any = root
        for step in way:
            inner = inner[step]
        match data.draw(CHANGES):
            case "remove" if way:
                del inner[key]
            case "double" if isinstance(inner, list):
                inner.append(deepcopy(inner[key]))
            case "wrap":
                inner[key] = data.draw(
                    st.sampled_from(([inner[key]], {"": inner[key]}))
                )
            case "move":
                value: Any = root["root"]
                for step in data.draw(st.sampled_from(places(root["root"]))):
                    value = value[step]
                inner[key] = deepcopy(value)
            case _:
                inner[key] = data.draw(HOSTILE)
    return root["root"]


def as_text(value: Any) -> str:
    """Return JSON, also of what is none."""
    return json.dumps(value, default=str)


LOG = [
    {
        "disk": "sda",
        "tests": [
            {
                "num": 1,
                "description": "Extended offline",
                "status": "SUCCESS",
                "status_verbose": "Completed without error",
                "remaining": 0.0,
                "lifetime": 1234,
                "lba_of_first_error": None,
            },
            {
                "num": 2,
                "description": "Short offline",
                "status": "RUNNING",
                "status_verbose": "Self-test routine in progress",
                "remaining": 0.4,
                "lifetime": 1200,
                "lba_of_first_error": 77,
            },
        ],
        "current_test": {"progress": 60},
    }
]
POLL = {
    "disks": [a_disk("sda"), a_disk("sdb", pool="tank"), DISK],
    "usage": {
        "used": [a_detail("sdb", imported_zpool="tank")],
        "unused": [a_detail("sda", duplicate_serial=["sdc"])],
    },
    "boot": ["nvme0n1"],
    "temperatures": {"sda": 34, "sdb": None},
}
JOBS = [
    {
        "id": 7,
        "method": "cronjob.run",
        "state": "RUNNING",
        "progress": {"percent": 3, "description": ""},
        "error": None,
    }
]
EXTENTS = [
    {"id": 1, "name": "lun0", "type": "DISK", "disk": "sdb", "path": "/dev/sdb"},
    {"id": 2, "name": "lun1", "type": "FILE", "disk": None, "path": "/mnt/a/b"},
]
MACHINES = [{"id": 1, "vm": 3, "attributes": {"dtype": "DISK", "path": "/dev/sdc"}}]
POOLS = [{"name": "tank", "scan": {"function": "SCRUB", "state": "SCANNING"}}]


BAD = {
    "sweep": 1,
    "kind": "compare",
    "byte": 4096,
    "length": 4096,
    "cause": "other_address",
    "found_byte": 8192,
    "errno": None,
}
RANGE = {
    "sweep": 1,
    "index": 0,
    "start": 0,
    "length": 8192,
    "activity": "write",
    "seconds": 1.5,
    "read_errors": 0,
    "write_errors": 0,
    "compare_errors": 1,
    "kernel_errors": 0,
    "temperature": 41,
    "slowest_ms": 12.5,
    "p999_ms": None,
}
RECORDS = {"status": a_status(), "plan": {}, "ranges": [RANGE], "errors": [BAD]}
ITEM = {
    "place": "partition 1",
    "type": "zfs_member",
    "label": "tank",
    "uuid": None,
    "usage": "raid",
}
CONTENT = {
    "content": [ITEM],
    "users": [{"kind": "pool", "name": "tank"}],
    "size": 8192,
    "logical_sector": 512,
    "locked": False,
}
REFUSAL = {
    "error": "content_differs",
    "details": {"found": [ITEM], "users": [], "device": "sdb"},
    "message": "",
}
LINE = {"run": "r", "seq": 1, "at": 5, "boot": "b", "job": a_status()}
STATUS_FILE = {
    "run": "r",
    "at": 5,
    "boot": "b",
    "service": {"state": "alive", "version": "v"},
    "jobs": {"t1": a_status()},
    "self_tests": {"S": {"serial": "S", "device": "sdb", "smartctl": {}}},
}


def poll(value: Any) -> object:
    """Parse what one poll brings."""
    found = value if isinstance(value, dict) else {}
    return read_poll(
        found.get("disks"),
        found.get("usage"),
        found.get("boot"),
        found.get("temperatures"),
    )


def said(parse: Callable[[Json], object]) -> Callable[[Any], object]:
    """Return the parser of a file with one object, as the agent writes each."""
    return lambda value: parse(json_object(as_text(value)))


PARSERS: list[tuple[str, Callable[[Any], object], Any]] = [
    ("poll", poll, POLL),
    ("usage of 24.10", parse_usage, POLL["usage"]),
    ("usage of 13.0", parse_usage, POLL["disks"]),
    ("self-test log", parse_self_test_log, LOG),
    ("log of 25.04", lambda v: parse_self_test_log(v, stale_running=True), LOG),
    ("jobs", lambda v: [parse_job(item) for item in records(v, "jobs")], JOBS),
    ("extents", lambda v: list(extent_uses(v)), EXTENTS),
    ("virtual machines", lambda v: list(machine_uses(v)), MACHINES),
    ("scrubs", scrubbing, POOLS),
    *(
        (f"smartctl {index}", lambda v: parse_report(as_text(v)), sample)
        for index, sample in enumerate(WHOLE)
    ),
    ("agent's status", said(job_status), a_status(first_error=BAD)),
    ("agent's records", said(job_records), RECORDS),
    ("agent's content", said(drive_content), CONTENT),
    ("agent's refusal", said(lambda v: why(v, "error")), REFUSAL),
    ("agent's line", lambda v: Heard().take_text(as_text(v) + "\n"), LINE),
    ("agent's status file", said(lambda v: Heard().take_status(v)), STATUS_FILE),
]


@pytest.mark.parametrize(
    ("parse", "sample"),
    [pytest.param(parse, sample, id=name) for name, parse, sample in PARSERS],
)
@given(data=st.data())
@settings(deadline=None, max_examples=100)
def test_only_our_errors_come_out(
    parse: Callable[[Any], object], sample: Any, data: st.DataObject
) -> None:
    """Of every parser, for every reply that is nearly right."""
    parse(deepcopy(sample))
    try:
        parse(change(data, sample))
    except TrueNASError:
        pass


TEXTS: list[tuple[Callable[[Any], object], bytes]] = [
    (
        lambda v: Heard().take_text(v.decode(errors="replace")),
        f"{json.dumps(LINE)}\n{json.dumps(LINE)}\n".encode(),
    ),
    (json_object, b'{"id":"a","ok":true,"result":{}}\n'),
    (parse_report, json.dumps(WHOLE[0]).encode()),
]


@pytest.mark.parametrize(("parse", "sample"), TEXTS)
@given(data=st.data())
@settings(deadline=None, max_examples=100)
def test_texts_cut_off_and_garbled(
    parse: Callable[[Any], object], sample: bytes, data: st.DataObject
) -> None:
    """As after a full disk, or half a download."""
    parse(sample)
    at = data.draw(st.integers(0, len(sample)))
    gone = data.draw(st.integers(0, len(sample) - at))
    put = data.draw(st.binary(max_size=6))
    try:
        parse(sample[:at] + put + sample[at + gone :])
    except TrueNASError:
        pass
