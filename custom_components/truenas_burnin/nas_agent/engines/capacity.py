"""Find out within a minute whether a drive is as large as it says.

A drive that wraps, drops or misplaces what is written beyond its true size answers some
of these blocks with other data than theirs. That the whole surface is read after all of
it was written finds every such drive for certain; this finds nearly all of them early.
"""

from __future__ import annotations

import random

from ..plan import BLOCK
from .data import Data, Stamped
from .findings import Finding
from .requests import Request
from .surface import Surface, Watch

_COUNT = 1000


def blocks(size: int, seed: str) -> list[Request]:
    """Return the blocks of a drive of `size` bytes: the same for the same seed.

    The first and last one, what is left of a block at the end, those at and before each
    power of two, counted from either end (sizes of memory chips are such), and random
    ones, each second with one that is a power of two away.
    """
    last = size // BLOCK - 1
    chosen = {0, last}
    powers = [1 << power for power in range(last.bit_length())]
    for power in powers:
        chosen.update((power - 1, min(power, last), last - power))
    # Of no use to an attacker: what is needed is that two runs choose the same.
    dice = random.Random(seed)  # noqa: S311
    wanted = min(_COUNT, last + 1)
    while len(chosen) < wanted:
        one = dice.randrange(last + 1)
        other = one ^ dice.choice(powers)
        chosen.update({one, other} if other <= last else {one})
    found = [Request(block * BLOCK, BLOCK) for block in sorted(chosen)]
    rest = size % BLOCK
    return [*found, Request(size - rest, rest)] if rest else found


def check(surface: Surface, size: int, seed: str, watch: Watch) -> None:
    """Write all blocks, then read all of them; the watch hears what went wrong."""
    data = Stamped(f"{seed} capacity")
    buffer = surface.buffers[0]
    data.fill(buffer)
    data.fill(surface.wanted)
    chosen = blocks(size, seed)
    for request in chosen:
        _each(watch)
        data.place(buffer, request.byte, request.length)
        _tell(watch, _move(surface, request, watch, writing=True))
    _tell(watch, surface.flush(0, size))
    for request in chosen:
        _each(watch)
        findings = _move(surface, request, watch, writing=False)
        _tell(watch, findings + _compare(surface, data, request, findings))


def _each(watch: Watch) -> None:
    if watch.wants_break():
        watch.take_break()


def _tell(watch: Watch, findings: list[Finding]) -> None:
    if findings:
        watch.found(findings)


def _move(
    surface: Surface, request: Request, watch: Watch, *, writing: bool
) -> list[Finding]:
    move = surface.write if writing else surface.read
    buffer = surface.buffers[0]
    most = watch.most_findings()
    return surface.lanes.begin(
        lambda: move(buffer, request.byte, request.length, most)
    ).wait()


def _compare(
    surface: Surface, data: Data, request: Request, findings: list[Finding]
) -> list[Finding]:
    return surface.compare(
        data, surface.buffers[0], request.byte, request.length, findings
    )
