"""The webhook, at a real local server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.truenas_burnin.notifications.webhook import (
    TEST_PAYLOAD,
    async_call_webhook,
)

from ..common import Board
from ..said import said
from .test_outcomes import fail, shown, with_options

pytest_plugins = ["tests.components_fixtures"]


@dataclass
class Hook:
    """A server that keeps what it is told."""

    url: str = ""
    status: int = 200
    location: str | None = None
    told: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Keep a message."""
        self.told.append(await request.json())
        headers = {} if self.location is None else {"Location": self.location}
        return web.Response(status=self.status, headers=headers)


@pytest.fixture
async def hook(socket_enabled: None) -> AsyncIterator[Hook]:
    """Start a server."""
    found = Hook()
    app = web.Application()
    app.router.add_post("/{path}", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    found.url = f"http://127.0.0.1:{port}/in?token=secret"
    yield found
    await runner.cleanup()


async def test_a_failure(board: Board, hook: Hook) -> None:
    """The JSON is as documented."""
    await with_options(board, webhook_url=hook.url)
    await fail(board)
    burn_in = board.burn_in()
    (told,) = hook.told
    assert told.pop("burn_in")["id"] == burn_in.id
    assert [told] == [
        {
            "v": 1,
            "event": "burn_in_failed",
            "job_id": burn_in.id,
            "devname": "ada1",
            "serial": "SER001",
            "model": "WD80EFAX",
            "state": "failed",
            "operator": "Home Assistant",
            "error_text": said(burn_in),
            "nas": "nas",
        }
    ]


@pytest.mark.parametrize(
    ("status", "location"), [(500, None), (404, None), (302, "/elsewhere")]
)
async def test_a_webhook_that_does_not_take_it(
    board: Board,
    hook: Hook,
    status: int,
    location: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so without the secret; no redirect is followed, nothing suffers."""
    hook.status, hook.location = status, location
    await with_options(board, webhook_url=hook.url)
    await fail(board)
    assert len(hook.told) == 1
    assert len(shown(board.hass)) == 1
    warnings = [
        item.getMessage() for item in caplog.records if item.levelname == "WARNING"
    ]
    assert any(
        f"127.0.0.1 didn't accept the message: HTTP {status}" in text
        for text in warnings
    )
    assert not any("secret" in text for text in warnings)


async def test_nobody_there(hass: HomeAssistant, hook: Hook) -> None:
    """An address that nobody answers at, and one that is none."""
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = closed.sockets[0].getsockname()[1]
    closed.close()
    await closed.wait_closed()
    for url in (f"http://127.0.0.1:{port}/x?token=secret", "http:///none"):
        with pytest.raises(HomeAssistantError) as caught:
            await async_call_webhook(hass, url, TEST_PAYLOAD)
        assert caught.value.translation_key == "webhook_failed"
        assert "secret" not in str(caught.value)


async def test_trying_it(board: Board, hook: Hook) -> None:
    """The test action reaches it, or says that it could not."""
    await with_options(board, webhook_url=hook.url, notify_entities=["notify.phone"])
    with pytest.raises(HomeAssistantError) as caught:
        await board.action("test_notification")
    assert str(caught.value).startswith(
        "Some notifications couldn't be sent:\nnotify.phone: "
    )
    assert hook.told == [dict(TEST_PAYLOAD)]
    hook.status = 500
    with pytest.raises(HomeAssistantError, match="webhook: The webhook at"):
        await board.action("test_notification", config_entry_id=board.entry.entry_id)
