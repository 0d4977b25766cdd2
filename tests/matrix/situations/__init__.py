"""Situations in which another drive than the planned one could be written to.

Each is a coroutine that plays on a bench and checks that the outcome is honest;
test_wrong_disk.py checks what every one of them has in common. docs/safety.md
lists their sentences.
"""

from . import (
    before_the_start as before_the_start,
    in_the_middle as in_the_middle,
    of_the_agent as of_the_agent,
    of_two as of_two,
    while_queued as while_queued,
)
from .kind import SITUATIONS, Situation

__all__ = ["SITUATIONS", "Situation"]
