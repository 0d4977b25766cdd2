"""Who made a drive, as far as its model tells."""

import re
from typing import Final

_FAMILIES: Final[tuple[tuple[str, str], ...]] = (
    (r"seagate", "Seagate"),
    (r"maxtor", "Maxtor"),
    (r"western digital|wdc?", "Western Digital"),
    (r"hgst", "HGST"),
    (r"hitachi|ibm (?:desk|travel|ultra)star", "Hitachi"),
    (r"toshiba", "Toshiba"),
    (r"kioxia", "KIOXIA"),
    (r"samsung", "Samsung"),
    (r"sandisk", "SanDisk"),
    (r"crucial", "Crucial"),
    (r"micron", "Micron"),
    (r"intel", "Intel"),
    (r"solidigm", "Solidigm"),
    (r"kingston", "Kingston"),
    (r"fujitsu", "Fujitsu"),
    (r"sk ?hynix|hynix", "SK hynix"),
    (r"corsair", "Corsair"),
    (r"transcend", "Transcend"),
    (r"lexar", "Lexar"),
    (r"adata", "ADATA"),
    (r"plextor", "Plextor"),
    (r"innodisk", "Innodisk"),
    (r"apacer", "Apacer"),
)
"""Makers by the words that begin a family, a vendor or a model."""

_PREFIXES: Final[tuple[tuple[str, str], ...]] = (
    (r"ST\d{3,}|XS\d{3,}|ZP\d{3,}|XA\d{3,}|OOS\d", "Seagate"),
    (r"WD\d|WUH\d|WUS\d|WDS\d", "Western Digital"),
    (r"H(?:UH|US|UC|UA|DN|DS|MS|TS|TE|SH)\d", "HGST"),
    (r"M[GDQK]\d{2}[A-Z]|HDW[A-Z]|AL1\d|PX0\d|THNS", "Toshiba"),
    (r"K[CXP][DM]\d|KRM\d", "KIOXIA"),
    (r"MZ[-0-9A-Z]{3,}", "Samsung"),
    (r"CT\d{3,}", "Crucial"),
    (r"MTF[DC]", "Micron"),
    (r"SSD(?:SC|PE|PF)", "Intel"),
    (r"SA\d{3}[A-Z]?\d|SKC\d|SEDC|SNV[SMP]", "Kingston"),
)
"""Makers by how they number their models."""


def manufacturer_of(*told: str) -> str:
    """Return the maker that a family, vendor or model names; "" where none does.

    The first text that tells decides: give the surest first. One that names two makers
    tells nothing, such as the family Crucial/Micron.
    """
    for source in told:
        words = source.replace("_", " ").strip()
        if "/" in words.partition(" ")[0]:
            continue
        for pattern, maker in _FAMILIES:
            if re.match(rf"(?:{pattern})\b", words, re.IGNORECASE):
                return maker
        for pattern, maker in _PREFIXES:
            if re.match(pattern, words):
                return maker
    return ""
