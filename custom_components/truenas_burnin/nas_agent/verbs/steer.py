"""Verbs that steer jobs: each leaves a wish, which the worker heeds or finds later."""

from __future__ import annotations

import re
import time

from .. import words
from ..agent import Agent, Turn
from ..errors import Code, Json, Refused
from ..jobs import Job, State
from ..plan import Ledger, Limits
from .look import look_at

_TOKEN = frozenset(("token",))
_REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")


def pause(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Have a job pause."""
    words.only(arguments, _TOKEN | {"reason"}, "arguments")
    reason = arguments.get("reason", "person")
    if not isinstance(reason, str) or not _REASON.fullmatch(reason):
        raise words.refuse("reason")
    job = _job(agent, arguments)
    job.wish_pause(reason)
    return look_at(agent, job)


def resume(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Have a job go on."""
    words.only(arguments, _TOKEN, "arguments")
    job = _job(agent, arguments)
    job.wish_resume()
    return look_at(agent, job)


def limits(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Set other limits of temperature."""
    words.only(arguments, _TOKEN | {"pause_at", "resume_at"}, "arguments")
    wanted = Limits.read({key: arguments.get(key) for key in ("pause_at", "resume_at")})
    job = _job(agent, arguments)
    job.wish_limits(wanted)
    return look_at(agent, job)


def stop(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Have a job end; wait for that a while, but not for a drive that hangs.

    It may overtake its `start`, which then must not begin anything.
    """
    words.only(arguments, _TOKEN, "arguments")
    token = words.token(arguments.get("token"))
    with agent.beginning.turn:
        try:
            job = agent.jobs.get(token)
        except Refused:
            agent.jobs.spend(token)
            raise
        job.wish_stop()
    end = time.monotonic() + agent.pace.stop
    while True:
        status = look_at(agent, job)
        if State(status.get("state")).is_final or time.monotonic() >= end:
            return status
        if not agent.beginning.has(token, status):
            job.wish_stop()  # its worker may have died without a word
        time.sleep(agent.pace.poll)


def clean(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Forget a job for good."""
    words.only(arguments, _TOKEN, "arguments")
    token = words.token(arguments.get("token"))
    with agent.beginning.turn:
        try:
            job = agent.jobs.get(token)
        except Refused as refused:
            if refused.code is not Code.UNKNOWN_TOKEN:
                raise
            agent.jobs.spend(token)
            return {}
        if agent.beginning.has(token, job.status()) or job.is_alive():
            raise Refused(Code.SERIAL_BUSY, {"token": token})
        agent.jobs.spend(token)
        job.remove()
    return {}


def obey(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Take over which ledger counts, as a person decided."""
    words.only(arguments, frozenset(("ledger",)), "arguments")
    ledger = Ledger.read(arguments.get("ledger"))
    agent.epoch.obey(ledger)
    return ledger.as_json()


def _job(agent: Agent, arguments: dict[str, Json]) -> Job:
    return agent.jobs.get(words.token(arguments.get("token")))
