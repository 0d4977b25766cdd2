"""The Python face of the agent, over a transport in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
import json
import logging
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    CallFailed,
    ConnectionFailed,
    InvalidResponse,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import (
    AgentState,
    BlockRange,
    SelfTestKind,
    SurfaceRequest,
)
from custom_components.truenas_burnin.truenas.shell_agent import (
    ROOT,
    Agent,
    Script,
    load_script,
    parse_ranges,
    parse_statuses,
)
from custom_components.truenas_burnin.truenas.transport import Heard, Token

from ..burnin.fakes import a_drive

SCRIPT = Script(b"#!/bin/sh\n", f"{ROOT}/agent-0123456789ab.sh")
OK = '{"ok":true}\nend\n'
STATUS = {
    "token": "t1",
    "state": "running",
    "reason": "",
    "serial": "SER001",
    "device": "ada1",
    "ranges": 256,
    "done": 37,
    "phase": 3,
    "phases": 8,
    "percent": 42.5,
    "read": 0,
    "write": 1,
    "compare": 2,
    "first_bad": None,
    "block": 8192,
    "temperature": 38,
    "seconds": 1234,
    "started": 1767225600,
    "updated": 1767225700,
    "boot": "b",
}
REQUEST = SurfaceRequest(
    token="t1",
    serial="SER001",
    device="ada1",
    size=16384,
    patterns=(0xAA, 0x00),
    ranges=(BlockRange(block=8192, first=0, last=1),),
    pause_at=55,
    resume_at=48,
    tick=5,
    max_errors=10,
)


@dataclass
class MemoryTransport:
    """Files and cron jobs of a NAS in memory; `answer` plays the agent."""

    answer: Callable[[str], str | None] = lambda request: OK
    files: dict[str, bytes] = field(default_factory=dict)
    crons: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    fail: list[Exception | None] = field(default_factory=list)
    job: dict[str, Any] = field(
        default_factory=lambda: {"id": 1, "method": "cronjob.run", "state": "SUCCESS"}
    )

    async def call(self, method: str, *params: Any) -> Any:
        """Do what the middleware does."""
        match method:
            case "core.get_jobs":
                return [self.job]
            case "cronjob.query":
                return self.crons
            case "cronjob.create":
                self.crons.append({"id": len(self.crons) + 1, **params[0]})
                return self.crons[-1]
            case "cronjob.delete":
                self.crons = [job for job in self.crons if job["id"] != params[0]]
                return True
            case _:
                return self._run()

    def _run(self) -> int:
        error = self.fail.pop(0) if self.fail else None
        if isinstance(error, CallFailed):
            raise error
        for path in [name for name in self.files if name.endswith(".req")]:
            request = self.files.pop(path).decode()
            self.requests.append(request)
            reply = self.answer(request)
            if reply is not None:
                self.files[path.removesuffix("req") + "rep"] = reply.encode()
        if error is not None:
            raise error
        return 1

    async def upload(
        self, path: str, content: bytes, mode: int, token: Token | None
    ) -> int:
        """Keep a file."""
        self.uploads.append(path)
        self.files[path] = content
        return 1

    async def download(self, path: str) -> bytes:
        """Return a file."""
        return self.files.get(path, b"")

    def listen(self, event: str, heard: Heard) -> None:
        """Tell of nothing."""

    async def close(self) -> None:
        """Let go of nothing."""


def an_agent(**changes: Any) -> tuple[Agent, MemoryTransport]:
    """Return an agent on a NAS in memory."""
    transport = MemoryTransport(**changes)
    return Agent(transport, SCRIPT), transport


async def test_the_first_request_installs() -> None:
    """Script and disabled cron job are put in place once."""
    agent, nas = an_agent()
    await agent.request("version")
    await agent.request("version")
    assert nas.files[SCRIPT.path] == SCRIPT.content
    assert len(nas.crons) == 1
    assert nas.crons[0]["enabled"] is False
    assert nas.crons[0]["command"] == f"sh {SCRIPT.path} spool >/dev/null 2>&1"
    assert len(nas.crons[0]["command"]) < 1024
    assert nas.uploads.count(SCRIPT.path) == 1
    assert nas.requests == ["verb version\nend\n"] * 2


async def test_what_is_there_is_used() -> None:
    """Another start of the program uploads and creates nothing."""
    agent, nas = an_agent()
    await agent.request("version")
    nas.uploads.clear()
    await Agent(nas, SCRIPT).request("version")
    assert SCRIPT.path not in nas.uploads
    assert len(nas.crons) == 1


async def test_a_missing_cron_job_is_made_again() -> None:
    """Somebody tidied up: the request is repeated after a new installation."""
    agent, nas = an_agent()
    await agent.request("version")
    nas.crons.clear()
    nas.files.clear()
    nas.fail = [CallFailed("cronjob.run", "not found")]
    await agent.request("version")
    assert len(nas.crons) == 1
    assert SCRIPT.path in nas.files


async def test_a_run_that_keeps_failing_is_told() -> None:
    """Three times, then the error of the NAS."""
    agent, nas = an_agent(fail=[CallFailed("cronjob.run", "no")] * 3)
    with pytest.raises(CallFailed):
        await agent.request("version")
    assert nas.fail == []


async def test_a_failed_job_is_told() -> None:
    """The cron job ran and its command failed."""
    agent, nas = an_agent()
    nas.job = {"id": 1, "method": "cronjob.run", "state": "SUCCESS"}
    await agent.request("version")
    nas.job = {"id": 1, "method": "cronjob.run", "state": "FAILED", "error": "exit 78"}
    with pytest.raises(CallFailed, match="exit 78"):
        await agent.request("version")


async def test_a_lost_reply_to_the_run_loses_nothing() -> None:
    """The reply file tells what happened."""
    agent, nas = an_agent(fail=[OutcomeUnknown("lost")])
    await agent.request("version")
    assert len(nas.requests) == 1


async def test_no_reply_at_all() -> None:
    """The agent never answers: a failed connection, not a hang."""
    agent, nas = an_agent(answer=lambda request: None)
    with pytest.raises(ConnectionFailed):
        await agent.request("version")
    assert len(nas.requests) == 3


@pytest.mark.parametrize("reply", ["no json\nend\n", "[]\nend\n"])
async def test_an_odd_reply(reply: str) -> None:
    """Anything else than a JSON header is refused."""
    agent, _ = an_agent(answer=lambda request: reply)
    with pytest.raises(InvalidResponse):
        await agent.request("version")


async def test_a_refusal_has_code_and_text() -> None:
    """The agent's words reach the caller."""
    refusal = '{"ok":false,"error":"serial_changed","message":"expected A"}\nend\n'
    agent, _ = an_agent(answer=lambda request: refusal)
    with pytest.raises(AgentFailed) as error:
        await agent.smart(a_drive())
    assert (error.value.code, error.value.message) == ("serial_changed", "expected A")


@pytest.mark.parametrize("serial", ["A\nverb stop", "A\tB", "\x1b[0m"])
async def test_a_serial_cannot_add_lines(serial: str) -> None:
    """Serials come from hardware and are hostile."""
    agent, nas = an_agent()
    with pytest.raises(AgentFailed):
        await agent.smart(a_drive(serial=serial))
    assert nas.requests == []


async def test_verbs_and_their_words() -> None:
    """What each method asks for."""
    agent, nas = an_agent()
    drive = a_drive()
    await agent.start_self_test(drive, SelfTestKind.LONG)
    await agent.abort_self_test(drive)
    await agent.smart(drive)
    await agent.smart(drive, wake=False)
    await agent.start(REQUEST)
    assert nas.requests == [
        "verb self-test\nserial SER001\ndevice ada1\nkind long\nend\n",
        "verb self-test-abort\nserial SER001\ndevice ada1\nend\n",
        "verb smart\nserial SER001\ndevice ada1\nend\n",
        "verb smart\nserial SER001\ndevice ada1\nawake yes\nend\n",
        "verb start\ntoken t1\nserial SER001\ndevice ada1\nsize 16384\npause_at 55\n"
        "resume_at 48\ntick 5\nmax_errors 10\npatterns aa 00\nrange 8192 0 1\nend\n",
    ]


async def test_stop_and_clean_of_an_unknown_token_are_fine() -> None:
    """They are idempotent; other refusals are not swallowed."""
    code = "unknown_token"
    agent, _ = an_agent(
        answer=lambda request: json.dumps({"ok": False, "error": code}) + "\nend\n"
    )
    await agent.stop("t1")
    await agent.clean("t1")
    code = "internal"
    with pytest.raises(AgentFailed):
        await agent.stop("t1")


async def test_statuses_are_read_or_asked() -> None:
    """Reading costs one download, asking a request."""
    line = json.dumps(STATUS)
    agent, nas = an_agent(answer=lambda request: f'{{"ok":true}}\n{line}\nend\n')
    assert await agent.statuses(ask=False) == {}
    nas.files[f"{ROOT}/status"] = f"{line}\n".encode()
    (status,) = (await agent.statuses(ask=False)).values()
    assert status.state is AgentState.RUNNING
    assert (status.percent, status.compare_errors, status.temperature) == (42.5, 2, 38)
    assert nas.requests == []
    assert await agent.statuses(ask=True) == {"t1": status}


def test_one_odd_status_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """It is cut off where the disk of the NAS is full, or of another version."""
    caplog.set_level(logging.DEBUG)
    line = json.dumps(STATUS)
    odd = json.dumps({**STATUS, "token": "t2", "state": "dreaming"})
    content = f"{odd}\n{line}\n{line[:40]}\n[]\n"
    assert set(parse_statuses(content)) == {"t1"}
    assert "dreaming" in caplog.text
    assert line[:40] in caplog.text


async def test_a_token_that_is_spent() -> None:
    """Its code is for the caller to tell from one that is unknown."""
    refusal = '{"ok":false,"error":"already_done","message":"t1 is over"}\nend\n'
    agent, _ = an_agent(answer=lambda request: refusal)
    with pytest.raises(AgentFailed) as error:
        await agent.start(REQUEST)
    assert error.value.code == "already_done"


async def test_ranges_of_a_token() -> None:
    """The rows after the status."""
    payload = f'{{"ok":true}}\n{json.dumps(STATUS)}\nranges\n0 8192 0 9 12 0 1 2\nend\n'
    agent, _ = an_agent(answer=lambda request: payload)
    (row,) = await agent.ranges("t1")
    assert row.range == BlockRange(block=8192, first=0, last=9)
    assert (row.seconds, row.read_errors, row.write_errors, row.compare_errors) == (
        12,
        0,
        1,
        2,
    )


async def test_remove_takes_our_cron_jobs_only() -> None:
    """Those of older scripts too, nobody else's."""
    agent, nas = an_agent()
    await agent.request("version")
    nas.crons.append({**nas.crons[0], "id": 2, "command": "sh older"})
    nas.crons.append({"id": 3, "description": "mine", "command": "x"})
    await agent.remove()
    assert [job["id"] for job in nas.crons] == [3]


@given(
    st.dictionaries(
        st.sampled_from(list(STATUS)),
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    )
)
def test_only_our_errors_come_out_of_statuses(changes: dict[str, Any]) -> None:
    """Whatever a status line says."""
    try:
        parse_statuses(json.dumps({**STATUS, **changes}) + "\n")
    except TrueNASError:
        pass


@given(st.text())
def test_only_our_errors_come_out_of_texts(content: str) -> None:
    """Whatever the files hold."""
    for parse in (parse_statuses, parse_ranges):
        try:
            parse(content)
        except TrueNASError:
            pass


def test_the_script_is_named_by_its_hash() -> None:
    """A changed script never overwrites a running one."""
    script = load_script()
    assert script.path.startswith(f"{ROOT}/agent-")
    assert script.content.startswith(b"#!/bin/sh\n")
