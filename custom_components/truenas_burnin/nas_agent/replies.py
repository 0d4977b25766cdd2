"""Answer requests: a file for each reply, and a line in the feed."""

from __future__ import annotations

import threading
import time

from . import durable, words
from .errors import Json, Refused
from .feed import Feed
from .pace import Pace
from .paths import Paths

IN_FEED = 4 << 10
"""Bytes of the longest reply that stands in the feed itself."""


class Replies:
    """The folder of replies."""

    def __init__(self, paths: Paths, feed: Feed, pace: Pace) -> None:
        """Take over what an earlier service left, to be removed in time."""
        self._folder = paths.replies
        self._feed = feed
        self._pace = pace
        self._lock = threading.Lock()
        self._given = dict.fromkeys(
            (path.name for path in self._folder.iterdir()), time.monotonic()
        )

    def is_given(self, identifier: str) -> bool:
        """Return whether a request was answered; its file may have come twice."""
        with self._lock:
            return f"{identifier}.json" in self._given

    def give(self, identifier: str, result: dict[str, Json]) -> None:
        """Answer what was done."""
        self._put({"id": identifier, "ok": True, "result": result})

    def refuse(self, identifier: str, refused: Refused) -> None:
        """Answer why nothing was done."""
        self._put(
            {
                "id": identifier,
                "ok": False,
                "error": refused.code.value,
                "details": refused.details,
                "message": refused.message,
            }
        )

    def sweep(self) -> None:
        """Remove what is old."""
        now = time.monotonic()
        with self._lock:
            old = [
                name
                for name, given in self._given.items()
                if now - given > self._pace.keep
            ]
            for name in old:
                del self._given[name]
                try:
                    (self._folder / name).unlink()
                except OSError:
                    pass  # fetched and removed by its asker, or nothing can be

    def _put(self, reply: dict[str, Json]) -> None:
        identifier = str(reply["id"])
        name = f"{identifier}.json"
        with self._lock:
            self._given[name] = time.monotonic()
        is_short = len(words.encode(reply)) <= IN_FEED
        try:
            durable.replace(self._folder / name, reply, sync=False)
        except OSError:
            pass  # a full disk: the feed may still have room for a line
        self._feed.reply(reply if is_short else {"id": identifier, "file": True})
