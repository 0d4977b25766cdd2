"""What the README claims is what the code does."""

from pathlib import Path

from custom_components.truenas_burnin.truenas.dialect import (
    DIALECTS,
    Dialect,
    Protocol,
    Road,
)

README = Path(__file__).parents[1] / "README.md"
ROADS = {Road.NATIVE: "TrueNAS", Road.AGENT: "the agent"}
PROTOCOLS = {Protocol.REST: "REST", Protocol.JSON_RPC: "JSON-RPC"}


def row(dialect: Dialect) -> str:
    """Return a dialect as a row of the README's table."""
    cells = (
        dialect.name,
        PROTOCOLS[dialect.protocol],
        ROADS[dialect.self_tests],
        ROADS[dialect.self_test_abort],
        "yes" if dialect.knows_exported_pools else "no",
        "pushed" if dialect.tail else "read",
        f"write, with `{dialect.wipe_role}`" if dialect.wipe_role else "watch",
    )
    return f"| {' | '.join(cells)} |"


def test_the_table_of_generations_is_the_dialect_table() -> None:
    """Row for row, in order."""
    lines = README.read_text().splitlines()
    start = next(
        index for index, line in enumerate(lines) if line.startswith("| Generation |")
    )
    end = lines.index("", start)
    assert lines[start + 2 : end] == [row(dialect) for dialect in DIALECTS]
