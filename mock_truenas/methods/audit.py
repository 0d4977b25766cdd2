"""audit.query: what the NAS has kept of everybody's doings."""

from typing import Any

from ..host import Host
from ..query import apply


def methods(host: Host) -> dict[str, Any]:
    """Return the methods of this namespace."""

    async def query(data: dict[str, Any] | None = None) -> Any:
        given = {"services": ["MIDDLEWARE", "SUDO"], **(data or {})}
        rows = [row for row in host.audit.rows() if row["service"] in given["services"]]
        filters = given.get("query-filters") or ()
        return apply(rows, filters, given.get("query-options"))

    return {"audit.query": query}
