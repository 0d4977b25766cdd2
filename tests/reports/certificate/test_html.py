"""The certificate as a page."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import override

from custom_components.truenas_burnin.burnin.evidence import WipeRun
from custom_components.truenas_burnin.burnin.model import StageKind
from custom_components.truenas_burnin.reports.certificate import certificate_html
from custom_components.truenas_burnin.reports.certificate.seal import seal
from custom_components.truenas_burnin.truenas.models import WipeMode

from ...burnin.fakes import a_drive, a_report
from ...ledger.builders import a_burn_in
from ..builders import (
    HOSTILE,
    a_failed_one,
    a_passed_one,
    a_stage,
    an_attribute,
    an_evil_one,
    english,
    surface_evidence,
)
from .builders import HASH, a_paper


class Page(HTMLParser):
    """What a browser sees of a page."""

    def __init__(self, html: str) -> None:
        """Read it."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    @override
    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    @property
    def text(self) -> str:
        """Return all words."""
        return " ".join(word for word in self.words if word)


def test_how_the_drive_is_built() -> None:
    """Who made it, its firmware and form, and how it had to be asked."""
    report = a_report(
        a_drive(1),
        model="WDC WD80EFAX-68KNBN0",
        manufacturer="Western Digital",
        firmware="81.00A81",
        rotation_rate=5400,
        form_factor="3.5 inches",
        asked_as="sat",
    )
    burn_in = a_passed_one(before=report)
    page = Page(certificate_html([a_paper(burn_in)], english()))
    for wanted in (
        "Manufacturer Western Digital",
        "Model WDC WD80EFAX-68KNBN0",
        "Firmware 81.00A81",
        "Build 5400 rpm, 3.5 inches",
        "Asked by smartctl -d sat",
    ):
        assert wanted in page.text
    plain = Page(certificate_html([a_paper()], english()))
    assert "smartctl -d" not in plain.text


def test_a_pass() -> None:
    """Identity, plan, times, ranges, curve, SMART, verdict, hash and code."""
    page = Page(certificate_html([a_paper()], english()))
    for wanted in (
        "Drive burn-in certificate",
        "WD80EFAX SER001",
        "Every sector was written and read back. 2 sweeps, 0 errors.",
        "8 TB (8,001,563,222,016 B)",
        "5000c50000000001",
        "82.00A82",
        "tank",
        "ada1",
        "Ada",
        "2026-11-24 13:00 CET",
        "2 d 3 h",
        HASH,
        "Long self-test",
        "Passed: Completed",
        "No warnings.",
        "Write and read: slowest 29 MB/s, average 38 MB/s, fastest 50 MB/s",
        "reallocated sectors",
        "every sector written and read back",
        "12 before, 12 after",
        "35 to 38 °C",
        "SHA-256 of the record",
        seal(a_passed_one()),
    ):
        assert wanted in page.text, wanted
    assert page.tags.count("svg") == 2
    assert page.tags.count("polyline") == 1
    assert page.tags.count("table") == 3
    # The first page decides; 256 rows of zeros are left to the curve and the JSON.
    assert page.text.index("SHA-256") < page.text.index("Details of WD80EFAX SER001")
    assert "0 / 0 / 0" not in page.text


def test_it_needs_nothing_else() -> None:
    """No script, no address to load from."""
    page = Page(certificate_html([a_paper()], english()))
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in ("src", "href")]
    assert "url(" not in certificate_html([a_paper()], english())


def test_a_failure() -> None:
    """What broke, and where."""
    html = certificate_html([a_paper(a_failed_one())], english())
    page = Page(html)
    assert (
        "errors at 50 %: 0 read, 3 write, 1 compare; at 0.00 MB (byte 4096), the"
        in page.text
    )
    assert "bad blocks" in page.text
    assert "0 / 3 / 1 / 0" in page.text
    assert "Skipped" in page.text
    assert html.count('<tr class="fail">') == 2
    assert '<div class="decides failed full">\n<p class="verdict">Failed</p>' in html
    assert "Every sector was written" not in page.text


def test_a_failure_does_not_say_that_nothing_was_found() -> None:
    """A verdict without findings of its own is told by its reason."""
    page = Page(certificate_html([a_paper(a_failed_one(findings=()))], english()))
    assert "No warnings" not in page.text
    assert "Findings" not in page.words


def test_a_pass_of_less_than_every_sector() -> None:
    """A quick pass does not read like a full one."""
    stages = list(a_passed_one().stages)
    stages[2] = replace(stages[2], kind=StageKind.IO_VALIDATE)
    burn_in = a_passed_one(stages=tuple(stages), profile="quick")
    page = Page(certificate_html([a_paper(burn_in)], english()))
    assert "Passed (three zones only)" in page.words
    assert "Only three zones were written and read back" in page.text


def test_attempts() -> None:
    """A pass after a failure shows the failure too, and which of them this is."""
    failed = a_failed_one(id="burn-in-00000")
    passed = a_passed_one(attempt=2, retry_of=failed.id)
    paper = replace(a_paper(passed), attempts=(failed, passed))
    page = Page(certificate_html([paper], english()))
    assert "All burn-ins of this drive" in page.words
    assert "2 (this one)" in page.words
    assert "Failed" in page.words
    alone = replace(a_paper(), attempts=(a_passed_one(),))
    assert "All burn-ins" not in certificate_html([alone], english())


def test_not_verified() -> None:
    """A write-only stage is told at the top."""
    stages = list(a_passed_one().stages)
    wipe = WipeRun(mode=WipeMode.FULL, device="ada1")
    stages[2] = replace(stages[2], evidence=wipe)
    burn_in = replace(a_passed_one(), stages=tuple(stages))
    page = Page(certificate_html([a_paper(burn_in)], english()))
    assert "Passed (not read back)" in page.words
    assert (
        "The drive was written, but not read back: this verifies nothing." in page.text
    )


def test_hostile_drives() -> None:
    """Their texts are shown as they are and are nothing more."""
    page = Page(certificate_html([a_paper(an_evil_one())], english()))
    assert "script" not in page.tags
    assert page.text.count(HOSTILE) >= 5


def test_a_batch() -> None:
    """A summary is on top, the failed ones first; each has a page of its own."""
    papers = [a_paper(), a_paper(a_failed_one(id="burn-in-2"), url=None)]
    html = certificate_html(papers, english())
    page = Page(html)
    assert page.tags.count("article") == 3
    assert "<title>Drive burn-in certificate</title>" in html
    assert "Summary of 2 burn-ins" in page.words
    assert "Failed: 1, Passed: 1" in page.words
    rows = page.text[page.text.index("By drive") : page.text.index("Manufacturer")]
    assert rows.index("Failed") < rows.index("Passed")
    assert "29 MB/s" in rows


def test_no_private_address() -> None:
    """Whoever gets the paper learns nothing of this home."""
    assert "ha.example" not in certificate_html([a_paper()], english())


def test_a_line_of_ones_own() -> None:
    """Such as the name of a shop and its order."""
    paper = replace(a_paper(), customer="Ada's drives, order 7")
    assert "Ada's drives, order 7" in Page(certificate_html([paper], english())).text


def test_values_that_decide_come_first() -> None:
    """With the numbers that people know them by; the others are on the next page."""
    report = a_report(
        a_drive(1),
        attributes=(
            an_attribute(3, "Spin_Up_Time", 20),
            an_attribute(197, "Current_Pending_Sector", 0),
        ),
        counters={},
    )
    page = Page(certificate_html([a_paper(a_passed_one(report, report))], english()))
    first, second = page.text.split("Details of")
    assert "197 Current Pending Sector" in first
    assert "Spin Up Time" not in first
    assert "3 Spin Up Time 20 20 unchanged" in second


def test_a_burn_in_that_has_only_begun() -> None:
    """What is not there is left out."""
    page = Page(certificate_html([a_paper(a_burn_in())], english()))
    assert "Running" in page.text
    assert "Speed across the surface" not in page.text
    assert "not read" in page.text
    assert page.tags.count("table") == 3


def test_a_single_sample() -> None:
    """One look is drawn as a level."""
    evidence = surface_evidence(1)
    evidence = replace(evidence, profile=evidence.profile[:1])
    surface = a_stage(StageKind.SURFACE_VALIDATE, evidence=evidence)
    html = certificate_html([a_paper(a_burn_in(stages=(surface,)))], english())
    assert '<polyline points="0.0,10.0 680.0,10.0"' in html
