"""What has ended since a report, by the order of the record."""

from dataclasses import replace

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.ledger import Reported, SqliteLedger

from .builders import NAS_ID, OTHER_NAS, START, a_burn_in


async def test_what_was_reported_is_kept(ledger: SqliteLedger) -> None:
    """By system; nothing before the first report."""
    assert await ledger.reported(NAS_ID) is None
    for number in (3, 5):
        reported = Reported(at=START, audit_id=number)
        await ledger.set_reported(NAS_ID, reported)
        assert await ledger.reported(NAS_ID) == reported
    assert await ledger.reported(OTHER_NAS) is None


async def test_what_has_ended_since(ledger: SqliteLedger) -> None:
    """In the order of the ends; not what goes on, and not what another system did."""
    assert (await ledger.ended_since(NAS_ID, 0)).burn_ins == ()
    burn_ins = [a_burn_in(number) for number in range(4)]
    burn_ins[3] = replace(burn_ins[3], nas_id=OTHER_NAS)
    for burn_in in burn_ins:
        await ledger.commit(burn_in, AuditEvent.QUEUED)
    for number in (2, 0, 3):
        ended = replace(burn_ins[number], state=BurnInState.PASSED, finished=START)
        await ledger.commit(ended, AuditEvent.PASSED)
    found = await ledger.ended_since(NAS_ID, 0)
    assert [item.id for item in found.burn_ins] == [burn_ins[2].id, burn_ins[0].id]
    assert (await ledger.ended_since(NAS_ID, found.audit_id)).burn_ins == ()
    before = len(burn_ins) + 1
    assert [
        item.id for item in (await ledger.ended_since(NAS_ID, before)).burn_ins
    ] == [burn_ins[0].id]
