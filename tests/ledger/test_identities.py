"""Which drive is which, over a restart."""

from dataclasses import replace

from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.truenas.identities import KnownDrive

from .builders import NAS_ID, OTHER_NAS

PLAIN = KnownDrive(
    identifier="{serial}S1", called="{serial}S1", serial="S1", lunid=None, size=1
)
NAMED = replace(PLAIN, called="{serial_lunid}S1_5", lunid="5")
OTHER = replace(PLAIN, identifier="{serial}S2", serial="S2")


async def test_drives_are_kept(ledger: SqliteLedger) -> None:
    """The last word on each counts, and each NAS has its own."""
    await ledger.keep_identities(NAS_ID, [PLAIN, OTHER])
    await ledger.keep_identities(NAS_ID, [NAMED])
    assert set(await ledger.identities(NAS_ID)) == {NAMED, OTHER}
    assert await ledger.identities(OTHER_NAS) == ()
