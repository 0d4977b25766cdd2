"""What differs between generations of TrueNAS, as data.

Nothing else in this integration asks for a version (docs/truenas-api.md §0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
import json
from typing import Any, Final

from .transport import Token


class Protocol(StrEnum):
    """How a generation is spoken to."""

    REST = "rest"
    JSON_RPC = "json-rpc"


class Road(StrEnum):
    """How something is done: by the middleware's own method, or by the agent."""

    NATIVE = "native"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One generation's ways; parameters are given as its methods take them.

    `usage` is the strongest call that tells which drives are free; only
    `disk.details` tells those of exported pools. `misreports_running_test` means
    that smart.test.results goes on showing a test that was aborted, and hides some
    that run (docs/truenas-api.md §4.2). `tail` names the event that pushes what is
    appended to a file. `upload_token` is how an upload's token is made, None where
    nothing is written down of an upload and the key is sent. `wipe_role` is the role that `disk.wipe` wants, None where
    only a key with all rights may call it.
    """

    name: str
    version_prefix: str
    protocol: Protocol
    usage: tuple[str, tuple[Any, ...]]
    temperatures: Callable[[list[str]], tuple[Any, ...]]
    self_tests: Road
    self_test_abort: Road
    misreports_running_test: bool = False
    tail: Callable[[str], str] | None = None
    upload_token: Token | None = None
    wipe_role: str | None = None

    @property
    def knows_exported_pools(self) -> bool:
        """Tell whether a drive of an exported pool is recognised."""
        return self.usage[0] == "disk.details"


DISK_QUERY: Final[tuple[Any, ...]] = ([], {"extra": {"pools": True}})
"""Without the option every drive seems to be in no pool."""

_UNUSED: Final = ("disk.get_unused", (False,))
_DETAILS: Final = ("disk.details", ({"type": "BOTH", "join_partitions": False},))

_TAIL: Final = "filesystem.file_tail_follow"
_TAIL_LINES: Final = 100
"""More lines than drives that are burnt in at once."""


def _tail_as_words(path: str) -> str:
    return f"{_TAIL}:{path}:{_TAIL_LINES}"


def _tail_as_json(path: str) -> str:
    return f"{_TAIL}:{json.dumps({'path': path, 'tail_lines': _TAIL_LINES})}"


_TOKEN_SECONDS: Final = 60
_SHORT_TOKEN: Final[Token] = (_TOKEN_SECONDS, {}, True)
_SINGLE_USE_TOKEN: Final[Token] = (*_SHORT_TOKEN, True)

CORE_13: Final = Dialect(
    name="TrueNAS CORE 13",
    version_prefix="TrueNAS-13.",
    protocol=Protocol.REST,
    usage=_UNUSED,
    temperatures=lambda names: ({"names": names, "powermode": "STANDBY"},),
    self_tests=Road.NATIVE,
    self_test_abort=Road.AGENT,
)
SCALE_24_10: Final = Dialect(
    name="TrueNAS SCALE 24.10",
    version_prefix="TrueNAS-SCALE-24.10",
    protocol=Protocol.REST,
    usage=_DETAILS,
    temperatures=lambda names: ({"names": names, "options": {"powermode": "STANDBY"}},),
    self_tests=Road.NATIVE,
    self_test_abort=Road.NATIVE,
    upload_token=_SHORT_TOKEN,
)
SCALE_25_04: Final = Dialect(
    name="TrueNAS 25.04",
    version_prefix="TrueNAS-25.04",
    protocol=Protocol.JSON_RPC,
    usage=_DETAILS,
    temperatures=lambda names: (names, {"powermode": "STANDBY"}),
    self_tests=Road.NATIVE,
    self_test_abort=Road.NATIVE,
    misreports_running_test=True,
    tail=_tail_as_words,
    upload_token=_SINGLE_USE_TOKEN,
)
SCALE_25_10: Final = Dialect(
    name="TrueNAS 25.10",
    version_prefix="TrueNAS-25.10",
    protocol=Protocol.JSON_RPC,
    usage=_DETAILS,
    temperatures=lambda names: (names, False),
    self_tests=Road.AGENT,
    self_test_abort=Road.AGENT,
    tail=_tail_as_json,
    upload_token=_SINGLE_USE_TOKEN,
    wipe_role="DISK_WRITE",
)
TRUENAS_26: Final = Dialect(
    name="TrueNAS 26",
    version_prefix="TrueNAS-26.",
    protocol=Protocol.JSON_RPC,
    usage=_DETAILS,
    temperatures=lambda names: (names, False),
    self_tests=Road.AGENT,
    self_test_abort=Road.AGENT,
    tail=_tail_as_json,
    upload_token=_SINGLE_USE_TOKEN,
    wipe_role="DISK_WRITE",
)

DIALECTS: Final[tuple[Dialect, ...]] = (
    CORE_13,
    SCALE_24_10,
    SCALE_25_04,
    SCALE_25_10,
    TRUENAS_26,
)


def dialect_of(version: str) -> Dialect | None:
    """Return the dialect of a `system.version`, or None if it is not supported."""
    for dialect in DIALECTS:
        if version.startswith(dialect.version_prefix):
            return dialect
    return None


SELF_TEST_KINDS: Final[Mapping[str, str]] = {
    "short offline": "short",
    "short captive": "short",
    "background short": "short",
    "foreground short": "short",
    "short": "short",
    "extended offline": "long",
    "extended captive": "long",
    "background long": "long",
    "foreground long": "long",
    "extended": "long",
    "conveyance offline": "conveyance",
    "conveyance captive": "conveyance",
}
"""smartctl's names of self-tests, lower case, to ours (docs/truenas-api.md §4.2)."""
