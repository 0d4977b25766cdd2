"""The commands of the packed agent.

ensure        make sure that the service runs (the cron job's command)
serve         be the service
work TOKEN    do one job; started by the service, needs nobody
"""

from __future__ import annotations

import sys

from .paths import Paths

USAGE = 64
"""EX_USAGE of sysexits.h."""


def main(arguments: list[str], paths: Paths) -> int:
    """Run one command; return the exit status."""
    sys.stderr.write("usage: ensure | serve | work TOKEN\n")
    return USAGE
