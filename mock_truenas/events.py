"""What clients that subscribed are told of (docs/truenas-api.md §6.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Change(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Event:
    """A change in a collection; `about` is the object behind it, for its access."""

    collection: str
    change: Change
    id: Any
    fields: dict[str, Any] | None = None
    about: Any = None


type Listener = Callable[[Event], None]


class Events:
    """Passes events on to whoever listens at the moment; nothing is replayed."""

    def __init__(self) -> None:
        """Begin without listeners."""
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call for every event from now on, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Tell everyone."""
        for listener in list(self._listeners):
            listener(event)
