"""QEMU's own line: commands and events (https://www.qemu.org/docs/master/interop/qmp-spec.html)."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
import itertools
import json
from pathlib import Path
import socket
from threading import Condition, Thread
from typing import Any

_SECONDS = 120

type Event = dict[str, Any]


class QmpError(Exception):
    """QEMU refused a command, or is gone."""


class Qmp:
    """A connection to a running QEMU."""

    def __init__(self, path: Path) -> None:
        """Connect, and leave the greeting behind."""
        self._ids = itertools.count(1)
        self._waiting: dict[int, Future[Any]] = {}
        self._events: list[Event] = []
        self._news = Condition()
        self._closed = False
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        Thread(target=self._read, name="qmp", daemon=True).start()
        self.do("qmp_capabilities")

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def do(self, command: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Return what a command returns."""
        answer: Future[Any] = Future()
        number = next(self._ids)
        with self._news:
            if self._closed:
                raise QmpError("QEMU is gone")
            self._waiting[number] = answer
        request = {"execute": command, "arguments": arguments or {}, "id": number}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return answer.result(_SECONDS)

    def until(self, what: Callable[[Event], bool], seconds: float) -> bool:
        """Wait for an event since the connection was made; False where none came."""
        with self._news:
            return self._news.wait_for(
                lambda: any(what(event) for event in self._events), seconds
            )

    def forget_events(self) -> None:
        """Let `until` look at later events only."""
        with self._news:
            self._events.clear()

    def _read(self) -> None:
        with suppress(OSError), self._socket.makefile("rb") as lines:
            for text in lines:
                self._heard(json.loads(text))
        with self._news:
            self._closed = True
            left, self._waiting = self._waiting, {}
            self._news.notify_all()
        for waiting in left.values():
            waiting.set_exception(QmpError("QEMU is gone"))

    def _heard(self, message: dict[str, Any]) -> None:
        if "event" in message:
            with self._news:
                self._events.append(message)
                self._news.notify_all()
        elif "id" in message:
            with self._news:
                waiting = self._waiting.pop(message["id"])
            if "error" in message:
                waiting.set_exception(QmpError(message["error"]["desc"]))
            else:
                waiting.set_result(message["return"])
