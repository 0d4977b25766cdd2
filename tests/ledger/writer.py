"""Commits without end and tells of each commit, until it is killed."""

import asyncio
from itertools import count
from pathlib import Path
import sys

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.ledger import SqliteLedger

from .builders import a_burn_in, run


async def _write(path: Path) -> None:
    ledger = await SqliteLedger.open(path, run)
    for number in count():
        burn_in = a_burn_in(number)
        await ledger.commit(burn_in, AuditEvent.QUEUED, actor="Ada")
        print(burn_in.id, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(_write(Path(sys.argv[1])))
