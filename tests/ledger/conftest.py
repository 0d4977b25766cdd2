"""A ledger in a real file."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.files import open_engine

from .builders import run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the ledger belongs, in a folder that is not there yet."""
    return tmp_path / "truenas_burnin" / "ledger.db"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[SqliteLedger]:
    """Return an open ledger."""
    ledger = await SqliteLedger.open(path, run)
    yield ledger
    await ledger.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return the engine of a ledger that a module shares."""
    engine = open_engine(tmp_path_factory.mktemp("shared") / "ledger.db")
    yield engine
    engine.dispose()
