"""Servers outside Home Assistant that its notifications end up at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web


@dataclass
class Hook:
    """A web server that keeps the JSON it is told, in order."""

    url: str = ""
    told: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        """Keep a message; answer as a push service does."""
        self.told.put_nowait(await request.json())
        limits = {"successful": 1, "errors": 0, "maximum": 500}
        limits |= {"resetsAt": "2100-01-01T00:00:00.000Z"}  # type: ignore[dict-item]
        return web.json_response({"rateLimits": limits}, status=201)

    async def next(self, seconds: float, **wanted: object) -> dict[str, Any]:
        """Return the next message with these values, and drop those before it."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self.told.get()
                if wanted.items() <= found.items():
                    return found


@asynccontextmanager
async def web_server() -> AsyncIterator[Hook]:
    """Run a web server."""
    hook = Hook()
    app = web.Application()
    app.router.add_post("/in", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/in"
    try:
        yield hook
    finally:
        await runner.cleanup()


@dataclass
class Mailbox:
    """A mail server (RFC 5321, no extensions) that keeps every message."""

    port: int = 0
    mails: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Speak with one client until it leaves."""
        writer.write(b"220 mail.test\r\n")
        while line := await reader.readline():
            match line.split(maxsplit=1)[0].upper() if line.strip() else b"":
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    self.mails.put_nowait(await self._message(reader))
                    writer.write(b"250 kept\r\n")
                case b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case b"EHLO" | b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP":
                    writer.write(b"250 fine\r\n")
                case _:
                    writer.write(b"502 no\r\n")
            await writer.drain()
        writer.close()

    async def _message(self, reader: asyncio.StreamReader) -> EmailMessage:
        lines: list[bytes] = []
        while (line := await reader.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        if not isinstance(found, EmailMessage):
            raise TypeError("not a mail")
        return found


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    """Run a mail server."""
    mailbox = Mailbox()
    server = await asyncio.start_server(mailbox.serve, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    async with server:
        yield mailbox
