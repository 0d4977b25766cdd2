"""Begin a job, take one up, or say that it is under way: the same request does all."""

from __future__ import annotations

import time

from .. import words
from ..agent import Agent, Turn
from ..detach import detach
from ..errors import Code, Json, Refused
from ..jobs import Job, State
from ..plan import Plan
from .look import look_at

_COMES_UP = 120.0
"""Seconds that a worker has until it holds its job's lock.

Python alone takes one; sixty-four of them at once on a small, busy NAS far more."""


def start(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """See to it that a job's worker runs, unless the job has ended.

    The epoch comes first: a restored ledger may have neither this job nor its end.
    """
    plan = Plan.read(arguments)
    with agent.beginning.turn:
        turn.act()
        agent.epoch.admit(plan.ledger)
        if agent.jobs.is_spent(plan.token):
            raise Refused(Code.ALREADY_DONE, {"token": plan.token})
        job = _job(agent, plan)
        if job is None or _needs_worker(agent, job):
            job = _begin(agent, plan, job)
    return _claimed(agent, job)


def _job(agent: Agent, plan: Plan) -> Job | None:
    try:
        job = agent.jobs.get(plan.token)
    except Refused as refused:
        if refused.code is not Code.UNKNOWN_TOKEN:
            raise
        return None
    if not job.plan().is_same_work(plan):
        raise words.refuse("token of another plan")
    return job


def _needs_worker(agent: Agent, job: Job) -> bool:
    """Return whether a job that there is already has to be taken up."""
    if agent.beginning.has(job.token, job.status()) or job.is_alive():
        return False
    job.look()
    return not job.state().is_final


def _begin(agent: Agent, plan: Plan, job: Job | None) -> Job:
    """Keep the plan and start a worker.

    Whoever looks meanwhile must not take the job for one whose worker died.
    """
    revision = 1 if job is None else job.status().get("revision")
    agent.beginning.add(plan.token, _COMES_UP, revision)
    try:
        if job is None:
            job = agent.jobs.create(plan)
        else:
            job.put_plan(plan)
        detach(agent.paths, "work", job.token)
    except Refused:
        agent.beginning.end(plan.token)
        raise
    return job


def _claimed(agent: Agent, job: Job) -> dict[str, Json]:
    """Return the status once the worker has the drive or refused it."""
    end = time.monotonic() + agent.pace.start
    while time.monotonic() < end:
        status = look_at(agent, job)
        coming = agent.beginning.has(job.token, status)
        if not coming and status.get("state") != State.STARTING.value:
            return status
        time.sleep(agent.pace.poll)
    return look_at(agent, job)
