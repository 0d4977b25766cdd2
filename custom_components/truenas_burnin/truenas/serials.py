"""Tell whether two serial numbers are the same, however they were written down."""

import re


def same_serial(first: str, second: str) -> bool:
    """Tell whether both are one serial number; never by a part of it.

    udev, and so TrueNAS SCALE, writes inner spaces as `_` and joins runs of them;
    smartctl tells the drive's own.
    """
    return bool(_plain(first)) and _plain(first) == _plain(second)


def _plain(serial: str) -> str:
    return re.sub(r"[\s_]+", "_", serial).strip("_")
