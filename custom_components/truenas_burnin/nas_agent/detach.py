"""Start a process that needs nobody: it outlives who started it, and who asked for it."""

from __future__ import annotations

import uuid

from . import tools
from .errors import Code, Refused
from .paths import Paths

_PATIENCE = 30.0


def detach(paths: Paths, *arguments: str) -> None:
    """Start one of our own commands; raise Refused.

    Under systemd as a unit of its own: what is merely detached ends with the sudo that
    middlewared runs cron jobs by, and each of its children is a row in the audit log.
    """
    command = (*paths.program, *arguments)
    if paths.systemd.is_dir():
        unit = f"--unit=truenas-burnin-{arguments[0]}-{uuid.uuid4().hex[:8]}"
        start = ("systemd-run", "--quiet", "--collect", unit, *command)
    elif paths.kernel.freebsd:
        start = ("daemon", "-f", *command)
    else:
        start = ("sh", "-c", _FORK, "sh", *command)
    try:
        said = tools.run(paths, *start, patience=_PATIENCE)
    except tools.Missing as error:
        raise Refused(Code.INTERNAL, {}, f"{error} is missing") from error
    except tools.Hangs as error:
        raise Refused(Code.INTERNAL, {}, f"{start[0]} does not end") from error
    if said.status:
        raise Refused(Code.INTERNAL, {}, said.words)


_FORK = '"$@" </dev/null >/dev/null 2>&1 &'
"""In a session of its own already, by tools.run; the shell ends, and init has it."""
