"""What errors say to people."""

import pytest

from custom_components.truenas_burnin.truenas.errors import AgentFailed, text_of
from custom_components.truenas_burnin.truenas.surface import Why


@pytest.mark.parametrize(
    ("err", "text"),
    [
        (OSError("no route"), "no route"),
        (TimeoutError(), "timed out"),
        (ConnectionResetError(), "connection failed"),
    ],
)
def test_text(err: Exception, text: str) -> None:
    """Those of the network often say nothing at all."""
    assert text_of(err) == text


def test_words_of_the_agent() -> None:
    """What a tool on the NAS said is kept beside the code."""
    err = AgentFailed("smart", Why(code="smartctl_failed", message="no such device"))
    assert (err.code, err.message) == ("smartctl_failed", "no such device")
