"""A small NAS that speaks JSON-RPC over TLS and does what a test says."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
import ssl
import tempfile
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import orjson

KEY = "1-" + "k" * 64


@cache
def certificate() -> tuple[bytes, bytes]:
    """Return a self-signed certificate for localhost and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@cache
def server_tls() -> ssl.SSLContext:
    """Return what a server needs to show that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem, key = certificate()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(pem + key)
        context.load_cert_chain(path)
    return context


class Refusal(Exception):
    """An error member to answer with."""

    def __init__(self, code: int, errno: int = 0, reason: str = "no") -> None:
        super().__init__(reason)
        data = {"error": errno, "errname": "E", "reason": reason, "extra": None}
        self.error = {"code": code, "message": reason, "data": data if errno else None}


ENDED = Refusal(-32001, 207, "[ENOTAUTHENTICATED] Not authenticated")


@dataclass
class Connection:
    """One websocket, and who is logged in on it."""

    socket: web.WebSocketResponse
    logged_in: bool = False
    events: list[str] = field(default_factory=list)
    under_way: int = 0

    async def drop(self) -> None:
        """Break the connection without a word."""
        transport = self.socket._req.transport  # type: ignore[union-attr]
        if transport is not None:
            transport.abort()

    async def tell(self, event: str, **fields: Any) -> None:
        """Send an event."""
        params = {"msg": "changed", "collection": event, "fields": fields}
        await self.send(method="collection_update", params=params)

    async def send(self, **message: Any) -> None:
        """Send a message."""
        await self.socket.send_str(orjson.dumps({"jsonrpc": "2.0", **message}).decode())


type Answer = Callable[[Connection, list[Any]], Awaitable[Any]]


@dataclass
class WebsocketNas:
    """Answers to methods by name; a function, a value, or a Refusal to raise."""

    answers: dict[str, Any] = field(default_factory=dict)
    key: str = KEY
    user: str = "hass"
    login_ex: str = "SUCCESS"
    down: int = 0
    location: str | None = None
    asked: list[tuple[str, list[Any]]] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    handshakes: int = 0
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    http: list[int] = field(default_factory=list)
    most_at_once: int = 0
    port: int = 0
    dead: bool = False

    @property
    def url(self) -> str:
        """Return its address."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def fingerprint(self) -> bytes:
        """Return the SHA-256 of its certificate."""
        return sha256(ssl.PEM_cert_to_DER_cert(certificate()[0].decode())).digest()

    @property
    def connection(self) -> Connection:
        """Return the newest connection."""
        return self.connections[-1]

    def count(self, method: str) -> int:
        """Return how often a method was asked for."""
        return sum(asked == method for asked, _ in self.asked)

    async def __aenter__(self) -> Self:
        """Listen on a port of the loopback interface."""
        app = web.Application()
        app.router.add_get("/api/versions", self._versions)
        app.router.add_get("/api/current", self._serve)
        app.router.add_post("/_upload", self._upload)
        app.router.add_get("/_download/{job}", self._download)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(
            self._runner, "127.0.0.1", self.port, ssl_context=server_tls()
        )
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close the port."""
        for connection in self.connections:
            await connection.drop()
        await self._runner.cleanup()

    async def _versions(self, request: web.Request) -> web.Response:
        return web.json_response(["v25.10.0"])

    async def _upload(self, request: web.Request) -> web.Response:
        key = request.headers.get("Authorization")
        self.requests.append(("POST", "/_upload", key))
        reader = await request.multipart()
        data = await reader.next()
        assert data is not None
        call = orjson.loads(await data.read())  # type: ignore[union-attr]
        file = await reader.next()
        assert file is not None
        self.files[call["params"][0]] = bytes(await file.read())  # type: ignore[union-attr]
        if self.http:
            return web.Response(status=self.http.pop(0))
        return web.json_response({"job_id": 7})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("Authorization")
        self.requests.append(("GET", request.path_qs, key))
        status = self.http.pop(0) if self.http else 200
        if status == 0:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status or 500, body=b"the file")

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.handshakes += 1
        if self.down:
            headers = {} if self.location is None else {"Location": self.location}
            return web.Response(status=self.down, headers=headers)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket)
        self.connections.append(connection)
        if self.dead:
            await connection.drop()
            return socket
        calls: list[asyncio.Task[None]] = []
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    work = self._take(connection, message.data)
                    calls.append(asyncio.create_task(work))
        finally:
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        return socket

    async def _take(self, connection: Connection, text: str) -> None:
        message = orjson.loads(text)
        method, params, number = message["method"], message["params"], message["id"]
        assert isinstance(params, list)
        self.asked.append((method, params))
        connection.under_way += 1
        self.most_at_once = max(self.most_at_once, connection.under_way)
        try:
            result = await self._result(connection, method, params)
        except Refusal as refusal:
            await connection.send(id=number, error=refusal.error)
        except ConnectionResetError:
            return
        else:
            if not connection.socket.closed:
                await connection.send(id=number, result=result)
        finally:
            connection.under_way -= 1

    async def _result(
        self, connection: Connection, method: str, params: list[Any]
    ) -> Any:
        if method in self.answers:
            answer = self.answers[method]
        else:
            answer = self._builtin(connection, method, params)
        if isinstance(answer, list) and answer and callable(answer[0]):
            answer = answer.pop(0)
        if isinstance(answer, Refusal):
            raise answer
        if callable(answer):
            return await answer(connection, params)
        return answer

    def _builtin(self, connection: Connection, method: str, params: list[Any]) -> Any:
        match method:
            case "auth.login_with_api_key":
                connection.logged_in = params == [self.key]
                return connection.logged_in
            case "auth.login_ex":
                good = params[0]["api_key"] == self.key
                good &= params[0]["username"] == self.user
                connection.logged_in = good and self.login_ex == "SUCCESS"
                return {"response_type": self.login_ex if good else "AUTH_ERR"}
            case "auth.me" if connection.logged_in:
                return {"pw_name": self.user, "privilege": {"roles": ["FULL_ADMIN"]}}
            case "core.subscribe" if connection.logged_in:
                connection.events.append(params[0])
                return f"sub-{len(connection.events)}"
            case "core.unsubscribe" if connection.logged_in:
                return None
            case "core.download" if connection.logged_in:
                return [5, "/_download/5?auth_token=t"]
            case _ if not connection.logged_in:
                return ENDED
            case _:
                return Refusal(-32601)


async def drop(connection: Connection, params: list[Any]) -> None:
    """Break the connection instead of an answer: executed or not, who knows."""
    await connection.drop()
    raise ConnectionResetError


async def close_1008(connection: Connection, params: list[Any]) -> None:
    """Close as for an address that is not allowed."""
    await connection.socket.close(code=WSCloseCode.POLICY_VIOLATION)
    raise ConnectionResetError
