"""The rules of the verdict, each with the source it is taken from."""

from dataclasses import dataclass
from typing import Final

from .model import Severity

_FAIL: Final = Severity.FAIL
_WARN: Final = Severity.WARN


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A counter that stands above `above`."""

    counter: str
    above: int
    severity: Severity
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A counter that grew; `cable` tells whether the way to the drive may be to blame."""

    counter: str
    severity: Severity
    source: str
    cable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition that verdict.py asks for by name, not a counter."""

    severity: Severity
    source: str
    margin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowSpots:
    """How slow the slowest request of a range has to be to be told of.

    That is `milliseconds`, and `times` the usual slowest of the other ranges.
    """

    severity: Severity
    source: str
    milliseconds: float
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRule:
    """How many percent slower than so many siblings, over so many seconds."""

    severity: Severity
    source: str
    margin: int
    siblings: int
    seconds: int


_BACKBLAZE: Final = (
    "Backblaze drive statistics: 5, 187, 188, 197 and 198 above zero foretell failure"
)
_SCRUTINY_5: Final = "Scrutiny: attribute 5 at 0 fails 2.5 % a year, at 4-16 7.5 %"
_SCRUTINY_10: Final = "Scrutiny: attribute 10 at 0 fails 5.5 % a year, above 56 %"
_SCRUTINY_187: Final = "Scrutiny: attribute 187 at 0 fails 2.8 % a year, at 1 34 %"
_SCRUTINY_196: Final = "Scrutiny: attribute 196 is flat up to 11-17, then 17 % a year"
_SCRUTINY_197: Final = "Scrutiny: attribute 197 at 0 fails 2.6 % a year, at 1-2 34 %"
_SCRUTINY_198: Final = "Scrutiny: attribute 198 at 0 fails 2.9 % a year, at 1-2 81 %"
_SCRUTINY_199: Final = (
    "Scrutiny: attribute 199 at 1-2 fails 15 % a year; a bad cable leaves it for ever"
)
_SMARTD: Final = "smartd: warns of 197 and 198 above zero by default"
_INTAKE: Final = (
    "intake screens in use: reject uncorrected > 0 or grown > 50, any growth in a run"
)
_TOTALS: Final = (
    "drivedb.h, 197,increasing: these models never take back what they counted"
)
_FLASH: Final = (
    "drivedb.h: a count of flash blocks; spares replace them, wear makes more of them"
)
_FLASH_READ: Final = "drivedb.h: reads that the flash's error correction gave up"
_ECC: Final = (
    "Micron, Crucial: 197 counts pending ECC events here, and comes and goes in health"
)
_SBC: Final = "SBC-4, pending defects log page 15h: what 197 is for ATA"
_SPC: Final = "SPC-6, sense code 0Bh: warnings, of which 5Dh are not"
_NVME: Final = "NVMe base specification, SMART / health information log"

AT_START: Final[tuple[Limit, ...]] = (
    Limit(counter="ata_197", above=0, severity=_FAIL, source=_SMARTD),
    Limit(counter="ata_198", above=0, severity=_FAIL, source=_SMARTD),
    Limit(counter="ata_5", above=0, severity=_WARN, source=_BACKBLAZE),
    Limit(counter="ata_187", above=0, severity=_WARN, source=_BACKBLAZE),
    Limit(counter="ata_10", above=0, severity=_WARN, source=_SCRUTINY_10),
    Limit(counter="ata_197_ever", above=0, severity=_WARN, source=_TOTALS),
    Limit(counter="ata_198_ever", above=0, severity=_WARN, source=_TOTALS),
    Limit(counter="flash_read_failures", above=0, severity=_WARN, source=_FLASH_READ),
    Limit(counter="scsi_pending_defects", above=0, severity=_FAIL, source=_SBC),
    Limit(counter="scsi_uncorrected_read", above=0, severity=_FAIL, source=_INTAKE),
    Limit(counter="scsi_uncorrected_write", above=0, severity=_FAIL, source=_INTAKE),
    Limit(counter="scsi_uncorrected_verify", above=0, severity=_FAIL, source=_INTAKE),
    Limit(counter="scsi_grown_defects", above=50, severity=_FAIL, source=_INTAKE),
    Limit(counter="scsi_grown_defects", above=0, severity=_WARN, source=_INTAKE),
    Limit(counter="nvme_critical_warning", above=0, severity=_FAIL, source=_NVME),
    Limit(counter="nvme_media_errors", above=0, severity=_WARN, source=_NVME),
    Limit(counter="nvme_percentage_used", above=99, severity=_WARN, source=_NVME),
)
"""Absolutes before anything is begun; of one counter the first that holds counts."""

DURING: Final[tuple[Growth, ...]] = (
    Growth(counter="ata_5", severity=_FAIL, source=_SCRUTINY_5),
    Growth(counter="ata_187", severity=_FAIL, source=_SCRUTINY_187),
    Growth(counter="ata_197", severity=_FAIL, source=_SCRUTINY_197),
    Growth(counter="ata_198", severity=_FAIL, source=_SCRUTINY_198),
    Growth(counter="ata_10", severity=_FAIL, source=_SCRUTINY_10),
    Growth(counter="ata_197_ever", severity=_FAIL, source=_TOTALS),
    Growth(counter="ata_198_ever", severity=_FAIL, source=_TOTALS),
    Growth(counter="flash_read_failures", severity=_FAIL, source=_FLASH_READ),
    Growth(counter="flash_bad_blocks", severity=_WARN, source=_FLASH),
    Growth(counter="ata_188", severity=_WARN, source=_BACKBLAZE),
    Growth(counter="ata_196", severity=_WARN, source=_SCRUTINY_196),
    Growth(
        counter="ata_199",
        severity=_WARN,
        source=_SCRUTINY_199,
        cable=True,
    ),
    Growth(counter="scsi_grown_defects", severity=_FAIL, source=_INTAKE),
    Growth(counter="scsi_pending_defects", severity=_FAIL, source=_SBC),
    Growth(counter="scsi_uncorrected_read", severity=_FAIL, source=_INTAKE),
    Growth(counter="scsi_uncorrected_write", severity=_FAIL, source=_INTAKE),
    Growth(counter="scsi_uncorrected_verify", severity=_FAIL, source=_INTAKE),
    # smartctl 7.5 prints this count but leaves it out of its JSON.
    Growth(
        counter="scsi_non_medium",
        severity=_WARN,
        source="SCSI log page 06h: errors off the medium, a soft sign",
        cable=True,
    ),
    Growth(counter="nvme_media_errors", severity=_FAIL, source=_NVME),
)
"""What must not grow from the baseline to the end."""

AT_END: Final[tuple[Limit, ...]] = (
    Limit(counter="ata_197", above=0, severity=_FAIL, source=_SMARTD),
    Limit(counter="ata_198", above=0, severity=_FAIL, source=_SMARTD),
    Limit(counter="flash_pending_ecc", above=0, severity=_WARN, source=_ECC),
    Limit(counter="scsi_pending_defects", above=0, severity=_FAIL, source=_SBC),
    Limit(counter="nvme_critical_warning", above=0, severity=_FAIL, source=_NVME),
)
"""Absolutes at the end, of counters that did not grow."""

SLOW_SPOTS: Final = SlowSpots(
    severity=_WARN,
    milliseconds=1000.0,
    times=5.0,
    source="a request of 8 MiB that takes a second was retried inside the drive",
)

OVERALL: Final = Rule(
    severity=_FAIL, source="the drive's own verdict, on which makers' warranty rests"
)
ATTRIBUTE: Final = Rule(
    severity=_FAIL, source="ATA: a value at or under its threshold has failed"
)
HEAT_ATTRIBUTE: Final = Rule(
    severity=_WARN, source="190 and 194 fail of heat, which passes, not of the drive"
)
HEAT_ATTRIBUTES: Final = frozenset({190, 194})
SPARE: Final = Rule(severity=_FAIL, source=_NVME)
MISSING: Final = Rule(
    severity=_WARN, source="a baseline that cannot be compared proves nothing"
)
CRITICAL: Final = frozenset(
    {
        "nvme_available_spare",
        *(rule.counter for rule in DURING if rule.severity is _FAIL),
        *(limit.counter for limit in AT_END if limit.severity is _FAIL),
    }
)
"""Counters of which one that is there before must be there after: it could have failed
the drive."""

EARLIER_FAILURE: Final = Rule(
    severity=_WARN, source="a drive that failed once is bought and sold as one that did"
)
SELF_TEST: Final = Rule(
    severity=_WARN, source="smartd: a failure counts until a newer long test passes"
)
WARNING: Final = Rule(severity=_WARN, source=_SPC)
SMART_OFF: Final = Rule(
    severity=_WARN, source="SPC: many SAS drives ship so, and count errors all the same"
)
PROTECTION: Final = Rule(
    severity=_WARN, source="TrueNAS refuses drives with T10 protection for pools"
)
SECTORS: Final = frozenset({512, 4096})
"""Bytes of a sector that TrueNAS can work with; arrays of other makers use 520 or 528."""

BRIDGE: Final = Rule(
    severity=_WARN, source="smartctl(8): USB bridges report serials of their own"
)
UNIT: Final = Rule(
    severity=_WARN, source="a half that passes says nothing of the other half"
)
SELF_TEST_SKIPPED: Final = Rule(
    severity=_WARN, source="what a drive cannot do is left out, and said on its papers"
)
HEAT: Final = Rule(severity=_WARN, source="nwipe: the drive's own limit is the one")
FARM_HOURS: Final = Rule(
    severity=_WARN,
    margin=100,
    source="farm-check: FARM hours outlive a reset of SMART; used drives sold as new",
)
"""A Seagate's FARM log and its SMART record may differ by `margin` hours."""

HOURS_WRAP: Final = 2**16
"""Some drives count their hours in 16 bits and begin again at 0."""

SLOW: Final = SlowRule(
    severity=_WARN,
    margin=25,
    siblings=2,
    seconds=60,
    source="solnet-array-test: drives slower than their siblings are suspect",
)
NOT_VERIFIED: Final = Rule(
    severity=_WARN, source="disk.wipe writes and never reads back (docs/truenas-api.md)"
)
SOLID_STATE: Final = Rule(
    severity=_WARN, source="every write wears flash; Spearfoot's script skips SSDs"
)
