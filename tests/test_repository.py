"""What is around the integration: its addresses, its workflows, its version."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import tomllib
from typing import Any

import pytest
import yaml

import custom_components.truenas_burnin as integration

ROOT = Path(integration.__file__).parent
REPOSITORY = ROOT.parents[1]
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text())
HOME = str(MANIFEST["documentation"]).removeprefix("https://github.com/")
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))


def pages() -> list[Path]:
    """Return what people read or fill in."""
    return [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").glob("*.md"),
        *(REPOSITORY / ".github").rglob("*.md"),
        *(REPOSITORY / ".github").rglob("*.yml"),
    ]


def test_one_home() -> None:
    """Every address of the repository is the one of the manifest.

    Who forks this changes manifest.json, and this test names what is left.
    """
    owner, name = HOME.split("/")
    ours = re.compile(
        rf"github\.com/([\w-]+/{re.escape(name)})|owner=([\w-]+)&repository=([\w-]+)"
    )
    found = {
        match[1] or f"{match[2]}/{match[3]}"
        for page in pages()
        for match in ours.finditer(page.read_text())
    }
    assert found <= {HOME}
    assert MANIFEST["issue_tracker"] == f"https://github.com/{HOME}/issues"
    assert MANIFEST["codeowners"] == [f"@{owner}"]


def test_one_version() -> None:
    """manifest.json has it; nothing else claims one."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == "0.0.0"
    panel = json.loads((ROOT / "frontend" / "package.json").read_text())
    assert "version" not in panel


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Return the steps of a workflow."""
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        yield from job.get("steps", ())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned(path: Path) -> None:
    """A tag can be moved to other code, a commit cannot."""
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_few(path: Path) -> None:
    """A workflow reads; only the job that publishes a release may write."""
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    writing = {
        name
        for name, job in workflow["jobs"].items()
        if "write" in job.get("permissions", {}).values()
    }
    assert writing == ({"release"} if path.stem == "release" else set())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_workflows_run_is_there(path: Path) -> None:
    """Every script that a workflow runs is one of the repository."""
    for step in steps(path):
        for script in re.findall(
            r"(?:^|\s)((?:scripts|\.ci)/\S+)", step.get("run", "")
        ):
            assert (REPOSITORY / script).is_file()


FORMS = [
    path
    for path in sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    if path.stem != "config"
]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_forms(path: Path) -> None:
    """Each field has a name of its own; who reports a fault adds the diagnostics."""
    form = yaml.safe_load(path.read_text())
    assert set(form) == {"body", "description", "labels", "name"}
    ids = [field["id"] for field in form["body"]]
    assert len(ids) == len(set(ids))
    assert all(field["attributes"]["label"] for field in form["body"])
    needed = {
        field["id"]
        for field in form["body"]
        if field.get("validations", {}).get("required")
    }
    assert path.stem == "idea" or "diagnostics" in needed


def test_the_address_for_security() -> None:
    """The form for secrets is the one of this repository."""
    config = REPOSITORY / ".github" / "ISSUE_TEMPLATE" / "config.yml"
    (link,) = yaml.safe_load(config.read_text())["contact_links"]
    assert link["url"] == f"https://github.com/{HOME}/security/advisories/new"


def test_the_buttons_of_the_readme() -> None:
    """They open this repository and this integration."""
    owner, name = HOME.split("/")
    text = (REPOSITORY / "README.md").read_text()
    assert f"?owner={owner}&repository={name}&category=integration" in text
    assert "config_flow_start/?domain=truenas_burnin" in text
