"""The main job on a real Home Assistant: a batch from start to verdict."""

import pytest

from .conftest import Live


@pytest.mark.smoke
async def test_a_batch_is_judged(live: Live) -> None:
    """A good drive passes; FAIL001 fails where it takes no more writes, at 30 %."""
    (good,) = await live.free(1)
    passed, failed = await live.ended(await live.start(good, "FAIL001"), 300)
    assert passed["state"] == "passed", passed
    assert all(stage["state"] == "passed" for stage in passed["stages"])
    assert failed["state"] == "failed"
    broken = [stage for stage in failed["stages"] if stage["state"] == "failed"]
    assert [stage["kind"] for stage in broken] == ["surface_validate"]
    # The writing is half of the stage.
    assert 12 <= broken[0]["percent"] <= 18
    counted, place = failed["reasons"]
    assert (counted["key"], place["key"]) == ("surface_errors", "bad_unwritable")
    writes = await live.nas.debug("writes")
    assert writes[good] > 0
