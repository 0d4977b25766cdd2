"""What all burn-ins together say."""

from ..common import FREE, OTHER, REMOTE, Board
from .conftest import Panel

pytest_plugins = ["tests.components_fixtures"]


async def test_statistics(board: Board, second: Board, panel: Panel) -> None:
    """Of all NAS or of one."""
    board.nas.bad = {OTHER.serial}
    await board.start(FREE, OTHER, profile="surface")
    await board.tick(9)
    second.nas.still = True
    await second.start(REMOTE)
    found = await panel.ask("statistics")
    counts = {key: found[key] for key in ("total", "passed", "failed", "inconclusive")}
    assert counts == {"total": 3, "passed": 1, "failed": 1, "inconclusive": 0}
    assert found["cancelled"] == 0
    (by_model,) = found["by_model"]
    assert by_model == {
        "model": FREE.model,
        "total": 3,
        "passed": 1,
        "failed": 1,
        "rate": 0.5,
    }
    assert found["by_size"] == [
        {"size": FREE.size, "total": 3, "passed": 1, "failed": 1, "rate": 0.5}
    ]
    assert len(found["daily"]) == 14
    assert found["daily"][-1] | {"day": ""} == {
        "day": "",
        "passed": 1,
        "failed": 1,
        "other": 0,
    }
    assert found["seconds_per_tb"] > 0
    assert found["failures_by_stage"] == [{"stage": "surface_validate", "count": 1}]
    found = await panel.ask("statistics", entry_id=second.entry.entry_id)
    assert (found["total"], found["passed"], found["seconds_per_tb"]) == (1, 0, None)
    assert found["by_model"][0]["rate"] is None
    assert (await panel.refused("statistics", entry_id="x"))["code"]
