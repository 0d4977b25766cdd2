"""The middleware's methods, one namespace per file, behind every protocol."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..commands import Commands
from ..jobs import Jobs
from ..world import World
from . import core, cronjob, disk, filesystem, smart, system

type Method = Callable[..., Awaitable[Any]]


def all_methods(world: World, jobs: Jobs, commands: Commands) -> dict[str, Method]:
    """Return every method by its name; parameters as the middleware takes them."""
    return {
        **system.methods(world),
        **core.methods(jobs),
        **disk.Disks(world, jobs).methods(),
        **smart.methods(world, jobs),
        **cronjob.CronJobs(world, jobs, commands).methods(),
        **filesystem.methods(world, jobs),
    }
