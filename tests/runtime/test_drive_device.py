"""What the device page and the SMART sensors of a drive say, as soon as it is known."""

from datetime import timedelta

from homeassistant.const import STATE_UNKNOWN
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.truenas_burnin.burnin.known import HealthReading, newest_reading
from custom_components.truenas_burnin.runtime.drive_device import DriveFacts

from ..burnin.fakes import a_drive, a_report
from ..common import FREE, Board

pytest_plugins = ["tests.components_fixtures"]

REPORT = a_report(
    FREE,
    model="WDC WD80EFAX-68KNBN0",
    manufacturer="Western Digital",
    firmware="81.00A81",
    rotation_rate=5400,
    form_factor="3.5 inches",
    counters={"ata_5": 3, "ata_197": 1},
    power_on_hours=77,
)


def page(board: Board) -> dr.DeviceEntry:
    """Return the device of the free drive."""
    device = dr.async_get(board.hass).async_get(board.device_id())
    assert isinstance(device, dr.DeviceEntry)
    return device


def test_what_only_the_system_tells() -> None:
    """Udev's underscores are blanks; nothing is guessed."""
    drive = a_drive(model="TOSHIBA_MG06ACA10TE", rotation_rate=None)
    assert DriveFacts.of(drive, None) == DriveFacts(
        manufacturer="Toshiba",
        model="TOSHIBA MG06ACA10TE",
        sw_version=None,
        hw_version="8 TB",
    )
    odd = a_drive(model="", size=0, rotation_rate=0)
    assert DriveFacts.of(odd, None) == DriveFacts(
        manufacturer=None, model=None, sw_version=None, hw_version=None
    )


async def test_the_page_follows_the_drive(board: Board) -> None:
    """As soon as its SMART record was read, by hand here."""
    device = page(board)
    assert (device.model, device.sw_version) == ("WD80EFAX", None)
    board.nas.reports[FREE.serial] = REPORT
    await board.action("read_drive_health", device_id=board.device_id())
    await board.settle()
    device = page(board)
    assert (device.manufacturer, device.model) == (
        "Western Digital",
        "WDC WD80EFAX-68KNBN0",
    )
    assert device.sw_version == "81.00A81"
    assert device.hw_version == "8 TB, 5400 rpm, 3.5 inches"


async def test_the_page_follows_a_burn_in(board: Board) -> None:
    """Its precheck reads the record too."""
    board.nas.reports[FREE.serial] = REPORT
    await board.start()
    await board.tick()
    assert page(board).manufacturer == "Western Digital"


@pytest.mark.parametrize(
    ("key", "value"),
    [("power_on_hours", "77"), ("reallocated_sectors", "3"), ("pending_sectors", "1")],
)
async def test_sensors_are_filled_on_demand(board: Board, key: str, value: str) -> None:
    """They are off by default: somebody wants them."""
    entity_id = board.entity_id("sensor", key)
    er.async_get(board.hass).async_update_entity(entity_id, disabled_by=None)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.state("sensor", key).state == STATE_UNKNOWN
    board.nas.reports[FREE.serial] = REPORT
    await board.action("read_drive_health", device_id=board.device_id())
    await board.settle()
    assert board.state("sensor", key).state == value


async def test_the_newer_record_counts(board: Board) -> None:
    """A burn-in's or the one that was asked for."""
    await board.start()
    await board.tick(times=3)
    burn_in = board.burn_in()
    ended = burn_in.stages[0].finished
    assert ended is not None
    older, newer = (
        HealthReading(serial=FREE.serial, at=ended + delta, report=REPORT)
        for delta in (timedelta(seconds=-1), timedelta(days=1))
    )
    assert newest_reading(burn_in, newer) is newer
    found = newest_reading(burn_in, older)
    assert found is not None
    assert found.report != REPORT
    assert newest_reading(None, older) is older
    assert newest_reading(None, None) is None
