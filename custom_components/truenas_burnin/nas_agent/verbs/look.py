"""Verbs that only look."""

from __future__ import annotations

import platform
import re

from .. import tools, words
from ..agent import Agent, Turn, met
from ..drive import content as lying, locked, users
from ..drive.address import Address
from ..errors import Code, Json, Refused
from ..jobs import Job

_TOOLS = ("smartctl", "blkid", "zdb", "zpool", "file")
_NUMBER = re.compile(r"\d+(\.\d+)+")


def version(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Return who answers, and what this NAS has."""
    words.only(arguments, frozenset(), "arguments")
    kept = agent.epoch.kept()
    found: dict[str, Json] = {tool: _version_of(tool, agent) for tool in _TOOLS}
    return {
        "version": agent.paths.version,
        "boot": agent.boot,
        "python": platform.python_version(),
        "tools": found,
        "epoch": None if kept is None else kept.as_json(),
    }


def _version_of(tool: str, agent: Agent) -> str | None:
    """Return a tool's version, '' if it has one that we do not ask for."""
    if not tools.has(agent.paths, tool):
        return None
    if tool != "smartctl":
        return ""
    try:
        said = tools.run(agent.paths, tool, "-V", patience=10)
    except (tools.Missing, tools.Hangs):
        return None
    number = _NUMBER.search(said.output)
    return number.group() if number else ""


def status(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Return the short form of the feed, all jobs looked at afresh."""
    words.only(arguments, frozenset(), "arguments")
    jobs: dict[str, Json] = {one.token: look_at(agent, one) for one in agent.jobs.all()}
    return {**agent.feed.short(), "jobs": jobs}


def look_at(agent: Agent, job: Job) -> dict[str, Json]:
    """Return a job's status; a worker that is coming up is not taken for dead."""
    status = job.status()
    return status if agent.beginning.has(job.token, status) else job.look()


def job(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Return all there is about a job."""
    words.only(arguments, frozenset(("token",)), "arguments")
    found = agent.jobs.get(words.token(arguments.get("token")))
    return {
        "status": look_at(agent, found),
        "plan": found.plan().as_json(),
        "ranges": found.ranges(),
        "errors": found.errors(),
    }


def content(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Return what lies on a drive and who has it."""
    drive = Address.read(arguments, "size")
    device = drive.device
    size = words.whole(arguments.get("size"), "size", 0, 1 << 60)
    kernel = agent.paths.kernel
    with met(agent, drive) as (descriptor, answer):
        try:
            found = kernel.size(descriptor)
            sector = kernel.logical_sector(descriptor)
        except OSError as error:
            raise Refused(
                Code.DRIVE_VANISHED, {"device": device}, str(error)
            ) from error
        if found <= 0:
            raise Refused(Code.SIZE_UNKNOWN, {"device": device})
        if size not in {0, found}:
            raise Refused(Code.SIZE_DIFFERS, {"device": device, "size": found})
        items: list[Json] = [one.as_json() for one in lying.find(device, agent.paths)]
        having: list[Json] = [
            one.as_json()
            for one in (
                *users.find(device, agent.paths),
                *users.pools(device, agent.paths),
            )
            if not one.passes_by
        ]
        return {
            "content": items,
            "users": having,
            "size": found,
            "logical_sector": sector,
            "locked": locked.is_locked(answer),
        }
