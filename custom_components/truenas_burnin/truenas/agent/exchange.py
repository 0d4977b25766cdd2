"""Ask the agent for something, and get its reply (docs/protocol.md).

A request is a file that is uploaded. The reply comes by the feed where the generation
can follow one, else it is a file that is looked for. Only if nothing came within
seconds the cron job is run: it leaves more in the audit log of the NAS than all else.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import chain, repeat
from typing import Any, Final
from uuid import uuid4

import orjson

from ..decode import optional_text, record
from ..errors import AgentFailed, ConnectionFailed, NotAuthorized
from ..transport import Transport
from .heard import Heard
from .installation import Installation
from .paths import STATUS, reply_path, request_path
from .reading import Json, json_object, why

_PATIENCE: Final = 4.0
_PATIENCE_WITH_THE_LIVING: Final = 15.0
"""Seconds without a reply after which the service is started, in case it does not run;
one that was just heard of works on what takes its time."""

_ALIVE: Final = 70.0
"""Seconds: a service says once a minute that it lives."""

_LOOKS: Final = (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)
"""Seconds between looks for the file of a reply; the last one is repeated."""

_SLOW_LOOKS: Final = (5.0, 10.0, 20.0)
"""The same where the feed should have brought it, and each look is an audit row."""

_TRIES: Final = 4
_AT_ONCE: Final = 8
_WITHOUT_BOOT: Final = frozenset({"version", "status", "job", "content", "smart"})
"""Verbs that change nothing: they may be asked without knowing the boot."""

_TOO_OLD: Final = "too_old"


class _Unheard(Exception):
    """No reply in time."""


class Exchange:
    """Requests to the agent on one NAS, and what it said of itself."""

    def __init__(
        self, transport: Transport, installation: Installation, tail: str | None
    ) -> None:
        """Keep the ways; `tail` is the event that brings the feed, if there is one.

        `allowed` becomes False when the key turns out not to be allowed to do this.
        """
        self.heard = Heard()
        self.heard.replied = self._replied
        self.heard.moved = self.listen
        self.allowed = True
        self._transport = transport
        self._installation = installation
        self._tail = tail
        self._listening = False
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def follows(self) -> bool:
        """Tell whether the generation brings the feed by itself."""
        return self._tail is not None

    async def ask(
        self, verb: str, arguments: Mapping[str, Any], *, seconds: float
    ) -> Json:
        """Return the result of a verb; raise AgentFailed if it was refused.

        `seconds` is how long the work itself may take. All verbs are idempotent or
        refuse a repeat, so a reply that got lost is asked for again.
        """
        async with self._slots, self.noting_rights():
            for _ in range(_TRIES):
                try:
                    reply = await self._once(verb, arguments, seconds)
                except _Unheard:
                    await self._installation.put()
                    continue
                if reply.get("ok") is True:
                    return record(reply.get("result"), f"agent {verb}")
                refusal = why(reply, "error")
                if refusal.code == _TOO_OLD:
                    # It lay there before the service began, or is of another boot.
                    self.heard.boot = None
                    continue
                raise AgentFailed(verb, refusal)
        raise ConnectionFailed(f"agent {verb}: no reply")

    @asynccontextmanager
    async def noting_rights(self) -> AsyncIterator[None]:
        """Remember whether the key may do this: it may be given more rights."""
        try:
            yield
        except NotAuthorized:
            self.allowed = False
            raise
        self.allowed = True

    async def read_status(self) -> None:
        """Read the status file: a generation without a feed has nothing else."""
        async with self.noting_rights():
            content = await self._transport.download(STATUS)
        if content:
            self.heard.take_status(json_object(content))

    def listen(self) -> None:
        """Follow the feed, anew where it was followed: it may be another file now."""
        if self._tail is not None:
            self._listening = True
            self._transport.listen(self._tail, self._hear)

    def _hear(self, fields: Mapping[str, Any] | None) -> None:
        text = None if fields is None else str(fields.get("data") or "")
        self.heard.take_text(text)

    async def _once(
        self, verb: str, arguments: Mapping[str, Any], seconds: float
    ) -> Json:
        """Send one request and return the reply to it; raise _Unheard."""
        if verb not in _WITHOUT_BOOT and self.heard.boot is None:
            await self._learn_boot()
        request_id = uuid4().hex
        request = {"id": request_id, "verb": verb, "arguments": arguments}
        if self.heard.boot is not None:
            request["boot"] = self.heard.boot
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = answer
        try:
            if not self._listening:
                self.listen()
            path, content = request_path(request_id), orjson.dumps(request)
            await self._installation.write(path, content)
            try:
                return await self._reply(request_id, answer, self._patience)
            except _Unheard:
                await self._installation.ensure_service()
                self.listen()
            return await self._reply(request_id, answer, seconds)
        finally:
            del self._waiting[request_id]

    @property
    def _patience(self) -> float:
        alive = self.follows and self.heard.silent_for < _ALIVE
        return _PATIENCE_WITH_THE_LIVING if alive else _PATIENCE

    async def _learn_boot(self) -> None:
        """Ask for the boot id; a service that has just begun refuses even that."""
        reply = await self._once("version", {}, _PATIENCE * 2)
        if reply.get("ok") is True:
            result = record(reply.get("result"), "agent version")
            self.heard.boot = optional_text(result, "boot")
        elif (refusal := why(reply, "error")).code != _TOO_OLD:
            raise AgentFailed("version", refusal)

    async def _reply(
        self, request_id: str, answer: asyncio.Future[Json], seconds: float
    ) -> Json:
        """Wait for the reply, by the feed and by its file; raise _Unheard."""
        looks = _SLOW_LOOKS if self.follows else _LOOKS
        pauses = chain(looks, repeat(looks[-1]))
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            pause = next(pauses)
            done, _ = await asyncio.wait((answer,), timeout=min(left, pause))
            if done and answer.result().get("file") is not True:
                return answer.result()
            if not done and self.follows and left <= pause:
                break
            content = await self._transport.download(reply_path(request_id))
            if content:
                return json_object(content)
            if done:
                break  # It was removed: nobody asked for it in ten minutes.
        raise _Unheard

    def _replied(self, request_id: str, reply: Json) -> bool:
        waiting = self._waiting.get(request_id)
        if waiting is None:
            return False
        if not waiting.done():
            waiting.set_result(reply)
        return True
