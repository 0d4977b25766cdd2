"""An automation on our triggers, and a webhook, on a real Home Assistant."""

import pytest

from scripts.live.wait import until

from .conftest import Live
from .outside import web_server

TITLE = "{{ trigger.to_state.attributes.event_type }}"
SERIAL = "{{ trigger.to_state.attributes.serial }}"


@pytest.fixture
def configuration() -> str:
    """Let automations be made."""
    return "automation: !include automations.yaml\n"


async def nas_device(live: Live) -> str:
    """Return the device id of the NAS."""
    devices = await live.home.ws({"type": "config/device_registry/list"})
    by_id = {device["id"]: device for device in devices}
    return str(by_id[next(iter(live.drives.values()))]["via_device_id"])


async def options(live: Live, **notifications: object) -> None:
    """Choose options as a person would."""
    (entry,) = await live.home.ws(
        {"type": "config_entries/get", "domain": "truenas_burnin"}
    )
    path = "config/config_entries/options/flow"
    flow = await live.home.post(path, {"handler": entry["entry_id"]})
    typed = {
        "notifications": notifications,
        "limits": {},
        "temperatures": {},
        "polling": {},
    }
    result = await live.home.post(f"{path}/{flow['flow_id']}", typed)
    assert result["type"] == "create_entry", result

    async def loaded() -> bool:
        entries = await live.home.ws(
            {"type": "config_entries/get", "domain": "truenas_burnin"}
        )
        return all(item["state"] == "loaded" for item in entries)

    await until(loaded, 30, "the options to be obeyed")


async def test_a_pass_and_a_fail_trigger(live: Live) -> None:
    """Each fires once with the drive's data, and the webhook is told the same."""
    async with web_server() as hook:
        await options(live, webhook_url=hook.url, outcomes=["passed", "failed"])
        target = {"device_id": [await nas_device(live)]}
        await live.home.post(
            "config/automation/config/burn-ins",
            {
                "alias": "Tell of burn-ins",
                "mode": "queued",
                "triggers": [
                    {"trigger": f"truenas_burnin.burn_in_{kind}", "target": target}
                    for kind in ("passed", "failed")
                ],
                "actions": [
                    {
                        "action": "persistent_notification.create",
                        "data": {
                            "title": TITLE,
                            "message": SERIAL,
                            "notification_id": f"{TITLE}-{SERIAL}",
                        },
                    }
                ],
            },
        )
        (good,) = await live.free(1)
        ids = await live.start(good, profile="quick")
        ids += await live.start("FAIL001", profile="surface")
        passed, failed = await live.ended(ids, 240)
        assert (passed["state"], failed["state"]) == ("passed", "failed")

        async def told() -> set[tuple[str, str]]:
            shown = await live.home.ws({"type": "persistent_notification/get"})
            found = {(item["title"], item["message"]) for item in shown}
            wanted = {("passed", good), ("failed", "FAIL001")}
            return wanted if wanted <= found else set()

        await until(told, 30, "the automation to tell of both")
        messages = [await hook.next(10), await hook.next(10)]
        by_event = {message["event"]: message for message in messages}
        assert set(by_event) == {"burn_in_passed", "burn_in_failed"}
        assert by_event["burn_in_failed"] == {
            "event": "burn_in_failed",
            "job_id": failed["id"],
            "devname": failed["disk"],
            "serial": "FAIL001",
            "model": failed["model"],
            "state": "failed",
            "operator": "Mia",
            "error_text": failed["reason"],
        }
