"""A phone and a mailbox that a real Home Assistant speaks to."""

import asyncio

import pytest

from scripts.live.wait import until

from .conftest import Live
from .outside import mail_server, web_server
from .test_automations import options

PHONE = "mobile_app_mias_phone"


@pytest.fixture
def configuration() -> str:
    """Let phones register."""
    return "mobile_app:\n"


async def test_a_push_and_its_answer(live: Live) -> None:
    """The phone gets buttons; pressing one starts the burn-in again."""
    async with web_server() as push:
        registered = await live.home.post(
            "mobile_app/registrations",
            {
                "device_id": "phone-1",
                "app_id": "test",
                "app_name": "Test",
                "app_version": "1",
                "device_name": "Mias phone",
                "manufacturer": "Test",
                "model": "Phone",
                "os_name": "Test",
                "os_version": "1",
                "supports_encryption": False,
                "app_data": {"push_token": "token", "push_url": push.url},
            },
        )

        async def offered() -> bool:
            actions = await live.home.ws({"type": "get_services"})
            return PHONE in actions["notify"]

        await until(offered, 30, "the phone to be offered")
        await options(live, notify_services=[PHONE], outcomes=["failed"])
        (burn_in_id,) = await live.start("FAIL001", profile="surface")
        await live.ended([burn_in_id], 240)
        told = await push.next(30, title="Burn-in failed: FAIL001")
        assert told["data"]["push"]["sound"]["critical"] == 1
        action = told["data"]["actions"][0]["action"]
        assert action == f"TRUENAS_BURNIN:retry:{burn_in_id}"
        async with live.home.session.post(
            f"{live.home.url}/api/webhook/{registered['webhook_id']}",
            json={
                "type": "fire_event",
                "data": {
                    "event_type": "mobile_app_notification_action",
                    "event_data": {"action": action},
                },
            },
        ) as response:
            assert response.status == 200

        async def again() -> bool:
            (burn_in,) = await live.burn_ins([burn_in_id])
            return burn_in["state"] in ("queued", "running")

        await until(again, 30, "the burn-in to be tried again")


async def test_the_daily_report_by_mail(live: Live) -> None:
    """It arrives as text and as HTML."""
    async with mail_server() as mailbox:
        flow = await live.home.post("config/config_entries/flow", {"handler": "smtp"})
        result = await live.home.post(
            f"config/config_entries/flow/{flow['flow_id']}",
            {
                "sender": "nas@mail.test",
                "server": "127.0.0.1",
                "port": mailbox.port,
                "encryption": "none",
                "verify_ssl": False,
                "options": {},
            },
        )
        assert result["type"] == "create_entry", result
        _, flow_id = result["next_flow"]
        await live.home.post(
            f"config/config_entries/subentries/flow/{flow_id}",
            {"recipient": "mia@mail.test"},
        )

        async def entity() -> str | None:
            entries = await live.home.ws({"type": "config/entity_registry/list"})
            found = [
                item["entity_id"] for item in entries if item["platform"] == "smtp"
            ]
            return found[0] if found else None

        notifier = await until(entity, 30, "the mailbox to be offered")
        await options(live, notify_entities=[notifier], outcomes=[])
        (good,) = await live.free(1)
        await live.ended(await live.start(good, profile="smart"), 120)
        await live.home.post("services/truenas_burnin/send_daily_report", {})
        async with asyncio.timeout(30):
            mail = await mailbox.mails.get()
        assert "<mia@mail.test>" in mail["To"]
        assert "1 passed" in mail["Subject"]
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert html is not None
        assert good in text.get_content()
        assert good in html.get_content()
        assert html.get_content().lstrip().startswith("<!")
