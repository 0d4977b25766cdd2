"""What is stored comes back as it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

from hypothesis import given, strategies as st
import pytest
from sqlalchemy import Engine

from custom_components.truenas_burnin.burnin.evidence import (
    SelfTestRun,
    SmartRecord,
    SurfaceRun,
    WipeRun,
)
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    DriveIdentity,
    Finding,
    PauseReason,
    Severity,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.burnin.reason import Reason
from custom_components.truenas_burnin.ledger import burn_ins
from custom_components.truenas_burnin.ledger.codec import (
    burn_in_of,
    burn_in_row,
    stage_row,
    time_of,
    time_text,
)

from .builders import START, a_burn_in

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
OPTIONAL_TEXTS = st.none() | TEXTS
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(timezones=st.just(UTC))
OPTIONAL_TIMES = st.none() | TIMES
# First, because a strategy of a type keeps what it was made of.
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(float, FLOATS)
EVIDENCE = st.none() | st.one_of(
    *(st.from_type(kind) for kind in (SmartRecord, SelfTestRun, SurfaceRun, WipeRun))
)
REASONS = st.builds(
    Reason, key=TEXTS, placeholders=st.dictionaries(TEXTS, TEXTS, max_size=2)
)
FINDINGS = st.builds(
    Finding,
    key=TEXTS,
    severity=st.sampled_from(Severity),
    reason=REASONS,
    before=st.none() | st.integers(),
    after=st.none() | st.integers(),
    stage=st.none() | st.sampled_from(StageKind),
)
STAGES = st.builds(
    Stage,
    kind=st.sampled_from(StageKind),
    state=st.sampled_from(StageState),
    weight=FLOATS,
    attempt=INTEGERS,
    percent=FLOATS,
    token=OPTIONAL_TEXTS,
    replaces=OPTIONAL_TEXTS,
    boot_id=OPTIONAL_TEXTS,
    reference=OPTIONAL_TEXTS,
    started=OPTIONAL_TIMES,
    finished=OPTIONAL_TIMES,
    reasons=st.lists(REASONS, max_size=2).map(tuple),
    evidence=EVIDENCE,
)
BURN_INS = st.builds(
    BurnIn,
    id=TEXTS,
    nas_id=TEXTS,
    drive=st.builds(
        DriveIdentity,
        identifier=TEXTS,
        serial=TEXTS,
        lunid=OPTIONAL_TEXTS,
        model=TEXTS,
        size=INTEGERS,
    ),
    device=TEXTS,
    profile=TEXTS,
    stages=st.lists(STAGES, max_size=4).map(tuple),
    state=st.sampled_from(BurnInState),
    operator=OPTIONAL_TEXTS,
    created=TIMES,
    position=INTEGERS,
    started=OPTIONAL_TIMES,
    finished=OPTIONAL_TIMES,
    finish_time=OPTIONAL_TIMES,
    reasons=st.lists(REASONS, max_size=2).map(tuple),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    pause_reason=st.none() | st.sampled_from(PauseReason),
    stalled=st.booleans(),
    attempt=INTEGERS,
    failed_before=st.booleans(),
)


@given(burn_in=BURN_INS)
def test_round_trip(engine: Engine, burn_in: BurnIn) -> None:
    """Any burn-in comes back from the file, also over what it was before."""
    burn_in = replace(burn_in, id=uuid4().hex)
    before = replace(burn_in, state=BurnInState.RUNNING, stages=burn_in.stages[:2])
    with engine.begin() as connection:
        burn_ins.put(connection, before)
        burn_ins.put(connection, burn_in)
    with engine.begin() as connection:
        assert burn_ins.get(connection, burn_in.id) == burn_in


def test_times_are_kept_in_utc() -> None:
    """Text of times sorts as the times do, whatever zone they came in."""
    there = datetime(2026, 11, 24, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert time_text(there) == "2026-11-24T12:00:00.000000+00:00"
    assert time_of("2026-11-24T14:00:00+02:00") == START
    assert time_of("2026-11-24T14:00:00+02:00").tzinfo is UTC
    with pytest.raises(ValueError, match="without zone"):
        time_text(there.replace(tzinfo=None))


@pytest.mark.parametrize(
    "damage",
    [
        {"state": "tired"},
        {"created": "yesterday"},
        {"created": None},
        {"findings": "["},
        {"findings": "[{}]"},
        {"findings": "7"},
        {"reasons": "[7]"},
        {"reasons": '[{"placeholders": {}}]'},
    ],
)
def test_a_burn_in_that_cannot_be_read(damage: dict[str, object]) -> None:
    """The burn-in is named."""
    row = burn_in_row(a_burn_in(3))
    with pytest.raises(LedgerError, match="burn-in-00003 cannot be read"):
        burn_in_of({**row, **damage}, [])


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "polish"},
        {"finished": "soon"},
        {"evidence": "[]"},
        {"evidence": ""},
        {"evidence": '{"other": {}}'},
        {"evidence": '{"self_test": {"restarts": "1"}}'},
    ],
)
def test_a_stage_that_cannot_be_read(damage: dict[str, object]) -> None:
    """The burn-in it belongs to is named."""
    burn_in = a_burn_in(3)
    stage = stage_row(burn_in.id, 0, burn_in.stages[0])
    with pytest.raises(LedgerError, match="burn-in-00003 cannot be read"):
        burn_in_of(burn_in_row(burn_in), [{**stage, **damage}])
