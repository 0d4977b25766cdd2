"""What the client needs of a connection, whatever its protocol."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

READING: Final = frozenset(
    {
        "auth.generate_token",
        "auth.me",
        "boot.get_disks",
        "core.download",
        "core.get_jobs",
        "core.subscribe",
        "cronjob.query",
        "disk.details",
        "disk.get_unused",
        "disk.query",
        "disk.temperatures",
        "iscsi.extent.query",
        "pool.query",
        "smart.test.results",
        "system.boot_id",
        "system.host_id",
        "system.info",
        "system.product_type",
        "system.state",
        "system.version",
        "vm.device.query",
    }
)
"""The methods that change nothing: they may be asked again when a reply is lost."""

type Token = tuple[int, dict[str, str], bool] | tuple[int, dict[str, str], bool, bool]
"""What `auth.generate_token` takes: seconds, attributes, whether only this address may
use it, and where the generation knows it, whether only once."""

type Heard = Callable[[Mapping[str, Any] | None], None]
"""Takes the fields of an event; None when events may have been missed."""


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

    async def upload(
        self, path: str, content: bytes, mode: int | None, token: Token | None
    ) -> int:
        """Write a file on the system; return the id of the job that does it.

        With `token` it is sent by a token of that kind, else as the API key.
        """

    async def download(self, path: str) -> bytes:
        """Return a file of the system; empty if there is none."""

    def listen(self, event: str, heard: Heard) -> None:
        """Hear of an event from now on, where the generation tells of any.

        Events may be missed: they only say that it is worth to look.
        """

    async def close(self) -> None:
        """Let go of the connection; the transport is not used afterwards."""
