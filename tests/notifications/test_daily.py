"""The daily report: when it is sent, to whom, and as what."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger

from ..common import FREE, Board
from .test_outcomes import with_options

pytest_plugins = ["tests.components_fixtures"]


@pytest.fixture
def sent(hass: HomeAssistant) -> list[tuple[str, dict[str, Any]]]:
    """Take what is sent, by the domain it goes through."""
    found: list[tuple[str, dict[str, Any]]] = []

    async def send(call: ServiceCall) -> None:
        found.append((call.domain, dict(call.data)))

    for domain in ("notify", "smtp"):
        hass.services.async_register(domain, "send_message", send)
    return found


@pytest.fixture
def mail(hass: HomeAssistant) -> str:
    """Return a notify entity of the SMTP integration."""
    entry = MockConfigEntry(domain="smtp")
    entry.add_to_hass(hass)
    return (
        er.async_get(hass)
        .async_get_or_create("notify", "smtp", "mia", config_entry=entry)
        .entity_id
    )


async def morning(board: Board, **options: Any) -> None:
    """Set options half a minute before eight."""
    await board.hass.config.async_set_time_zone("UTC")
    board.freezer.move_to("2026-11-25 07:59:30+00:00")
    await with_options(board, **options)


async def test_html_by_mail_and_text_to_all_others(
    board: Board, mail: str, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """Whoever can show it gets the table."""
    await morning(board, notify_entities=["notify.phone", mail])
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=5)
    (phone, letter) = sent[-2:]
    assert (phone[0], letter[0]) == ("notify", "smtp")
    assert phone[1]["title"] == letter[1]["title"]
    assert "1 failed" in phone[1]["title"]
    assert "SER001" in phone[1]["message"]
    assert "html" not in phone[1]
    assert "<table" in letter[1]["html"] or "<li" in letter[1]["html"]
    assert "SER001" in letter[1]["html"]


async def test_nothing_to_tell(
    board: Board, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """Then nothing is sent by itself, but on request it is."""
    await morning(board, notify_entities=["notify.phone"])
    await board.tick(times=3)
    assert sent == []
    await board.action("send_daily_report")
    assert len(sent) == 1


async def test_an_old_end_is_no_news(
    board: Board, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """It stood in an earlier report."""
    await morning(board, notify_entities=["notify.phone"])
    await board.start()
    await board.tick(times=8)
    first = len(sent)
    assert first == 1
    await board.tick(after=timedelta(hours=24))
    await board.tick(after=timedelta(hours=24))
    titles = [data["title"] for _, data in sent[first:]]
    assert len(titles) <= 1


@pytest.mark.parametrize(
    ("options", "reports"),
    [({"daily_report": False}, 0), ({"daily_report_hour": 9}, 0), ({}, 1)],
)
async def test_the_hour(
    board: Board,
    sent: list[tuple[str, dict[str, Any]]],
    options: dict[str, Any],
    reports: int,
) -> None:
    """As the options say, or never."""
    await morning(board, notify_entities=["notify.phone"], **options)
    board.nas.still = True
    await board.start()
    await board.tick(times=4)
    assert len(sent) == reports


type Sent = list[tuple[str, dict[str, Any]]]


def reports(sent: Sent) -> list[str]:
    """Return the titles of the reports among what was sent."""
    titles = [data["title"] for _, data in sent]
    return [title for title in titles if title.startswith("Burn-ins of nas")]


async def after_a_restart(board: Board, at: str) -> None:
    """Be away from now on, and back at a time."""
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    board.freezer.move_to(at)
    await board.set_up()


async def an_end_before_the_report(board: Board, **options: Any) -> None:
    """Let a burn-in pass at 7:58; the last report was the day before."""
    await board.hass.config.async_set_time_zone("UTC")
    board.freezer.move_to("2026-11-25 07:55:00+00:00")
    await with_options(board, notify_entities=["notify.phone"], **options)
    await board.start(profile="smart")
    await board.tick(times=12)
    assert board.burn_in().state.final


async def test_home_assistant_restarts_at_eight(board: Board, sent: Sent) -> None:
    """It is told once, a little later, and not again after another restart."""
    await an_end_before_the_report(board)
    await after_a_restart(board, "2026-11-25 08:00:40+00:00")
    assert [data["title"] for _, data in sent] == ["Burn-ins of nas: 1 passed"]
    await after_a_restart(board, "2026-11-25 08:02:00+00:00")
    await board.tick(after=timedelta(hours=23))
    assert len(sent) == 1


async def test_home_assistant_is_away_for_days(board: Board, sent: Sent) -> None:
    """What ended before is told all the same."""
    await an_end_before_the_report(board)
    await after_a_restart(board, "2026-11-28 12:00:00+00:00")
    assert [data["title"] for _, data in sent] == ["Burn-ins of nas: 1 passed"]


async def test_an_end_after_the_clock_was_set_back(board: Board, sent: Sent) -> None:
    """By the order of the record it is news, whatever the clock says."""
    await morning(board, notify_entities=["notify.phone"])
    await board.start(profile="smart")
    board.nas.still = True
    await board.tick(times=4)
    assert len(sent) == 1
    board.nas.still = False
    await after_a_restart(board, "2026-11-25 06:00:00+00:00")
    await board.tick(times=12)
    assert board.burn_in().state.final
    board.freezer.move_to("2026-11-26 07:59:55+00:00")
    await board.tick()
    assert [data["title"] for _, data in sent][1:] == ["Burn-ins of nas: 1 passed"]


async def test_a_night_of_25_hours(board: Board, sent: Sent) -> None:
    """What ended in the hour that a day does not have is not lost."""
    board.freezer.move_to("2026-10-24 05:59:55+00:00")
    await with_options(board, notify_entities=["notify.phone"])
    await board.hass.config.async_set_time_zone("Europe/Berlin")
    await board.tick()
    await board.start(profile="smart")
    await board.tick(times=12)
    assert board.burn_in().state.final
    assert board.burn_in().finished is not None
    board.freezer.move_to("2026-10-25 06:59:55+00:00")
    await board.tick()
    assert [data["title"] for _, data in sent] == ["Burn-ins of nas: 1 passed"]


async def test_an_hour_that_happens_twice(board: Board, sent: Sent) -> None:
    """One report, at the first of the two."""
    await board.hass.config.async_set_time_zone("Europe/Berlin")
    board.freezer.move_to("2026-10-24 23:59:50+00:00")
    await with_options(board, notify_entities=["notify.phone"], daily_report_hour=2)
    board.nas.still = True
    await board.start(profile="smart")
    await board.tick()
    assert len(reports(sent)) == 1
    board.freezer.move_to("2026-10-25 00:59:55+00:00")
    await board.tick(times=3)
    assert len(reports(sent)) == 1


async def test_nobody_was_there_to_take_it(board: Board, sent: Sent) -> None:
    """It is sent an hour later, with all that was in it."""
    await an_end_before_the_report(board)
    board.hass.services.async_remove("notify", "send_message")
    board.freezer.move_to("2026-11-25 07:59:55+00:00")
    await board.tick()
    board.hass.services.async_register(
        "notify", "send_message", lambda call: sent.append(("notify", dict(call.data)))
    )
    board.freezer.move_to("2026-11-25 08:59:55+00:00")
    await board.tick()
    assert [data["title"] for _, data in sent] == ["Burn-ins of nas: 1 passed"]


async def test_what_cannot_be_noted_is_not_told_yet(
    board: Board, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    """Else it would be told again every hour."""
    await an_end_before_the_report(board)
    board.freezer.move_to("2026-11-25 07:59:55+00:00")
    full = LedgerError("database or disk is full")
    with patch.object(SqliteLedger, "set_reported", side_effect=full):
        await board.tick()
    assert sent == []
    assert "Could not create the daily report" in caplog.text
    board.freezer.move_to("2026-11-25 08:59:55+00:00")
    await board.tick()
    assert len(sent) == 1


async def test_reports_that_nobody_wanted(board: Board, sent: Sent) -> None:
    """Who begins to want them is not told of the past year."""
    await an_end_before_the_report(board, daily_report=False)
    board.freezer.move_to("2026-11-25 08:59:55+00:00")
    await board.tick()
    await with_options(board, notify_entities=["notify.phone"])
    board.freezer.move_to("2026-11-26 07:59:55+00:00")
    await board.tick()
    assert sent == []


async def test_a_ledger_that_cannot_be_read(
    board: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so; whoever asks is told."""
    await morning(board, notify_entities=["notify.phone"])

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("broken")

    monkeypatch.setattr(SqliteLedger, "history", broken)
    monkeypatch.setattr(SqliteLedger, "ended_since", broken)
    await board.tick(times=4)
    assert "Could not create the daily report" in caplog.text
    with pytest.raises(HomeAssistantError, match="broken"):
        await board.action("send_daily_report")


async def test_nobody_takes_it(board: Board) -> None:
    """Whoever asks for it is told who did not."""
    await with_options(board, notify_entities=["notify.gone"])
    with pytest.raises(HomeAssistantError, match=r"notify\.gone: "):
        await board.action("send_daily_report", config_entry_id=board.entry.entry_id)


async def test_export(board: Board) -> None:
    """Every burn-in is a row."""
    (burn_in_id,) = await board.start()
    reply = await board.action("export_history", response=True)
    header, row = reply["csv"].splitlines()
    assert header.startswith("id,nas,disk,serial")
    assert row.startswith(f"{burn_in_id},nas,ada1,SER001")
