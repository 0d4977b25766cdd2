"""The maker of a drive, and serial numbers that are the same."""

import pytest

from custom_components.truenas_burnin.truenas.manufacturers import manufacturer_of
from custom_components.truenas_burnin.truenas.serials import same_serial


@pytest.mark.parametrize(
    ("told", "maker"),
    [
        (("Seagate IronWolf", "ST4000VN008-2DR166"), "Seagate"),
        (("", "ST4000VN008-2DR166"), "Seagate"),
        (("SEAGATE", "ST8000NM0075"), "Seagate"),
        (("", "WDC_WD80EFAX-68KNBN0"), "Western Digital"),
        (("WDC", "WUH721818AL5204"), "Western Digital"),
        (("", "TOSHIBA_MG06ACA10TE"), "Toshiba"),
        (("", "MG08ACA16TE"), "Toshiba"),
        (("HGST", "HUS728T8TAL5200"), "HGST"),
        (("", "HUH721212ALE604"), "HGST"),
        (("Hitachi/HGST Ultrastar 7K4000", "Hitachi HUS724040ALE641"), "Hitachi"),
        (("Crucial/Micron Client SSDs", "CT1000MX500SSD1"), "Crucial"),
        (("Crucial/Micron Client SSDs", "Micron_1100_MTFDDAK512TBN"), "Micron"),
        (("Samsung based SSDs", "Samsung SSD 870 EVO 1TB"), "Samsung"),
        (("IBM-ESXS", "ST300MM0006"), "Seagate"),
        (("NETAPP", "X422_HCOBE600A10"), ""),
        (("JMicron/Maxiotek based SSDs", "SSD 1TB"), ""),
        (("", ""), ""),
        ((), ""),
    ],
)
def test_the_maker(told: tuple[str, ...], maker: str) -> None:
    """By family, by vendor, by model; nothing where nobody tells."""
    assert manufacturer_of(*told) == maker


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("WD-A_B_1", "WD-A B 1", True),
        ("WD-A__B", "WD-A  B ", True),
        ("  S1 ", "S1", True),
        ("S1", "S12", False),
        ("WD-AB1", "WD-A B 1", False),
        ("s1", "S1", False),
        ("", "", False),
        ("_", " ", False),
    ],
)
def test_serial_numbers(first: str, second: str, same: bool) -> None:
    """However blanks were written; never by a part, and nothing equals nothing."""
    assert same_serial(first, second) is same
    assert same_serial(second, first) is same
