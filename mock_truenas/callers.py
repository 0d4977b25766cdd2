"""Who calls: the API key, its owner, and what roles allow (docs/truenas-api.md §1)."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
import secrets
import string
from typing import Any
import uuid

from .clock import stamp

FULL_ADMIN = "FULL_ADMIN"
_LETTERS = string.ascii_letters + string.digits


def new_key() -> str:
    """Return an API key in the middleware's form."""
    return "1-" + "".join(secrets.choice(_LETTERS) for _ in range(64))


@dataclass
class Key:
    """The API key of the NAS and the user it belongs to.

    `access` is whether the user may use the API at all.
    """

    text: str
    owner: str = "truenas_admin"
    roles: frozenset[str] = frozenset({FULL_ADMIN})
    name: str = "ha"
    revoked: bool = False
    expired: bool = False
    access: bool = True

    @property
    def id(self) -> int:
        """The number in front of the dash."""
        return int(self.text.partition("-")[0])

    def matches(self, text: str) -> bool:
        """Tell whether this is the key, alive or dead."""
        return secrets.compare_digest(self.text.encode(), text.encode())

    @property
    def alive(self) -> bool:
        """Tell whether it opens anything."""
        return not (self.revoked or self.expired)


@dataclass(frozen=True)
class Caller:
    """Somebody who has logged in."""

    username: str
    roles: frozenset[str]
    key_id: int
    key_name: str
    login_at: datetime
    login_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    parent: Caller | None = None
    """Who asked for the token by which this one came."""

    @property
    def full_admin(self) -> bool:
        """Tell whether nothing is denied."""
        return FULL_ADMIN in self.roles

    def may(self, needed: Iterable[str]) -> bool:
        """Tell whether one of the roles is there, or included in one that is."""
        return self.full_admin or any(
            included(granted, role) for granted in self.roles for role in needed
        )

    def encode(self) -> dict[str, Any]:
        """Return what a job says of who started it."""
        told = self.dumped()
        return {"type": told["credentials"], "data": told["credentials_data"]}

    def dumped(self) -> dict[str, Any]:
        """Return what the audit log says of it; the key itself is not in it."""
        data: dict[str, Any] = {"username": self.username, "login_id": self.login_id}
        if self.parent is not None:
            data["parent"] = self.parent.dumped()
            return {"credentials": "TOKEN", "credentials_data": data}
        data["login_at"] = stamp(self.login_at)
        data["api_key"] = {"id": self.key_id, "name": self.key_name}
        return {"credentials": "API_KEY", "credentials_data": data}


def included(granted: str, needed: str) -> bool:
    """Tell whether a role is another, or includes it."""
    return (
        granted == needed
        or (granted == "READONLY_ADMIN" and needed.endswith("_READ"))
        or (granted.removesuffix("_WRITE") + "_READ" == needed)
    )


def login(key: Key, now: datetime) -> Caller:
    """Return the caller that presented a key."""
    return Caller(key.owner, key.roles, key.id, key.name, now)


@dataclass(frozen=True)
class Call:
    """One call under way; without a caller nobody has logged in.

    `connection` is the websocket it came by. `content` is what was uploaded.
    """

    caller: Caller | None = None
    message_id: Any = None
    connection: Any = None
    content: bytes | None = None
    downloads: bool = False


_NOBODY = Call()
CALL: ContextVar[Call] = ContextVar("CALL", default=_NOBODY)
"""The call that a method is running for."""
