"""A surface pass of the agent beside badblocks alone, on the same file."""

from collections.abc import Callable
import shutil
import subprocess
from time import monotonic, sleep
from typing import Final

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from ..truenas.agent import conftest as agent
from ..truenas.agent.conftest import Nas, shells

nas = agent.nas

BLOCK: Final = 8192
BLOCKS: Final = 262_144
"""2 GiB: a range of a real drive is 25 times as long, which makes the ratio better."""

AT_ONCE: Final = 512
ROUNDS: Final = 5
RATIO: Final = 1.03
PATIENCE: Final = 600.0


def alone(nas: Nas) -> float:
    """Return the seconds that badblocks takes with the agent's own options."""
    badblocks = shutil.which("badblocks", path="/usr/sbin:/sbin")
    assert badblocks is not None
    words = ["-w", "-s", "-v", "-b", str(BLOCK), "-c", str(AT_ONCE), "-t", "0xaa"]
    medium = str(nas.folder / "drives/sda")
    began = monotonic()
    subprocess.run(  # noqa: S603
        [badblocks, *words, "-t", "0x00", medium, str(BLOCKS - 1), "0"],
        check=True,
        capture_output=True,
    )
    return monotonic() - began


def by_the_agent(nas: Nas, token: str) -> float:
    """Return the seconds from the request to the verdict."""
    began = monotonic()
    ranges = f"{BLOCK} 0 {BLOCKS - 1}"
    size = str(BLOCK * BLOCKS)
    assert nas.start(token, size=size, ranges=ranges, tick="5") == {"ok": True}
    while (status := nas.told(token)) is None or not status.state.final:
        assert monotonic() - began < PATIENCE
        sleep(0.02)
    assert status.state is AgentState.PASSED
    return monotonic() - began


@pytest.mark.budget
@pytest.mark.parametrize("nas", shells()[:1], indirect=True)
def test_the_agent_costs_little(nas: Nas, tell: Callable[[str], None]) -> None:
    """A pass takes at most 1.03 times as long as badblocks alone."""
    medium = nas.drive()
    with medium.open("wb") as content:
        for _ in range(BLOCKS // AT_ONCE):
            content.write(bytes(AT_ONCE * BLOCK))
    nas.fact("sda", "size", str(BLOCK * BLOCKS))
    ours, theirs = [], []
    for number in range(ROUNDS):
        theirs.append(alone(nas))
        ours.append(by_the_agent(nas, f"t{number}"))
    medium.unlink()
    # The least of each: whoever else uses the disk only adds.
    ratio = min(ours) / min(theirs)
    pairs = ", ".join(
        f"{our:.1f}/{their:.1f}" for our, their in zip(ours, theirs, strict=True)
    )
    tell(f"ratio {ratio:.3f}; seconds with the agent and alone: {pairs}")
    assert ratio <= RATIO
