"""The line to the guest: requests to inside/guestd.py and their answers (README.md, "The line to the guest")."""

import base64
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
import itertools
import json
from pathlib import Path
import socket
from threading import Event, Lock, Thread
from typing import Any

type Message = dict[str, Any]

GONE: Message = {"ok": False, "error": "guest_gone"}


class GuestError(Exception):
    """The guest could not do what was asked; its code is the text."""


@dataclass(frozen=True)
class Ran:
    """A command that came to its end."""

    status: int
    out: str
    err: str


class Line:
    """JSON lines over a unix socket, for many threads at once."""

    def __init__(self, path: Path) -> None:
        """Connect to the socket that QEMU or a bridge listens at."""
        self.said_hello = Event()
        self._ids = itertools.count(1)
        self._waiting: dict[int, Future[Message]] = {}
        self._lock = Lock()
        self._closed = False
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        Thread(target=self._read, name=f"line {path.name}", daemon=True).start()

    def close(self) -> None:
        """Hang up; what was asked is answered `guest_gone`."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def submit(self, message: Message) -> Future[Message]:
        """Send a request under an id of our own; the future has the answer."""
        answer: Future[Message] = Future()
        number = next(self._ids)
        with self._lock:
            if self._closed:
                answer.set_result(GONE)
                return answer
            self._waiting[number] = answer
            try:
                self._socket.sendall(
                    json.dumps(message | {"id": number}).encode() + b"\n"
                )
            except OSError:
                self._waiting.pop(number).set_result(GONE)
        return answer

    def ask(self, message: Message, seconds: float = 120) -> Message:
        """Return the answer; GuestError where it is a refusal, TimeoutError where there is none."""
        answer = self.submit(message).result(seconds)
        if not answer["ok"]:
            raise GuestError(answer["error"])
        return answer

    def run(
        self,
        command: str | Sequence[str],
        *,
        seconds: float = 120,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Ran:
        """Run a command as root: words as they are, a text by bash."""
        words = (
            ["/bin/bash", "-c", command] if isinstance(command, str) else list(command)
        )
        answer = self.ask(
            {
                "op": "run",
                "command": words,
                "env": None if env is None else dict(env),
                "stdin": base64.b64encode(stdin).decode(),
                "timeout": seconds,
            },
            seconds + 60,
        )
        return Ran(answer["status"], _text(answer["out"]), _text(answer["err"]))

    def out(self, command: str | Sequence[str], *, seconds: float = 120) -> str:
        """Return what a command that has to succeed printed, without the last line's end."""
        ran = self.run(command, seconds=seconds)
        if ran.status:
            raise GuestError(f"{command}: status {ran.status}: {ran.out}{ran.err}")
        return ran.out.rstrip("\n")

    def put(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Write a file whole."""
        text = base64.b64encode(data).decode()
        self.ask({"op": "put", "path": path, "data": text, "mode": mode})

    def get(self, path: str) -> bytes | None:
        """Return a file, None where there is none."""
        try:
            return base64.b64decode(self.ask({"op": "get", "path": path})["data"])
        except GuestError as err:
            if str(err) == "not_found":
                return None
            raise

    def _read(self) -> None:
        with suppress(OSError), self._socket.makefile("rb") as lines:
            for text in lines:
                answer = json.loads(text)
                if not answer["id"]:
                    self.said_hello.set()
                    continue
                with self._lock:
                    waiting = self._waiting.pop(answer["id"], None)
                if waiting is not None:
                    waiting.set_result(answer)
        with self._lock:
            self._closed = True
            left, self._waiting = self._waiting, {}
        for waiting in left.values():
            waiting.set_result(GONE)


def _text(data: str) -> str:
    return base64.b64decode(data).decode(errors="replace")
