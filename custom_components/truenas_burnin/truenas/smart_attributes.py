"""Read the attribute table of an ATA drive, and what each attribute counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
import re
from typing import Any, Final

from .decode import record, records, text, whole
from .models import SmartAttribute

type Decoder = Callable[[int, str], int]


def read_attributes(root: dict[str, Any]) -> Iterator[SmartAttribute]:
    """Yield the rows of `ata_smart_attributes`; raise InvalidResponse."""
    decoders = _DECODERS | (_SEAGATE_DECODERS if _is_seagate(root) else {})
    source = record(root.get("ata_smart_attributes") or {}, "ata_smart_attributes")
    for entry in records(source.get("table") or [], "ata_smart_attributes"):
        raw = record(entry.get("raw"), "raw")
        identity = whole(entry, "id")
        value = whole(raw, "value")
        words = text(raw, "string", "")
        decode = decoders.get(identity)
        yield SmartAttribute(
            id=identity,
            name=text(entry, "name", ""),
            value=whole(entry, "value"),
            worst=whole(entry, "worst"),
            threshold=whole(entry, "thresh", 0),
            raw=value if decode is None else decode(value, words),
            raw_text=words,
            failing=text(entry, "when_failed", "") == "now",
        )


def attribute_counters(attributes: Iterable[SmartAttribute]) -> dict[str, int]:
    """Return what is judged, by the keys of thresholds.py.

    An attribute means what smartctl's drive database calls it for this model: under
    one number makers count different things.
    """
    counters: dict[str, int] = {}
    for item in attributes:
        if (counter := _meaning(item)) is not None:
            counters[counter] = counters.get(counter, 0) + item.raw
    return counters


def _meaning(attribute: SmartAttribute) -> str | None:
    for pattern, counter in _MEANINGS.get(attribute.id, ()):
        if pattern.search(attribute.name):
            return counter
    return None


def _rules(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(pattern, re.IGNORECASE), counter) for pattern, counter in pairs
    )


_MEANINGS: Final[Mapping[int, tuple[tuple[re.Pattern[str], str], ...]]] = {
    5: _rules(
        (r"later_bad|new_bad|runtime_bad", "flash_bad_blocks"),
        (r"realloc|retired|retried", "ata_5"),
    ),
    10: _rules((r"spin_retry", "ata_10")),
    187: _rules((r"uncorr|_ue_|_unc_|read_fail", "ata_187")),
    188: _rules((r"command_timeout", "ata_188")),
    196: _rules((r"realloc|retried", "ata_196")),
    197: _rules(
        (r"pending_ecc", "flash_pending_ecc"),
        (r"total_pending", "ata_197_ever"),
        (r"pending", "ata_197"),
        (r"unc_read|read_fail", "flash_read_failures"),
    ),
    198: _rules(
        (r"total_offl", "ata_198_ever"),
        (r"uncor_read", "flash_read_failures"),
        (r"uncorr|_unc_|_uerr_", "ata_198"),
    ),
    199: _rules((r"crc", "ata_199")),
}
"""What a number counts under a name; the first that fits, no name fits nothing.

Names: the `-v` options of smartmontools' drivedb.h (2026-08-19)."""


def _is_seagate(root: dict[str, Any]) -> bool:
    family = text(root, "model_family", "")
    return "seagate" in family.lower() or bool(
        re.match(r"(?:SEAGATE )?ST\d", text(root, "model_name", ""))
    )


def _low_word(value: int, _words: str) -> int:
    return value & 0xFFFF


def _above_operations(value: int, _words: str) -> int:
    return value >> 32 & 0xFFFF


def _leading(value: int, words: str) -> int:
    """Take smartctl's own decoding, such as 29 of "29 (Min/Max 19/29)" or "29/84"."""
    match = re.match(r"(\d{1,15})(?= |h|/|$)", words, re.ASCII)
    return value if match is None else int(match[1])


_DECODERS: Final[dict[int, Decoder]] = {
    **dict.fromkeys((5, 9, 190, 194, 196, 198), _leading),
    188: _low_word,
}
_SEAGATE_DECODERS: Final[dict[int, Decoder]] = {
    1: _above_operations,
    7: _above_operations,
}
