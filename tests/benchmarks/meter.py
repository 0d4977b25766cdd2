"""Measure processor time: a noisy machine takes time away from us, but not this."""

import asyncio
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import thread_time


@dataclass
class Loop:
    """What the event loop did, in seconds of processor time."""

    total: float = 0.0
    longest: float = 0.0
    culprit: str = ""


@contextmanager
def loop_time() -> Iterator[Loop]:
    """Measure every callback that the running event loop runs."""
    measured = Loop()
    run = events.Handle._run

    def measuring(handle: asyncio.Handle) -> None:
        began = thread_time()
        run(handle)
        took = thread_time() - began
        measured.total += took
        if took > measured.longest:
            measured.longest, measured.culprit = took, repr(handle)

    events.Handle._run = measuring  # type: ignore[attr-defined]
    try:
        yield measured
    finally:
        events.Handle._run = run  # type: ignore[attr-defined]
