"""From a Home Assistant nobody has seen to a NAS with options, by clicking."""

from collections.abc import AsyncIterator
from pathlib import Path
import re
from typing import NamedTuple

from playwright.async_api import Page, expect
import pytest

from scripts.live.home import LOGIN, Home
from scripts.live.nas import Nas, start_nas
from scripts.live.wait import until

from .browser import DESK, build_panel, chromium

SPEED = 60.0
WRONG_KEY = f"1-{'x' * 64}"
INTEGRATIONS = "config/integrations"


class Fresh(NamedTuple):
    """A NAS, and the browser of somebody who has just installed Home Assistant."""

    home: Home
    nas: Nas
    page: Page


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Fresh]:
    """Start both; the NAS has a certificate that nobody vouches for."""
    build_panel()
    nas = await start_nas(tmp_path, "scale-25.10", SPEED)
    home = Home(tmp_path / "homeassistant")
    try:
        await home.start(onboard=False)
        async with chromium() as browser:
            page = await browser.new_page(
                service_workers="block", locale="en-US", viewport=DESK
            )
            yield Fresh(home, nas, page)
    finally:
        await home.close()
        await nas.stop()


async def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    await page.get_by_role("button", name=name, exact=True).click()


async def onboard(page: Page) -> None:
    """Make the first user and answer what Home Assistant asks."""
    await press(page, "Create my smart home")
    await page.get_by_role("textbox", name=re.compile("^Name")).fill("Mia")
    await page.get_by_role("textbox", name=re.compile("^Username")).fill(LOGIN[0])
    for field in (0, 1):
        await page.locator("input[type=password]").nth(field).fill(LOGIN[1])
    await press(page, "Create account")
    for asked in ("Home location", "the country your home is in", "Share"):
        await expect(page.get_by_text(asked).first).to_be_visible(timeout=60_000)
        await press(page, "Next")
    await press(page, "Finish")
    await page.wait_for_function(
        "() => document.querySelector('home-assistant')?.hass?.states",
    )


async def connect(page: Page, address: str, key: str) -> None:
    """Fill in where the NAS is, and its key."""
    await page.get_by_role("textbox", name=re.compile("^Address")).fill(address)
    await page.locator("input[type=password]").fill(key)
    await press(page, "Submit")


async def add(fresh: Fresh) -> None:
    """Add the NAS; everything is mistyped once."""
    home, nas, page = fresh
    await page.goto(f"{home.url}/{INTEGRATIONS}/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    await page.keyboard.type("TrueNAS")
    await page.get_by_text("TrueNAS Burn-in").first.click()

    await connect(page, "http://127.0.0.1:1", nas.key)
    await expect(page.locator("ha-alert")).to_contain_text("Failed to connect")

    await connect(page, nas.url, WRONG_KEY)
    shown = page.locator("step-flow-form")
    await expect(shown).to_contain_text("self-signed certificate")
    pairs = re.findall("..", str(nas.fingerprint).upper())
    await expect(shown).to_contain_text(":".join(pairs))
    await page.locator("ha-switch").click()
    await press(page, "Submit")

    await expect(shown).to_contain_text("doesn't accept the API key")
    await connect(page, nas.url, nas.key)
    await page.get_by_role("button", name="Skip and finish").click()
    await expect(
        page.locator("dialog-data-entry-flow step-flow-create-entry")
    ).to_have_count(0)


async def choose_options(fresh: Fresh) -> None:
    """Change an option; one that cannot be is refused and nothing else is lost."""
    home, _, page = fresh
    await page.goto(f"{home.url}/{INTEGRATIONS}/integration/truenas_burnin")
    await page.get_by_role("button", name="Configure").click()
    webhook = page.get_by_role("textbox", name="Webhook")
    await webhook.fill("ftp://hooks.test/in")
    await page.get_by_text("Limits", exact=True).click()
    at_once = page.get_by_role("spinbutton", name=re.compile("^Maximum concurrent"))
    await at_once.fill("5")
    await press(page, "Submit")
    await expect(page.locator("ha-alert")).to_contain_text("starts with http")
    await page.get_by_text("Limits", exact=True).click()
    await expect(at_once).to_have_value("5")
    await webhook.fill("http://hooks.test/in")
    await press(page, "Submit")
    await expect(page.get_by_text("Options successfully saved")).to_be_visible()


async def test_first_steps(fresh: Fresh) -> None:
    """Onboard, add a NAS, choose options, and find the drives in the panel."""
    home, nas, page = fresh
    await page.goto(home.url)
    await onboard(page)
    await add(fresh)
    await choose_options(fresh)

    await home.log_in()
    number = "number.truenas_local_maximum_concurrent_burn_ins"

    async def obeyed() -> bool:
        return bool((await home.get(f"states/{number}"))["state"] == "5")

    await until(obeyed, 60, "the option to be obeyed")
    state = await nas.debug("state")
    serials = {drive["serial"] for drive in state["drives"]}
    await page.goto(f"{home.url}/drive-burn-in/drives")
    await expect(page.locator("[data-serial]")).to_have_count(
        len(serials), timeout=60_000
    )
