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
WIDTHS = [390, 768, 1024, 1280, 1920]
SCENES = ["as_it_is", "hostile", "empty", "never_seen", "no_system", "offline"]
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

_SIDEWAYS = """
  () => {
    const over = [];
    const look = (root) => {
      for (const element of root.querySelectorAll("*")) {
        const { overflowX } = getComputedStyle(element);
        const hidden = overflowX === "hidden" || overflowX === "clip";
        const meant = element.matches(".scroll, nav, .actions, .hidden-text");
        const inline = element.clientWidth === 0;
        if (!hidden && !meant && !inline) {
          const more = element.scrollWidth - element.clientWidth;
          if (more > 1) over.push(`${element.localName}.${element.className}: ${more}`);
        }
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document.querySelector("truenas-burnin-panel").shadowRoot);
    return over;
  }
"""
"""What is wider than its place, apart from tables, which are pushed sideways."""

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


@pytest.mark.parametrize("language", ["en", "de"])
async def test_nothing_runs_over_an_edge(address: str, language: str) -> None:
    """From phone to wall every page fits, whatever drives and systems are called."""
    async with chromium() as browser:
        page = await browser.new_page()
        errors = listen(page)
        for scene in ["as_it_is", "hostile"]:
            for name in PAGES:
                await page.goto("about:blank")
                await page.goto(f"{address}?scene={scene}&language={language}#/{name}")
                await page.locator(
                    "[data-serial], table, tnb-daily-chart"
                ).first.wait_for()
                for width in WIDTHS:
                    await page.set_viewport_size({"width": width, "height": 900})
                    await page.evaluate(
                        "() => new Promise((done) => requestAnimationFrame("
                        "() => requestAnimationFrame(done)))"
                    )
                    found = await page.evaluate(_SIDEWAYS)
                    assert found == [], (scene, name, width)
        assert errors == []


@pytest.mark.parametrize("scene", SCENES)
async def test_every_situation_is_told_accessibly(address: str, scene: str) -> None:
    """Axe finds nothing serious, and no markup of a drive's name becomes an element."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=SCREEN)
        errors = listen(page)
        await page.goto(f"{address}?scene={scene}")
        await page.locator("tnb-drives-page").get_by_role("status").first.wait_for()
        assert await violations(page, "truenas-burnin-panel") == []
        assert await page.locator("tnb-drives-page :is(img, script, b)").count() == 0
        assert errors == []
