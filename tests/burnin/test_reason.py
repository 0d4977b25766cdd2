"""A reason says all that its text leaves open, and nothing else."""

import pytest

from custom_components.truenas_burnin.burnin.agent_words import (
    FATAL_AGENT_CODES,
    said_by_agent,
)
from custom_components.truenas_burnin.burnin.reason import Reason, ReasonKey, because
from custom_components.truenas_burnin.nas_agent.errors import Code
from custom_components.truenas_burnin.truenas.surface import Why

from ..said import said


def test_because() -> None:
    """Whatever is said is kept as text."""
    reason = because(ReasonKey.FIRST_BAD_LBA, lba=4096)
    assert reason == Reason(key="first_bad_lba", placeholders={"lba": "4096"})
    assert because(ReasonKey.NAS_ON_HOLD) == Reason(key="nas_on_hold")


@pytest.mark.parametrize("given", [{}, {"lbas": 1}, {"byte": 1, "lba": 2}])
def test_too_little_or_too_much(given: dict[str, object]) -> None:
    """A text with a gap never gets into the ledger."""
    with pytest.raises(TypeError, match=r"first_bad_lba needs \['lba'\]"):
        because(ReasonKey.FIRST_BAD_LBA, **given)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("bad_request", "the NAS rejected the request: {its words}"),
        ("serial_busy", "ada1 is already being written to by another program"),
        ("drive_vanished", "the drive disappeared from the NAS: if nobody removed it"),
        ("ledger_older", "the NAS has seen newer burn-in records"),
        ("ledger_other", "the NAS follows other burn-in records"),
        ("locked", "the drive is locked by a password"),
        ("in_use", "ada1 is in use by the NAS"),
        ("no_smartctl", "smartctl is not installed on the NAS"),
        ("serial_differs", "the drive at ada1 is not the one"),
        ("size_differs", "the drive at ada1 is not the one"),
    ],
)
def test_what_the_agent_says(code: str, words: str) -> None:
    """Each of its codes in words of ours."""
    assert said(
        said_by_agent(Why(code=code, message="{its words}"), "ada1")
    ).startswith(words)


def test_every_fatal_code_is_told() -> None:
    """Only a request that we made badly is left to the agent's own words."""
    told = {
        code: said_by_agent(Why(code=code), "ada1").key for code in FATAL_AGENT_CODES
    }
    assert {code for code, key in told.items() if key == ReasonKey.REFUSED} == {
        "bad_request",
        "not_a_drive",
        "unknown_verb",
    }


def test_every_fatal_code_is_one_of_the_agent() -> None:
    """A code that the agent never says would never end a burn-in."""
    assert {code.value for code in Code} >= FATAL_AGENT_CODES
