"""The schema grows in steps that never change."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, inspect
from sqlalchemy.exc import OperationalError

from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import burn_ins
from custom_components.truenas_burnin.ledger.files import open_engine
from custom_components.truenas_burnin.ledger.migrations import MIGRATIONS
from custom_components.truenas_burnin.ledger.tables import METADATA

from .builders import a_burn_in

NEXT = (*MIGRATIONS, ("ALTER TABLE drives ADD COLUMN colour TEXT",))
BROKEN = (*NEXT, ("DROP TABLE drives", "DROP TABLE no_such_table"))


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_the_tables_are_what_the_migrations_make(engine: Engine, table: Table) -> None:
    """Names, types, order, keys and what may be empty."""
    made = [
        (column["name"], str(column["type"]).replace("REAL", "FLOAT"))
        for column in inspect(engine).get_columns(table.name)
    ]
    assert made == [(column.name, str(column.type)) for column in table.c]
    nullable = [c["nullable"] for c in inspect(engine).get_columns(table.name)]
    assert nullable == [column.nullable for column in table.c]
    key = inspect(engine).get_pk_constraint(table.name)["constrained_columns"]
    assert key == [column.name for column in table.primary_key]


def test_every_table_has_a_definition(engine: Engine) -> None:
    """Nothing is made that the code does not know."""
    assert set(inspect(engine).get_table_names()) == METADATA.tables.keys()


def test_an_older_ledger_is_carried_over(path: Path) -> None:
    """What it holds stays."""
    engine = open_engine(path)
    with engine.begin() as connection:
        burn_ins.put(connection, a_burn_in())
    engine.dispose()
    engine = open_engine(path, NEXT)
    assert "colour" in {c["name"] for c in inspect(engine).get_columns("drives")}
    with engine.begin() as connection:
        assert burn_ins.get(connection, a_burn_in().id) == a_burn_in()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    assert version == len(NEXT)
    engine.dispose()


def test_a_newer_ledger_is_left_alone(path: Path) -> None:
    """A version that is not known is not guessed at."""
    open_engine(path, NEXT).dispose()
    before = path.read_bytes()
    versions = f"newer version: {len(NEXT)}, this one knows {len(MIGRATIONS)}"
    with pytest.raises(LedgerError, match=versions):
        open_engine(path)
    assert path.read_bytes() == before


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    """All steps are taken, or none."""
    open_engine(path).dispose()
    with pytest.raises(OperationalError):
        open_engine(path, BROKEN)
    engine = open_engine(path)
    assert inspect(engine).has_table("drives")
    assert "colour" not in {c["name"] for c in inspect(engine).get_columns("drives")}
    engine.dispose()
