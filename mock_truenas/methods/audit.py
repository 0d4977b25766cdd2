"""audit.query: what the NAS has kept of everybody's doings."""

from typing import Any

from ..query import apply
from ..world import World


def methods(world: World) -> dict[str, Any]:
    """Return the methods of this namespace."""

    async def query(data: dict[str, Any] | None = None) -> Any:
        given = {"services": ["MIDDLEWARE", "SUDO"], **(data or {})}
        rows = [
            row for row in world.audit.rows() if row["service"] in given["services"]
        ]
        filters = given.get("query-filters") or ()
        return apply(rows, filters, given.get("query-options"))

    return {"audit.query": query}
