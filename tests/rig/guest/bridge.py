"""Offers the line to the guest to other processes: a socket that outlives each guest (README.md)."""

from concurrent.futures import Future
from contextlib import suppress
from functools import partial
import json
from pathlib import Path
import socket
from threading import Lock, Thread

from .line import GONE, Line, Message


class Bridge:
    """A unix socket that passes requests on to the guest of the moment."""

    def __init__(self, path: Path) -> None:
        """Listen at `path`; every request is answered `guest_gone` until `line` is set."""
        self.path = path
        self.line: Line | None = None
        path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        Thread(target=self._accept, name="bridge", daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        lock = Lock()
        with connection, suppress(OSError), connection.makefile("rb") as lines:
            for text in lines:
                try:
                    request: Message = json.loads(text)
                    number = request["id"]
                except ValueError, KeyError, TypeError:
                    return
                answer = self._pass(request)
                answer.add_done_callback(partial(_reply, connection, lock, number))

    def _pass(self, request: Message) -> Future[Message]:
        if self.line is not None:
            return self.line.submit(request)
        gone: Future[Message] = Future()
        gone.set_result(GONE)
        return gone


def _reply(
    connection: socket.socket, lock: Lock, number: object, answer: Future[Message]
) -> None:
    text = json.dumps(answer.result() | {"id": number})
    with lock, suppress(OSError):
        connection.sendall(text.encode() + b"\n")
