"""What a drive says of its own health, heat and its surroundings set apart."""

from dataclasses import dataclass
from typing import Final

from .decode import text
from .errors import InvalidResponse
from .smartctl_log import Json, count, within

_NVME_HEAT: Final = 0x02
"""The bit of the critical warning for a temperature beyond a threshold (NVMe base
specification, SMART / health information log)."""

_SCSI_WARNING: Final = 0x0B
"""The additional sense code of warnings; 0x5d are failures that are foretold (SPC-6)."""

_SCSI_HEAT: Final = frozenset({0x01, 0x0A, 0x0B, 0x0C, 0x0D})
"""Temperature exceeded, and the critical and operating limits of temperature."""

_SCSI_SURROUNDINGS: Final = frozenset(
    {0x02, 0x07, 0x08, 0x09, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13}
)
"""Enclosure, power, statistics, humidity and microcode: not the drive's medium."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`passed` is the drive's verdict on itself, None where it gives none.

    `hot` tells that the drive warns of its temperature, `warning` what else it warns
    of that is no failure, in smartctl's words. `critical` are the bits of an NVMe
    drive's critical warning without the one for heat, None for other drives.
    """

    passed: bool | None
    hot: bool = False
    warning: str = ""
    critical: int | None = None


def health_of(root: Json) -> Health:
    """Read `smart_status` and the critical warning; raise InvalidResponse."""
    passed = _passed(root)
    bits = count(root, ("nvme_smart_health_information_log", "critical_warning"))
    if bits is not None:
        critical = bits & ~_NVME_HEAT
        return Health(
            passed=passed if critical or passed is None else True,
            hot=bool(bits & _NVME_HEAT),
            critical=critical,
        )
    told = within(root, "smart_status", "scsi")
    if count(told, ("asc",)) == _SCSI_WARNING:
        what = count(told, ("ascq",))
        if what in _SCSI_HEAT:
            return Health(passed=True, hot=True)
        if what in _SCSI_SURROUNDINGS:
            return Health(passed=True, warning=text(told, "ie_string", "").strip())
    return Health(passed=passed)


def _passed(root: Json) -> bool | None:
    value = within(root, "smart_status").get("passed")
    if value is not None and not isinstance(value, bool):
        raise InvalidResponse("passed: expected true or false")
    return value
