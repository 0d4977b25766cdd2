"""The tables as they are after the last migration.

`sequence` is the order in which burn-ins were queued, whatever the clock said.
Times are UTC ISO text with microseconds, which sorts as the times do; JSON is text.
"""

from typing import Final

from sqlalchemy import Column, Float, Integer, MetaData, Table, Text

METADATA: Final = MetaData()

BURN_INS: Final = Table(
    "burn_ins",
    METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("nas_id", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("lunid", Text),
    Column("model", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("device", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("operator", Text),
    Column("created", Text, nullable=False),
    Column("started", Text),
    Column("finished", Text),
    Column("finish_time", Text),
    Column("position", Integer, nullable=False),
    Column("findings", Text, nullable=False),
    Column("pause_reason", Text),
    Column("stalled", Integer, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("retry_of", Text),
    Column("attempt", Integer, nullable=False),
    Column("failed_before", Integer, nullable=False),
)

STAGES: Final = Table(
    "stages",
    METADATA,
    Column("burn_in_id", Text, primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("percent", Float, nullable=False),
    Column("token", Text),
    Column("replaces", Text),
    Column("boot_id", Text),
    Column("reference", Text),
    Column("started", Text),
    Column("finished", Text),
    Column("evidence", Text, nullable=False),
    Column("reasons", Text, nullable=False),
)

DRIVES: Final = Table(
    "drives",
    METADATA,
    Column("nas_id", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("location", Text, nullable=False),
    Column("notes", Text, nullable=False),
)

IDENTITIES: Final = Table(
    "identities",
    METADATA,
    Column("nas_id", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("called", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("lunid", Text),
    Column("size", Integer, nullable=False),
)

HEALTH: Final = Table(
    "health",
    METADATA,
    Column("nas_id", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("serial", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("content", Text),
)

SELF_TESTS: Final = Table(
    "self_tests",
    METADATA,
    Column("nas_id", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("serial", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("finished", Text),
    Column("log_before", Text, nullable=False),
)

EPOCH: Final = Table(
    "epoch",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("copied", Integer, nullable=False),
)

HOLDS: Final = Table(
    "holds",
    METADATA,
    Column("nas_id", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
)

DAILY_REPORTS: Final = Table(
    "daily_reports",
    METADATA,
    Column("nas_id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("audit_id", Integer, nullable=False),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("nas_id", Text, nullable=False),
    Column("burn_in_id", Text),
    Column("serial", Text),
    Column("event", Text, nullable=False),
    Column("actor", Text),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
