"""What each range of a surface stage took, over all sweeps of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ..burnin.evidence import SurfaceRun
from ..truenas.surface import RangeRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeTotal:
    """One range: `moved` bytes were written and read in `seconds`."""

    number: int
    start: int
    end: int
    moved: int
    seconds: float
    read_errors: int
    write_errors: int
    compare_errors: int
    kernel_errors: int

    @property
    def errors(self) -> tuple[int, int, int, int]:
        """Return the errors in the order in which papers show them."""
        return (
            self.read_errors,
            self.write_errors,
            self.compare_errors,
            self.kernel_errors,
        )


def range_totals(run: SurfaceRun) -> Iterator[RangeTotal]:
    """Yield the ranges in the order of the drive."""
    records = sorted(run.records, key=_place)
    for number, (_, found) in enumerate(groupby(records, key=_place), start=1):
        yield _total(number, tuple(found))


def _place(record: RangeRecord) -> int:
    return record.start


def _total(number: int, records: tuple[RangeRecord, ...]) -> RangeTotal:
    return RangeTotal(
        number=number,
        start=records[0].start,
        end=records[0].start + records[0].length,
        moved=sum(item.length for item in records),
        seconds=sum(item.seconds for item in records),
        read_errors=sum(item.read_errors for item in records),
        write_errors=sum(item.write_errors for item in records),
        compare_errors=sum(item.compare_errors for item in records),
        kernel_errors=sum(item.kernel_errors for item in records),
    )
