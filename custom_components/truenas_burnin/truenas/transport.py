"""What the client needs of a connection, whatever its protocol."""

from typing import Any, Protocol


class Transport(Protocol):
    """One authenticated way to a system's methods and files.

    Methods are named as the middleware names them (`disk.query`); every
    generation's transport takes the same names and positional parameters. All
    methods raise TrueNASError.
    """

    async def call(self, method: str, *params: Any) -> Any:
        """Call a method and return its decoded result.

        A call that changes something and whose reply is lost raises
        OutcomeUnknown and is never repeated.
        """

    async def upload(self, path: str, content: bytes, mode: int) -> int:
        """Write a file on the system; return the id of the job that does it."""

    async def download(self, path: str) -> bytes:
        """Return a file of the system; empty if there is none."""

    async def close(self) -> None:
        """Let go of the connection; the transport is not used afterwards."""
