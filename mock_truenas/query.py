"""query-filters and query-options, as the middleware applies them."""

from collections.abc import Callable, Mapping, Sequence
import json
import re
from typing import Any

from .errors import MatchNotFound, invalid

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda have, want: have == want,
    "!=": lambda have, want: have != want,
    ">": lambda have, want: have is not None and have > want,
    ">=": lambda have, want: have is not None and have >= want,
    "<": lambda have, want: have is not None and have < want,
    "<=": lambda have, want: have is not None and have <= want,
    "~": lambda have, want: re.match(want, str(have)) is not None,
    "in": lambda have, want: have in want,
    "nin": lambda have, want: have not in want,
    "rin": lambda have, want: have is not None and want in have,
    "rnin": lambda have, want: have is not None and want not in have,
    "^": lambda have, want: have is not None and have.startswith(want),
    "!^": lambda have, want: have is not None and not have.startswith(want),
    "$": lambda have, want: have is not None and have.endswith(want),
    "!$": lambda have, want: have is not None and not have.endswith(want),
}
REST_OPERATORS = {
    "eq": "=",
    "neq": "!=",
    "gt": ">",
    "lt": "<",
    "gte": ">=",
    "lte": "<=",
    "regex": "~",
}


def apply(
    rows: Sequence[dict[str, Any]],
    filters: Sequence[Any] = (),
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Return the rows that pass, with the options applied."""
    options = options or {}
    found = [row for row in rows if all(_passes(row, item) for item in filters)]
    for field in reversed(options.get("order_by") or []):
        name = field.removeprefix("-")
        found.sort(
            key=lambda row: (row.get(name) is not None, row.get(name) or 0),
            reverse=field.startswith("-"),
        )
    if options.get("count"):
        return len(found)
    if select := options.get("select"):
        found = [{name: row[name] for name in select if name in row} for row in found]
    if options.get("get"):
        if not found:
            raise MatchNotFound
        return found[0]
    first = options.get("offset") or 0
    last = first + options["limit"] if options.get("limit") else None
    return found[first:last]


def _passes(row: Mapping[str, Any], wanted: Any) -> bool:
    if isinstance(wanted, list) and len(wanted) == 2 and wanted[0] in ("OR", "AND"):
        parts = (_passes(row, item) for item in wanted[1])
        return any(parts) if wanted[0] == "OR" else all(parts)
    if not isinstance(wanted, list) or len(wanted) != 3 or wanted[1] not in OPERATORS:
        raise invalid("filters", f"Invalid filter {wanted!r}")
    field, operator, value = wanted
    have: Any = row
    for name in str(field).split("."):
        have = have.get(name, _MISSING) if isinstance(have, Mapping) else _MISSING
    return have is not _MISSING and OPERATORS[operator](have, value)


_MISSING = object()


def from_query_string(
    pairs: Mapping[str, str], *, core: bool
) -> tuple[list[Any], dict[str, Any]]:
    """Return filters and options of a REST query string.

    A value of digits only becomes a number, so that no serial of digits is found;
    CORE takes `extra.` for a field (docs/truenas-api.md §2.2).
    """
    filters: list[Any] = []
    options: dict[str, Any] = {}
    for name, text in pairs.items():
        value: Any = int(text) if text.isdigit() else text
        field, _, operator = name.partition("__")
        if name in ("limit", "offset"):
            options[name] = value
        elif name == "count":
            options["count"] = text.lower() in ("true", "1")
        elif name == "sort":
            options["sort"] = value
        elif name.startswith("extra.") and not core:
            extra = options.setdefault("extra", {})
            extra[name.removeprefix("extra.")] = _as_json(text)
        else:
            filters.append(
                [field, REST_OPERATORS.get(operator, operator or "="), value]
            )
    return filters, options


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
