"""A panel that is open, and one that must not be."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.truenas_burnin.const import DOMAIN

from ..common import Board


@dataclass
class Panel:
    """What one browser asks and hears.

    It connects with its first question: time that passes breaks idle connections.
    """

    connect: WebSocketGenerator
    board: Board
    _client: MockHAClientWebSocket | None = None

    async def client(self) -> MockHAClientWebSocket:
        """Return the connection."""
        if self._client is None:
            self._client = await self.connect(self.board.hass)
        return self._client

    async def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            await self._client.close()

    async def ask(self, command: str, **data: Any) -> Any:
        """Return the reply to a command."""
        reply = await self.error_or_result(command, **data)
        assert reply["success"], reply
        return reply["result"]

    async def refused(self, command: str, **data: Any) -> dict[str, Any]:
        """Return the error of a command."""
        reply = await self.error_or_result(command, **data)
        assert not reply["success"], reply
        error: dict[str, Any] = reply["error"]
        return error

    async def error_or_result(self, command: str, **data: Any) -> dict[str, Any]:
        """Send a command and wait for its end."""
        client = await self.client()
        await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **data})
        reply: dict[str, Any] = await client.receive_json()
        assert reply["type"] == "result"
        return reply

    async def subscribe(self) -> dict[str, Any]:
        """Open the feed and return the snapshot."""
        assert await self.ask("subscribe") is None
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        """Return the next message of the feed."""
        message = await (await self.client()).receive_json(timeout=5)
        assert message["type"] == "event"
        event: dict[str, Any] = message["event"]
        assert event["v"] == 1
        return event

    async def hears_nothing(self) -> None:
        """Check that nothing was sent: the answer to a question comes first."""
        await self.ask("config")


type PanelMaker = Callable[[Board], Panel]


@pytest.fixture
async def open_panel(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> AsyncIterator[PanelMaker]:
    """Return how to open a panel on a board; each is closed at the end."""
    opened: list[Panel] = []

    def make(board: Board) -> Panel:
        panel = Panel(hass_ws_client, board)
        opened.append(panel)
        return panel

    yield make
    for panel in opened:
        await panel.close()
    await hass.async_block_till_done()


@pytest.fixture
def panel(board: Board, open_panel: PanelMaker) -> Panel:
    """Return a panel of an admin, with one NAS set up."""
    return open_panel(board)
