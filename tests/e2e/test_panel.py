"""The panel in a real Home Assistant, as a person uses it."""

import json
from pathlib import Path
import re
from typing import Any

import aiohttp
from playwright.async_api import Browser, Download, Locator, Page, expect
import pytest

from scripts.live.home import Home
from scripts.live.wait import until

from .browser import DESK, PHONE, drag_by_touch, listen, violations
from .conftest import GENERATIONS, Live

pytestmark = pytest.mark.usefixtures("panel")

PANEL = "truenas-burnin-panel"
PASSWORD = "not-an-admin"

_PRINTED = "window.print = () => { top.printed = document.body.innerText; };"
"""In place of the browser's own dialog."""


async def opened(browser: Browser, home: Home, **options: Any) -> Page:
    """Return the panel, opened by the one user, who is an admin."""
    page = await browser.new_page(service_workers="block", locale="en-US", **options)
    await page.add_init_script(_PRINTED)
    await page.goto(f"{home.url}/drive-burn-in/drives")
    await page.wait_for_function(
        "() => document.querySelector('home-assistant')?.hass?.states"
    )
    await page.locator("[data-serial]").first.wait_for(timeout=60_000)
    return page


def drive(page: Page, serial: str) -> Locator:
    """Return the row or the card of a drive."""
    return page.locator(f"[data-serial='{serial}']")


async def percent(page: Page, serial: str) -> float:
    """Return the progress of a drive's burn-in as the panel shows it."""
    bar = drive(page, serial).get_by_role("progressbar", name="Burn-in progress")
    return float(await bar.get_attribute("aria-valuenow") or 0)


async def moves(page: Page, serial: str) -> None:
    """Wait until the progress of a drive has moved on, twice."""
    for _ in range(2):
        before = await percent(page, serial)

        async def further(seen: float = before) -> bool:
            return await percent(page, serial) > seen

        await until(further, 60, f"the progress of {serial} to move")


async def content(download: Download) -> bytes:
    """Return what the browser saved."""
    return Path(await download.path()).read_bytes()


async def order(dialog: Locator) -> list[str]:
    """Return the stages of the start dialog as they stand."""
    stages = dialog.locator("li[data-stage]")
    return [
        str(await stages.nth(index).get_attribute("data-stage"))
        for index in range(await stages.count())
    ]


async def arrange(page: Page, dialog: Locator) -> None:
    """Move a stage by the keyboard, and back with the mouse."""
    first, second, *others = await order(dialog)
    handle = dialog.locator(f"[data-stage={first}] .handle")
    await handle.focus()
    await page.keyboard.press("ArrowDown")
    await expect(dialog.locator("li[data-stage]").first).to_have_attribute(
        "data-stage", second
    )
    assert await order(dialog) == [second, first, *others]
    await expect(dialog.get_by_role("radio", name="Custom")).to_be_checked()
    await expect(handle).to_be_focused()
    source = await handle.bounding_box()
    target = await dialog.locator(f"[data-stage={second}] .handle").bounding_box()
    assert source is not None
    assert target is not None
    await page.mouse.move(source["x"] + 10, source["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(target["x"] + 10, target["y"] + 20, steps=8)
    await page.mouse.up()
    await expect(dialog.get_by_role("radio", name="Full")).to_be_checked()
    assert await order(dialog) == [first, second, *others]


async def cancel(page: Page, serial: str) -> None:
    """Cancel a drive's burn-in, asked back and sure."""
    await drive(page, serial).get_by_role("button", name=re.compile("^More")).click()
    await page.locator("dialog[open] [data-action=cancel]").click()
    await page.locator("tnb-confirm-dialog dialog[open] button.danger").click()
    await expect(drive(page, serial)).to_contain_text("Canceled", timeout=60_000)


async def test_a_batch_from_start_to_papers(live: Live, browser: Browser) -> None:
    """Filter, place, arrange, start, watch, cancel, see one fail, keep the papers."""
    page = await opened(browser, live.home, viewport=DESK)
    errors = listen(page)
    await page.evaluate("() => { window.loadedOnce = true; }")
    good, other = await live.free(2)

    search = page.get_by_role("searchbox", name="Search drives")
    await search.fill(good)
    await expect(page.locator("tr[data-serial]")).to_have_count(1)
    await page.get_by_role("button", name="Show all").click()
    await expect(page.locator("tr[data-serial]")).to_have_count(len(live.drives))

    await drive(page, good).get_by_role("button", name=re.compile("Location")).click()
    await page.keyboard.type("Shelf 1 bay 7")
    await page.keyboard.press("Enter")
    await search.fill("bay 7")
    await expect(page.locator("tr[data-serial]")).to_have_count(1)
    await search.fill("")

    pooled = set(live.drives) - set(await live.free(99)) - {"FAIL001"}
    for serial in (good, other, "FAIL001", min(pooled)):
        await drive(page, serial).get_by_role("checkbox").check()
    await page.locator("tnb-batch-bar [data-action=start]").click()
    dialog = page.locator("tnb-start-dialog dialog[open]")
    await arrange(page, dialog)
    await dialog.get_by_role("radio", name="Surface").check()
    await expect(dialog.locator(".refused")).to_contain_text("belongs to the pool")
    await expect(dialog.locator("[data-fact=blind]")).to_contain_text("exported pool")
    start = dialog.get_by_role("button", name="Start on 3 drives")
    await expect(start).to_be_disabled()
    await dialog.get_by_role("checkbox", name="Yes, erase all 3 drives").check()
    await start.click()
    await expect(dialog).to_have_count(0)

    await expect(drive(page, good)).to_contain_text("Surface check", timeout=90_000)
    await moves(page, good)
    # What was started is selected no more: the next click is not meant for it.
    await expect(page.locator("tnb-batch-bar")).not_to_contain_text("selected")
    await cancel(page, other)
    assert await violations(page, PANEL) == []

    banner = page.locator("[data-banner=failed]")
    await expect(banner).to_contain_text("FAIL001", timeout=300_000)
    assert await page.evaluate("() => window.loadedOnce")
    await banner.get_by_role("link").click()
    await expect(page.locator("tr[data-stage=surface_validate]")).to_contain_text(
        "Failed"
    )
    await expect(page.get_by_role("img", name=re.compile("Speed"))).to_be_visible()
    assert await violations(page, PANEL) == []
    await keep_papers(page)
    await look_back(page)
    assert errors == []
    await refuse_others(browser, live.home)


async def keep_papers(page: Page) -> None:
    """Print and download from a burn-in's page."""
    await page.emulate_media(media="print")
    await expect(page.locator(f"{PANEL} .header")).to_be_hidden()
    await expect(
        page.get_by_role("heading", name=re.compile("FAIL001"))
    ).to_be_visible()
    await page.set_viewport_size({"width": 720, "height": 1000})
    hidden = await page.locator(".scroll").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert hidden == 0
    await page.set_viewport_size(DESK)
    await page.emulate_media(media="screen")
    await page.locator("[data-action=print]").click()
    await page.wait_for_function("() => window.printed?.includes('FAIL001')")
    async with page.expect_download() as saving:
        await page.locator("[data-download=pdf]").click()
    assert (await content(await saving.value)).startswith(b"%PDF-")
    async with page.expect_download() as saving:
        await page.locator("[data-download=json]").click()
    assert (
        b"FAIL001" in json.dumps(json.loads(await content(await saving.value))).encode()
    )


async def look_back(page: Page) -> None:
    """Go through history, statistics and audit."""
    tabs = page.get_by_role("navigation", name="Drive burn-in")
    await tabs.get_by_role("link", name="History").click()
    await expect(page.locator("tr[data-serial]")).to_have_count(3)
    await page.get_by_role("combobox", name="State").select_option("failed")
    await expect(page.locator("tr[data-serial]")).to_have_count(1)
    await expect(drive(page, "FAIL001")).to_be_visible()
    async with page.expect_download() as saving:
        await page.locator("[data-action=csv]").click()
    assert b"FAIL001" in await content(await saving.value)
    assert await violations(page, PANEL) == []

    await tabs.get_by_role("link", name="Statistics").click()
    await expect(page.get_by_text("Failures by stage")).to_be_visible()
    await expect(
        page.get_by_role("row", name=re.compile("^Surface check"))
    ).to_be_visible()
    assert await violations(page, PANEL) == []

    await tabs.get_by_role("link", name="Audit log").click()
    await expect(
        page.get_by_role("row", name=re.compile("FAIL001")).first
    ).to_be_visible()
    await page.locator("[data-action=verify]").click()
    await expect(page.get_by_text("The audit log is intact")).to_be_visible()
    assert await violations(page, PANEL) == []


async def refuse_others(browser: Browser, home: Home) -> None:
    """Somebody who is no admin neither sees the panel nor hears of drives."""
    tokens = await _tokens_of_another(home)
    context = await browser.new_context(service_workers="block", locale="en-US")
    await context.add_init_script(
        f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})"
    )
    page = await context.new_page()
    await page.goto(f"{home.url}/drive-burn-in/drives")
    await page.wait_for_function(
        "() => document.querySelector('home-assistant')?.hass?.panels"
    )
    shown = await page.evaluate(
        "() => 'drive-burn-in' in document.querySelector('home-assistant').hass.panels"
    )
    refusal = await page.evaluate(
        """() => document.querySelector('home-assistant').hass.connection
          .subscribeMessage(() => {}, { type: 'truenas_burnin/subscribe' })
          .then(() => null, (error) => error.code)"""
    )
    assert not shown
    assert refusal == "unauthorized"
    assert await page.locator(PANEL).count() == 0
    await context.close()


async def _tokens_of_another(home: Home) -> dict[str, Any]:
    """Make a user who is no admin and log in as them, as the frontend would."""
    created = await home.ws(
        {"type": "config/auth/create", "name": "Ben", "group_ids": ["system-users"]}
    )
    await home.ws(
        {
            "type": "config/auth_provider/homeassistant/create",
            "user_id": created["user"]["id"],
            "username": "ben",
            "password": PASSWORD,
        }
    )
    client = f"{home.url}/"
    async with aiohttp.ClientSession(home.url) as session:

        async def post(path: str, **data: Any) -> dict[str, Any]:
            async with session.post(path, **data) as response:
                response.raise_for_status()
                found: dict[str, Any] = await response.json()
                return found

        begin = {
            "client_id": client,
            "handler": ["homeassistant", None],
            "redirect_uri": client,
        }
        flow = await post("/auth/login_flow", json=begin)
        answer = {"client_id": client, "username": "ben", "password": PASSWORD}
        done = await post(f"/auth/login_flow/{flow['flow_id']}", json=answer)
        form = {
            "grant_type": "authorization_code",
            "code": done["result"],
            "client_id": client,
        }
        tokens = await post("/auth/token", data=form)
    return tokens | {
        "hassUrl": home.url,
        "clientId": client,
        "expires": 4_000_000_000_000,
    }


async def touch(page: Page, dialog: Locator) -> None:
    """Put the first stage in the place of the third with a finger, and back."""
    first, second, third, *others = await order(dialog)

    def handle(stage: str) -> Locator:
        return dialog.locator(f"[data-stage={stage}] .handle")

    await drag_by_touch(page, handle(first), handle(third))
    await expect(dialog.locator("li[data-stage]").first).to_have_attribute(
        "data-stage", second
    )
    assert await order(dialog) == [second, third, first, *others]
    await drag_by_touch(page, handle(first), handle(second))
    await expect(dialog.locator("li[data-stage]").first).to_have_attribute(
        "data-stage", first
    )
    assert await order(dialog) == [first, second, third, *others]


@pytest.mark.parametrize("profile", GENERATIONS)
async def test_one_drive_on_a_phone(live: Live, browser: Browser) -> None:
    """Arrange by touch, start by the typed serial, watch, cancel, look at its page."""
    page = await opened(browser, live.home, viewport=PHONE, has_touch=True)
    errors = listen(page)
    (serial,) = await live.free(1)
    await page.get_by_role("searchbox", name="Search drives").fill(serial)
    await expect(page.locator("li[data-serial]")).to_have_count(1)
    await drive(page, serial).locator("[data-action=start]").tap()
    dialog = page.locator("tnb-start-dialog dialog[open]")
    await touch(page, dialog)
    await dialog.get_by_role("radio", name="Surface").check()
    start = dialog.get_by_role("button", name="Start on 1 drive")
    typed = dialog.get_by_role("textbox")
    await typed.fill(serial.lower() + "x")
    await expect(start).to_be_disabled()
    await typed.fill(serial)
    assert await violations(page, PANEL) == []
    await start.tap()
    await expect(drive(page, serial)).to_contain_text("Surface check", timeout=90_000)
    await moves(page, serial)
    await cancel(page, serial)
    assert await violations(page, PANEL) == []
    await drive(page, serial).get_by_role("link").first.tap()
    await expect(page.get_by_role("heading", name=re.compile(serial))).to_be_visible()
    assert await violations(page, PANEL) == []
    assert errors == []


async def test_a_panel_left_open_over_a_restart(live: Live, browser: Browser) -> None:
    """Home Assistant goes and comes back; the page follows the drives on, unloaded."""
    page = await opened(browser, live.home, viewport=DESK)
    await page.evaluate("() => { window.loadedOnce = true; }")
    (serial,) = await live.free(1)
    await live.home.stop()
    await live.home.start()
    await until(live.home.drives, 60, "the drives to appear")
    await live.home.post(
        "services/truenas_burnin/set_drive_info",
        {"device_id": [live.drives[serial]], "location": "Shelf 9 bay 9"},
    )
    await expect(drive(page, serial)).to_contain_text("Shelf 9 bay 9", timeout=60_000)
    assert await page.evaluate("() => window.loadedOnce")


async def test_the_address_leads_back_to_the_same_drives(
    live: Live, browser: Browser
) -> None:
    """A filter stays over a visit elsewhere, a reload and in another window."""
    (serial,) = await live.free(1)
    page = await opened(browser, live.home, viewport=DESK)
    await page.get_by_role("searchbox", name="Search drives").fill(serial)
    await page.get_by_role("button", name="Temp.").click()
    await expect(page.locator("tr[data-serial]")).to_have_count(1)
    tabs = page.get_by_role("navigation", name="Drive burn-in")
    await tabs.get_by_role("link", name="History").click()
    await expect(page.get_by_role("searchbox")).to_have_count(1)
    await page.go_back()
    await expect(page.locator("tr[data-serial]")).to_have_count(1)
    await page.reload()
    await expect(drive(page, serial)).to_be_visible(timeout=60_000)
    await expect(page.locator("tr[data-serial]")).to_have_count(1)
    await expect(
        page.get_by_role("columnheader", name=re.compile("Temp"))
    ).to_have_attribute("aria-sort", "ascending")
    assert page.url.endswith(f"/drive-burn-in/drives?search={serial}&sort=temperature")
