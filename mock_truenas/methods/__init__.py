"""The middleware's methods, one namespace per file, behind every protocol."""

from collections.abc import Awaitable, Callable
from typing import Any

type Method = Callable[..., Awaitable[Any]]
"""Parameters as the middleware takes them; a method that starts a job returns it."""
