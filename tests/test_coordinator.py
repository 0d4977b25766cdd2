"""What the NAS tells by itself brings the next poll forward."""

from datetime import timedelta

from .common import Board

pytest_plugins = ["tests.components_fixtures"]

_SOON = timedelta(seconds=10)


async def test_news_of_the_nas_bring_the_next_poll_forward(board: Board) -> None:
    """At once, and then not again for some seconds, however much it tells."""
    (changed,) = board.nas.listeners
    before = len(board.nas.calls_of("fleet"))
    for _ in range(20):
        changed()
    await board.settle()
    assert len(board.nas.calls_of("fleet")) == before + 1
    await board.tick(after=_SOON)
    assert len(board.nas.calls_of("fleet")) == before + 2
    await board.tick(after=_SOON)
    assert len(board.nas.calls_of("fleet")) == before + 2


async def test_news_after_the_end(board: Board) -> None:
    """An entry that is unloaded polls no more."""
    (changed,) = board.nas.listeners
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    before = len(board.nas.calls_of("fleet"))
    changed()
    await board.tick(after=_SOON)
    assert len(board.nas.calls_of("fleet")) == before
