"""Read what one poll brings, as the client does."""

from typing import Any

from custom_components.truenas_burnin.truenas.drives import DriveReader
from custom_components.truenas_burnin.truenas.models import Drive
from custom_components.truenas_burnin.truenas.uses import Use


def read_poll(
    disks: Any,
    usage: Any,
    boot: Any,
    temperatures: Any,
    uses: tuple[Use, ...] = (),
    *,
    reader: DriveReader | None = None,
) -> dict[str, Drive]:
    """Return the drives by identifier; `reader` may know earlier polls."""
    known = reader or DriveReader()
    return known.warm(known.read(disks, usage, boot, uses), temperatures)
