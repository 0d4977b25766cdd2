"""The certificate as PDF, read back."""

from dataclasses import replace
from datetime import UTC, datetime
import io

from hypothesis import given, settings, strategies as st
from pypdf import PdfReader
import pytest

from custom_components.truenas_burnin.burnin.evidence import WipeRun
from custom_components.truenas_burnin.burnin.model import BurnIn, StageKind
from custom_components.truenas_burnin.reports.certificate import certificate_pdf
from custom_components.truenas_burnin.reports.certificate.pdf import (
    _Document,
    printable,
)
from custom_components.truenas_burnin.reports.certificate.seal import seal
from custom_components.truenas_burnin.truenas.models import WipeMode

from ...ledger.builders import a_burn_in, an_identity
from ...said import verbatim
from ..builders import (
    HOSTILE,
    a_failed_one,
    a_passed_one,
    a_stage,
    an_evil_one,
    english,
    surface_evidence,
)
from .builders import HASH, URL, a_paper

KNOWN = _Document(english())._known
MADE = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


def read(*burn_ins: BurnIn, url: str | None = URL) -> PdfReader:
    """Return the PDF of burn-ins."""
    papers = [a_paper(burn_in, url) for burn_in in burn_ins]
    return PdfReader(io.BytesIO(certificate_pdf(papers, english(), MADE)))


def text_of(reader: PdfReader) -> str:
    """Return all words, whatever the lines they stand on."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_pass() -> None:
    """All that the page says."""
    reader = read(a_passed_one())
    text = text_of(reader)
    for wanted in (
        "Drive burn-in certificate",
        "WD80EFAX SER001",
        "PASSED",
        "Every sector was written and read back. 2 sweeps, 0 errors.",
        "8 TB (8,001,563,222,016 B)",
        "82.00A82",
        "2026-11-24 13:00 CET",
        "2 d 3 h",
        HASH,
        "Passed: Completed",
        "No warnings.",
        "Write and read: slowest 29 MB/s, average 38 MB/s, fastest 50 MB/s",
        "reallocated sectors",
        seal(a_passed_one()),
        "2 / 2",
    ):
        assert wanted in text, wanted
    assert reader.metadata is not None
    assert reader.metadata.title == "Drive burn-in certificate"
    assert reader.metadata.creation_date == MADE


def test_a_failure() -> None:
    """What broke, and where."""
    text = text_of(read(a_failed_one()))
    assert (
        "errors at 50 %: 0 read, 3 write, 1 compare; at 0.00 MB (byte 4096), the"
        in text
    )
    assert "- bad blocks" in text
    assert "0 / 3 / 1 / 0" in text


def test_not_verified() -> None:
    """A write-only stage is told at the top."""
    stages = list(a_passed_one().stages)
    wipe = WipeRun(mode=WipeMode.FULL, device="ada1")
    stages[2] = replace(stages[2], evidence=wipe)
    text = text_of(read(replace(a_passed_one(), stages=tuple(stages))))
    assert "Passed (not read back)" in text


def test_a_batch() -> None:
    """A summary is on top; each begins on a page of its own."""
    reader = read(a_passed_one(), a_burn_in(), a_failed_one())
    starts = [page.extract_text().count("burn-in certificate") for page in reader.pages]
    assert sum(starts) == 4
    assert max(starts) == 1
    assert "Summary of 3 burn-ins" in reader.pages[0].extract_text()


def test_one_page_decides() -> None:
    """Of a whole surface too: its ranges are a curve there."""
    surface = a_stage(StageKind.SURFACE_VALIDATE, evidence=surface_evidence(257))
    stages = list(a_passed_one().stages)
    stages[2] = surface
    reader = read(a_passed_one(stages=tuple(stages)))
    first, second = (page.extract_text() for page in reader.pages)
    assert seal(a_passed_one(stages=tuple(stages))) in first
    assert "Details of WD80EFAX SER001" in second


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe ½ ©", "Größe ½ ©"),
        ("Диск Αθήνα łódź “x” — 1…", "Диск Αθήνα łódź “x” — 1…"),
        ("a\x00b\tc\nd\x85e", "a b c\nd e"),
        ("e\N{COMBINING ACUTE ACCENT}x\N{COMBINING ACUTE ACCENT}", "éx"),
        ("💾東", "□□"),
    ],
)
def test_letters(text: str, shown: str) -> None:
    """Latin, Greek and Cyrillic survive; what the font lacks is a box."""
    assert printable(text, KNOWN) == shown


def test_names_survive() -> None:
    """They can be read out of the file again."""
    burn_in = a_passed_one(operator="Юлия Ωνάση Škoda")
    assert "Юлия Ωνάση Škoda" in text_of(read(burn_in))


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_printed(text: str) -> None:
    """Whatever a drive says its serial is, and however long."""
    burn_in = a_burn_in(
        drive=replace(an_identity(), serial=text, model=text),
        device=text,
        operator=text,
        reasons=(verbatim(text),),
    )
    assert certificate_pdf([a_paper(burn_in)], english(), MADE).startswith(b"%PDF-")


def test_a_word_wider_than_the_page() -> None:
    """It is broken where it must be."""
    wide = replace(an_identity(), serial="W" * 500)
    assert text_of(read(a_passed_one(drive=wide))).count("W") > 900


def test_hostile_drives() -> None:
    """Their texts are shown as they are."""
    assert HOSTILE in text_of(read(an_evil_one()))
