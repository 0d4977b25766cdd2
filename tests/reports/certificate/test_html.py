"""The certificate as a page."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import override

from custom_components.truenas_burnin.burnin.evidence import WipeRun
from custom_components.truenas_burnin.burnin.model import StageKind
from custom_components.truenas_burnin.reports.certificate import certificate_html
from custom_components.truenas_burnin.truenas.models import WipeMode

from ...burnin.fakes import a_drive, a_report
from ...ledger.builders import a_burn_in
from ..builders import (
    HOSTILE,
    a_failed_one,
    a_passed_one,
    a_stage,
    an_evil_one,
    english,
    surface_evidence,
    with_result,
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
        "Passed",
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
        "No findings for this drive.",
        "Write and read: slowest 29 MB/s, average 38 MB/s, fastest 50 MB/s",
        "reallocated sectors",
        "0 / 0 / 0",
        "Open in Home Assistant",
    ):
        assert wanted in page.text, wanted
    assert "Not verified" not in page.text
    assert page.tags.count("svg") == 2
    assert page.tags.count("polyline") == 1
    assert page.tags.count("table") == 3


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
    assert "0 / 3 / 1" in page.text
    assert "Skipped" in page.text
    assert html.count('<tr class="fail">') == 2
    assert '<p class="verdict failed">Failed</p>' in html


def test_not_verified() -> None:
    """A write-only stage is told at the top."""
    stages = list(a_passed_one().stages)
    wipe = WipeRun(mode=WipeMode.FULL, device="ada1")
    stages[2] = replace(stages[2], evidence=wipe)
    burn_in = replace(a_passed_one(), stages=tuple(stages))
    page = Page(certificate_html([a_paper(burn_in)], english()))
    assert "Not verified: the drive was written, but not read back" in page.text


def test_hostile_drives() -> None:
    """Their texts are shown as they are and are nothing more."""
    page = Page(certificate_html([a_paper(an_evil_one())], english()))
    assert "script" not in page.tags
    assert page.text.count(HOSTILE) >= 5


def test_a_batch() -> None:
    """Each has a page of its own, and the browser's title names none of them."""
    papers = [a_paper(), a_paper(a_failed_one(), url=None)]
    page = Page(certificate_html(papers, english()))
    assert page.tags.count("article") == 2
    assert page.words[page.words.index("Drive burn-in certificate")] == (
        "Drive burn-in certificate"
    )
    assert page.text.count("Open in Home Assistant") == 1


def test_a_burn_in_that_has_only_begun() -> None:
    """What is not there is left out."""
    page = Page(certificate_html([a_paper(a_burn_in())], english()))
    assert "Running" in page.text
    assert "Speed across the surface" not in page.text
    assert "not read" in page.text
    assert page.tags.count("table") == 2


def test_a_single_sample() -> None:
    """One look is drawn as a level."""
    evidence = surface_evidence(1)
    evidence = replace(evidence, profile=evidence.profile[:1])
    surface = a_stage(StageKind.SURFACE_VALIDATE, evidence=evidence)
    html = certificate_html([a_paper(a_burn_in(stages=(surface,)))], english())
    assert '<polyline points="0.0,14.5 680.0,14.5"' in html


def test_a_range_in_no_time() -> None:
    """Its speed is not told."""
    evidence = with_result(surface_evidence(2), 0, seconds=0)
    surface = a_stage(StageKind.SURFACE_VALIDATE, evidence=evidence)
    html = certificate_html([a_paper(a_burn_in(stages=(surface,)))], english())
    assert "0 s" in Page(html).text
