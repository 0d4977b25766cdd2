"""Self-tests that people asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from custom_components.truenas_burnin.burnin.evidence import LogEntry
from custom_components.truenas_burnin.burnin.known import SelfTestState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.burnin.requested_self_test import (
    RequestedSelfTest,
)
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.tables import SELF_TESTS
from custom_components.truenas_burnin.truenas.models import SelfTestKind, SelfTestStatus

from .builders import NAS_ID, OTHER_NAS, an_identity

STARTED = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = RequestedSelfTest(
    identifier=an_identity().identifier,
    serial="SER001",
    kind=SelfTestKind.LONG,
    started=STARTED,
    log_before=(
        LogEntry(kind=SelfTestKind.SHORT, status=SelfTestStatus.PASSED, hours=12),
        LogEntry(kind=None, status=SelfTestStatus.ABORTED, hours=None),
    ),
)
OVER = replace(ASKED, state=SelfTestState.PASSED, finished=STARTED + timedelta(hours=9))


async def test_whether_one_runs_is_not_remembered(ledger: SqliteLedger) -> None:
    """Its drive is to be asked."""
    assert await ledger.self_tests(NAS_ID) == ()
    running = replace(
        ASKED, state=SelfTestState.RUNNING, percent=40.0, seen_running=True
    )
    await ledger.keep_self_test(NAS_ID, running)
    assert await ledger.self_tests(NAS_ID) == (ASKED,)
    assert await ledger.self_tests(OTHER_NAS) == ()
    assert await ledger.audit(limit=1, offset=0) == ()


async def test_how_one_ended_is_remembered(ledger: SqliteLedger) -> None:
    """The newest of each kind, and all of them in the audit trail."""
    other = replace(ASKED, kind=SelfTestKind.SHORT)
    for test in (ASKED, OVER, other):
        await ledger.keep_self_test(NAS_ID, test)
    found = {test.kind: test for test in await ledger.self_tests(NAS_ID)}
    assert found == {SelfTestKind.LONG: OVER, SelfTestKind.SHORT: other}
    (row,) = await ledger.audit(limit=9, offset=0)
    assert (row.event, row.serial, row.actor) == ("self_test_ended", "SER001", None)
    assert row.detail == {"kind": "long", "serial": "SER001", "state": "passed"}
    again = replace(ASKED, started=STARTED + timedelta(days=1))
    await ledger.keep_self_test(NAS_ID, again)
    assert again in await ledger.self_tests(NAS_ID)


@pytest.mark.parametrize(
    "odd", [{"kind": "odd"}, {"started": "yesterday"}, {"log_before": "{"}]
)
async def test_one_that_cannot_be_read(
    ledger: SqliteLedger, odd: dict[str, str]
) -> None:
    """It is told, not guessed at."""
    await ledger.keep_self_test(NAS_ID, ASKED)
    await ledger._do(lambda connection: connection.execute(update(SELF_TESTS), odd))
    with pytest.raises(LedgerError, match="a self-test cannot be read"):
        await ledger.self_tests(NAS_ID)
