"""The certificate for machines, and as a table for people."""

from collections.abc import Iterable, Iterator
import json
from typing import Any

from ..burnin.evidence import SurfaceRun
from ..reports.certificate import Paper
from ..reports.certificate.seal import range_view, seal, sealed
from ..reports.certificate.sheet import Facts, Sheet, Table, sheet
from ..reports.csv_export import Cell, csv_text
from ..reports.phrases import Phrases
from ..reports.reasons import Texts
from .burn_in import burn_in_detail


def certificate_json(papers: Iterable[Paper], texts: Texts) -> str:
    """Return everything that stands on the certificates, and what they leave out."""
    records = [_record(paper, texts) for paper in papers]
    return json.dumps({"v": 2, "certificates": records}, indent=2, ensure_ascii=False)


def certificate_csv(papers: Iterable[Paper], phrases: Phrases) -> str:
    """Return each certificate as a table: what it is about, and its values."""
    headers = ("serial", "part", "name", "value", "after", "change", "speed", "errors")
    return csv_text(
        headers,
        (
            (paper.burn_in.drive.serial, *row, *[None] * (len(headers) - 1 - len(row)))
            for paper in papers
            for row in _rows(sheet(paper, phrases), phrases)
        ),
    )


def _record(paper: Paper, texts: Texts) -> dict[str, Any]:
    ranges = [
        range_view(result)
        for stage in paper.burn_in.stages
        for result in (stage.found(SurfaceRun) or SurfaceRun()).records
    ]
    return burn_in_detail(paper.burn_in, texts) | {
        "nas": paper.nas,
        "nas_version": paper.version,
        "tool": paper.tool,
        "url": paper.url,
        "audit_hash": paper.audit_hash,
        "ranges": ranges,
        "sealed": sealed(paper.burn_in),
        "seal": seal(paper.burn_in),
    }


def _rows(page: Sheet, phrases: Phrases) -> Iterator[tuple[Cell, ...]]:
    verdict = (phrases.say("result"), page.verdict)
    yield (phrases.say("verdict"), *verdict)
    for text in (page.done, page.reason):
        if text:
            yield phrases.say("verdict"), phrases.say("reason"), text
    for finding in page.findings:
        yield phrases.say("findings"), "", *finding.cells
    yield from _facts(phrases.say("drive"), page.drive)
    yield from _facts(phrases.say("test"), (*page.test, *page.ids))
    yield phrases.say("test"), phrases.say("seal"), page.seal
    for table in (page.attempts, page.stages, page.all_smart, page.ranges):
        yield from _cells(table)


def _facts(part: str, facts: Facts) -> Iterator[tuple[Cell, ...]]:
    for name, value in facts:
        yield part, name, value


def _cells(table: Table) -> Iterator[tuple[Cell, ...]]:
    for row in table.rows:
        yield table.title, *row.cells
