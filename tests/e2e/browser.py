"""Chromium, the built panel, and what every browser test wants to know of a page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
import json
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect
import pytest

from scripts.live.chromium import CHROMIUM, chromium as launched
from scripts.live.nas import REPOSITORY, free_port

FRONTEND = REPOSITORY / "custom_components/truenas_burnin/frontend"
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
_PATIENCE = 60_000
"""Milliseconds for what Home Assistant shows on a busy machine."""

DESK: ViewportSize = {"width": 1400, "height": 1200}
PHONE: ViewportSize = {"width": 390, "height": 844}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium; skip the test where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: scripts/setup --browser")
    expect.set_options(timeout=_PATIENCE)
    async with launched() as browser:
        yield browser


def listen(page: Page) -> list[str]:
    """Return a list that fills with every error the page makes."""
    errors: list[str] = []
    page.on(
        "console",
        lambda message: (
            errors.append(f"{message.text} ({message.location.get('url')})")
            if message.type == "error"
            else None
        ),
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


async def drag_by_touch(page: Page, source: Locator, target: Locator) -> None:
    """Drag an element onto another with one finger, as a touch screen tells it."""
    start, end = [await place.bounding_box() for place in (source, target)]
    assert start is not None
    assert end is not None
    session = await page.context.new_cdp_session(page)
    x = start["x"] + start["width"] / 2
    way = end["y"] - start["y"]
    steps = 8

    async def tell(kind: str, *points: dict[str, float]) -> None:
        await session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)}
        )

    y = start["y"] + start["height"] / 2
    await tell("touchStart", {"x": x, "y": y})
    for step in range(1, steps + 1):
        await tell("touchMove", {"x": x, "y": y + way * step / steps})
    await tell("touchEnd")
    await session.detach()


async def violations(page: Page, element: str) -> list[str]:
    """Return what axe finds seriously wrong with an element, however deep it is."""
    await page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = await page.evaluate(
        """async (name) => {
          const find = (root) => {
            for (const element of root.querySelectorAll("*")) {
              if (element.localName === name) return element;
              const within = element.shadowRoot && find(element.shadowRoot);
              if (within) return within;
            }
            return null;
          };
          const result = await axe.run(find(document), { resultTypes: ["violations"] });
          return result.violations;
        }""",
        element,
    )
    return [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in found
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"]
    ]


def build_panel() -> None:
    """Build the panel if it is not there; skip the test where that cannot be done."""
    if not (FRONTEND / "dist/manifest.json").exists():
        _npm("run", "build")


def panel_module() -> str:
    """Return the name of the built module."""
    manifest = json.loads((FRONTEND / "dist/manifest.json").read_text())
    name: str = manifest["panel"]
    return name


@cache
def _build_dev_page() -> Path:
    """Build the panel with a pretended Home Assistant; return its folder."""
    _npm("run", "dev:build")
    return FRONTEND / "dev/dist"


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm to build the panel with")
    if not AXE.exists():
        subprocess.run([npm, "ci"], cwd=FRONTEND, check=True)  # noqa: S603
    subprocess.run(  # noqa: S603
        [npm, *arguments], cwd=FRONTEND, check=True, env={**os.environ, "CI": "1"}
    )


@asynccontextmanager
async def dev_page() -> AsyncIterator[str]:
    """Serve the panel with a pretended Home Assistant; yield its address."""
    folder = _build_dev_page()
    application = web.Application()
    application.router.add_static("/", folder)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/index.html"
    finally:
        await runner.cleanup()
