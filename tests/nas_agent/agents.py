"""The agent in the process of a test."""

from __future__ import annotations

from custom_components.truenas_burnin.nas_agent import folder
from custom_components.truenas_burnin.nas_agent.agent import Agent, Beginning
from custom_components.truenas_burnin.nas_agent.epoch import Epoch
from custom_components.truenas_burnin.nas_agent.feed import Feed
from custom_components.truenas_burnin.nas_agent.jobs import Jobs
from custom_components.truenas_burnin.nas_agent.pace import Pace
from custom_components.truenas_burnin.nas_agent.self_tests import SelfTests
from custom_components.truenas_burnin.nas_agent.smartctl import Smartctl

from .machine import Machine


def an_agent(machine: Machine, pace: Pace) -> Agent:
    """Return the agent on a made-up NAS."""
    folder.check(machine.paths)
    feed = Feed(machine.paths, "boot")
    smartctl = Smartctl(machine.paths)
    return Agent(
        paths=machine.paths,
        pace=pace,
        boot="boot",
        feed=feed,
        smartctl=smartctl,
        epoch=Epoch(machine.paths),
        jobs=Jobs(machine.paths),
        self_tests=SelfTests(machine.paths, smartctl, feed.self_test),
        beginning=Beginning(),
    )
