"""The Python face of the agent on the NAS (agent.sh).

A request is a spool file, uploaded; a disabled cron job with a fixed command has
the agent handle it; the reply is a file, downloaded. Works with the API key alone
on every generation, and nothing is mailed: the command has no output.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
import json
import logging
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from .decode import number, optional_whole, record, records, text, whole
from .errors import (
    AgentFailed,
    CallFailed,
    ConnectionFailed,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
)
from .jobs import wait_for_job
from .models import (
    AgentState,
    AgentStatus,
    BlockRange,
    Drive,
    RangeResult,
    SelfTestKind,
    SurfaceRequest,
)
from .transport import Token, Transport

_LOGGER = logging.getLogger(__name__)

ROOT: Final = "/root/.truenas-burnin"
"""Only root can reach it; the agent refuses to run from anywhere laxer."""

FEED: Final = f"{ROOT}/feed"
"""Every status line as it came: see `StatusFeed`."""

_DESCRIPTION: Final = "TrueNAS Burn-in agent; disabled on purpose, do not edit"
_NEVER: Final = {"minute": "0", "hour": "0", "dom": "1", "month": "1", "dow": "1"}
_JOB_SECONDS: Final = 180.0
"""smartctl on a drive that hangs takes its time; nothing else does."""

_TRIES: Final = 3
_MODE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Script:
    """The agent's script and the name it has on the NAS.

    The name carries its hash: a running worker reads its script as it goes, so
    a script is never overwritten by another.
    """

    content: bytes
    path: str

    @property
    def command(self) -> str:
        """Return the command of the cron job; silent, so that nobody is mailed."""
        return f"sh {self.path} spool >/dev/null 2>&1"


def load_script() -> Script:
    """Read the agent's script from the package; blocking."""
    content = Path(__file__).with_name("agent.sh").read_bytes()
    name = f"agent-{sha256(content).hexdigest()[:12]}.sh"
    return Script(content, f"{ROOT}/{name}")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the agent answered: a JSON header and lines of payload."""

    header: dict[str, Any]
    payload: str


class Agent:
    """Have the agent on one NAS do things; one request at a time."""

    def __init__(
        self, transport: Transport, script: Script, token: Token | None = None
    ) -> None:
        """Keep the transport; the script is installed with the first request.

        `allowed` becomes False when the key turns out not to be allowed to run it.
        """
        self.allowed = True
        self._transport = transport
        self._script = script
        self._token = token
        self._lock = asyncio.Lock()
        self._cron_id: int | None = None

    async def request(self, verb: str, *lines: str) -> Reply:
        """Return the reply to a verb; raise AgentFailed if it refused.

        All verbs are idempotent or refuse a repeat, so a lost reply is asked
        for again.
        """
        if any(not line.isprintable() for line in lines):
            # A line break in a serial would be another line of the request.
            raise AgentFailed(verb, "bad_request", "unprintable characters")
        request_id = uuid4().hex
        content = "\n".join((f"verb {verb}", *lines, "end", ""))
        async with self._lock, self._noting_rights():
            for attempt in range(_TRIES):
                try:
                    cron_id = await self._installed()
                    reply = await self._exchange(request_id, content, cron_id)
                except CallFailed:
                    # The cron job or the script is gone: install again, once more.
                    self._cron_id = None
                    if attempt == _TRIES - 1:
                        raise
                    continue
                if reply is not None:
                    return _checked(verb, reply)
                self._cron_id = None
        raise ConnectionFailed(f"agent {verb}: no reply")

    async def _exchange(
        self, request_id: str, content: str, cron_id: int
    ) -> Reply | None:
        spool = f"{ROOT}/spool/{request_id}"
        await self._write(f"{spool}.req", content.encode(), 0o600)
        try:
            job_id = await self._transport.call("cronjob.run", cron_id, False)
            await wait_for_job(self._transport, _job_id(job_id), _JOB_SECONDS)
        except OutcomeUnknown:
            # It may have run: the reply file tells.
            pass
        return _parse_reply(await self._transport.download(f"{spool}.rep"))

    async def _write(self, path: str, content: bytes, mode: int) -> None:
        job_id = await self._transport.upload(path, content, mode, self._token)
        await wait_for_job(self._transport, job_id, _JOB_SECONDS)

    async def _installed(self) -> int:
        """Return the id of the cron job, with script and job put in place."""
        if self._cron_id is not None:
            return self._cron_id
        if await self.installed_script() != self._script.content:
            await self._write(self._script.path, self._script.content, _MODE)
        self._cron_id = await self._cron_job()
        return self._cron_id

    async def installed_script(self) -> bytes:
        """Return the script as it is on the NAS, empty if it is not."""
        async with self._noting_rights():
            return await self._transport.download(self._script.path)

    @asynccontextmanager
    async def _noting_rights(self) -> AsyncIterator[None]:
        try:
            yield
        except NotAuthorized:
            self.allowed = False
            raise
        self.allowed = True

    async def _cron_job(self) -> int:
        reply = await self._transport.call("cronjob.query")
        for entry in records(reply, "cronjob.query"):
            if text(entry, "command", "") == self._script.command:
                return whole(entry, "id")
        wanted = {
            "command": self._script.command,
            "user": "root",
            "enabled": False,
            "stdout": False,
            "stderr": False,
            "description": _DESCRIPTION,
            "schedule": _NEVER,
        }
        created = await self._transport.call("cronjob.create", wanted)
        return whole(record(created, "cronjob.create"), "id")

    async def remove(self) -> None:
        """Delete our cron jobs on the NAS, of this script and of older ones."""
        reply = await self._transport.call("cronjob.query")
        for entry in records(reply, "cronjob.query"):
            if text(entry, "description", "") == _DESCRIPTION:
                await self._transport.call("cronjob.delete", whole(entry, "id"))
        self._cron_id = None

    async def smart(self, drive: Drive, *, wake: bool = True) -> str:
        """Return the JSON text of `smartctl -x` of a drive, its serial checked.

        Without `wake` a drive that sleeps goes on sleeping, and the text says so.
        """
        words = () if wake else ("awake yes",)
        reply = await self.request("smart", *_addressed(drive), *words)
        return reply.payload

    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a self-test by `smartctl -t`; never aborts a running one."""
        await self.request("self-test", *_addressed(drive), f"kind {kind}")

    async def abort_self_test(self, drive: Drive) -> None:
        """Abort a running self-test by `smartctl -X`."""
        await self.request("self-test-abort", *_addressed(drive))

    async def start(self, request: SurfaceRequest) -> None:
        """Start or continue a surface job; once per token.

        The code is already_done for a token that was cleaned, or stopped before it
        was started: what came of it is not known any more.
        """
        await self.request(
            "start",
            f"token {request.token}",
            f"serial {request.serial}",
            f"device {request.device}",
            f"size {request.size}",
            f"pause_at {request.pause_at}",
            f"resume_at {request.resume_at}",
            f"tick {request.tick}",
            f"max_errors {request.max_errors}",
            "patterns " + " ".join(f"{pattern:02x}" for pattern in request.patterns),
            *(
                f"range {item.block} {item.first} {item.last}"
                for item in request.ranges
            ),
        )

    async def statuses(self, *, ask: bool) -> Mapping[str, AgentStatus]:
        """Return the status of every job by token, asked for or as last written."""
        if ask:
            return parse_statuses((await self.request("status")).payload)
        async with self._noting_rights():
            content = await self._transport.download(f"{ROOT}/status")
        return parse_statuses(content.decode(errors="replace"))

    async def ranges(self, token: str) -> tuple[RangeResult, ...]:
        """Return the verified ranges of a job."""
        reply = await self.request("status", f"token {token}")
        _, _, rows = reply.payload.partition("ranges\n")
        return parse_ranges(rows)

    async def pause(self, token: str, reason: str) -> None:
        """Have a job stand still, and say why until it is resumed."""
        await self.request("pause", f"token {token}", f"reason {reason}")

    async def resume(self, token: str) -> None:
        """Let a job go on, unless its drive is too hot."""
        await self.request("resume", f"token {token}")

    async def stop(self, token: str) -> None:
        """End a job; a token the agent does not know is fine, and never begins."""
        await self._unless_unknown("stop", token)

    async def clean(self, token: str) -> None:
        """Remove the folder of a finished job; an unknown token is fine."""
        await self._unless_unknown("clean", token)

    async def _unless_unknown(self, verb: str, token: str) -> None:
        try:
            await self.request(verb, f"token {token}")
        except AgentFailed as err:
            if err.code != "unknown_token":
                raise


def _addressed(drive: Drive) -> tuple[str, str]:
    return f"serial {drive.serial}", f"device {drive.name}"


def _job_id(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidResponse("cronjob.run: expected a job id")
    return value


def _parse_reply(content: bytes) -> Reply | None:
    """Return the reply, or None if it is not there or not complete."""
    lines = content.decode(errors="replace").split("\n")
    if len(lines) < 3 or lines[-2:] != ["end", ""]:
        return None
    return Reply(_object(lines[0]), "\n".join(lines[1:-2]) + "\n")


def _checked(verb: str, reply: Reply) -> Reply:
    if reply.header.get("ok") is True:
        return reply
    raise AgentFailed(
        verb, text(reply.header, "error", "internal"), text(reply.header, "message", "")
    )


def _object(line: str) -> dict[str, Any]:
    try:
        return record(json.loads(line), "agent")
    except ValueError as err:
        raise InvalidResponse("agent: the reply is not JSON") from err


def parse_statuses(content: str) -> dict[str, AgentStatus]:
    """Return the status lines by token.

    One that is odd, as where the disk of the NAS is full, hides no other.
    """
    statuses = {}
    for line in content.split("\nranges\n", maxsplit=1)[0].splitlines():
        if not line:
            continue
        try:
            status = _status(_object(line))
        except InvalidResponse as err:
            _LOGGER.debug("A status line that is cut or odd: %s: %.200s", err, line)
            continue
        statuses[status.token] = status
    return statuses


def _status(line: dict[str, Any]) -> AgentStatus:
    state = text(line, "state")
    if state not in AgentState:
        raise InvalidResponse(f"agent: unknown state {state!r}")
    return AgentStatus(
        token=text(line, "token"),
        state=AgentState(state),
        reason=text(line, "reason", ""),
        serial=text(line, "serial"),
        device=text(line, "device"),
        ranges=whole(line, "ranges"),
        done=whole(line, "done"),
        phase=whole(line, "phase"),
        phases=max(1, whole(line, "phases")),
        percent=min(100.0, max(0.0, number(line, "percent") or 0.0)),
        read_errors=whole(line, "read"),
        write_errors=whole(line, "write"),
        compare_errors=whole(line, "compare"),
        first_bad=optional_whole(line, "first_bad"),
        block=whole(line, "block"),
        temperature=number(line, "temperature"),
        seconds=whole(line, "seconds"),
        updated=whole(line, "updated"),
        boot=text(line, "boot", ""),
    )


def parse_ranges(content: str) -> tuple[RangeResult, ...]:
    """Return the range records of a job; raise InvalidResponse for odd ones.

    An agent before the ninth word, the highest temperature, leaves that out.
    """
    return tuple(_range(line.split()) for line in content.splitlines() if line)


def _range(words: Sequence[str]) -> RangeResult:
    try:
        index, block, first, last, seconds, read, write, compare = map(int, words[:8])
        hottest = [None if word == "null" else int(word) for word in words[8:]]
        (temperature,) = hottest or [None]
    except ValueError as err:
        raise InvalidResponse("agent: odd range record") from err
    return RangeResult(
        index=index,
        range=BlockRange(block=block, first=first, last=last),
        seconds=seconds,
        read_errors=read,
        write_errors=write,
        compare_errors=compare,
        temperature=temperature,
    )
