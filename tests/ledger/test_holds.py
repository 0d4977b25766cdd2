"""Holds are kept, and every change of one is told."""

from custom_components.truenas_burnin.burnin.model import HoldReason
from custom_components.truenas_burnin.ledger import SqliteLedger

from .builders import NAS_ID, OTHER_NAS, a_burn_in


async def test_a_hold_is_of_one_nas(ledger: SqliteLedger) -> None:
    """Others go on; who did it is in the audit trail, once."""
    await ledger.set_hold(NAS_ID, True, "mia")
    await ledger.set_hold(NAS_ID, True, "leo")
    assert await ledger.holds(NAS_ID) == {HoldReason.PERSON}
    assert await ledger.holds(OTHER_NAS) == frozenset()
    await ledger.set_hold(NAS_ID, False, "leo")
    await ledger.set_hold(NAS_ID, False, "leo")
    assert await ledger.holds(NAS_ID) == frozenset()
    rows = await ledger.audit(limit=10, offset=0)
    assert [(row.event, row.actor) for row in rows] == [
        ("released", "leo"),
        ("held", "mia"),
    ]
    assert rows[0].detail["reason"] == "person"
    assert await ledger.verify_audit() is None


async def test_progress_is_kept_without_a_row(ledger: SqliteLedger) -> None:
    """The trail tells of turns, not of steps."""
    await ledger.keep(a_burn_in())
    assert await ledger.get(a_burn_in().id) == a_burn_in()
    assert await ledger.audit(limit=10, offset=0) == ()
