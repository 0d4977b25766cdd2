"""Write a range, or read it back and compare it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..plan import Range
from . import requests
from .buffers import Buffer
from .data import Data
from .findings import Finding
from .lanes import Flight
from .latency import Latency
from .requests import Request
from .surface import Surface, Watch


@dataclass(frozen=True)
class _Going:
    """A request under way."""

    request: Request
    buffer: Buffer
    flight: Flight[list[Finding]]


class RangeWork:
    """The work on one range: the next requests are under way while one is compared."""

    def __init__(
        self, surface: Surface, data: Data, watch: Watch, *, writing: bool
    ) -> None:
        """Get ready. The buffers have been filled: see `fill`."""
        self.latency = Latency()
        self._surface = surface
        self._data = data
        self._watch = watch
        self._writing = writing
        self._free = list(surface.buffers)
        self._going: deque[_Going] = deque()
        self._start = 0

    def run(self, whole: Range) -> None:
        """Do the whole range; the watch hears what went wrong, and may raise.

        What was written is on the drive for good when this returns.
        """
        self._start = whole.start
        for request in requests.of_range(whole, self._surface.request):
            if not self._free:
                self._land()
            if self._watch.wants_break():
                self._land_all()
                self._watch.take_break()
            self._begin(request)
        self._land_all()
        if self._writing:
            self._tell(self._surface.flush(whole.start, whole.length))
        self._watch.advanced(whole.length)

    def _begin(self, request: Request) -> None:
        buffer = self._free.pop()
        if self._writing:
            self._data.place(buffer, request.byte, request.length)
        move = self._surface.write if self._writing else self._surface.read
        most = self._watch.most_findings()
        flight = self._surface.lanes.begin(
            lambda: move(buffer, request.byte, request.length, most)
        )
        self._going.append(_Going(request, buffer, flight))

    def _land_all(self) -> None:
        while self._going:
            self._land()

    def _land(self) -> None:
        """Wait for the oldest request, and judge it."""
        going = self._going.popleft()
        findings = going.flight.wait()
        self.latency.add(going.flight.seconds)
        request = going.request
        if not self._writing and len(findings) < self._watch.most_findings():
            findings = findings + self._surface.compare(
                self._data, going.buffer, request.byte, request.length, findings
            )
        self._free.append(going.buffer)
        self._tell(findings)
        self._watch.advanced(request.byte + request.length - self._start)

    def _tell(self, findings: list[Finding]) -> None:
        if findings:
            self._watch.found(findings)


def fill(surface: Surface, data: Data, *, writing: bool) -> None:
    """Prepare the buffers for the ranges of one sweep."""
    for buffer in surface.buffers if writing else [surface.wanted]:
        data.fill(buffer)
