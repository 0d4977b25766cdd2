"""The panel with 1,350 drives, of which 100 burn-ins move twice a second."""

from collections.abc import AsyncIterator
import json

from playwright.async_api import ViewportSize
import pytest

from .browser import DESK, PHONE, chromium, dev_page, listen, violations

DRIVES = 1350
BUSY = 100
SCREEN: ViewportSize = {"width": 1400, "height": 900}
FIRST_PAINT_MS = 2000
LONG_TASK_MS = 100
PAGES = ["drives", "burn-in/one-b1", "history", "statistics", "audit"]

_LOOK = """
  const look = () => {
    const panel = document.querySelector("truenas-burnin-panel");
    const page = panel?.shadowRoot?.querySelector("tnb-drives-page");
    const table = page?.shadowRoot?.querySelector("tnb-drive-table");
    if (table?.shadowRoot?.querySelector("tr[data-serial]")) {
      requestAnimationFrame(() => (window.painted = performance.now()));
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
"""
"""Notes when the first rows were there, in ms since the page was asked for."""

_SCROLL = """
  async () => {
    const page = document.querySelector("truenas-burnin-panel")
      .shadowRoot.querySelector("tnb-drives-page");
    const end = page.scrollHeight - page.clientHeight;
    for (let step = 0; step <= 240; step++) {
      page.scrollTop = end * (1 - Math.abs(step - 120) / 120);
      await new Promise(requestAnimationFrame);
    }
  }
"""
"""All the way down and up again in 240 frames, eleven rows at a time."""

_TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Serve the panel with a pretended Home Assistant."""
    async with dev_page() as found:
        yield found


def longest_task(trace: bytes) -> float:
    """Return the most time the page's thread worked in one go, in ms.

    Its own time: what other programs of the machine took meanwhile does not count.
    """
    events = json.loads(trace)["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        event["tdur"] / 1000
        for event in events
        if event["name"] in _TASKS
        and "tdur" in event
        and (event["pid"], event["tid"]) in threads
    ]
    assert len(tasks) > 240
    return float(max(tasks))


async def test_the_first_rows_are_there_at_once(address: str) -> None:
    """Code, snapshot and first rows: less than two seconds."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=SCREEN)
        errors = listen(page)
        await page.add_init_script(_LOOK)
        await page.goto(f"{address}?drives={DRIVES}&busy={BUSY}&every=500")
        await page.wait_for_function("() => window.painted")
        painted = await page.evaluate("() => window.painted")
        assert painted < FIRST_PAINT_MS
        assert errors == []


async def test_scrolling_stays_smooth_while_burn_ins_move(address: str) -> None:
    """All the way down and up again; no task blocks the page for 100 ms."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=SCREEN)
        errors = listen(page)
        await page.goto(f"{address}?drives={DRIVES}&busy={BUSY}&every=500")
        await page.locator("tr[data-serial]").first.wait_for()
        first = await page.locator("tr[data-serial]").first.get_attribute("data-serial")
        await browser.start_tracing(
            page=page, categories=["toplevel", "devtools.timeline"]
        )
        await page.evaluate(_SCROLL)
        trace = await browser.stop_tracing()
        assert longest_task(trace) < LONG_TASK_MS
        again = await page.locator("tr[data-serial]").first.get_attribute("data-serial")
        assert again == first
        assert await page.locator("tr[data-serial]").count() < 60
        assert errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_page_is_accessible(
    address: str, theme: str, viewport: dict[str, int]
) -> None:
    """Axe finds nothing serious on any page, with the start dialog and without."""
    async with chromium() as browser:
        for name in PAGES:
            page = await browser.new_page(
                viewport={"width": viewport["width"], "height": viewport["height"]}
            )
            await page.goto(f"{address}?theme={theme}#/{name}")
            await page.get_by_role("navigation").first.wait_for()
            await page.wait_for_load_state("networkidle")
            assert await violations(page, "truenas-burnin-panel") == [], name
            await page.close()
        page = await browser.new_page(
            viewport={"width": viewport["width"], "height": viewport["height"]}
        )
        await page.goto(f"{address}?theme={theme}")
        await page.locator("[data-action=start]").first.click()
        await page.get_by_role("dialog").get_by_role("radio").first.wait_for()
        assert await violations(page, "truenas-burnin-panel") == []
