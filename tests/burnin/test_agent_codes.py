"""The engine and the agent's script agree on the codes of refusals."""

import re

from custom_components.truenas_burnin.burnin.agent_words import FATAL_AGENT_CODES
from custom_components.truenas_burnin.truenas.shell_agent import load_script


def test_every_fatal_code_is_one_of_the_script() -> None:
    """A code that the script never says would never end a burn-in."""
    said = set(re.findall(r"\bdeny ([a-z_]+)", load_script().content.decode()))
    assert said >= FATAL_AGENT_CODES
