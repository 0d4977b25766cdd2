"""The schema, one migration after the other; released ones never change.

The number of migrations a ledger has seen is its `user_version`.
"""

from typing import Final

from sqlalchemy import Connection

type Migrations = tuple[tuple[str, ...], ...]

MIGRATIONS: Final[Migrations] = (
    (
        """
        CREATE TABLE burn_ins (
            sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            nas_id TEXT NOT NULL,
            identifier TEXT NOT NULL,
            serial TEXT NOT NULL,
            lunid TEXT,
            model TEXT NOT NULL,
            size INTEGER NOT NULL,
            device TEXT NOT NULL,
            profile TEXT NOT NULL,
            state TEXT NOT NULL,
            operator TEXT,
            created TEXT NOT NULL,
            started TEXT,
            finished TEXT,
            finish_time TEXT,
            position INTEGER NOT NULL,
            findings TEXT NOT NULL,
            pause_reason TEXT,
            stalled INTEGER NOT NULL,
            reasons TEXT NOT NULL,
            retry_of TEXT REFERENCES burn_ins (id),
            attempt INTEGER NOT NULL,
            failed_before INTEGER NOT NULL
        )
        """,
        "CREATE INDEX burn_ins_of_nas ON burn_ins (nas_id, sequence)",
        "CREATE INDEX burn_ins_in_state ON burn_ins (state, sequence)",
        "CREATE INDEX burn_ins_serial ON burn_ins (serial)",
        "CREATE INDEX burn_ins_drive ON burn_ins (nas_id, identifier, sequence)",
        "CREATE INDEX burn_ins_counted ON burn_ins (nas_id, model, size, state)",
        "CREATE INDEX burn_ins_finished ON burn_ins (finished, state)",
        "CREATE INDEX burn_ins_nas_finished ON burn_ins (nas_id, finished, state)",
        """
        CREATE TABLE stages (
            burn_in_id TEXT NOT NULL REFERENCES burn_ins (id),
            "index" INTEGER NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            weight REAL NOT NULL,
            attempt INTEGER NOT NULL,
            percent REAL NOT NULL,
            token TEXT,
            replaces TEXT,
            boot_id TEXT,
            reference TEXT,
            started TEXT,
            finished TEXT,
            evidence TEXT NOT NULL,
            reasons TEXT NOT NULL,
            PRIMARY KEY (burn_in_id, "index")
        )
        """,
        """
        CREATE INDEX stages_counted
        ON stages (state, kind, finished, started, burn_in_id)
        """,
        """
        CREATE TRIGGER burn_ins_keep_ended BEFORE UPDATE ON burn_ins
        WHEN old.state IN ('passed', 'failed', 'cancelled', 'inconclusive')
        BEGIN SELECT RAISE(ABORT, 'a burn-in that has ended is never changed'); END
        """,
        """
        CREATE TRIGGER burn_ins_keep_rows BEFORE DELETE ON burn_ins
        BEGIN SELECT RAISE(ABORT, 'burn-ins are never deleted'); END
        """,
        """
        CREATE TRIGGER stages_keep_values BEFORE UPDATE ON stages
        WHEN (SELECT state FROM burn_ins WHERE id = old.burn_in_id)
            IN ('passed', 'failed', 'cancelled', 'inconclusive')
        BEGIN SELECT RAISE(ABORT, 'a burn-in that has ended is never changed'); END
        """,
        """
        CREATE TRIGGER stages_keep_rows BEFORE DELETE ON stages
        WHEN (SELECT state FROM burn_ins WHERE id = old.burn_in_id)
            IN ('passed', 'failed', 'cancelled', 'inconclusive')
        BEGIN SELECT RAISE(ABORT, 'a burn-in that has ended is never changed'); END
        """,
        """
        CREATE TABLE drives (
            nas_id TEXT NOT NULL,
            identifier TEXT NOT NULL,
            location TEXT NOT NULL,
            notes TEXT NOT NULL,
            PRIMARY KEY (nas_id, identifier)
        )
        """,
        """
        CREATE TABLE identities (
            nas_id TEXT NOT NULL,
            identifier TEXT NOT NULL,
            called TEXT NOT NULL,
            serial TEXT NOT NULL,
            lunid TEXT,
            size INTEGER NOT NULL,
            PRIMARY KEY (nas_id, identifier)
        )
        """,
        """
        CREATE TABLE health (
            nas_id TEXT NOT NULL,
            identifier TEXT NOT NULL,
            serial TEXT NOT NULL,
            at TEXT NOT NULL,
            report TEXT NOT NULL,
            content TEXT,
            PRIMARY KEY (nas_id, identifier)
        )
        """,
        """
        CREATE TABLE epoch (
            id TEXT NOT NULL PRIMARY KEY,
            number INTEGER NOT NULL,
            copied INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE self_tests (
            nas_id TEXT NOT NULL,
            identifier TEXT NOT NULL,
            kind TEXT NOT NULL,
            serial TEXT NOT NULL,
            state TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT,
            log_before TEXT NOT NULL,
            PRIMARY KEY (nas_id, identifier, kind)
        )
        """,
        """
        CREATE TABLE holds (
            nas_id TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (nas_id, reason)
        )
        """,
        """
        CREATE TABLE daily_reports (
            nas_id TEXT NOT NULL PRIMARY KEY,
            at TEXT NOT NULL,
            audit_id INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE audit (
            id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            nas_id TEXT NOT NULL,
            burn_in_id TEXT REFERENCES burn_ins (id),
            serial TEXT,
            event TEXT NOT NULL,
            actor TEXT,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL
        )
        """,
        "CREATE INDEX audit_nas ON audit (nas_id)",
        "CREATE INDEX audit_burn_in ON audit (burn_in_id)",
        """
        CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END
        """,
        """
        CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END
        """,
    ),
)


def migrate(connection: Connection, migrations: Migrations = MIGRATIONS) -> None:
    """Apply the migrations this ledger has not seen."""
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    for statements in migrations[version:]:
        for statement in statements:
            connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA user_version = {len(migrations)}")
