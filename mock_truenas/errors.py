"""How a call of the middleware fails."""

import errno
from typing import Final

ENOENT: Final = errno.ENOENT
EPERM: Final = errno.EPERM
EACCES: Final = errno.EACCES
EFAULT: Final = errno.EFAULT
EBUSY: Final = errno.EBUSY
EINVAL: Final = errno.EINVAL
EOPNOTSUPP: Final = errno.EOPNOTSUPP
ENOTAUTHENTICATED: Final = 207
"""TrueNAS' own (docs/truenas-api.md §1.2)."""


def errname(number: int) -> str:
    """Return the name of an errno."""
    own = {201: "ENOMETHOD", ENOTAUTHENTICATED: "ENOTAUTHENTICATED"}
    return errno.errorcode.get(number) or own.get(number, "EUNKNOWN")


class CallError(Exception):
    """A method said no, with an errno and a reason."""

    def __init__(self, reason: str, errno: int = EFAULT) -> None:
        """Keep both."""
        super().__init__(f"[{errname(errno)}] {reason}")
        self.reason = reason
        self.errno = errno


type Flaw = tuple[str | None, str, int]
"""Which attribute, what is wrong with it, errno."""


class ValidationError(Exception):
    """Parameters are not valid; `flaws` has at least one."""

    def __init__(self, *flaws: Flaw) -> None:
        """Keep what and why."""
        super().__init__(
            "".join(f"[{errname(code)}] {where}: {why}\n" for where, why, code in flaws)
        )
        self.flaws = flaws


def invalid(attribute: str | None, message: str, errno: int = EINVAL) -> Exception:
    """Return the error for one bad attribute."""
    return ValidationError((attribute, message, errno))


def not_found(message: str) -> Exception:
    """Return the error for a row that is not there."""
    return ValidationError((None, message, ENOENT))


class MatchNotFound(Exception):
    """No row for a query that must get one."""


class NoSuchMethod(Exception):
    """There is no such method in a generation."""
