"""What can be asked for, a function for each: docs/protocol.md says what it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..agent import Agent, Turn
from ..errors import Json
from . import look, smart, steer
from .start import start

Arguments = dict[str, Json]


@dataclass(frozen=True)
class Verb:
    """One verb.

    `any_boot` says whether it may come without a boot, since it changes nothing;
    `patience` for how many seconds it may wait for a drive.
    """

    run: Callable[[Agent, Arguments, Turn], dict[str, Json]]
    any_boot: bool = False
    patience: float = 60.0


VERBS = {
    "version": Verb(look.version, any_boot=True),
    "status": Verb(look.status, any_boot=True),
    "job": Verb(look.job, any_boot=True),
    "content": Verb(look.content, any_boot=True, patience=180.0),
    "smart": Verb(smart.smart, any_boot=True, patience=240.0),
    "self-test": Verb(smart.self_test, patience=120.0),
    "self-test-abort": Verb(smart.self_test_abort, patience=120.0),
    "start": Verb(start, patience=120.0),
    "pause": Verb(steer.pause),
    "resume": Verb(steer.resume),
    "limits": Verb(steer.limits),
    "stop": Verb(steer.stop),
    "clean": Verb(steer.clean),
    "obey": Verb(steer.obey),
}
