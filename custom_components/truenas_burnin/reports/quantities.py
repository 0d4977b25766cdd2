"""Sizes, durations and speeds as people read them."""


def size_text(size: int) -> str:
    """Return bytes as people buy drives: in powers of ten."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} B"


def duration_text(seconds: float) -> str:
    """Return a duration in its two largest units."""
    left = round(seconds)
    parts: list[str] = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def speed_text(speed: float) -> str:
    """Return bytes per second in megabytes."""
    return f"{speed / 1e6:.0f} MB/s"
