"""The certificate for machines."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
import json
from typing import Any

from ...burnin.evidence import SurfaceRun
from ...truenas.surface import RangeRecord
from ..csv_export import Cell, csv_text
from ..reasons import Texts
from ..records import burn_in_detail
from .sheet import Paper


def certificate_json(papers: Iterable[Paper], texts: Texts) -> str:
    """Return everything that stands on the certificates, and what they leave out."""
    records = [_record(paper, texts) for paper in papers]
    return json.dumps({"v": 1, "certificates": records}, indent=2, ensure_ascii=False)


def certificate_csv(papers: Iterable[Paper], texts: Texts) -> str:
    """Return the same as a long table: one value a row, with where it belongs."""
    rows: list[tuple[Cell, ...]] = [
        (paper.burn_in.id, *row)
        for paper in papers
        for row in _values("", _record(paper, texts))
    ]
    return csv_text(("burn_in", "name", "value"), rows)


def _record(paper: Paper, texts: Texts) -> dict[str, Any]:
    ranges = [
        _range(result)
        for stage in paper.burn_in.stages
        for result in (stage.found(SurfaceRun) or SurfaceRun()).records
    ]
    return burn_in_detail(paper.burn_in, texts) | {
        "nas": paper.nas,
        "url": paper.url,
        "audit_hash": paper.audit_hash,
        "ranges": ranges,
    }


def _range(record: RangeRecord) -> dict[str, Any]:
    """Return what the agent kept of a range in one sweep (docs/protocol.md)."""
    return {**asdict(record), "activity": record.activity.value}


def _values(name: str, value: Any) -> Iterator[tuple[str, Cell]]:
    """Yield each value under its path, such as stages.0.state."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _values(f"{name}.{key}" if name else key, item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(f"{name}.{index}", item)
    else:
        yield name, value
