"""Every text that the code asks for is there, and says what it can."""

import ast
from collections.abc import Iterator, Mapping
from itertools import chain
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from homeassistant.components.button import ButtonEntityDescription
import pytest
import yaml

from custom_components.truenas_burnin import PLATFORMS
from custom_components.truenas_burnin.burnin import gate, plan
from custom_components.truenas_burnin.burnin.model import BurnInState, StageKind
from custom_components.truenas_burnin.burnin.plan import Profile
from custom_components.truenas_burnin.button import BUTTONS, CANCEL_ALL
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.failures import _KEYS as FAILURES
from custom_components.truenas_burnin.select import PROFILE
from custom_components.truenas_burnin.sensor import SENSORS
from custom_components.truenas_burnin.services import SCHEMAS, Action
from custom_components.truenas_burnin.switch import ARMED
from custom_components.truenas_burnin.truenas.models import SelfTestKind

ROOT = Path(gate.__file__).parents[1]
EN: dict[str, Any] = json.loads((ROOT / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((ROOT / "icons.json").read_text())
SERVICES: dict[str, Any] = {
    name: service
    for name, service in yaml.safe_load((ROOT / "services.yaml").read_text()).items()
    if not name.startswith(".")
}
EXCEPTIONS: dict[str, str] = {
    key: text["message"] for key, text in EN["exceptions"].items()
}
ENTITIES = {
    "button": (*BUTTONS, CANCEL_ALL),
    "select": (PROFILE,),
    "sensor": SENSORS,
    "switch": (ARMED,),
}


def placeholders(text: str) -> set[str]:
    """Return the names a text leaves open."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Return every text with where it stands."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from texts(value, f"{path}{key}.")


def calls() -> Iterator[ast.Call]:
    """Return every call in the code of the integration."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield node


def keys_of(value: ast.expr | None) -> set[str] | None:
    """Return the keys of a dict display, None if it is something else."""
    if not isinstance(value, ast.Dict):
        return None
    return {key.value for key in value.keys if isinstance(key, ast.Constant)}  # type: ignore[misc]


def raised() -> Iterator[tuple[str, set[str] | None]]:
    """Return each key the code uses and the placeholders it supplies there."""
    for call in calls():
        words = {word.arg: word.value for word in call.keywords if word.arg}
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        first = call.args[0] if call.args else None
        literal = first.value if isinstance(first, ast.Constant) else None
        key = words.get("translation_key", words.get("key"))
        if "translation_domain" in words and isinstance(key, ast.Constant):
            given = words.get("translation_placeholders")
            if given is None:
                yield str(key.value), set()
            else:
                yield str(key.value), keys_of(given)
        elif name == "Refusal" and isinstance(key, ast.Constant):
            given = words.get("placeholders")
            yield str(key.value), set() if given is None else keys_of(given)
        elif name == "PlanError":
            yield str(literal), set(words)
        elif name == "refusal":
            yield str(literal), {"device", "serial"}
        elif name == "refused":
            yield str(literal), {"refusals"}
        elif name == "async_attempt":
            yield str(literal), {"reasons"}


def test_every_exception_can_be_told() -> None:
    """Each key has its text, and the code supplies what the text leaves open."""
    found = list(raised())
    assert len(found) > 30
    for key, given in found:
        assert key in EXCEPTIONS, key
        if given is not None:
            assert placeholders(EXCEPTIONS[key]) <= given, key


def test_every_failure_can_be_told() -> None:
    """As an exception and in the config flow, by its reason alone."""
    for key in FAILURES.values():
        assert placeholders(EN["config"]["error"][key]) <= {"reason"}
        assert EN["config"]["error"][key] == EXCEPTIONS.get(
            key, EN["config"]["error"][key]
        )
        assert placeholders(EXCEPTIONS[key]) <= {"reason"}


def test_no_exception_is_left_over() -> None:
    """What nothing raises needs no text."""
    used = {key for key, _ in raised()} | set(FAILURES.values())
    assert set(EXCEPTIONS) - used == set()


def test_the_gate_says_the_same_in_the_ledger() -> None:
    """Its own English is that of the translations."""
    assert {key: EXCEPTIONS.get(key) for key in gate._TEXTS} == dict(gate._TEXTS)


def test_a_plan_error_is_translated() -> None:
    """Each of them with its placeholders."""
    for stages in ([], ["x"], ["long_smart"] * 2, ["long_smart", "precheck"]):
        with pytest.raises(plan.PlanError) as caught:
            plan.plan_from_stages(stages)
        error = caught.value
        assert EXCEPTIONS[error.key].format(**error.placeholders)


@pytest.mark.parametrize("platform", ENTITIES)
def test_entities(platform: str) -> None:
    """Each has a name and an icon; nothing is named that is not there."""
    assert set(ENTITIES) == {str(item) for item in PLATFORMS}
    keys = {str(item.translation_key) for item in ENTITIES[platform]}
    assert set(EN["entity"][platform]) == keys
    assert set(ICONS["entity"][platform]) == keys
    for key in keys:
        assert EN["entity"][platform][key]["name"]
        assert ICONS["entity"][platform][key]["default"].startswith("mdi:")


def test_states() -> None:
    """Every option of a sensor and of the select has its word."""
    for item in (*SENSORS, PROFILE):
        assert not isinstance(item, ButtonEntityDescription)
        platform = "select" if item is PROFILE else "sensor"
        words = EN["entity"][platform][item.translation_key].get("state", {})
        assert set(words) == set(item.options or ())
        icons = ICONS["entity"][platform][item.translation_key].get("state", {})
        assert set(icons) <= set(words)


def test_attributes() -> None:
    """Every attribute of the burn-in sensor has a name."""
    (sensor,) = (item for item in SENSORS if item.attributes_fn is not None)
    words = EN["entity"]["sensor"][sensor.key]["state_attributes"]
    assert set(words) == {
        "burn_in_id",
        "device",
        "findings",
        "operator",
        "profile",
        "reason",
    }


@pytest.mark.parametrize("action", Action)
def test_actions(action: Action) -> None:
    """Schema, description, texts and icon name the same fields."""
    fields = {str(key) for key in SCHEMAS[action].schema}
    assert set(SERVICES[action].get("fields", {})) == fields
    words = EN["services"][action]
    assert words["name"]
    assert words["description"]
    assert set(words["fields"]) == fields
    assert all(
        set(word) == {"name", "description"} for word in words["fields"].values()
    )
    assert ICONS["services"][action]["service"].startswith("mdi:")
    for key in SCHEMAS[action].schema:
        required = SERVICES[action]["fields"][str(key)].get("required", False)
        assert required is (type(key).__name__ == "Required"), key


def test_no_other_actions() -> None:
    """Nothing is described that is not there."""
    names = {str(action) for action in Action}
    assert set(SERVICES) == set(EN["services"]) == set(ICONS["services"]) == names


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("profile", Profile),
        ("stages", [kind for kind in StageKind if not kind.endswith("check")]),
        ("state", BurnInState),
        ("type", SelfTestKind),
    ],
)
def test_selectors(name: str, values: Any) -> None:
    """Every choice is offered and has its word."""
    wanted = {str(value) for value in values}
    assert set(EN["selector"][name]["options"]) == wanted
    selectors = [
        field["selector"]["select"]
        for service in SERVICES.values()
        for key, field in service["fields"].items()
        if key == name
    ]
    assert selectors
    for selector in selectors:
        assert set(selector["options"]) == wanted
        assert selector["translation_key"] == name


def test_notifications() -> None:
    """Each end that is told of has a title and a message."""
    drive = {"device", "model", "nas", "serial"}
    for state in ("failed", "passed", "unknown"):
        for part in ("title", "message"):
            text = EN["common"][f"notification_{part}_{state}"]
            assert placeholders(text) <= drive
    assert placeholders(EN["common"]["notification_stage"]) == {"stage"}
    assert placeholders(EN["common"]["notification_reason"]) == {"reason"}


def test_flows() -> None:
    """Each field of a form has a name and an explanation."""
    for step in chain(EN["config"]["step"].values(), EN["options"]["step"].values()):
        assert set(step.get("data", {})) == set(step.get("data_description", {}))
        assert step["title"]


def test_texts() -> None:
    """None is empty, ragged or holds what a translation must not hold."""
    for place, text in texts(EN):
        assert text == text.strip(), place
        assert text, place
        assert "http://" not in text, place
        assert not re.search(r"<[a-z/]", text), place
        assert not re.search(r"'[{]|[}]'", text), place


@pytest.mark.parametrize("path", [*ROOT.rglob("*.json")], ids=lambda path: path.name)
def test_sorted(path: Path) -> None:
    """Keys stand in order; only the manifest begins with domain and name."""
    tree = json.loads(path.read_text())
    if path.name == "manifest.json":
        assert list(tree)[:2] == ["domain", "name"]
        assert list(tree)[2:] == sorted(list(tree)[2:])
        assert (tree["domain"], tree["config_flow"]) == (DOMAIN, True)
        assert re.fullmatch(r"\d+\.\d+\.\d+.*", tree["version"])
        return
    assert json.dumps(tree) == json.dumps(tree, sort_keys=True)
