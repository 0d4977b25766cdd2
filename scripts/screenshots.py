"""Make the pictures of the README: a real Home Assistant, in Chromium."""

import asyncio
from pathlib import Path
import sys
import tempfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Browser, async_playwright

from scripts.live.home import Home
from scripts.live.nas import REPOSITORY, start_nas
from scripts.live.wait import until

PICTURES = REPOSITORY / ".github/images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def picture(browser: Browser, home: Home, path: str, name: str) -> None:
    """Take a picture of a page of the frontend."""
    page = await browser.new_page(
        viewport={"width": 1280, "height": 1000}, service_workers="block"
    )
    await page.goto(f"{home.url}{path}")
    await page.wait_for_function(
        "() => document.querySelector('home-assistant')?.hass?.states"
    )
    await page.get_by_text("Serial number").first.wait_for(timeout=60_000)
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=PICTURES / name)
    await page.close()


async def run(folder: Path) -> None:
    """Start everything, bring a drive into its surface pass, take the picture."""
    nas = await start_nas(folder, "core-13.0", 20)
    home = Home(folder / "homeassistant")
    try:
        await home.start()
        await home.add_nas(nas.url, nas.key)
        drives = await until(home.drives, 60, "the drives to appear")
        state = await nas.debug("state")
        taken = {item["serial"] for item in state["drives"] if item["pool"]}
        serial = min(set(drives) - taken - {"FAIL001"})
        await home.action(
            "start_burn_in",
            device_id=[drives[serial]],
            profile="surface",
            confirm_serials=[serial],
        )

        async def far_enough() -> bool:
            reply = await home.action("get_burn_ins", limit=10)
            return any(item["percent"] >= 25 for item in reply["burn_ins"])

        await until(far_enough, 240, "the pass to be under way")
        PICTURES.mkdir(parents=True, exist_ok=True)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=FLAGS
            )
            path = f"/config/devices/device/{drives[serial]}"
            await picture(browser, home, path, "device.png")
            await browser.close()
    finally:
        await home.close()
        await nas.stop()


def main() -> None:
    """Work in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="burn-in-pictures-") as folder:
        asyncio.run(run(Path(folder)))


if __name__ == "__main__":
    main()
