"""Measure processor time: a noisy machine takes time away from us, but not this."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import thread_time
from unittest.mock import patch


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
    run: Callable[[asyncio.Handle], None] = asyncio.Handle._run

    def measuring(handle: asyncio.Handle) -> None:
        began = thread_time()
        run(handle)
        took = thread_time() - began
        measured.total += took
        if took > measured.longest:
            measured.longest, measured.culprit = took, repr(handle)

    with patch.object(asyncio.Handle, "_run", measuring):
        yield measured
