"""Find out whether a drive is further than the records of its job.

The agent's folder belongs to the boot environment of the NAS: rolling that back brings
the records of an earlier day back, and the drive then holds what a later pass of the same
job wrote. That is no error of the drive. It takes a reboot, so nothing else is asked
about.
"""

from __future__ import annotations

from collections.abc import Sequence

from .engines.buffers import Buffer
from .engines.data import UNIT
from .engines.findings import Finding, Kind
from .engines.medium import Medium
from .engines.sweeps import Activity, sweeps_of
from .plan import BLOCK, Plan


def is_ahead(
    medium: Medium, plan: Plan, sweep: int, findings: Sequence[Finding]
) -> bool:
    """Return whether a block holds what belongs there only after `sweep`."""
    return any(
        one.kind is Kind.COMPARE and _is_later(medium, plan, sweep, one)
        for one in findings
    )


def _is_later(medium: Medium, plan: Plan, sweep: int, finding: Finding) -> bool:
    came = Buffer(BLOCK).view[: finding.length]
    try:
        if medium.read(came, finding.byte) != finding.length:
            return False
    except OSError:
        return False
    if plan.discard and not any(came):
        return True
    whole = next(
        one for one in plan.ranges if one.start <= finding.byte < one.start + one.length
    )
    offset = (finding.byte - whole.start) % UNIT
    wanted = Buffer(UNIT)
    for later in sweeps_of(plan):
        if later.number > sweep and later.activity is Activity.WRITE:
            later.data.fill(wanted)
            later.data.place(wanted, finding.byte - offset, UNIT)
            if wanted.view[offset : offset + finding.length] == came:
                return True
    return False
