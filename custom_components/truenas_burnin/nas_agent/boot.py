"""Since when this machine runs: requests and records are of one boot."""

from __future__ import annotations

import re
import uuid

from . import tools
from .drive.names import read
from .paths import Paths

_NUMBER = re.compile(r"[0-9a-f]{32}$")


def boot_id(paths: Paths) -> str:
    """Return what is the same until the next boot, and never again after it.

    FreeBSD's kern.boottime is not that: it moves whenever the clock is set. Where there
    is no kern.boot_id, a file in a folder that every boot empties stands for it.
    """
    if not paths.kernel.freebsd:
        return read(paths.proc / "sys/kernel/random/boot_id")
    try:
        said = tools.run(paths, "sysctl", "-x", "-n", "kern.boot_id", patience=10)
    except (tools.Missing, tools.Hangs):
        said = None
    number = None if said is None else _NUMBER.search(said.output.strip())
    return number.group() if number else _marked(paths)


def _marked(paths: Paths) -> str:
    mark = paths.run / "truenas-burnin.boot"
    try:
        with mark.open("x") as file:
            file.write(uuid.uuid4().hex)
    except FileExistsError:
        pass
    return read(mark)
