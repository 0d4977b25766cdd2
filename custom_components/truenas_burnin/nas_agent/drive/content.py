"""What lies on a drive: file systems, labels of pools and arrays, partition tables."""

from __future__ import annotations

import os
import re

from .. import tools
from ..errors import Code, Refused
from ..paths import Paths
from ..plan import Item
from . import names

PATIENCE = 30.0

_ENDS = 1 << 20

_NOTHING = 2
_SEVERAL = 8
"""Exit statuses of `blkid -p` (blkid(8))."""

_ESCAPED = re.compile(r"\\(.)")
_POOL = re.compile(r"^ {4}name: '(.*)'$", re.MULTILINE)
_POOL_ID = re.compile(r"^ {4}pool_guid: (\d+)$", re.MULTILINE)
_USAGES = frozenset(("filesystem", "raid", "crypto"))


def find(device: str, paths: Paths) -> list[Item]:
    """Return everything that is found; raise Refused.

    A drive of which that cannot be said is not one that holds nothing.
    """
    look = _look_freebsd if paths.kernel.freebsd else _look_linux
    parts = names.parts(device, paths)
    try:
        return [item for part in parts for item in look(part, paths)]
    except tools.Missing as error:
        raise _unknown(device, f"{error} is missing") from error
    except tools.Hangs as error:
        raise Refused(Code.DRIVE_HANGS, {"device": device}) from error


def _unknown(device: str, message: str) -> Refused:
    return Refused(Code.CONTENT_UNKNOWN, {"device": device}, message)


def _look_linux(part: names.Part, paths: Paths) -> list[Item]:
    said = tools.run(
        paths,
        *("blkid", "-p", "-o", "export", str(paths.dev / part.name)),
        patience=PATIENCE,
    )
    if said.status == _NOTHING:
        _need_readable(part, paths)
        return []
    if said.status == _SEVERAL:
        return [Item(part.place, "several", None, None, "other")]
    if said.status:
        raise _unknown(part.name, said.words)
    lines = (line.partition("=") for line in said.output.splitlines())
    told = {key: _ESCAPED.sub(r"\1", value) for key, _, value in lines}
    found = []
    if told.get("PTTYPE"):
        found.append(
            _item(part, told["PTTYPE"], None, told.get("PTUUID"), "partitiontable")
        )
    if told.get("TYPE"):
        usage = told.get("USAGE", "")
        found.append(
            _item(
                part,
                told["TYPE"],
                told.get("LABEL"),
                told.get("UUID"),
                usage if usage in _USAGES else "other",
            )
        )
    return found


def _need_readable(part: names.Part, paths: Paths) -> None:
    """Raise Refused where a label could not have been read.

    blkid says that it found nothing also where the drive answered with an error. Labels
    are at both ends.
    """
    try:
        with (paths.dev / part.name).open("rb") as node:
            size = node.seek(0, os.SEEK_END)
            for start in (0, max(0, size - _ENDS)):
                node.seek(start)
                node.read(_ENDS)
    except OSError as error:
        raise _unknown(part.name, str(error)) from error


def _look_freebsd(part: names.Part, paths: Paths) -> list[Item]:
    """Return the pool's label, and what file(1) knows; it has no list of names."""
    node = str(paths.dev / part.name)
    label = tools.run(paths, "zdb", "-l", node, patience=PATIENCE).output
    found = []
    pool = _POOL.search(label)
    if pool:
        number = _POOL_ID.search(label)
        identity = number.group(1) if number else None
        found.append(_item(part, "zfs_member", pool.group(1), identity, "filesystem"))
    said = tools.run(paths, "file", "-b", "-s", node, patience=PATIENCE)
    words = said.output.strip()
    if said.status or words.startswith("cannot open"):
        raise _unknown(part.name, said.words)
    if words and words not in {"data", "empty"}:
        table = "partition" in words or "boot sector" in words
        usage = "partitiontable" if table else "other"
        found.append(_item(part, words[:60], None, None, usage))
    return found


def _item(
    part: names.Part, kind: str, label: str | None, uuid: str | None, usage: str
) -> Item:
    return Item(part.place, _plain(kind) or "other", _maybe(label), _maybe(uuid), usage)


def _maybe(text: str | None) -> str | None:
    return _plain(text) if text else None


def _plain(text: str) -> str:
    """Return it without what no request may carry back: labels are anybody's."""
    return "".join(one if one.isprintable() else "?" for one in text)[:200]
