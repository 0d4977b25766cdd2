"""Tokens of auth.generate_token, which stand for whoever has asked for them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
import secrets
import time
from typing import Any

from .callers import Caller


@dataclass(frozen=True)
class _Token:
    """`until` in real seconds; `alive` is whether the session that made it goes on."""

    caller: Caller
    until: float
    single_use: bool
    plain: bool
    alive: Callable[[], bool]


class Tokens:
    """The tokens that were given out."""

    def __init__(self) -> None:
        """Begin without tokens."""
        self._known: dict[str, _Token] = {}

    def create(
        self,
        caller: Caller,
        seconds: float,
        *,
        single_use: bool = False,
        attributes: dict[str, Any] | None = None,
        alive: Callable[[], bool] = lambda: True,
    ) -> str:
        """Return a new token; one with attributes is good for nothing here."""
        text = secrets.token_urlsafe(48)
        until = time.monotonic() + seconds
        root = caller.parent or caller
        self._known[text] = _Token(root, until, single_use, not attributes, alive)
        return text

    def use(self, text: str) -> Caller | None:
        """Return who logs in by a token; None if it opens nothing (any more)."""
        token = self._known.get(text)
        if token is None or not token.plain:
            return None
        dead = time.monotonic() >= token.until or not token.alive()
        if dead or token.single_use:
            del self._known[text]
        return None if dead else replace(token.caller, parent=token.caller)

    def forget(self) -> None:
        """Lose all, as a restarted middleware does."""
        self._known = {}
