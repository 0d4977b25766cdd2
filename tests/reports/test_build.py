"""Who made a drive and how it is built, on the page, in the panel and on the papers."""

import pytest

from custom_components.truenas_burnin.reports.build import Build, build_of

from ..burnin.fakes import a_drive, a_report

DRIVE = a_drive()


def test_what_the_system_tells() -> None:
    """Before anybody asked the drive."""
    assert build_of("WDC_WD80EFAX-68KNBN0", None, 5400) == Build(
        manufacturer="Western Digital", model="WDC WD80EFAX-68KNBN0", rotation_rate=5400
    )


def test_what_the_drive_tells() -> None:
    """Its own word counts, where it has one."""
    report = a_report(
        DRIVE,
        model="TOSHIBA MG06ACA10TE",
        manufacturer="",
        firmware="0103",
        rotation_rate=7200,
        form_factor="3.5 inches",
        asked_as="sat",
    )
    built = build_of("Bridge", report, 5400)
    assert (built.manufacturer, built.model) == ("Toshiba", "TOSHIBA MG06ACA10TE")
    assert (built.firmware, built.text) == ("0103", "7200 rpm, 3.5 inches")
    assert built.asked_as == "sat"


@pytest.mark.parametrize(("rate", "text"), [(None, "5400 rpm"), (0, "5400 rpm")])
def test_a_drive_that_tells_no_rotation(rate: int | None, text: str) -> None:
    """Then the system's word counts; solid state has none."""
    report = a_report(DRIVE, model="", rotation_rate=rate)
    assert build_of("X", report, 5400).text == text
    assert build_of("X", report).text == ""
    assert build_of("X", report).model == "X"
