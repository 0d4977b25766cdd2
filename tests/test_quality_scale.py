"""The quality scale: every rule has its answer, and the answers hold."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import custom_components.truenas_burnin as integration
from custom_components.truenas_burnin import PLATFORMS

ROOT = Path(integration.__file__).parent
REPOSITORY = ROOT.parents[1]
RULES: dict[str, Any] = yaml.safe_load((ROOT / "quality_scale.yaml").read_text())[
    "rules"
]
TIERS = {
    "bronze": """
        action-setup appropriate-polling brands common-modules config-flow
        config-flow-test-coverage dependency-transparency docs-actions docs-conditions
        docs-high-level-description docs-installation-instructions
        docs-removal-instructions docs-triggers entity-event-setup entity-unique-id
        has-entity-name runtime-data test-before-configure test-before-setup
        unique-config-entry
    """,
    "silver": """
        action-exceptions config-entry-unloading docs-configuration-parameters
        docs-installation-parameters entity-unavailable integration-owner
        log-when-unavailable parallel-updates reauthentication-flow test-coverage
    """,
    "gold": """
        devices diagnostics discovery discovery-update-info docs-data-update
        docs-examples docs-known-limitations docs-supported-devices
        docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices
        entity-category entity-device-class entity-disabled-by-default
        entity-translations exception-translations icon-translations
        reconfiguration-flow repair-issues stale-devices
    """,
    "platinum": "async-dependency inject-websession strict-typing",
}


def status(rule: str) -> str:
    """Return the answer to a rule."""
    found = RULES[rule]
    return str(found["status"] if isinstance(found, dict) else found)


def source(name: str) -> ast.Module:
    """Return a module of the integration."""
    path = ROOT / name if name.endswith(".py") else ROOT / f"{name}.py"
    return ast.parse(path.read_text())


def names(name: str) -> set[str]:
    """Return what a module defines at its top."""
    found: set[str] = set()
    for node in source(name).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Assign():
                found |= {
                    item.id for item in node.targets if isinstance(item, ast.Name)
                }
            case ast.AnnAssign(target=ast.Name(id=target)):
                found.add(target)
    return found


def methods(name: str) -> set[str]:
    """Return every method that the classes of a module define."""
    return {
        node.name
        for node in ast.walk(source(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_rule_has_an_answer() -> None:
    """All 54, each once, in the order of the tiers."""
    rules = [rule for tier in TIERS.values() for rule in sorted(tier.split())]
    assert len(rules) == 54
    assert list(RULES) == rules
    assert {status(rule) for rule in rules} == {"done"}


def test_discovery() -> None:
    """The manifest says what to look for, the flow what to do with what is found."""
    manifest = json.loads((ROOT / "manifest.json").read_text())
    assert manifest["zeroconf"] == [{"name": "truenas*", "type": "_http._tcp.local."}]
    assert manifest["dhcp"] == [{"hostname": "truenas*"}]
    assert {"async_step_zeroconf", "async_step_dhcp"} <= methods("config_flow")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_parallel_updates(platform: str) -> None:
    """Each platform says how much it does at once."""
    assert {"PARALLEL_UPDATES", "async_setup_entry"} <= names(platform)


@pytest.mark.parametrize(
    ("rule", "module", "wanted"),
    [
        ("action-setup", "__init__.py", "async_setup"),
        ("config-entry-unloading", "__init__.py", "async_unload_entry"),
        ("stale-devices", "__init__.py", "async_remove_config_entry_device"),
        ("diagnostics", "diagnostics", "async_get_config_entry_diagnostics"),
        ("diagnostics", "diagnostics", "async_get_device_diagnostics"),
        ("docs-triggers", "trigger", "async_get_triggers"),
        ("docs-conditions", "condition", "async_get_conditions"),
        ("repair-issues", "repairs", "async_create_fix_flow"),
        ("common-modules", "coordinator", "BurnInCoordinator"),
        ("common-modules", "entity", "DriveEntity"),
    ],
)
def test_what_a_rule_names_is_there(rule: str, module: str, wanted: str) -> None:
    """Where Home Assistant looks for it."""
    assert status(rule) == "done"
    assert wanted in names(module)


@pytest.mark.parametrize(
    ("rule", "step"),
    [
        ("config-flow", "async_step_user"),
        ("reauthentication-flow", "async_step_reauth_confirm"),
        ("reconfiguration-flow", "async_step_reconfigure"),
    ],
)
def test_flows(rule: str, step: str) -> None:
    """The flow has the steps."""
    assert status(rule) == "done"
    assert step in methods("config_flow")


def name_of(call: ast.Call) -> str:
    """Return the name of what is called."""
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def calls(name: str) -> Iterator[str]:
    """Return the name of everything that a module calls."""
    for node in ast.walk(source(name)):
        if isinstance(node, ast.Call):
            yield name_of(node)


def test_the_session_is_home_assistants() -> None:
    """No module makes one of its own connections (inject-websession)."""
    for path in ROOT.rglob("*.py"):
        relative = path.relative_to(ROOT).as_posix()
        for node in ast.walk(source(relative)):
            if isinstance(node, ast.Call) and name_of(node) == "ClientSession":
                given = {keyword.arg for keyword in node.keywords}
                assert {"connector", "connector_owner"} <= given, relative
    assert "async_get_clientsession" in set(calls("__init__.py"))


def test_actions_are_registered_in_set_up() -> None:
    """So they are there, and say why not, while no NAS is (action-setup)."""
    set_up = next(
        node
        for node in source("__init__.py").body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "async_setup"
    )
    called = {
        getattr(node.func, "id", "")
        for node in ast.walk(set_up)
        if isinstance(node, ast.Call)
    }
    assert "async_setup_services" in called


def test_brands_and_owner() -> None:
    """An icon, and somebody who answers."""
    assert (ROOT / "brand" / "icon.png").is_file()
    assert json.loads((ROOT / "manifest.json").read_text())["codeowners"]


def test_types_are_checked_strictly() -> None:
    """By mypy, for all of the integration (strict-typing)."""
    text = (REPOSITORY / "pyproject.toml").read_text()
    assert "strict = true" in text
    assert '"explicit-override"' in text
