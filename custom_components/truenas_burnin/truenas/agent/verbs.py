"""The agent on one NAS, verb by verb (docs/protocol.md); all raise TrueNASError."""

from collections.abc import Callable, Mapping
import json
from typing import Any, Final

from ..errors import AgentFailed, InvalidResponse
from ..models import Drive, SelfTestKind
from ..packing import Packed
from ..smartctl import ASKED_AS, KERNEL
from ..smartctl_log import SELF_TEST_LOG
from ..surface import DriveContent, Epoch, JobRecords, JobStatus, SurfacePlan
from ..transport import Token, Transport
from .exchange import Exchange
from .installation import Installation, Program
from .reading import Json, drive_content, epoch, job_records
from .requests import addressed, epoch_arguments, known_as, plan_arguments

_SHORT: Final = 30.0
_TOOL: Final = 180.0
_RECORD: Final = 270.0
"""Seconds: smartctl on a drive that hangs takes its time, and on some that are healthy;
nothing else does. The agent itself gives up a moment before."""

_SILENCE: Final = 150.0
"""Seconds without a line after which the agent is asked: it says once a minute that it
lives, while there is anything to do."""


class Agent:
    """Have the agent on one NAS do things."""

    def __init__(
        self,
        transport: Transport,
        packed: Packed,
        *,
        token: Token | None = None,
        tail: str | None = None,
    ) -> None:
        """Keep the ways; the agent is put on the NAS when it is first needed.

        `token` is how an upload says who sends it, `tail` the event that brings the
        feed on generations that can follow a file.
        """
        self._installation = Installation(transport, Program(packed), token)
        self._exchange = Exchange(transport, self._installation, tail)

    @property
    def allowed(self) -> bool:
        """Tell whether the key may do this, as far as is known."""
        return self._exchange.allowed

    def listen(self, changed: Callable[[], None]) -> None:
        """Be told when a job or a self-test is in another state, where it is told."""
        self._exchange.heard.changed = changed

    async def find_out_rights(self) -> None:
        """Look whether the agent is there; raise NotAuthorized where nobody may."""
        async with self._exchange.noting_rights():
            await self._installation.present()

    async def remove(self) -> None:
        """Delete our cron jobs on the NAS."""
        await self._installation.remove()

    async def smart(
        self, drive: Drive, *, wake: bool = True, farm: bool = False
    ) -> str:
        """Return the JSON text of `smartctl -x` of a drive, its serial checked.

        Without `wake` a drive that sleeps goes on sleeping, and the text says so. With
        `farm` Seagate's own log is in it too, where the drive keeps one.
        """
        asked = {**addressed(drive), "wake": wake, "farm": farm}
        result = await self._exchange.ask("smart", asked, seconds=_RECORD)
        return json.dumps(_merged(result))

    async def content(self, drive: Drive) -> DriveContent:
        """Return what lies on a drive, and who uses it."""
        asked = {**addressed(drive), "size": drive.size}
        return drive_content(await self._exchange.ask("content", asked, seconds=_TOOL))

    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a self-test, which the service then watches; never abort another."""
        asked = {**addressed(drive), "kind": kind.value}
        self._exchange.heard.forget_self_test(known_as(drive))
        await self._exchange.ask("self-test", asked, seconds=_TOOL)

    async def abort_self_test(self, drive: Drive) -> None:
        """Abort a running self-test; one that has ended by then is fine."""
        try:
            await self._exchange.ask("self-test-abort", addressed(drive), seconds=_TOOL)
        except AgentFailed as err:
            if err.code != "self_test_not_running":
                raise
        self._exchange.heard.forget_self_test(known_as(drive))

    def watched_self_test(self, drive: Drive) -> Json | None:
        """Return what smartctl last said of a self-test that the service watches.

        None where nothing is watched, or nobody was heard of it for minutes.
        """
        heard = self._exchange.heard
        if not self._exchange.follows or heard.silent_for > _SILENCE:
            return None
        return heard.self_test(known_as(drive))

    async def start(self, plan: SurfacePlan) -> JobStatus:
        """Start or take up a surface job, once per token.

        The code is already_done for a token that was cleaned, or stopped before it
        was started: what came of it is not known any more.
        """
        return await self._steer("start", plan_arguments(plan), seconds=_TOOL)

    async def jobs(self, *, ask: bool) -> Mapping[str, JobStatus]:
        """Return the status of every job by token.

        With `ask` the agent looks at its workers first; else its last words count, and
        it is asked only if it has said nothing for minutes.
        """
        exchange = self._exchange
        if ask or (exchange.follows and exchange.heard.silent_for > _SILENCE):
            exchange.listen()
            said = await exchange.ask("status", {}, seconds=_SHORT)
            exchange.heard.take_status(said)
        elif not exchange.follows:
            await exchange.read_status()
        return exchange.heard.jobs

    async def records(self, token: str) -> JobRecords:
        """Return everything that is kept of a job."""
        asked = {"token": token}
        return job_records(await self._exchange.ask("job", asked, seconds=_SHORT))

    async def pause(self, token: str, reason: str) -> JobStatus:
        """Have a job stand still, and say why until it is resumed."""
        return await self._steer("pause", {"token": token, "reason": reason})

    async def resume(self, token: str) -> JobStatus:
        """Let a job go on, unless its drive is too hot."""
        return await self._steer("resume", {"token": token})

    async def limit(self, token: str, pause_at: int, resume_at: int) -> JobStatus:
        """Have a job go by other temperatures, in °C."""
        asked = {"token": token, "pause_at": pause_at, "resume_at": resume_at}
        return await self._steer("limits", asked)

    async def stop(self, token: str) -> None:
        """End a job; a token the agent does not know is fine, and never begins."""
        await self._unless_unknown("stop", token)

    async def clean(self, token: str) -> None:
        """Remove what is kept of a job; an unknown token is fine."""
        await self._unless_unknown("clean", token)
        self._exchange.heard.forget_job(token)

    async def epoch(self) -> Epoch | None:
        """Return which ledger the agent obeys, None before the first start."""
        said = await self._exchange.ask("version", {}, seconds=_SHORT)
        return epoch(said.get("epoch"))

    async def obey(self, epoch: Epoch) -> None:
        """Have the agent obey this ledger from now on, as a person decided."""
        asked = {"ledger": epoch_arguments(epoch)}
        await self._exchange.ask("obey", asked, seconds=_SHORT)

    async def _steer(
        self, verb: str, arguments: Mapping[str, Any], *, seconds: float = _SHORT
    ) -> JobStatus:
        result = await self._exchange.ask(verb, arguments, seconds=seconds)
        return self._exchange.heard.take_job(result)

    async def _unless_unknown(self, verb: str, token: str) -> None:
        try:
            await self._exchange.ask(verb, {"token": token}, seconds=_SHORT)
        except AgentFailed as err:
            if err.code != "unknown_token":
                raise


def _merged(result: Json) -> Json:
    """Return one record out of the two or three that smartctl was asked for.

    Of a drive that smartctl cannot ask it is what the kernel knows.
    """
    whole, kernel = result.get("smartctl"), result.get(KERNEL)
    if isinstance(kernel, dict):
        whole = {**(whole or {}), KERNEL: kernel}
    if not isinstance(whole, dict):
        raise InvalidResponse("agent smart: expected an object")
    if isinstance(asked_as := result.get("device_type"), str):
        whole = {**whole, ASKED_AS: asked_as}
    log, farm = result.get("self_test_log"), result.get("farm")
    if isinstance(log, dict):
        whole = {**whole, SELF_TEST_LOG: log}
    return {**whole, "seagate_farm_log": farm} if isinstance(farm, dict) else whole
