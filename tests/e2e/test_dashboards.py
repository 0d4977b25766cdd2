"""The dashboard strategy and the card, chosen in Home Assistant's own dialogs."""

import re

from playwright.async_api import Browser, Page, expect
import pytest

from .browser import DESK, listen
from .conftest import GENERATIONS, Live

pytestmark = pytest.mark.usefixtures("panel")

_OUTSIDE = "https://demo.home-assistant.io/"
"""Where the pictures of Home Assistant's own example cards would come from."""


async def opened(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """Return a page of Home Assistant, and a list that fills with its errors."""
    page = await browser.new_page(
        service_workers="block", locale="en-US", viewport=DESK
    )
    errors = listen(page)
    page.set_default_timeout(60_000)
    await page.goto(address)
    return page, errors


@pytest.mark.parametrize("profile", GENERATIONS)
async def test_a_dashboard_chosen_in_the_dialog(live: Live, browser: Browser) -> None:
    """Community dashboards offers ours; it follows what runs, and asks back."""
    page, errors = await opened(browser, f"{live.home.url}/config/lovelace/dashboards")
    await page.get_by_text("Add dashboard").first.click()
    offer = page.locator("dashboard-card").filter(has_text="Burn-ins")
    await expect(offer).to_contain_text("All drives of your TrueNAS systems")
    await offer.click()
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("link", name="Burn-ins")).to_be_visible()
    await page.goto(f"{live.home.url}/burn-ins")

    nothing = page.get_by_text("No burn-ins in progress.")
    await expect(nothing).to_be_visible()
    (serial,) = await live.free(1)
    (burn_in_id,) = await live.start(serial, profile="surface")
    await expect(page.locator("hui-tile-card").get_by_text(serial).first).to_be_visible(
        timeout=60_000
    )
    await expect(nothing).to_be_hidden()

    cancel = page.locator("hui-tile-card").filter(has_text="Cancel all burn-ins")
    await cancel.get_by_role("button").first.click()
    question = page.get_by_text("ends without a verdict")
    await expect(question).to_be_visible()
    (burn_in,) = await live.burn_ins([burn_in_id])
    assert burn_in["state"] != "cancelled"
    await page.get_by_role("button", name="OK").click()
    (burn_in,) = await live.ended([burn_in_id], 120)
    assert burn_in["state"] == "cancelled"
    await expect(nothing).to_be_visible(timeout=60_000)
    assert errors == []


async def test_a_card_suggested_for_a_drive(live: Live, browser: Browser) -> None:
    """The card picker suggests ours for a burn-in; the card leads to its page."""
    (serial,) = await live.free(1)
    await live.home.ws(
        {"type": "lovelace/dashboards/create", "url_path": "my-drives", "title": "Mine"}
    )
    section = {"type": "grid", "cards": []}
    view = {"type": "sections", "title": "Drives", "sections": [section]}
    await live.home.ws(
        {
            "type": "lovelace/config/save",
            "url_path": "my-drives",
            "config": {"views": [view]},
        }
    )
    page, errors = await opened(browser, f"{live.home.url}/my-drives?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    picker = page.locator("hui-suggestion-picker")
    await picker.get_by_placeholder("Search entities").fill(f"{serial} burn-in")
    await picker.get_by_text("Burn-in", exact=True).first.click()
    suggested = picker.locator("hui-suggestion-card").filter(
        has=page.locator("truenas-burnin-card")
    )
    await expect(suggested).to_contain_text("Drive burn-in")
    await suggested.click()
    await page.get_by_role("button", name="Done").click()

    card = page.locator("truenas-burnin-card")
    await expect(card).to_contain_text(serial)
    await expect(card).to_contain_text("Not run")
    await live.start(serial, profile="surface")
    await expect(card).to_contain_text("Running", timeout=90_000)
    await expect(card.get_by_role("progressbar")).to_be_visible()
    await card.get_by_role("link").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=re.compile(serial))).to_be_visible()
    assert [error for error in errors if _OUTSIDE not in error] == []
