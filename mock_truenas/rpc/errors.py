"""The error objects of JSON-RPC, with TrueNAS' own data in them."""

from typing import Any

from ..errors import EINVAL, CallError, ValidationError, errname

INVALID_JSON = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
TOO_MANY_CALLS = -32000
CALL_ERROR = -32001


def plain(code: int, message: str) -> dict[str, Any]:
    """Return an error that says no more than that."""
    return {"code": code, "message": message}


def failure(error: Exception, *, frames: bool) -> dict[str, Any]:
    """Return the error of a method that failed."""
    if isinstance(error, ValidationError):
        said = plain(INVALID_PARAMS, "Invalid params")
    else:
        said = plain(CALL_ERROR, "Method call error")
    return {**said, "data": data(error, frames=frames)}


def data(error: Exception, *, frames: bool, trace: bool = True) -> dict[str, Any]:
    """Return errno, reason and details; `frames` is whether the trace has them."""
    number, extra = EINVAL, None
    if isinstance(error, ValidationError):
        extra = [list(flaw) for flaw in error.flaws]
    elif isinstance(error, CallError):
        number = error.errno
    return {
        "error": number,
        "errname": errname(number),
        "reason": str(error) or repr(error),
        "trace": _trace(error, frames=frames) if trace else None,
        "extra": extra,
    }


def _trace(error: Exception, *, frames: bool) -> dict[str, Any]:
    kind = type(error).__name__
    if isinstance(error, ValidationError):
        kind = "ValidationErrors"
    trace: dict[str, Any] = {
        "class": kind,
        "formatted": f"Traceback (most recent call last):\n{kind}: {error}",
        "repr": repr(error),
    }
    if frames:
        trace["frames"] = []
    return trace
