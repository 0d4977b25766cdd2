"""A burn-in goes on while Home Assistant is dead, and is taken up again."""

from .conftest import Live


async def test_a_kill_in_a_surface_pass_costs_nothing(live: Live) -> None:
    """The pass goes on meanwhile, is re-attached, passes; written once."""
    (serial,) = await live.free(1)
    (burn_in_id,) = await live.start(serial, profile="surface")
    await live.in_stage(burn_in_id, "surface_validate", 5)
    before = await live.nas.debug("writes")
    await live.home.kill()
    await live.home.start()
    (ended,) = await live.ended([burn_in_id], 240)
    after = await live.nas.debug("writes")
    assert ended["state"] == "passed", ended
    state = await live.nas.debug("state")
    size = next(item["size"] for item in state["drives"] if item["serial"] == serial)
    assert before[serial] < after[serial] == 4 * size
