"""query-filters and query-options, as the middleware applies them."""

from collections.abc import Callable, Mapping, Sequence
import re
from typing import Any

from .errors import ValidationError

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
    "^": lambda have, want: str(have).startswith(want),
    "$": lambda have, want: str(have).endswith(want),
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
OPTIONS = {
    "count", "extra", "force_sql_filters", "get", "limit", "offset", "order_by",
    "prefix", "relationships", "select",
}  # fmt: skip


def apply(
    rows: Sequence[dict[str, Any]],
    filters: Sequence[Any] = (),
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Return the rows that pass, with the options applied."""
    options = options or {}
    unknown = set(options) - OPTIONS
    if unknown:
        raise ValidationError(f"options.{min(unknown)}", "Field was not expected")
    found = [row for row in rows if all(_passes(row, item) for item in filters)]
    for field in reversed(options.get("order_by") or []):
        name = field.removeprefix("-")
        found.sort(key=lambda row: str(row.get(name)), reverse=field.startswith("-"))
    if options.get("count"):
        return len(found)
    if options.get("get"):
        if not found:
            raise ValidationError("", "MatchNotFound()")
        return found[0]
    first = options.get("offset") or 0
    last = first + options["limit"] if options.get("limit") else None
    found = found[first:last]
    if select := options.get("select"):
        found = [{name: row.get(name) for name in select} for row in found]
    return found


def _passes(row: Mapping[str, Any], wanted: Any) -> bool:
    if not isinstance(wanted, list) or len(wanted) != 3 or wanted[1] not in OPERATORS:
        raise ValidationError("filters", f"Invalid filter {wanted!r}")
    field, operator, value = wanted
    have: Any = row
    for name in str(field).split("."):
        have = have.get(name, _MISSING) if isinstance(have, Mapping) else _MISSING
    return have is not _MISSING and OPERATORS[operator](have, value)


_MISSING = object()


def from_query_string(pairs: Mapping[str, str]) -> tuple[list[Any], dict[str, Any]]:
    """Return filters and options of a REST query string.

    A value of digits only becomes a number, so that no serial of digits is found
    (truenas-api.md §2.2).
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
        else:
            filters.append(
                [field, REST_OPERATORS.get(operator, operator or "="), value]
            )
    return filters, options
