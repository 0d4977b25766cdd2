"""One open websocket to a NAS: calls told apart by id, events passed on."""

import asyncio
from collections.abc import Callable
from itertools import count
import logging
from typing import Any, Final

import aiohttp
import orjson

from .errors import CallFailed, ConnectionFailed, InvalidResponse
from .jsonrpc_errors import failure
from .transport import Heard

_LOGGER = logging.getLogger(__name__)

_IN_FLIGHT: Final = 15
"""The NAS runs 10 calls of a connection, holds 20 and refuses the 21st."""

_MAX_BYTES: Final = 64 * 1024
"""A longer message is answered by closing the connection (code 1009)."""

_ANSWER_SECONDS: Final = 120.0
"""`smartctl` behind a call may take its time; a dead peer is noticed earlier."""


class Lost(Exception):
    """The connection broke while a call was under way: it may have been executed."""


class Unanswered(Lost):
    """The connection lives, but the NAS does not answer the call."""


class Socket:
    """Make calls over an open websocket until it breaks; never opens another."""

    def __init__(
        self,
        websocket: aiohttp.ClientWebSocketResponse,
        listeners: dict[str, Heard],
        on_close: Callable[[], None],
    ) -> None:
        """Read from now on; `listeners` are told of the events of their name."""
        self.subscribed: set[str] = set()
        self._websocket = websocket
        self._listeners = listeners
        self._on_close = on_close
        self._subscriptions: dict[str, Any] = {}
        self._broken: Exception | None = None
        self._ids = count(1)
        self._waiting: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._slots = asyncio.Semaphore(_IN_FLIGHT)
        self._reader = asyncio.create_task(self._read(), name="truenas read")

    @property
    def open(self) -> bool:
        """Tell whether calls can be sent."""
        return self._broken is None and not self._websocket.closed

    async def call(self, method: str, *params: Any) -> Any:
        """Return the result of a call.

        Raise Lost if it may have been executed, TrueNASError for its error.
        """
        number = next(self._ids)
        message = orjson.dumps(
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        )
        if len(message) > _MAX_BYTES:
            raise CallFailed(method, "the request is too long for the NAS")
        async with self._slots:
            answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self._waiting[number] = method, answer
            try:
                if self._broken is not None:
                    raise ConnectionFailed(f"{method}: {self._broken}")
                await self._websocket.send_str(message.decode())
                async with asyncio.timeout(_ANSWER_SECONDS):
                    return await answer
            except TimeoutError:
                raise Unanswered(f"{method}: no answer") from None
            except aiohttp.ClientError as err:
                # Known here before the reader hears of it.
                self._broken = Lost(f"{method}: {err}")
                raise self._broken from err
            finally:
                del self._waiting[number]

    async def subscribe(self, event: str) -> None:
        """Have the NAS tell of an event, once if it already does; raise as `call`."""
        self.subscribed.add(event)
        if (before := self._subscriptions.pop(event, None)) is not None:
            await self.call("core.unsubscribe", before)
        self._subscriptions[event] = await self.call("core.subscribe", event)

    async def close(self) -> None:
        """Close the connection and wait until nothing of it is left."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._websocket.close()

    async def _read(self) -> None:
        broken: Exception = Lost("the connection was closed")
        try:
            async for message in self._websocket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
            broken = Lost(_why(self._websocket.close_code))
        except Lost as err:
            broken = err
            await self._websocket.close()
        finally:
            self._broken = broken
            for _, answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(broken)
            self._on_close()

    def _take(self, text: str) -> None:
        """Hand a message to who waits for it; raise Lost for what is no message."""
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError as err:
            raise Lost("the NAS sent what is not JSON") from err
        if not isinstance(message, dict):
            raise Lost("the NAS sent what is no JSON-RPC message")
        if "method" in message:
            self._hear(message["method"], message.get("params"))
            return
        number = message.get("id")
        waiting = self._waiting.get(number) if isinstance(number, int) else None
        if waiting is None:
            _LOGGER.debug("Ignoring an unexpected response: %s", number)
            return
        method, answer = waiting
        if answer.done():
            return
        if "error" in message:
            answer.set_exception(failure(method, message["error"]))
        elif "result" in message:
            answer.set_result(message["result"])
        else:
            reason = f"{method}: neither a result nor an error"
            answer.set_exception(InvalidResponse(reason))

    def _hear(self, method: Any, params: Any) -> None:
        event = params.get("collection") if isinstance(params, dict) else None
        if not isinstance(event, str) or event not in self._listeners:
            return
        heard = self._listeners[event]
        if method == "collection_update":
            fields = params.get("fields")
            heard(fields if isinstance(fields, dict) else {})
        elif method == "notify_unsubscribed":
            self.subscribed.discard(event)
            self._subscriptions.pop(event, None)


def _why(code: int | None) -> str:
    if code == aiohttp.WSCloseCode.POLICY_VIOLATION:
        return "the NAS does not allow connections from this IP address (code 1008)"
    return f"the NAS closed the connection (code {code})"
