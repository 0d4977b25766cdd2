"""The line to the machine: requests, and answers in any order (tests/rig/README.md)."""

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import itertools
import json
from pathlib import Path
from typing import Any

_LONGEST_ANSWER = 2**30
_PATIENCE = 60.0
"""Seconds that an answer may come after a command's own time is over."""

type Message = dict[str, Any]


class MachineError(OSError):
    """The machine could not do what it was asked."""


class MachineGone(MachineError):
    """There is no machine now, or it went while it was asked."""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Part:
    """Bytes of a file; `size` is that of the whole file."""

    data: bytes
    size: int


class Machine:
    """Runs commands and keeps files; the line is taken up again when it has ended."""

    def __init__(self, line: Path) -> None:
        """Talk over a unix socket, from the first request on."""
        self.gone: Callable[[], None] = lambda: None
        """Called whenever a request finds no machine."""
        self._line = line
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()

    async def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        seconds: float = 120,
    ) -> Ran:
        """Run a command as root, without a shell.

        Raise FileNotFoundError where there is no such program, MachineError where it
        takes longer or the machine has gone.
        """
        answer = await self._ask(
            {
                "op": "run",
                "command": list(command),
                "env": None if env is None else dict(env),
                "timeout": seconds,
            },
            seconds + _PATIENCE,
        )
        return Ran(answer["status"], _text(answer["out"]), _text(answer["err"]))

    async def put(self, path: str, content: bytes, mode: int) -> None:
        """Write a file whole; folders are made."""
        data = base64.b64encode(content).decode()
        await self._ask({"op": "put", "path": path, "data": data, "mode": mode})

    async def get(self, path: str, offset: int = 0) -> Part | None:
        """Return a file from an offset on, None where there is none."""
        question = {"op": "get", "path": path, "offset": offset}
        try:
            answer = await self._ask(question)
        except FileNotFoundError:
            return None
        return Part(base64.b64decode(answer["data"]), answer["size"])

    async def close(self) -> None:
        """Hang up."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _ask(self, question: Message, seconds: float = 120) -> Message:
        number = next(self._ids)
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        async with self._connecting:
            writer = self._writer or await self._connected()
            self._waiting[number] = waiting
            writer.write(json.dumps(question | {"id": number}).encode() + b"\n")
        try:
            async with asyncio.timeout(seconds):
                answer = await waiting
        except TimeoutError:
            raise MachineError(f"no answer to {question['op']}") from None
        finally:
            self._waiting.pop(number, None)
        if answer["ok"]:
            return answer
        match answer["error"]:
            case "not_found":
                raise FileNotFoundError
            case "guest_gone":
                raise self._found_none()
            case words:
                raise MachineError(words)

    async def _connected(self) -> asyncio.StreamWriter:
        try:
            reader, writer = await asyncio.open_unix_connection(
                self._line, limit=_LONGEST_ANSWER
            )
        except OSError as err:
            raise self._found_none(str(err)) from None
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))
        return writer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            async for line in reader:
                answer = json.loads(line)
                waiting = self._waiting.get(answer["id"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        except OSError:
            pass  # It has ended, which the rest is about.
        finally:
            self._writer = None
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(self._found_none())

    def _found_none(self, words: str = "") -> MachineGone:
        self.gone()
        return MachineGone(words)


def _text(data: str) -> str:
    return base64.b64decode(data).decode(errors="replace")
