"""The examples of README and user guide are valid, and the automations can be set up."""

import json
from pathlib import Path
import re

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.notifications.webhook import TEST_PAYLOAD
from custom_components.truenas_burnin.services.names import Action
from custom_components.truenas_burnin.services.schemas import SCHEMAS
from custom_components.truenas_burnin.trigger import TRIGGERS

from .common import FREE, Board

pytest_plugins = ["tests.components_fixtures"]

_REPOSITORY = Path(__file__).parents[1]
PAGES = "\n".join(
    (_REPOSITORY / page).read_text() for page in ("README.md", "docs/guide.md")
)


def blocks(language: str) -> list[str]:
    """Return the examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGES, re.DOTALL)


EXAMPLES = [yaml.safe_load(text) for text in blocks("yaml")]
AUTOMATIONS = [
    item for item in EXAMPLES if isinstance(item, dict) and "triggers" in item
]
CALLS = [
    item
    for item in EXAMPLES
    if isinstance(item, dict) and str(item.get("action", "")).startswith(f"{DOMAIN}.")
]


@pytest.mark.parametrize("example", CALLS, ids=lambda item: item["action"])
def test_actions(example: dict[str, object]) -> None:
    """Our own schema takes them."""
    action = Action(str(example["action"]).removeprefix(f"{DOMAIN}."))
    assert SCHEMAS[action](example["data"])


@pytest.mark.parametrize("example", AUTOMATIONS, ids=lambda item: item["alias"])
async def test_automations(board: Board, example: dict[str, object]) -> None:
    """Home Assistant sets them up, with a real drive in place of the pretended."""
    text = json.dumps(example)
    for device_id in set(re.findall(r'"([0-9a-f]{32})"', text)):
        text = text.replace(device_id, board.device_id(FREE))
    config = json.loads(text)
    assert await async_setup_component(board.hass, AUTOMATION, {AUTOMATION: [config]})
    (entity_id,) = board.hass.states.async_entity_ids(AUTOMATION)
    state = board.hass.states.get(entity_id)
    assert state is not None
    assert state.state == "on"


def test_the_webhook_is_documented() -> None:
    """The example has exactly the keys that are sent."""
    documented = [json.loads(text) for text in blocks("json")]
    assert [item for item in documented if set(item) == set(TEST_PAYLOAD)]


@pytest.mark.parametrize(
    "name", [*Action, *(key.rpartition("burn_in_")[2] for key in TRIGGERS)]
)
def test_everything_is_documented(name: str) -> None:
    """Each action and trigger is in the guide."""
    assert f"{name}`" in PAGES
