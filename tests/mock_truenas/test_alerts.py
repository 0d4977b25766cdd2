"""Alerts: listed, dismissed, told of."""

import pytest

from mock_truenas.methods.alert import raise_alert

from .client import Failure
from .conftest import JSON_RPC, Enter


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_alerts(enter: Enter, profile: str) -> None:
    """One appears and is dismissed, by its uuid."""
    client = await enter(profile)
    await client.call("core.subscribe", "alert.list")
    klass = "SMART" if profile == "scale-25.04" else "DiskTemperatureTooHot"
    args = {"device": "sda"}
    number = raise_alert(client.nas.world, klass, "hot", "CRITICAL", args)
    told = await client.note(lambda params: params["collection"] == "alert.list")
    (alert,) = await client.call("alert.list")
    assert (told["msg"], told["id"], told["fields"]) == ("added", number, alert)
    assert alert["uuid"] == number
    assert (alert["klass"], alert["level"]) == (klass, "CRITICAL")
    assert await client.call("disk.temperature_alerts", ["sda"]) == [alert]
    assert await client.call("disk.temperature_alerts", ["sdb"]) == []
    await client.call("alert.dismiss", number)
    told = await client.note(lambda params: params["collection"] == "alert.list")
    assert told["fields"]["dismissed"] is True
    with pytest.raises(Failure, match="does not exist"):
        await client.call("alert.dismiss", "none")
