"""What a drive is: who made it, and how it is built, as far as it is known."""

from dataclasses import dataclass

from ..truenas.manufacturers import manufacturer_of
from ..truenas.models import SmartReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A drive's own word, else the system's; "" and None where nobody tells.

    `rotation_rate` is per minute, 0 for solid state. `asked_as` is the `-d` of smartctl
    that the drive needs.
    """

    manufacturer: str
    model: str
    firmware: str = ""
    rotation_rate: int | None = None
    form_factor: str = ""
    asked_as: str = ""

    @property
    def text(self) -> str:
        """Return how it is built, in few words."""
        turns = f"{self.rotation_rate} rpm" if self.rotation_rate else ""
        return ", ".join(filter(None, (turns, self.form_factor)))


def build_of(
    model: str, report: SmartReport | None, rotation_rate: int | None = None
) -> Build:
    """Return what is known of a drive that the system calls `model`.

    udev, and so TrueNAS SCALE, writes underscores for spaces.
    """
    plain = model.replace("_", " ").strip()
    if report is None:
        maker = manufacturer_of(plain)
        return Build(manufacturer=maker, model=plain, rotation_rate=rotation_rate)
    told = report.model or plain
    return Build(
        manufacturer=report.manufacturer or manufacturer_of(told),
        model=told,
        firmware=report.firmware,
        rotation_rate=report.rotation_rate or rotation_rate,
        form_factor=report.form_factor,
        asked_as=report.asked_as,
    )
