"""What an error of a JSON-RPC call means (docs/truenas-api.md §8)."""

from typing import Any, Final

from .errors import (
    NO_SUCH_METHOD,
    AuthenticationFailed,
    CallFailed,
    ConnectionFailed,
    InvalidResponse,
    NotAuthorized,
    TrueNASError,
)

_METHOD_NOT_FOUND: Final = -32601
_TOO_MANY_CALLS: Final = -32000

_EPERM: Final = 1
_EACCES: Final = 13
_EBUSY: Final = 16
_ENOTAUTHENTICATED: Final = 207


_REFUSED_KEY: Final = "unexpected authenticator run state"
"""How 25.04.2.6 to 25.10.6 may refuse a key (docs/truenas-api.md §1.2)."""


class SessionEnded(ConnectionFailed):
    """The login has lapsed; the call was not executed, so log in and repeat it."""


class RateLimited(ConnectionFailed):
    """The NAS takes no more logins from here for a while; nothing was executed."""


def failure(method: str, error: Any) -> TrueNASError:
    """Return the `error` member of an answer as one of our errors."""
    if not isinstance(error, dict):
        return InvalidResponse(f"{method}: an error that is no object")
    code = error.get("code")
    message = error.get("message")
    if code == _METHOD_NOT_FOUND:
        return CallFailed(method, "the NAS has no such method", NO_SUCH_METHOD)
    if code == _TOO_MANY_CALLS:
        return ConnectionFailed(f"{method}: {message}")
    data = error.get("data")
    if _REFUSED_KEY in f"{message} {data}":
        return AuthenticationFailed("the API key was not accepted")
    if not isinstance(data, dict):
        return CallFailed(method, str(message or f"error {code}"))
    errno = data.get("error")
    reason = str(data.get("reason") or message or f"error {code}").strip()
    if errno == _ENOTAUTHENTICATED or "Session is expired" in reason:
        return SessionEnded(f"{method}: not logged in any more")
    if errno in (_EACCES, _EPERM):
        return NotAuthorized(f"the API key may not call {method}")
    if errno == _EBUSY and "Rate Limit" in reason:
        return RateLimited(f"{method}: {reason}")
    return CallFailed(method, reason, errno if isinstance(errno, int) else None)
