"""A Home Assistant that speaks German gives every reason in German."""

import csv
import io

from homeassistant.core import HomeAssistant
import pytest

from custom_components.truenas_burnin.notifications.webhook import webhook_payload
from custom_components.truenas_burnin.presentation.words import (
    async_phrases,
    common_texts,
)
from custom_components.truenas_burnin.reports.daily import daily_report
from custom_components.truenas_burnin.runtime.changes import Happening

from .burnin.fakes import a_report
from .common import FREE, POOLED, Board
from .notifications.test_outcomes import fail, shown

pytest_plugins = ["tests.components_fixtures"]

WHY = (
    "Fehler bei 30 %: 0 beim Lesen, 7 beim Schreiben, 0 beim Vergleichen; "
    "bei 0.07 MB (Byte 73,728) konnte das Laufwerk nicht beschrieben werden"
)
FOUND = "schwebende Sektoren: von 0 auf 8 gestiegen"


@pytest.fixture
async def german(hass: HomeAssistant, bare: Board) -> Board:
    """Return everything, set up by somebody who speaks German."""
    hass.config.language = "de"
    await bare.set_up()
    return bare


async def test_why_a_burn_in_failed(german: Board) -> None:
    """Wherever a person looks; machines have the key."""
    await fail(german)
    for key in ("burn_in", "last_result"):
        assert german.state("sensor", key).attributes["reason"] == WHY
    event = german.state("event", "burn_in").attributes
    assert (event["reason"], event["reason_key"]) == (WHY, "surface_errors")
    ((_, message),) = shown(german.hass)
    assert message.endswith(f"Grund: {WHY}")
    (burn_in,) = (await german.action("get_burn_ins", response=True))["burn_ins"]
    assert burn_in["reason"] == WHY
    assert [each["key"] for each in burn_in["reasons"]] == [
        "surface_errors",
        "bad_unwritable",
    ]
    table = (await german.action("export_history", response=True))["csv"]
    assert [row["reason"] for row in csv.DictReader(io.StringIO(table))] == [WHY]
    payload = webhook_payload(
        Happening.FAILED, german.burn_in(), "nas", common_texts(german.hass)
    )
    assert payload["error_text"] == WHY
    phrases = await async_phrases(german.hass)
    assert WHY in daily_report("nas", [german.burn_in()], [], phrases).text


async def test_what_speaks_against_a_drive(german: Board) -> None:
    """With the names of what was counted."""
    await german.start()
    german.nas.reports[FREE.serial] = a_report(
        FREE, counters={"ata_5": 0, "ata_197": 8, "ata_198": 0}
    )
    await german.tick(times=8)
    assert german.state("sensor", "burn_in").attributes["findings"] == [FOUND]
    ((_, message),) = shown(german.hass)
    assert message.endswith(f"- {FOUND}")


async def test_why_nothing_was_started(german: Board) -> None:
    """Every line of the refusal."""
    error = await german.refused(
        "start_burn_in",
        device_id=german.device_id(POOLED),
        confirm_serials=[POOLED.serial],
    )
    assert error.translation_placeholders == {
        "refusals": f"{POOLED.name} gehört zum Pool tank"
    }
