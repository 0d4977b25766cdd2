"""The agent in the guest, spoken to by its files (docs/protocol.md), with no middleware in between."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import time
from typing import Any, Self
import uuid

from custom_components.truenas_burnin.truenas.packing import Packed

from .line import Line

HOME = "/root/.truenas-burnin"
_WORK_MANY = Path(__file__).with_name("work_many.py")
FINAL = {"passed", "failed", "refused", "stopped", "interrupted"}
CRON = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
"""What the middleware gives a cron job."""

type Json = dict[str, Any]


class AgentRefused(Exception):
    """The agent's reply was an error; `code` is one of docs/protocol.md."""

    def __init__(self, reply: Json) -> None:
        """Keep what was said."""
        self.code = str(reply["error"])
        self.details: Json = reply["details"]
        super().__init__(f"{self.code} {self.details} {reply['message']}")


@dataclass(frozen=True)
class Status:
    """A job's status; `raw` is all of it."""

    token: str
    state: str
    code: str | None
    activity: str
    sweep: int
    errors: Json
    raw: Json

    @classmethod
    def of(cls, raw: Json) -> Self:
        """Read what the agent says."""
        code = raw["reason"] and raw["reason"]["code"]
        where = raw["activity"], raw["sweep"], raw["errors"]
        return cls(raw["token"], raw["state"], code, *where, raw)


class GuestAgent:
    """The service in the guest; started when it is first asked."""

    def __init__(self, line: Line, packed: Packed) -> None:
        """Put the program where the integration puts it."""
        self.line = line
        self._program = f"{HOME}/{packed.name}"
        line.out(f"mkdir -p -m 700 {HOME}/requests && chmod 700 {HOME}/requests")
        line.put(self._program, packed.content)
        self._boot = ""

    def ensure(self) -> None:
        """Do what the cron job does, by sudo as the middleware does."""
        command = f"python3 {self._program} ensure"
        ran = self.line.run(["sudo", "-H", "-u", "root", "sh", "-c", command], env=CRON)
        assert ran.status == 0, ran

    def ask(self, verb: str, *, seconds: float = 180, **arguments: Any) -> Json:
        """Return the result; raise AgentRefused.

        A request that came while the service started is asked again, as the protocol says.
        """
        if not self._boot:
            self.ensure()
            self._boot = self.line.out("cat /proc/sys/kernel/random/boot_id")
        while True:
            try:
                return self._ask(verb, seconds, arguments)
            except AgentRefused as refused:
                if refused.code != "too_old":
                    raise

    def _ask(self, verb: str, seconds: float, arguments: Json) -> Json:
        identifier = uuid.uuid4().hex
        request: Json = {"id": identifier, "verb": verb, "arguments": arguments}
        text = json.dumps(request | {"boot": self._boot}).encode()
        self.line.put(f"{HOME}/requests/{identifier}.json", text)
        end = time.monotonic() + seconds
        while (said := self.line.get(f"{HOME}/replies/{identifier}.json")) is None:
            if time.monotonic() > end:
                feed = self.line.get(f"{HOME}/feed") or b""
                raise TimeoutError(f"no reply to {verb}: {feed[-2000:]!r}")
            time.sleep(0.2)
        reply: Json = json.loads(said)
        if not reply["ok"]:
            raise AgentRefused(reply)
        result: Json = reply["result"]
        return result

    def work(
        self, plans: Sequence[Json], *, at_once: int = 3, seconds: float = 1800
    ) -> None:
        """Let workers do these jobs to their ends, without the service."""
        self.line.put("/root/work_many.py", _WORK_MANY.read_bytes())
        command = ["python3", "/root/work_many.py", self._program, str(at_once)]
        text = json.dumps(list(plans)).encode()
        ran = self.line.run(command, stdin=text, seconds=seconds)
        assert ran.status == 0, ran

    def start(self, plan: Json) -> Status:
        """Begin, or take up, a job."""
        return Status.of(self.ask("start", **plan))

    def status(self, token: str) -> Status | None:
        """Return a job's own status as its worker left it; asks nobody."""
        said = self.line.get(f"{HOME}/jobs/{token}/status.json")
        return None if said is None else Status.of(json.loads(said))

    def ended(self, token: str, seconds: float = 600) -> Status:
        """Wait for a job's end."""
        end = time.monotonic() + seconds
        while True:
            status = self.status(token)
            if status is not None and status.state in FINAL:
                return status
            if time.monotonic() > end:
                raise TimeoutError(f"{status}")
            time.sleep(0.5)

    def until(self, token: str, activity: str, seconds: float = 300) -> Status:
        """Wait until a job does this, or has ended."""
        end = time.monotonic() + seconds
        while True:
            status = self.status(token)
            if status is not None and (
                status.state in FINAL or status.activity == activity
            ):
                return status
            if time.monotonic() > end:
                raise TimeoutError(f"{status}")
            time.sleep(0.1)

    def records(self, token: str, kind: str) -> list[Json]:
        """Return a job's records: kind `ranges` or `errors`."""
        said = self.line.get(f"{HOME}/jobs/{token}/{kind}.jsonl") or b""
        return [json.loads(text) for text in said.splitlines()]


def plan(
    token: str,
    device: str,
    serial: str,
    size: int,
    *,
    method: str = "stamped",
    passes: int = 1,
    pieces: int = 2,
    content: tuple[Json, ...] = (),
    capacity_check: bool = True,
) -> Json:
    """Return the arguments of `start` for a whole drive."""
    step = size // pieces // 4096 * 4096
    starts = [number * step for number in range(pieces)]
    ends = [*starts[1:], size - size % 512]
    return {
        "token": token,
        "ledger": {"id": "0" * 31 + "1", "number": 1},
        "drive": {"device": device, "serial": serial, "lunid": None, "size": size},
        "content": list(content),
        "method": method,
        "passes": passes,
        "ranges": [[a, b - a] for a, b in zip(starts, ends, strict=True)],
        "capacity_check": capacity_check,
        "discard": False,
        "limits": {"pause_at": 100, "resume_at": 90},
        "max_errors": 1000,
    }


def source() -> Path:
    """Return the agent's sources."""
    return Path(__file__).parents[3] / "custom_components/truenas_burnin/nas_agent"
