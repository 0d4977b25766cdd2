"""Transport for JSON-RPC 2.0 over TLS: TrueNAS 25.04 and later.

Never over plain http: TrueNAS revokes a key that it sees there for good
(docs/truenas-api.md §1.2). Never over REST: from 25.10.1 that raises an alert.
"""

import asyncio
import logging
from typing import Any, Final, override

import aiohttp
from yarl import URL

from .back_off import BackOff
from .certificate import certificate_rejected
from .errors import (
    AuthenticationFailed,
    CallFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    TrueNASError,
    text_of,
)
from .http import Http, nobody
from .jsonrpc_errors import SessionEnded
from .jsonrpc_login import Login
from .jsonrpc_socket import Lost, Socket, Unanswered
from .no_redirects import Redirected, never_redirected
from .transport import READING, Heard, Token, Transport
from .upload_token import made_by

_LOGGER = logging.getLogger(__name__)

_CONNECT_SECONDS: Final = 15.0
_HEARTBEAT: Final = 25.0
"""Seconds between pings: nginx closes what is silent for 60 s."""

_CLOSE_SECONDS: Final = 2.0
_PATIENCE: Final = 4.0
"""Seconds a call waits for the next try to connect, rather than fail at once."""

_KEEP_SECONDS: Final = 1.0
"""Least seconds between two tries to subscribe."""

_TRIES: Final = 3


class JsonRpcTransport(Transport):
    """Speak JSON-RPC over one websocket, opened when needed and again when broken."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        api_key: str,
        *,
        ssl: bool | aiohttp.Fingerprint = True,
    ) -> None:
        """Keep where to speak to and as whom; nothing is sent yet.

        Raise HttpsRequired for an address without TLS.
        """
        if url.scheme != "https":
            raise HttpsRequired("the NAS would revoke the API key over plain http")
        self._http = Http(session, url, api_key, ssl)
        self._login = Login(api_key)
        self._socket: Socket | None = None
        self._opening = asyncio.Lock()
        self._tries = 0
        self._back_off = BackOff()
        self._listeners: dict[str, Heard] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._closed = False

    @override
    async def call(self, method: str, *params: Any) -> Any:
        """Call a method; `params` as the middleware takes them.

        A call that was not sent, and any that only reads, is tried again.
        """
        reads = method in READING
        failure: TrueNASError = ConnectionFailed(method)
        for _ in range(_TRIES):
            socket = None
            try:
                socket = await self._connected()
                return await socket.call(method, *params)
            except CertificateRejected:
                raise
            except ConnectionFailed as err:
                failure = err
                if isinstance(err, SessionEnded) and socket is not None:
                    await socket.close()
            except Lost as err:
                if not reads:
                    raise OutcomeUnknown(f"{method}: {err}") from err
                failure = ConnectionFailed(f"{method}: {err}")
                if isinstance(err, Unanswered):
                    break
        raise failure

    @override
    async def upload(
        self, path: str, content: bytes, mode: int | None, token: Token | None
    ) -> int:
        """Write a file; return the id of the job that does it."""
        return await self._http.upload(path, content, mode, made_by(self, token))

    @override
    async def download(self, path: str) -> bytes:
        """Read a file by a link that the NAS makes, which works once.

        A file that is not there comes as an empty one: the NAS learns of it only
        after it has begun to answer.
        """
        failure: TrueNASError = ConnectionFailed(path)
        for _ in range(_TRIES):
            link = await self.call("core.download", "filesystem.get", [path], "x", True)
            url = self._http.url.join(URL(_path(link), encoded=True))
            try:
                return await self._http.request(
                    "filesystem.get", "GET", url, reads=False, credentials=nobody
                )
            except CertificateRejected:
                raise
            except (
                AuthenticationFailed,  # of the link, not of the key
                CallFailed,
                ConnectionFailed,
                NotAuthorized,
                OutcomeUnknown,
            ) as err:
                failure = ConnectionFailed(str(err))
        raise failure

    @override
    def listen(self, event: str, heard: Heard) -> None:
        """Hear of an event from now on, and after each reconnect.

        `heard` is told None when it is subscribed to, for what happened before.
        """
        self._listeners[event] = heard
        if self._socket is not None:
            self._socket.subscribed.discard(event)
        self._news.set()
        if self._keeper is None and not self._closed:
            self._keeper = asyncio.create_task(self._keep(), name="truenas keep")

    @override
    async def close(self) -> None:
        """Close the connection; nothing is left running."""
        self._closed = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        async with self._opening:
            if self._socket is not None:
                await self._socket.close()
                self._socket = None

    async def _connected(self) -> Socket:
        """Return the open connection, opened if there is none; raise TrueNASError.

        One try at a time: who waits for one takes part in its failure.
        """
        tries = self._tries
        async with self._opening:
            if self._socket is not None and self._socket.open:
                return self._socket
            if self._closed:
                raise ConnectionFailed("the connection was closed")
            if self._socket is not None:
                await self._socket.close()
                self._socket = None
                self._back_off.broke()
            failure = self._back_off.failure
            pause = self._back_off.remaining
            if failure and (self._tries != tries or pause > _PATIENCE):
                raise failure
            await asyncio.sleep(pause)
            self._tries += 1
            try:
                self._socket = await self._open()
            except TrueNASError as err:
                self._back_off.failed(err)
                raise
            self._back_off.opened()
            self._news.set()
            return self._socket

    async def _open(self) -> Socket:
        """Return a new connection, logged in."""
        try:
            async with (
                asyncio.timeout(_CONNECT_SECONDS),
                never_redirected(self._http.session) as session,
            ):
                websocket = await session.ws_connect(
                    self._http.url.with_scheme("wss") / "api/current",
                    ssl=self._http.ssl,
                    heartbeat=_HEARTBEAT,
                    max_msg_size=0,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                )
        except (
            aiohttp.ClientConnectorCertificateError,
            aiohttp.ServerFingerprintMismatch,
        ) as err:
            raise certificate_rejected(err) from err
        except Redirected as err:
            raise InvalidResponse(f"no websocket: {err}") from err
        except aiohttp.WSServerHandshakeError as err:
            kind = ConnectionFailed if err.status >= 500 else InvalidResponse
            raise kind(f"no websocket: the NAS answered {err.status}") from err
        except (aiohttp.ClientError, OSError, TimeoutError) as err:
            raise ConnectionFailed(text_of(err)) from err
        socket = Socket(websocket, self._listeners, self._news.set)
        try:
            await self._login.log_in(socket)
        except Lost as err:
            await socket.close()
            raise ConnectionFailed(str(err)) from err
        except BaseException:
            await socket.close()
            raise
        return socket

    async def _keep(self) -> None:
        """Hold the connection open and the subscriptions in force."""
        while True:
            self._news.clear()
            try:
                await self._subscribe(await self._connected())
            except (TrueNASError, Lost) as err:
                _LOGGER.debug("Connection for events lost: %s", err)
                await asyncio.sleep(max(_KEEP_SECONDS, self._back_off.remaining))
                continue
            await self._news.wait()

    async def _subscribe(self, socket: Socket) -> None:
        for event in self._listeners.keys() - socket.subscribed:
            try:
                await socket.subscribe(event)
            except (CallFailed, NotAuthorized) as err:
                _LOGGER.debug("Failed to subscribe to %s: %s", event, err)
            else:
                self._listeners[event](None)


def _path(link: Any) -> str:
    """Return the path of a download link; InvalidResponse for anything else."""
    match link:
        case [int(), str(path)] if path.startswith("/_download/"):
            return path
    raise InvalidResponse("core.download: expected a job and a path")
