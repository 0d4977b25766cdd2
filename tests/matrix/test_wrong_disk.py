"""In no situation does a bystander lose as much as a byte."""

from pathlib import Path

import pytest

from .bench import open_bench
from .situations import SITUATIONS, Situation


def test_there_are_enough() -> None:
    """At least twenty, and none twice."""
    assert len({situation.sentence for situation in SITUATIONS}) == len(SITUATIONS)
    assert len(SITUATIONS) >= 20


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda item: item.name)
async def test_wrong_disk(
    socket_enabled: None, tmp_path: Path, situation: Situation
) -> None:
    """Nothing is written to a drive that the situation does not plan to write."""
    drives = situation.drives()
    async with open_bench(
        tmp_path, situation.profile, *drives, speed=situation.speed
    ) as bench:
        await situation.play(bench)
        assert bench.touched() == []
