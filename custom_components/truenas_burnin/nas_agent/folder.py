"""Make sure that nobody but us can have put anything into the agent's folder.

Whoever can write there, or replace a parent of it, can have anything done as root.
"""

from __future__ import annotations

import os
from pathlib import Path
import stat

from .errors import Code, Refused
from .paths import Paths

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def check(paths: Paths) -> None:
    """Check the folder and its parents, and make what belongs into it; raise Refused."""
    _check_way_to(paths.home)
    try:
        paths.home.chmod(0o700)
        for folder in (
            paths.requests,
            paths.replies,
            paths.jobs,
            paths.spent,
            paths.locks,
        ):
            folder.mkdir(mode=0o700, exist_ok=True)
            _check_own(folder)
    except OSError as error:
        raise Refused(Code.NO_SPACE, {}, str(error)) from error


def check_space(paths: Paths) -> None:
    """Make sure that a reply could be written; raise Refused."""
    probe = paths.home / ".space"
    try:
        probe.write_bytes(bytes(4096))
        probe.unlink()
    except OSError as error:
        probe.unlink(missing_ok=True)
        raise Refused(Code.NO_SPACE, {}, str(error)) from error


def remove_other_versions(paths: Paths) -> None:
    """Remove programs of other versions, unless a worker may still run from one."""
    if any(paths.jobs.iterdir()):
        return
    for program in paths.home.glob("agent-*.pyz"):
        if program.stem != f"agent-{paths.version}":
            try:
                program.unlink()
            except OSError:
                pass


def _check_way_to(home: Path) -> None:
    if not home.is_absolute() or ".." in home.parts:
        raise _unsafe(home, "not absolute")
    for parent in reversed(home.parents):
        status = _look(parent)
        # In a sticky folder nobody can replace what belongs to another.
        writable = status.st_mode & _OTHERS_WRITE and not status.st_mode & stat.S_ISVTX
        if status.st_uid not in {0, os.geteuid()}:
            raise _unsafe(parent, "owner")
        if writable:
            raise _unsafe(parent, "writable")
    _check_own(home)


def _check_own(folder: Path) -> None:
    status = _look(folder)
    if status.st_uid != os.geteuid():
        raise _unsafe(folder, "owner")
    if status.st_mode & _OTHERS_WRITE:
        raise _unsafe(folder, "writable")


def _look(folder: Path) -> os.stat_result:
    try:
        status = folder.lstat()
    except OSError as error:
        raise _unsafe(folder, str(error)) from error
    if not stat.S_ISDIR(status.st_mode):
        raise _unsafe(folder, "not a folder")
    return status


def _unsafe(folder: Path, why: str) -> Refused:
    return Refused(Code.FOLDER_UNSAFE, {"folder": str(folder), "why": why})
