"""The commands of the packed agent.

  ensure        make sure that the service runs (the cron job's command)
  serve         be the service
  work TOKEN    do one job; started by the service, needs nobody

The exit statuses are those of sysexits.h: the cron job's is all that is seen where the
service cannot even write a reply.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from . import folder
from .errors import Code, Refused
from .pace import Pace
from .paths import Paths

USAGE = 64
SOFTWARE = 70
CANNOT_CREATE = 73
TRY_LATER = 75
NO_PERMISSION = 77

_STATUSES = {
    Code.FOLDER_UNSAFE: NO_PERMISSION,
    Code.NO_SPACE: CANNOT_CREATE,
    Code.UNKNOWN_TOKEN: USAGE,
    Code.BAD_REQUEST: USAGE,
    Code.SERIAL_BUSY: TRY_LATER,
}


def main(arguments: list[str], paths: Paths, pace: Pace | None = None) -> int:
    """Run one command; return the exit status."""
    os.umask(0o077)
    try:
        return _run(arguments, paths, pace or Pace())
    except Refused as refused:
        sys.stderr.write(f"{refused.code.value} {refused.details} {refused.message}\n")
        return _STATUSES.get(refused.code, SOFTWARE)


def leave(status: int) -> NoReturn:
    """End the process at once: threads that a drive keeps would keep it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(arguments: list[str], paths: Paths, pace: Pace) -> int:
    """Import only what the command needs: what is packed is compiled at every start."""
    if arguments == ["ensure"]:
        from .ensure import ensure  # noqa: PLC0415

        ensure(paths, pace)
        return 0
    if arguments == ["serve"]:
        from .service import serve  # noqa: PLC0415

        return 0 if serve(paths, pace) else TRY_LATER
    if len(arguments) == 2 and arguments[0] == "work":
        from .worker import work  # noqa: PLC0415

        folder.check(paths)
        work(arguments[1], paths)
        return 0
    sys.stderr.write("usage: ensure | serve | work TOKEN\n")
    return USAGE
