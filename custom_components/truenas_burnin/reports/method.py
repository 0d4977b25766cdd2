"""How the surface of a drive was validated, as papers say it."""

from enum import StrEnum

from ..burnin.evidence import SurfaceRun, WipeRun
from ..burnin.model import BurnIn
from ..truenas.surface import Method


class PaperMethod(StrEnum):
    """A method with a text of its own: `paper_method_` and it, under `common`."""

    PATTERNS = "patterns"
    STAMPED = "stamped"
    STAMPED_DISCARDED = "stamped_discarded"
    STAMPED_TWICE = "stamped_twice"
    WRITE_ONLY = "write_only"


def method_of(burn_in: BurnIn) -> PaperMethod | None:
    """Return the method, None where nothing of the drive is written."""
    for stage in burn_in.stages:
        if stage.found(WipeRun) is not None:
            return PaperMethod.WRITE_ONLY
        if (run := stage.found(SurfaceRun)) is not None:
            return _of_surface(run)
    return None


def _of_surface(run: SurfaceRun) -> PaperMethod:
    if run.method is Method.PATTERNS:
        return PaperMethod.PATTERNS
    if run.discard:
        return PaperMethod.STAMPED_DISCARDED
    return PaperMethod.STAMPED if run.passes == 1 else PaperMethod.STAMPED_TWICE
