"""The mock TrueNAS as a process of its own."""

from collections.abc import Mapping
import os
from pathlib import Path
import re
import socket
import sys
from typing import Any

import aiohttp

from .process import Process
from .wait import until

REPOSITORY = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Nas:
    """A running mock; `url` and `key` are what a person would type.

    `fingerprint` is the SHA-256 of its certificate in hex, None over http.
    """

    def __init__(
        self,
        process: Process,
        url: str,
        key: str,
        debug_url: str,
        fingerprint: str | None,
    ) -> None:
        """Wrap a started mock."""
        self.process = process
        self.url = url
        self.key = key
        self.fingerprint = fingerprint
        self._debug_url = debug_url

    async def debug(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the answer of a debug endpoint; POST where there is a body."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                "GET" if body is None else "POST",
                f"{self._debug_url}/debug/{path}",
                json=body,
            ) as response,
        ):
            response.raise_for_status()
            return await response.json()

    async def stop(self) -> None:
        """End the mock and everything it runs."""
        await self.process.stop()


async def start_nas(
    folder: Path,
    profile: str,
    speed: float,
    port: int | None = None,
    drives: int = 15,
) -> Nas:
    """Start the mock of a profile, `speed` times faster than the real world."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "mock_truenas",
        "--profile",
        profile,
        "--port",
        str(port or free_port()),
        "--speed",
        str(speed),
        "--drives",
        str(drives),
        "--root",
        str(folder / "nas"),
    ]
    log = folder / "mock_truenas.log"
    process = await Process.start(command, log, os.environ, REPOSITORY)

    async def announced() -> re.Match[str] | None:
        if not process.running:
            raise RuntimeError(f"the mock did not start:\n{process.tail()}")
        return re.search(
            r"on (?P<url>\S+) key (?P<key>\S+)"
            r" debug (?P<debug>\S+) fingerprint (?P<fingerprint>\S+)\n",
            log.read_text(errors="replace"),
        )

    found = await until(announced, 30, "the mock to start")
    if found is None:
        raise RuntimeError("unreachable: `until` returns what is truthy")
    fingerprint = None if found["fingerprint"] == "-" else found["fingerprint"]
    return Nas(process, found["url"], found["key"], found["debug"], fingerprint)
