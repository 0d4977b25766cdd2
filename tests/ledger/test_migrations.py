"""The schema grows in steps that never change."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, inspect
from sqlalchemy.exc import OperationalError

from custom_components.truenas_burnin.burnin.model import Finding, Severity, StageKind
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import burn_ins
from custom_components.truenas_burnin.ledger.codec import burn_in_row, stage_row
from custom_components.truenas_burnin.ledger.files import open_engine
from custom_components.truenas_burnin.ledger.migrations import MIGRATIONS
from custom_components.truenas_burnin.ledger.tables import METADATA

from ..said import verbatim
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


def test_reasons_were_sentences(path: Path) -> None:
    """Those of old are told as they are; what no ledger ever held is left alone."""
    old = open_engine(path, MIGRATIONS[:3])
    findings = [
        {"key": "ata_5", "severity": "warn", "text": "5 {grew}", "before": 0}
        | {"after": 8, "stage": "final_check"},
        {"key": "hot", "severity": "fail", "text": '"hot"', "before": None}
        | {"after": None, "stage": None},
    ]
    burn_in = a_burn_in(reasons=(), findings=())
    stages = [stage_row(burn_in.id, n, each) for n, each in enumerate(burn_in.stages)]
    row = burn_in_row(burn_in) | {"findings": json.dumps(findings)}
    rows = {
        "told": row | {"id": "told", "reason": "it {broke} 'so'"},
        "none": row | {"id": "none", "reason": None, "findings": "[]"},
        "damaged": row | {"id": "damaged", "reason": None, "findings": "["},
    }
    with old.begin() as connection:
        for name, each in rows.items():
            _insert(connection, "burn_ins", each)
            for stage in stages:
                words = "began again" if stage["state"] == "running" else None
                _insert(
                    connection, "stages", stage | {"burn_in_id": name, "reason": words}
                )
    old.dispose()
    engine = open_engine(path)
    with engine.begin() as connection:
        told = burn_ins.get(connection, "told")
        none = burn_ins.get(connection, "none")
        with pytest.raises(LedgerError, match="damaged cannot be read"):
            burn_ins.get(connection, "damaged")
    engine.dispose()
    assert told is not None
    assert none is not None
    assert told.reasons == (verbatim("it {broke} 'so'"),)
    assert told.findings == (
        Finding(
            key="ata_5",
            severity=Severity.WARN,
            reason=verbatim("5 {grew}"),
            before=0,
            after=8,
            stage=StageKind.FINAL_CHECK,
        ),
        Finding(key="hot", severity=Severity.FAIL, reason=verbatim('"hot"')),
    )
    assert [stage.reasons for stage in told.stages if stage.reasons] == [
        (verbatim("began again"),)
    ]
    assert (none.reasons, none.findings) == ((), ())


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    """Store a row as an older version did: with a reason, without reasons."""
    old = {key: value for key, value in row.items() if key != "reasons"}
    names = ", ".join(f'"{name}"' for name in old)
    marks = ", ".join("?" for _ in old)
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - ours
        tuple(old.values()),
    )
