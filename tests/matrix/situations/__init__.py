"""Situations in which another drive than the planned one could be written to.

Each is a coroutine that plays on a bench and checks that the outcome is honest;
test_wrong_disk.py checks what every one of them has in common. The README lists
the sentences.
"""

from .kind import SITUATIONS, Situation
from . import (  # isort: skip
    before_the_start,
    while_queued,
    in_the_middle,
    of_the_agent,
    of_two,
)

__all__ = [
    "SITUATIONS",
    "Situation",
    "before_the_start",
    "in_the_middle",
    "of_the_agent",
    "of_two",
    "while_queued",
]
