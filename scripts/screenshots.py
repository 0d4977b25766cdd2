"""Make the pictures of the README: a real Home Assistant, in Chromium."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
import sys
import tempfile
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Browser, Page, ViewportSize

from scripts.live.chromium import chromium
from scripts.live.home import Home
from scripts.live.nas import REPOSITORY, Nas, start_nas
from scripts.live.wait import until

PICTURES = REPOSITORY / ".github/images"
DESK: ViewportSize = {"width": 1280, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
FAILING = "FAIL001"

type Look = Callable[[Page], Awaitable[None]]


async def rows(page: Page) -> None:
    """Wait for the first row of a page of the panel."""
    await page.locator("[data-serial], tbody tr, tnb-daily-chart").first.wait_for()


async def starting(page: Page) -> None:
    """Open the start dialog for four drives."""
    await rows(page)
    boxes = page.locator("tr[data-serial]:not(.running, .queued)")
    for index in range(4):
        await boxes.nth(index).get_by_role("checkbox").check()
    await page.locator("tnb-batch-bar [data-action=start]").click()
    await page.locator("tnb-start-dialog tnb-erase-consent section").wait_for()


async def curves(page: Page) -> None:
    """Wait for the curves of a burn-in."""
    await page.locator("tnb-line-chart svg").first.wait_for()


async def device(page: Page) -> None:
    """Wait for a device page of Home Assistant."""
    await page.get_by_text("Serial number").first.wait_for()


async def picture(
    browser: Browser,
    url: str,
    name: str,
    look: Look,
    scheme: Any = "light",
    viewport: ViewportSize = DESK,
) -> None:
    """Take a picture of a page of the frontend, once it looks as it should."""
    page = await browser.new_page(
        viewport=viewport, service_workers="block", color_scheme=scheme
    )
    page.set_default_timeout(60_000)
    await page.goto(url)
    await page.wait_for_function(
        "() => document.querySelector('home-assistant')?.hass?.states"
    )
    await look(page)
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=PICTURES / f"{name}.png")
    await page.close()


async def prepare(home: Home, nas: Nas) -> tuple[dict[str, str], dict[str, str]]:
    """Have one burn-in failed and others under way; return devices and burn-ins."""
    drives = await until(home.drives, 60, "the drives to appear")
    state = await nas.debug("state")
    taken = {item["serial"] for item in state["drives"] if item["pool"]}
    batch = [FAILING, *sorted(set(drives) - taken - {FAILING})[:4]]
    reply = await home.action(
        "start_burn_in",
        device_id=[drives[serial] for serial in batch],
        profile="surface",
        confirm_serials=batch,
    )
    ids = {item["serial"]: item["id"] for item in reply["burn_ins"]}

    async def far_enough() -> bool:
        found = (await home.action("get_burn_ins", limit=20))["burn_ins"]
        failed = any(item["state"] == "failed" for item in found)
        return failed and any(40 <= item["percent"] < 90 for item in found)

    await until(far_enough, 600, "one burn-in to fail and another to be under way")
    return drives, ids


async def run(folder: Path) -> None:
    """Start everything, bring drives into their surface pass, take the pictures."""
    nas = await start_nas(folder, "core-13.0", 20)
    home = Home(folder / "homeassistant")
    try:
        await home.start()
        await home.add_nas(nas.url, nas.key)
        drives, ids = await prepare(home, nas)
        PICTURES.mkdir(parents=True, exist_ok=True)
        panel = f"{home.url}/drive-burn-in"
        async with chromium() as browser:
            under_way = drives[next(serial for serial in ids if serial != FAILING)]
            await picture(
                browser,
                f"{home.url}/config/devices/device/{under_way}",
                "device",
                device,
            )
            for scheme in ("light", "dark"):
                for page, name, look in (
                    ("drives", "drives", rows),
                    ("drives", "start", starting),
                    (f"burn-in/{ids[FAILING]}", "burn-in", curves),
                    ("history", "history", rows),
                    ("statistics", "statistics", rows),
                    ("audit", "audit", rows),
                ):
                    await picture(
                        browser, f"{panel}/{page}", f"{name}-{scheme}", look, scheme
                    )
                await picture(
                    browser, f"{panel}/drives", f"phone-{scheme}", rows, scheme, PHONE
                )
    finally:
        await home.close()
        await nas.stop()


def main() -> None:
    """Work in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="burn-in-pictures-") as folder:
        asyncio.run(run(Path(folder)))


if __name__ == "__main__":
    main()
