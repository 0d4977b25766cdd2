"""The event filesystem.file_tail_follow (docs/truenas-api.md §15)."""

import asyncio
import codecs
from collections.abc import Callable
from contextlib import closing
from io import IncrementalNewlineDecoder
import json

from .errors import EINVAL, ValidationError
from .host import Host
from .storage import Followed

TAIL = "filesystem.file_tail_follow"
SECONDS = 0.5
"""Real seconds between two events at least."""


class FileTail:
    """Follows one file for one subscriber, until it is stopped.

    `tell` gets text that is not cut at the ends of lines; `ended` is called once,
    with what was wrong if anything.
    """

    def __init__(
        self,
        host: Host,
        name: str,
        tell: Callable[[str], None],
        ended: Callable[[Exception | None], None],
    ) -> None:
        """Begin to follow."""
        self._host = host
        self._name = name
        self._tell = tell
        self._ended = ended
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """End it."""
        self._task.cancel()

    async def _run(self) -> None:
        error: Exception | None = None
        try:
            path, lines = self._argument()
            opened = await self._host.storage.follow(path)
            # A file that is not there ends the subscription, and is no error.
            if opened is not None:
                with closing(opened):
                    await self._follow(opened, lines)
        except (ValidationError, ValueError, OSError) as err:
            error = err
        finally:
            self._ended(error)

    def _argument(self) -> tuple[str, int]:
        """Return path and lines; raise ValidationError or ValueError."""
        argument = self._name.partition(":")[2]
        if self._host.profile.json_arguments:
            return _as_json(argument)
        path, colon, lines = argument.rpartition(":")
        return (path, int(lines)) if colon else (argument, 3)

    async def _follow(self, opened: Followed, lines: int) -> None:
        decoder = IncrementalNewlineDecoder(_utf_8("ignore"), translate=True)
        there = decoder.decode(await opened.read())
        self._tell("".join(there.splitlines(keepends=True)[-lines:]))
        while True:
            await asyncio.sleep(SECONDS)
            if text := decoder.decode(await opened.read()):
                self._tell(text)


_utf_8 = codecs.getincrementaldecoder("utf-8")


def _as_json(argument: str) -> tuple[str, int]:
    try:
        given = json.loads(argument or "{}")
    except ValueError as err:
        raise ValidationError(("", str(err), EINVAL)) from None
    if not isinstance(given, dict) or not isinstance(given.get("path"), str):
        raise ValidationError(("path", "Field required", EINVAL))
    for name in given:
        if name not in ("path", "tail_lines"):
            raise ValidationError((name, "Extra inputs are not permitted", EINVAL))
    lines = given.get("tail_lines", 3)
    if not isinstance(lines, int) or isinstance(lines, bool):
        raise ValidationError(("tail_lines", "Input should be a valid integer", EINVAL))
    return given["path"], lines
