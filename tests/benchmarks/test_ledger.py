"""Ten thousand finished burn-ins: any history page or statistic under 50 ms."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
import logging
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final

import pytest
from sqlalchemy import insert

from custom_components.truenas_burnin.burnin.evidence import SmartRecord
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.codec import burn_in_row, stage_row
from custom_components.truenas_burnin.ledger.files import open_engine
from custom_components.truenas_burnin.ledger.tables import BURN_INS, STAGES
from custom_components.truenas_burnin.truenas.models import SmartAttribute

from ..ledger.builders import (
    A_REPORT,
    NAS_ID,
    OTHER_NAS,
    START,
    a_burn_in,
    an_identity,
    run,
)
from ..reports.builders import surface_evidence

MANY: Final = 10_000
HEAVY: Final = 200
"""So many of them, the newest, carry all that a whole surface pass leaves behind."""

BUDGET: Final = 0.05
ROUNDS: Final = 7

MODELS: Final = ("ST12000NM0008", "WD80EFAX", "ST16000NM001G", "HUS728T8TAL5200")
ENDS: Final = (
    (BurnInState.PASSED, StageState.PASSED),
    (BurnInState.PASSED, StageState.PASSED),
    (BurnInState.PASSED, StageState.PASSED),
    (BurnInState.FAILED, StageState.FAILED),
    (BurnInState.CANCELLED, StageState.CANCELLED),
)
SURFACE: Final = surface_evidence(256)
SMART: Final = SmartRecord(
    report=replace(
        A_REPORT,
        attributes=tuple(
            SmartAttribute(
                id=n,
                name=f"Attribute_Number_{n}",
                value=100,
                worst=100,
                threshold=0,
                raw=n,
                raw_text=str(n),
                failing=False,
            )
            for n in range(30)
        ),
        counters={f"ata_{n}": 0 for n in range(10)},
    )
)


def finished(number: int) -> BurnIn:
    """Return one of many that have ended, an hour after the one before."""
    end, last = ENDS[number % len(ENDS)]
    begun = START + timedelta(hours=number)
    heavy = number >= MANY - HEAVY
    identity = replace(
        an_identity(number),
        model=MODELS[number % 4],
        size=(8 + number % 3) * 10**12,
    )
    stages = tuple(
        Stage(
            kind=kind,
            state=last if kind is StageKind.SURFACE_VALIDATE else StageState.PASSED,
            started=begun,
            finished=begun + timedelta(hours=9),
            evidence=(
                None
                if not heavy
                else SURFACE
                if kind is StageKind.SURFACE_VALIDATE
                else SMART
            ),
        )
        for kind in (
            StageKind.PRECHECK,
            StageKind.SHORT_SMART,
            StageKind.LONG_SMART,
            StageKind.SURFACE_VALIDATE,
            StageKind.FINAL_CHECK,
        )
    )
    return a_burn_in(
        number,
        nas_id=(NAS_ID, OTHER_NAS)[number % 2],
        drive=identity,
        state=end,
        stages=stages,
        created=begun,
        finished=begun + timedelta(hours=9),
    )


@pytest.fixture(scope="module")
def quiet() -> Iterator[None]:
    """Do without the test plugin's log of every statement, which costs more."""
    logger = logging.getLogger("sqlalchemy.engine")
    before = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(before)


@pytest.fixture(scope="module")
def full(quiet: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a ledger with all of them is."""
    path = tmp_path_factory.mktemp("full") / "ledger.db"
    engine = open_engine(path)
    burn_ins = [finished(number) for number in range(MANY)]
    with engine.begin() as connection:
        connection.execute(insert(BURN_INS), [burn_in_row(item) for item in burn_ins])
        connection.execute(
            insert(STAGES),
            [
                stage_row(item.id, index, stage)
                for item in burn_ins
                for index, stage in enumerate(item.stages)
            ],
        )
    engine.dispose()
    return path


@pytest.fixture
async def ledger(full: Path) -> AsyncIterator[SqliteLedger]:
    """Return that ledger, open."""
    ledger = await SqliteLedger.open(full, run)
    yield ledger
    await ledger.close()


async def took[T](ask: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    """Return the median of some rounds, and the last answer.

    In seconds of our own work, in all threads: others may be at work on this machine.
    """
    times = []
    for _ in range(ROUNDS):
        before = process_time()
        answer = await ask()
        times.append(process_time() - before)
    return median(times), answer


@pytest.mark.parametrize(
    "wanted",
    [
        {"nas_id": None, "offset": 0},
        {"nas_id": NAS_ID, "offset": 0},
        {"nas_id": None, "offset": MANY - 50},
        {"nas_id": None, "offset": 500, "state": "failed"},
        {"nas_id": OTHER_NAS, "offset": 0, "search": "wd80"},
        {"nas_id": None, "offset": 0, "search": "SER999"},
    ],
    ids=str,
)
async def test_history(ledger: SqliteLedger, wanted: dict[str, Any]) -> None:
    """Every page, first or last, filtered or searched, with its total."""
    seconds, page = await took(lambda: ledger.history_page(limit=50, **wanted))
    assert page.rows
    assert page.total >= len(page.rows)
    assert seconds < BUDGET


@pytest.mark.parametrize("nas_id", [None, NAS_ID])
async def test_statistics(ledger: SqliteLedger, nas_id: str | None) -> None:
    """All of it in one go."""
    now = START + timedelta(hours=MANY)
    seconds, found = await took(lambda: ledger.statistics(nas_id, now))
    assert found.total == (MANY if nas_id is None else MANY // 2)
    assert seconds < BUDGET
