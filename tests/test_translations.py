"""Every text that the code asks for is there, and says what it can."""

import ast
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import chain
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from homeassistant.helpers.entity import EntityDescription
import pytest
import yaml

from custom_components.truenas_burnin import PLATFORMS, condition, trigger
from custom_components.truenas_burnin.binary_sensor import (
    CONNECTIVITY,
    PROBLEM,
    Problem,
)
from custom_components.truenas_burnin.burnin import plan, thresholds
from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.extent import Extent
from custom_components.truenas_burnin.burnin.model import (
    BurnInState,
    PauseReason,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.plan import Profile
from custom_components.truenas_burnin.burnin.reason import ReasonKey
from custom_components.truenas_burnin.burnin.use import Use
from custom_components.truenas_burnin.button import BUTTONS, CANCEL_ALL
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.event import DETAILS, DRIVE_EVENT, NAS_EVENT
from custom_components.truenas_burnin.notifications.replies import Reply
from custom_components.truenas_burnin.number import MAX_PARALLEL
from custom_components.truenas_burnin.runtime.changes import Happening
from custom_components.truenas_burnin.runtime.failures import _KEYS as FAILURES
from custom_components.truenas_burnin.select import PROFILE
from custom_components.truenas_burnin.sensor import (
    LAST_RESULT,
    NAS_SENSORS,
    SELF_TESTS,
    SENSORS,
    SMART_SENSORS,
    DriveSensor,
    SelfTestSensor,
)
from custom_components.truenas_burnin.services.names import Action
from custom_components.truenas_burnin.services.schemas import SCHEMAS
from custom_components.truenas_burnin.switch import ARMED, HOLD
from custom_components.truenas_burnin.text import TEXTS
from custom_components.truenas_burnin.truenas import smart_attributes, smartctl
from custom_components.truenas_burnin.truenas.models import SelfTestKind

ROOT = Path(plan.__file__).parents[1]
EN: dict[str, Any] = json.loads((ROOT / "translations" / "en.json").read_text())
LANGUAGES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((ROOT / "translations").glob("*.json"))
}
PANEL: dict[str, dict[str, str]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((ROOT / "frontend/src/translations").glob("*.json"))
}
ICONS: dict[str, Any] = json.loads((ROOT / "icons.json").read_text())
SERVICES: dict[str, Any] = {
    name: service
    for name, service in yaml.safe_load((ROOT / "services.yaml").read_text()).items()
    if not name.startswith(".")
}
EXCEPTIONS: dict[str, str] = {
    key: text["message"] for key, text in EN["exceptions"].items()
}
ENTITIES: dict[str, tuple[EntityDescription, ...]] = {
    "binary_sensor": (CONNECTIVITY, PROBLEM),
    "button": (*BUTTONS, CANCEL_ALL),
    "event": (DRIVE_EVENT, NAS_EVENT),
    "number": (MAX_PARALLEL,),
    "select": (PROFILE,),
    "sensor": (*SENSORS, *SMART_SENSORS, *SELF_TESTS, LAST_RESULT, *NAS_SENSORS),
    "switch": (ARMED, HOLD),
    "text": TEXTS,
}


def files(pattern: str) -> Iterator[Path]:
    """Return files of the integration; the panel has its own rules and tools."""
    for path in ROOT.rglob(pattern):
        if "frontend" not in path.relative_to(ROOT).parts:
            yield path


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
    for path in files("*.py"):
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
        elif name == "PlanError":
            yield str(literal), set(words)
        elif name == "refused" and literal is not None:
            yield str(literal), {"refusals"}
        elif name == "async_attempt":
            yield str(literal), {"reasons"}
        elif name == "_steer" and isinstance(call.args[1], ast.Constant):
            yield str(call.args[1].value), {"refusals"}


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


def grouped(prefix: str) -> dict[str, str]:
    """Return the common texts of a group, by what follows its name."""
    return {
        key.removeprefix(prefix): text
        for key, text in EN["common"].items()
        if key.startswith(prefix)
    }


def test_every_reason_can_be_told() -> None:
    """Each there is has its text, which leaves open what the reason says."""
    found = {key: placeholders(text) for key, text in grouped("reason_").items()}
    assert found == {key.value: key.placeholders for key in ReasonKey}


def unused(members: type[StrEnum]) -> set[str]:
    """Return the members of an enum that the code names nowhere."""
    used = {
        node.attr
        for path in files("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == members.__name__
    }
    return set(members.__members__) - used


def test_no_reason_is_left_over() -> None:
    """What nothing says needs no text; sentences come from old ledgers only."""
    assert unused(ReasonKey) == {"VERBATIM"}


@pytest.mark.parametrize("language", PANEL)
def test_every_event_has_a_label_in_the_panel(language: str) -> None:
    """All that can be written to the audit trail, and nothing else."""
    labels = {key for key in PANEL[language] if key.startswith("event.")}
    assert labels == {f"event.{event}" for event in AuditEvent}
    assert unused(AuditEvent) == set()


@pytest.mark.parametrize("language", PANEL)
def test_every_state_has_a_label_in_the_panel(language: str) -> None:
    """Of burn-ins and of stages."""
    wanted = {f"state.{state}" for state in chain(BurnInState, StageState)}
    assert wanted <= set(PANEL[language])


def test_every_counter_has_a_name() -> None:
    """Those that are judged and those that are only shown; no others."""
    judged: tuple[thresholds.Limit | thresholds.Growth, ...]
    judged = (*thresholds.AT_START, *thresholds.DURING, *thresholds.AT_END)
    named = smart_attributes._MEANINGS.values()
    shown = {counter for rules in named for _, counter in rules}
    shown |= {*smartctl._COUNTERS, "nvme_critical_warning", "power_on_hours"}
    assert set(grouped("counter_")) == {rule.counter for rule in judged} | shown


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


@pytest.mark.parametrize("platform", ["select", "sensor"])
def test_states(platform: str) -> None:
    """Every option of a sensor and of the select has its word."""
    for item in ENTITIES[platform]:
        words = EN["entity"][platform][item.translation_key].get("state", {})
        assert set(words) == set(getattr(item, "options", None) or ())


def state_icons() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Return the icons of every entity that has some by state."""
    for platform, items in ICONS["entity"].items():
        for key, icons in items.items():
            if "state" in icons:
                yield platform, key, icons


@pytest.mark.parametrize(("platform", "key", "icons"), state_icons())
def test_icons_by_state(platform: str, key: str, icons: Mapping[str, Any]) -> None:
    """Each is for a state there is, and differs from the default (hassfest)."""
    known = EN["entity"][platform][key].get("state") or ("off", "on")
    assert set(icons["state"]) <= set(known)
    for icon in icons["state"].values():
        assert icon.startswith("mdi:")
        assert icon != icons["default"]


def test_attributes() -> None:
    """Every attribute has a name, every choice of one a word."""
    words = EN["entity"]
    named: set[str] = set()
    for key in ("burn_in", "last_result", "progress", "use"):
        named |= set(words["sensor"][key]["state_attributes"])
    assert named == DriveSensor._unrecorded_attributes
    for key in ("short_self_test", "long_self_test"):
        named = set(words["sensor"][key]["state_attributes"])
        assert named == SelfTestSensor._unrecorded_attributes
    for key in ("burn_in", "any_burn_in"):
        event = words["event"][key]["state_attributes"]
        assert set(event) == {*DETAILS, "event_type"}
        assert set(event["event_type"]["state"]) == set(Happening)
        assert set(event["stage"]["state"]) == set(StageKind)
        assert set(event["profile"]["state"]) == set(Profile)
    burn_in = words["sensor"]["burn_in"]["state_attributes"]
    assert set(burn_in["pause_reason"]["state"]) == set(PauseReason)
    assert set(burn_in["profile"]["state"]) == set(Profile)
    assert set(burn_in["extent"]["state"]) == set(Extent)
    assert set(words["sensor"]["use"]["state"]) == set(Use)
    problem = words["binary_sensor"]["problem"]["state_attributes"]["problems"]
    assert set(problem["state"]) == set(Problem)


def fields_of(action: str) -> dict[str, Any]:
    """Return the fields of a described action, those in sections too."""
    found: dict[str, Any] = {}
    for key, field in SERVICES[action].get("fields", {}).items():
        found |= field.get("fields", {key: field})
    return found


def sections_of(action: str) -> set[str]:
    """Return the sections of a described action."""
    fields = SERVICES[action].get("fields", {})
    return {key for key, field in fields.items() if "fields" in field}


@pytest.mark.parametrize("action", Action)
def test_actions(action: Action) -> None:
    """Schema, description, texts and icon name the same fields."""
    fields = {str(key) for key in SCHEMAS[action].schema}
    described = fields_of(action)
    assert set(described) == fields
    words = EN["services"][action]
    assert words["name"]
    assert words["description"]
    assert set(words["fields"]) == fields
    assert all(
        set(word) == {"name", "description"} for word in words["fields"].values()
    )
    assert set(words.get("sections", {})) == sections_of(action)
    icons = ICONS["services"][action]
    assert icons["service"].startswith("mdi:")
    assert set(icons.get("sections", {})) == sections_of(action)
    for key in SCHEMAS[action].schema:
        required = described[str(key)].get("required", False)
        assert required is (type(key).__name__ == "Required"), key


def test_no_other_actions() -> None:
    """Nothing is described that is not there."""
    names = {str(action) for action in Action}
    assert set(SERVICES) == set(EN["services"]) == set(ICONS["services"]) == names


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("profile", Profile),
        ("stage", [kind for kind in StageKind if not kind.endswith("check")]),
        ("state", BurnInState),
        ("type", SelfTestKind),
    ],
)
def test_selectors(name: str, values: Any) -> None:
    """Every choice is offered and has its word."""
    wanted = {str(value) for value in values}
    assert set(EN["selector"][name]["options"]) == wanted
    selectors = [
        select
        for action in SERVICES
        for key, field in fields_of(action).items()
        for select in selects(key, field)
        if select["translation_key"] == name
    ]
    assert selectors
    for selector in selectors:
        options = selector["options"]
        named = {item["value"] if isinstance(item, dict) else item for item in options}
        assert named == wanted


def selects(key: str, field: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the select selectors of a field, those inside an object too."""
    selector = field["selector"]
    if "select" in selector:
        yield selector["select"]
    if selector.get("object"):
        parts = selector["object"]["fields"]
        words = EN["selector"][selector["object"]["translation_key"]]["fields"]
        assert set(words) == set(parts), key
        for part in parts.values():
            yield part["selector"]["select"]


def test_other_selectors() -> None:
    """The outcomes to tell of, which the options offer."""
    assert set(EN["selector"]["outcomes"]["options"]) == set(Happening)
    assert set(EN["selector"]) == {
        "outcomes",
        "profile",
        "stage",
        "stages",
        "state",
        "type",
    }


@pytest.mark.parametrize(
    ("kind", "module"), [("triggers", trigger), ("conditions", condition)]
)
def test_automations(kind: str, module: Any) -> None:
    """Each trigger and condition is described, named and has an icon."""
    known = set(getattr(module, kind.upper()))
    described = {
        key: value
        for key, value in yaml.safe_load((ROOT / f"{kind}.yaml").read_text()).items()
        if not key.startswith(".")
    }
    assert set(described) == set(EN[kind]) == set(ICONS[kind]) == known
    for key in known:
        assert set(described[key].get("fields", {})) == set(
            EN[kind][key].get("fields", {})
        )
        assert ICONS[kind][key][kind.removesuffix("s")].startswith("mdi:")


def test_notifications() -> None:
    """Everything that happens has a title and a message, every button its word."""
    drive = {"device", "model", "nas", "serial"}
    words = EN["common"]
    for happening in Happening:
        for part in ("title", "message"):
            text = words[f"notification_{part}_{happening}"]
            assert placeholders(text) <= drive
    assert placeholders(words["notification_stage"]) == {"stage"}
    assert placeholders(words["notification_reason"]) == {"reason"}
    for reply in Reply:
        assert words[f"notification_action_{reply}"]


def test_flows() -> None:
    """Each field of a form has a name and an explanation."""
    for step in chain(EN["config"]["step"].values(), EN["options"]["step"].values()):
        assert step["title"]
        for part in (step, *step.get("sections", {}).values()):
            assert set(part.get("data", {})) == set(part.get("data_description", {}))


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_other_languages(language: str) -> None:
    """Each says all that English says, and leaves open what English leaves open."""
    words = dict(texts(LANGUAGES[language]))
    english = dict(texts(EN))
    assert list(words) == list(english)
    for place, text in english.items():
        assert placeholders(words[place]) == placeholders(text), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(language: str) -> None:
    """None is empty, ragged or holds what a translation must not hold."""
    for place, text in texts(LANGUAGES[language]):
        assert text == text.strip(), place
        assert text, place
        assert "http://" not in text, place
        assert not re.search(r"<[a-z/]", text), place
        assert not re.search(r"'[{]|[}]'", text), place


@pytest.mark.parametrize(
    "path",
    [*ROOT.glob("*.json"), *ROOT.glob("translations/*.json")],
    ids=lambda path: path.name,
)
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


def test_stages_of_the_action_form() -> None:
    """Home Assistant does not translate options within an object: both say the same."""
    fields = SERVICES["start_burn_in"]["fields"]["own_stages"]["fields"]
    options = fields["stages"]["selector"]["object"]["fields"]["stage"]["selector"]
    labels = {item["value"]: item["label"] for item in options["select"]["options"]}
    assert labels == EN["selector"]["stage"]["options"]
