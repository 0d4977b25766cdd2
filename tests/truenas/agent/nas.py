"""A NAS in memory whose agent does what a test says, by the protocol's files."""

from collections.abc import Callable
from dataclasses import dataclass, field
import json
from typing import Any, override

from custom_components.truenas_burnin.truenas.agent import Agent
from custom_components.truenas_burnin.truenas.agent.paths import FEED, ROOT, STATUS
from custom_components.truenas_burnin.truenas.errors import CallFailed
from custom_components.truenas_burnin.truenas.packing import Packed
from custom_components.truenas_burnin.truenas.transport import Heard, Token, Transport

PACKED = Packed(b"program", "0123456789ab")
PROGRAM = f"{ROOT}/{PACKED.name}"
TAIL = f"filesystem.file_tail_follow:{FEED}"

type Json = dict[str, Any]


class Refusal(Exception):
    """What the agent refuses with."""

    def __init__(self, code: str, message: str = "", **details: Any) -> None:
        super().__init__(code)
        self.said = {"error": code, "details": details, "message": message}


def a_status(token: str = "t1", revision: int = 5, **changes: Any) -> Json:
    """Return a job status as the agent says it."""
    return {
        "token": token,
        "serial": "SER001",
        "device": "sdb",
        "revision": revision,
        "state": "running",
        "reason": None,
        "method": "stamped",
        "activity": "write",
        "sweep": 1,
        "sweeps": 2,
        "range": 3,
        "ranges": 256,
        "bytes_done": 40960,
        "bytes_total": 81920,
        "errors": {"read": 0, "write": 0, "compare": 0, "kernel": 0},
        "first_error": None,
        "temperature": 38,
        "hottest": 41,
        "seconds": 1234,
        "hanging_seconds": 0,
        "updated": 1767225700,
        "boot": "boot-1",
        **changes,
    }


@dataclass
class MemoryNas(Transport):
    """Files, a cron job and a service; `follows` makes it one that pushes the feed."""

    follows: bool = True
    alive: bool = False
    boot: str = "boot-1"
    at: float = 1000.0
    files: dict[str, bytes] = field(default_factory=dict)
    crons: list[Json] = field(default_factory=list)
    answers: dict[str, Callable[[Json], Any]] = field(default_factory=dict)
    requests: list[Json] = field(default_factory=list)
    uploads: list[tuple[str, Token | None]] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    cron_runs: int = 0
    starts: int = 0
    loses_lines: bool = False
    run: str = ""
    seq: int = 0
    heard: Heard | None = None

    @override
    async def call(self, method: str, *params: Any) -> Any:
        """Do what the middleware does."""
        match method:
            case "core.get_jobs":
                return [{"id": 1, "method": "x", "state": "SUCCESS"}]
            case "cronjob.query":
                return self.crons
            case "cronjob.create":
                self.crons.append({"id": len(self.crons) + 1, **params[0]})
                return self.crons[-1]
            case "cronjob.delete":
                self.crons = [job for job in self.crons if job["id"] != params[0]]
                return True
            case _:
                return self._cron(*params)

    def _cron(self, cron_id: int, _skip: bool) -> int:
        self.cron_runs += 1
        if cron_id not in [job["id"] for job in self.crons]:
            raise CallFailed("cronjob.run", "no such job")
        if self.files.get(PROGRAM) == PACKED.content and not self.alive:
            self.start()
        return 1

    def start(self) -> None:
        """Begin as a service does: whatever lies there is too old."""
        self.alive = True
        self.starts += 1
        self.run, self.seq = f"run-{self.starts}", 0
        self.say(service={"state": "started", "version": PACKED.version})
        for path in self._lying():
            self._serve(path, lambda _verb, _arguments: _raise(Refusal("too_old")))

    def _lying(self) -> list[str]:
        return [path for path in self.files if path.startswith(f"{ROOT}/requests/")]

    def _serve(self, path: str, answer: Callable[[str, Json], Any]) -> None:
        request = json.loads(self.files.pop(path))
        self.requests.append(request)
        reply: Json = {"id": request["id"]}
        try:
            reply |= {
                "ok": True,
                "result": answer(request["verb"], request["arguments"]),
            }
        except Refusal as err:
            reply |= {"ok": False, **err.said}
        self.files[f"{ROOT}/replies/{request['id']}.json"] = json.dumps(reply).encode()
        short = len(json.dumps(reply)) <= 4096
        self.say(reply=reply if short else {"id": request["id"], "file": True})

    def _answer(self, verb: str, arguments: Json) -> Any:
        request = self.requests[-1]
        free = ("version", "status", "job", "content", "smart")
        if verb not in free and request.get("boot") != self.boot:
            raise Refusal("too_old")
        if verb == "version" and verb not in self.answers:
            return {"version": PACKED.version, "boot": self.boot}
        return self.answers[verb](arguments)

    def say(self, **what: Any) -> None:
        """Append a line to the feed, and push it."""
        self.seq += 1
        self.at += 1
        line = {"run": self.run, "seq": self.seq, "at": self.at, "boot": self.boot}
        self.push(json.dumps({**line, **what}) + "\n")

    def push(self, text: str) -> None:
        """Push text as the vendor's tail does."""
        if self.heard is not None and not self.loses_lines:
            self.heard({"data": text})

    def write_status(self, *jobs: Json, **tests: Json) -> Json:
        """Write the status file of generations without a feed; return it."""
        status = {
            "run": self.run,
            "at": self.at,
            "boot": self.boot,
            "service": {"state": "alive", "version": PACKED.version},
            "jobs": {job["token"]: job for job in jobs},
            "self_tests": tests,
        }
        self.files[STATUS] = json.dumps(status).encode()
        return status

    @override
    async def upload(
        self, path: str, content: bytes, mode: int | None, token: Token | None
    ) -> int:
        """Keep a file; a service that lives takes a request before its mode is set."""
        self.uploads.append((path, token))
        self.files[path] = content
        if self.alive:
            for lying in self._lying():
                self._serve(lying, self._answer)
        if mode is not None and path not in self.files:
            raise CallFailed("filesystem.put", "No such file or directory")
        return 1

    @override
    async def download(self, path: str) -> bytes:
        """Return a file."""
        self.downloads.append(path)
        return self.files.get(path, b"")

    @override
    def listen(self, event: str, heard: Heard) -> None:
        """Follow the feed."""
        assert event == TAIL
        self.heard = heard
        heard(None)

    @override
    async def close(self) -> None:
        """Let go of nothing."""

    def agent(self) -> Agent:
        """Return the agent on this NAS."""
        return Agent(
            self,
            PACKED,
            token=(60, {}, True, True),
            tail=TAIL if self.follows else None,
        )

    def verbs(self) -> list[str]:
        """Return what was asked, in order."""
        return [request["verb"] for request in self.requests]


def _raise(err: Exception) -> Any:
    raise err
