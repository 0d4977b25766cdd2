"""What hassfest and the Marketplace check, as far as it can be done without them."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.helpers import selector, service
import pytest
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


def test_requirements_are_pinned() -> None:
    """Everybody gets what was tested; Home Assistant's own are not named."""
    for requirement in MANIFEST["requirements"]:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", requirement)
    names = {item.partition("==")[0] for item in MANIFEST["requirements"]}
    assert not names & {"aiohttp", "jinja2", "orjson", "sqlalchemy", "voluptuous"}


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


def test_the_actions_are_described() -> None:
    """By the schema with which Home Assistant itself reads them."""
    described = yaml.safe_load((ROOT / "services.yaml").read_text())
    assert service._SERVICES_SCHEMA(described)


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


@pytest.mark.parametrize(("name", "side"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_brand(name: str, side: int) -> None:
    """The images have the sizes that Home Assistant asks for."""
    head = (ROOT / "brand" / name).read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = head[16:20], head[20:24]
    assert int.from_bytes(width) == int.from_bytes(height) == side
