"""What hassfest and the Marketplace check, as far as it can be done without them."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.helpers import config_validation as cv, selector, service
from packaging.requirements import Requirement
import pytest
import voluptuous as vol
import yaml
from yarl import URL

import custom_components.truenas_burnin as integration
from custom_components.truenas_burnin.const import DOMAIN

ROOT = Path(integration.__file__).parent
REPOSITORY = ROOT.parents[1]
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text())
HACS: dict[str, Any] = json.loads((REPOSITORY / "hacs.json").read_text())
ALLOWED = {
    "after_dependencies",
    "bluetooth",
    "codeowners",
    "config_flow",
    "dependencies",
    "dhcp",
    "documentation",
    "domain",
    "homekit",
    "import_executor",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "mqtt",
    "name",
    "quality_scale",
    "requirements",
    "single_config_entry",
    "ssdp",
    "usb",
    "version",
    "zeroconf",
}
REQUIRED = {"codeowners", "documentation", "domain", "issue_tracker", "name", "version"}


def test_the_manifest() -> None:
    """Only known keys in order, a version, https addresses, the right domain."""
    assert set(MANIFEST) <= ALLOWED
    assert set(MANIFEST) >= REQUIRED
    assert list(MANIFEST) == [
        "domain",
        "name",
        *sorted(set(MANIFEST) - {"domain", "name"}),
    ]
    assert MANIFEST["domain"] == DOMAIN == ROOT.name
    assert AwesomeVersion(MANIFEST["version"]).simple
    for key in ("documentation", "issue_tracker"):
        url = URL(MANIFEST[key])
        assert url.scheme == "https"
        assert url.host != "www.home-assistant.io"
    assert MANIFEST["integration_type"] in ("hub", "device", "service")
    assert MANIFEST["iot_class"] in ("local_polling", "local_push")
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])


def test_the_requirements() -> None:
    """Ranges below the next major, so that other integrations can want theirs too.

    What was tested is pinned in the locks and lies in them; Home Assistant's own
    requirements are not named.
    """
    pinned = {
        name: {
            line.partition("==")[2]
            for path in (REPOSITORY / "requirements").glob("*.lock")
            for line in path.read_text().splitlines()
            if line.startswith(f"{name}==")
        }
        for name in ("fpdf2", "segno")
    }
    wanted = {item.name: item for item in map(Requirement, MANIFEST["requirements"])}
    assert wanted.keys() == pinned.keys()
    for name, requirement in wanted.items():
        operators = {part.operator for part in requirement.specifier}
        assert operators == {">=", "<"}
        assert pinned[name]
        assert all(version in requirement.specifier for version in pinned[name])
    assert not any(" " in item for item in MANIFEST["requirements"])


def test_who_logs() -> None:
    """The loggers are those of the requirements, and they are imported somewhere."""
    assert MANIFEST["loggers"] == ["fontTools", "fpdf"]


def test_what_is_imported_is_depended_on() -> None:
    """A component that our set-up needs is set up before us."""
    wanted = {
        *MANIFEST.get("dependencies", ()),
        *MANIFEST.get("after_dependencies", ()),
    }
    for component in ("http", "websocket_api"):
        assert component in wanted


def test_hacs() -> None:
    """The Marketplace finds a name, a floor and our archive."""
    assert HACS["name"] == MANIFEST["name"]
    assert AwesomeVersion(HACS["homeassistant"]) >= AwesomeVersion("2026.10.0")
    assert set(HACS) <= {
        "content_in_root",
        "country",
        "filename",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "zip_release",
    }
    assert (ROOT / "brand" / "icon.png").is_file()


def test_only_releases_are_offered() -> None:
    """The default branch has no built panel: only the archive of a release does."""
    assert HACS["zip_release"] is True
    assert HACS["hide_default_branch"] is True


def test_the_actions_are_described() -> None:
    """By the schema with which Home Assistant itself reads them."""
    described = yaml.safe_load((ROOT / "services.yaml").read_text())
    assert service._SERVICES_SCHEMA(described)


def section_of(field: Mapping[str, Any]) -> bool:
    """Tell a section of fields from a field."""
    return "fields" in field


def test_the_actions_are_those_of_a_custom_integration() -> None:
    """Hassfest lets core alone keep keys with a dot, and wants fields unique."""
    described = yaml.safe_load((ROOT / "services.yaml").read_text())
    for name, action in described.items():
        assert cv.slug(name) == name
        assert set(action) <= {"description", "fields", "name", "target"}
        names: list[str] = []
        for field, said in action["fields"].items():
            names += said["fields"] if section_of(said) else [field]
            allowed = (
                {"collapsed", "fields"}
                if section_of(said)
                else {"advanced", "default", "example", "required", "selector"}
            )
            assert set(said) <= allowed | {"description", "name"}
        assert len(names) == len(set(names))


def selectors(tree: object) -> Iterator[Mapping[str, Any]]:
    """Return every selector in a tree."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "selector":
                yield value
            yield from selectors(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from selectors(value)


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "services.yaml",
        ROOT / "triggers.yaml",
        ROOT / "conditions.yaml",
    ],
    ids=lambda path: path.name,
)
def test_every_selector_is_one(path: Path) -> None:
    """A field whose selector is wrong would break the form."""
    for config in selectors(yaml.safe_load(path.read_text())):
        assert selector.validate_selector(config)


@pytest.mark.parametrize("name", ["triggers.yaml", "conditions.yaml"])
def test_triggers_and_conditions(name: str) -> None:
    """They have a target and fields and nothing else."""
    for key, said in yaml.safe_load((ROOT / name).read_text()).items():
        if key.startswith("."):
            continue
        assert cv.slug(key) == key
        assert set(said) <= {"fields", "target"}


_KEY = re.compile(r"(?!.+[_-]{2})(?![_-])[a-z0-9-_]+(?<![_-])")
_COMBINED = re.compile(r"(.+\[%)|(%\].+)")
_QUOTED = re.compile(r"'{\w+}'")
_ADDRESS = re.compile(
    r"((ftp|ftps|scp|http|https|mqtt|mqtts|socket|socks5)://|www\.)"
    r"[a-z0-9]+([-.][a-z0-9]+)*\.[a-z]{2,5}",
    re.IGNORECASE,
)


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Return every text with the path to it."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{path}.{key}", value
        else:
            yield from leaves(value, f"{path}.{key}")


def faults(text: str) -> list[str]:
    """Return what hassfest says against a text of a translation."""
    found = []
    try:
        cv.string_with_no_html(text)
    except vol.Invalid:
        found.append("HTML")
    if _QUOTED.search(text):
        found.append("a placeholder in single quotes")
    if _COMBINED.search(text):
        found.append("a reference beside other text")
    if text != text.strip():
        found.append("space around it")
    if _ADDRESS.search(text):
        found.append("an address")
    names = (name for _, name, _, _ in Formatter().parse(text) if name)
    found += [f"the placeholder {name}" for name in names if not name.isidentifier()]
    return found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Open <b>it</b>.", "HTML"),
        ("Open '{name}'.", "a placeholder in single quotes"),
        ("See [%key:common::x%] there.", "a reference beside other text"),
        ("Open it. ", "space around it"),
        ("Open https://truenas.local/ui.", "an address"),
        ("Open www.example.com.", "an address"),
        ("Open {0}.", "the placeholder 0"),
    ],
)
def test_a_fault_is_found(text: str, fault: str) -> None:
    """The rules below see what they are about."""
    assert faults(text) == [fault]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "translations").glob("*.json")), ids=lambda path: path.stem
)
def test_translations(path: Path) -> None:
    """Every text of every language is one that hassfest takes."""
    tree = json.loads(path.read_text())
    found = {place: faults(text) for place, text in leaves(tree)}
    assert {place: said for place, said in found.items() if said} == {}
    assert set(tree) <= {
        "common",
        "conditions",
        "config",
        "config_panel",
        "entity",
        "exceptions",
        "issues",
        "options",
        "selector",
        "services",
        "system_health",
        "title",
        "triggers",
    }


@pytest.mark.parametrize(
    "path", sorted((ROOT / "translations").glob("*.json")), ids=lambda path: path.stem
)
def test_what_is_translated(path: Path) -> None:
    """A described field is one that is named; an issue is told or fixed, not both."""
    tree = json.loads(path.read_text())
    for flow in ("config", "options"):
        for step in tree[flow]["step"].values():
            assert (
                step.get("data_description", {}).keys() <= step.get("data", {}).keys()
            )
    for issue in tree["issues"].values():
        assert set(issue) in ({"title", "description"}, {"title", "fix_flow"})
    for key in tree["exceptions"]:
        assert cv.slug(key) == key
    for section in ("common", "selector", "conditions", "triggers"):
        assert all(_KEY.fullmatch(key) for key in tree[section])


def icons(tree: Mapping[str, Any]) -> Iterator[str]:
    """Return every icon."""
    for value in tree.values():
        if isinstance(value, str):
            yield value
        else:
            yield from icons(value)


def test_icons() -> None:
    """Each is one of Material Design's."""
    tree = json.loads((ROOT / "icons.json").read_text())
    assert set(tree) == {"conditions", "entity", "services", "triggers"}
    for icon in icons(tree):
        assert re.fullmatch(r"mdi:[a-z0-9-]+", icon)


def test_the_icons_of_actions() -> None:
    """A section has an icon as a plain text: the frontend reads nothing else."""
    tree = json.loads((ROOT / "icons.json").read_text())
    described = yaml.safe_load((ROOT / "services.yaml").read_text())
    assert tree["services"].keys() == described.keys()
    for name, said in tree["services"].items():
        assert set(said) <= {"sections", "service"}
        assert isinstance(said["service"], str)
        sections = {
            key for key, field in described[name]["fields"].items() if section_of(field)
        }
        assert said.get("sections", {}).keys() <= sections
        assert all(isinstance(icon, str) for icon in said.get("sections", {}).values())


def test_no_icon_is_said_twice() -> None:
    """Hassfest refuses the icon of a state that is the default anyway."""
    tree = json.loads((ROOT / "icons.json").read_text())
    for platform in tree["entity"].values():
        for said in platform.values():
            assert said["default"] not in said.get("state", {}).values()


@pytest.mark.parametrize(("name", "side"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_brand(name: str, side: int) -> None:
    """The images have the sizes that Home Assistant asks for."""
    head = (ROOT / "brand" / name).read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = head[16:20], head[20:24]
    assert int.from_bytes(width) == int.from_bytes(height) == side
