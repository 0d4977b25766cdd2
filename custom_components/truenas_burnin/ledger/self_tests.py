"""Self-tests that people asked for; how far one is, is only known to its drive."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from ..burnin.audit_event import AuditEvent
from ..burnin.evidence import LogEntry
from ..burnin.known import SelfTestState
from ..burnin.ports import LedgerError
from ..burnin.requested_self_test import RequestedSelfTest
from ..truenas.models import SelfTestKind
from . import audit
from .codec import Row, of_text, time_of, time_text, to_text
from .tables import SELF_TESTS


def of(connection: Connection, nas_id: str) -> tuple[RequestedSelfTest, ...]:
    """Return the newest self-test of each kind of each drive of a system."""
    query = select(SELF_TESTS).where(SELF_TESTS.c.nas_id == nas_id)
    return tuple(map(_test_of, connection.execute(query).mappings()))


def put(connection: Connection, nas_id: str, test: RequestedSelfTest) -> None:
    """Store a self-test in the place of the one before, and how it ended."""
    values = {
        "serial": test.serial,
        "state": test.state.value,
        "started": time_text(test.started),
        "finished": None if test.finished is None else time_text(test.finished),
        "log_before": to_text(test.log_before),
    }
    connection.execute(
        insert(SELF_TESTS)
        .values(
            nas_id=nas_id,
            identifier=test.identifier,
            kind=test.kind.value,
            **values,
        )
        .on_conflict_do_update(index_elements=SELF_TESTS.primary_key, set_=values)
    )
    if test.finished is not None:
        audit.append(
            connection,
            nas_id,
            AuditEvent.SELF_TEST_ENDED,
            actor=None,
            detail={"kind": test.kind, "serial": test.serial, "state": test.state},
            serial=test.serial,
        )


def _test_of(row: Row) -> RequestedSelfTest:
    """Return the self-test of a row; whether it runs is to be asked of its drive."""
    try:
        finished = row["finished"]
        return RequestedSelfTest(
            identifier=row["identifier"],
            serial=row["serial"],
            kind=SelfTestKind(row["kind"]),
            state=SelfTestState.UNKNOWN
            if finished is None
            else SelfTestState(row["state"]),
            started=time_of(row["started"]),
            finished=None if finished is None else time_of(finished),
            log_before=of_text(tuple[LogEntry, ...], row["log_before"]),
        )
    except (TypeError, ValueError) as err:
        raise LedgerError(f"a self-test cannot be read: {err}") from err
