"""The parameters of the methods, checked as each generation checks them.

The newer models convert nothing and say what is wrong in pydantic's words; the
older schemas convert some and have words of their own (docs/truenas-api.md §8).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pydantic

from .errors import EINVAL, CallError, Flaw, ValidationError
from .profile import Profile
from .signatures import SIGNATURES, Checks, query

_OLD_NAMES: Mapping[str, Mapping[str, str]] = {
    "cronjob.create": {"data": "cron_job_create"},
    "cronjob.update": {"data": "cron_job_update"},
}
"""What the older schemas called a parameter."""

_OLD_QUERY = {"filters": "query-filters", "options": "query-options"}

_OLD_WORDS = {
    "missing": "attribute required",
    "extra_forbidden": "Field was not expected",
    "literal_error": "Invalid choice: {input}",
    "string_type": "Not a string",
    "int_type": "Not an integer",
    "int_parsing": "Not an integer",
    "int_from_float": "Not an integer",
    "bool_type": "Not a boolean",
    "list_type": "Not a list",
    "dict_type": "A dict was expected",
    "model_type": "A dict was expected",
}
"""The older schemas' words for pydantic's kinds of errors."""


@cache
def _signature(
    profile: Profile, method: str
) -> tuple[Checks, type[pydantic.BaseModel]]:
    checks = Checks(profile, method.startswith(profile.strict))
    fields = SIGNATURES[method](checks) if method in SIGNATURES else {}
    return checks, checks.model(method, fields)


def accepted(profile: Profile, method: str, params: list[Any]) -> list[Any]:
    """Return the parameters as the method takes them; raise ValidationError."""
    checks, model = _signature(profile, method)
    names = list(model.model_fields)
    if len(params) > len(names):
        words = f"Too many arguments (expected {len(names)}, found {len(params)})"
        if checks.strict:
            raise ValidationError(("", words, EINVAL))
        raise CallError(words)
    try:
        given = model.model_validate(dict(zip(names, params, strict=False)))
    except pydantic.ValidationError as err:
        flaws = [_flaw(checks, method, error) for error in err.errors()]
        raise ValidationError(*flaws) from None
    values = given.model_dump(exclude_unset=True)
    return [values[name] for name in names[: len(params)]]


def _flaw(checks: Checks, method: str, error: Any) -> Flaw:
    path = [str(step) for step in error["loc"]]
    words = str(error["msg"])
    if error["type"] == "union_tag_not_found":
        path.append(error["ctx"]["discriminator"].strip("'"))
        words = "Field required"
    if not checks.strict:
        queries = SIGNATURES.get(method) is query
        old = _OLD_QUERY if queries else _OLD_NAMES.get(method, {})
        path[0] = old.get(path[0], path[0])
        words = _OLD_WORDS.get(error["type"], words).format(input=error["input"])
    return ".".join(path), words, EINVAL
