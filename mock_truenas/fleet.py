"""The drives a mocked NAS comes with (docs/development.md)."""

from dataclasses import dataclass

from .drive import MockDrive


@dataclass(frozen=True)
class Product:
    """A drive one can buy."""

    model: str
    family: str
    firmware: str
    size: int
    rotation_rate: int
    prefix: str
    sas: bool = False


EXOS_12 = Product(
    "ST12000NM0008-2H3101",
    "Seagate Exos X14",
    "SN02",
    12_000_138_625_024,
    7200,
    "ZHZ2",
)
RED_8 = Product(
    "WDC WD80EFAX-68KNBN0",
    "Western Digital Red",
    "81.00A81",
    8_001_563_222_016,
    5400,
    "VAG2",
)
EXOS_16 = Product(
    "ST16000NM001G-2KK103",
    "Seagate Exos X16",
    "SN03",
    16_000_900_661_248,
    7200,
    "ZL2A",
)
IRONWOLF_4 = Product(
    "ST4000VN008-2DR166",
    "Seagate IronWolf",
    "SC60",
    4_000_787_030_016,
    5980,
    "ZDH7",
)
MG_10 = Product(
    "TOSHIBA MG06ACA10TE",
    "Toshiba MG06ACA... Enterprise Capacity HDD",
    "0103",
    10_000_831_348_736,
    7200,
    "X8A0",
)
ULTRASTAR_8 = Product(
    "HGST HUS728T8TAL5200",
    "",
    "B460",
    8_001_563_222_016,
    7200,
    "VRG4",
    sas=True,
)
BARRACUDA_6 = Product(
    "ST6000DM003-2CY186",
    "Seagate BarraCuda 3.5 (SMR)",
    "0001",
    6_001_175_126_016,
    5425,
    "WCT1",
)
FLEET = (
    (EXOS_12, 3),
    (RED_8, 3),
    (EXOS_16, 2),
    (IRONWOLF_4, 2),
    (MG_10, 2),
    (ULTRASTAR_8, 1),
    (BARRACUDA_6, 1),
)
FAILING = "FAIL001"
BAD_FROM = 0.30
"""Share of the drive up to which FAIL001 can be written."""


def default_fleet(count: int, boot_pool: str) -> list[MockDrive]:
    """Return `count` drives: FAIL001 is the last; one boots, two are a pool."""
    products = [product for product, number in FLEET for _ in range(number)]
    drives = [
        _drive(products[index % len(products)], index, f"{index + 1:04d}")
        for index in range(max(0, count - 1))
    ]
    for drive in drives:
        if drive.serial == "ZDH70009":
            drive.boot, drive.pool = True, boot_pool
        elif drive.serial.startswith("X8A0") and not drive.boot:
            drive.pool = "tank"
    failing = _drive(RED_8, count - 1, "")
    failing.serial, failing.bad_from = FAILING, BAD_FROM
    return [*drives, failing]


def _drive(product: Product, index: int, number: str) -> MockDrive:
    return MockDrive(
        name="",
        serial=product.prefix + number,
        lunid=f"5000c500{index + 1:08x}",
        model=product.model,
        family=product.family,
        firmware=product.firmware,
        size=product.size,
        rotation_rate=product.rotation_rate,
        sas=product.sas,
        hours=3 + index,
        temperature=31.0 + index % 6,
    )
