"""What the pages and the comments point to is there."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
import re

import pytest

import custom_components.truenas_burnin as integration

ROOT = Path(integration.__file__).parent
REPOSITORY = ROOT.parents[1]
PAGES = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")]
PATH_ROW = re.compile(r"^\| \d+ \| `([\w/.]+)` \| `(\w+)` \|", re.MULTILINE)

TWICE = {
    "__init__": "packages",
    "audit": "written by the ledger, shown by the websocket",
    "burn_ins": "asked for by actions, kept by the ledger, shown by the websocket",
    "daily": "made as a report, sent as a notification",
    "drives": "read from a NAS, noted in the ledger, changed by actions",
    "health": "asked for by an action, kept by the ledger",
    "identities": "learned from a NAS, kept by the ledger",
    "ranges": "planned for a pass, summed for a certificate",
    "records": "rows of reports; those of a certificate",
    "self_tests": "asked of a NAS, kept by the ledger, started by a person",
    "statistics": "counted by the ledger, shown by the websocket",
    "surface": "what the agent reports, what the stage makes of it",
    "wipe": "the call of a NAS, the stage that makes it",
}
"""Names of modules that are kept more than once, and why: one in each room it goes
through. nas_agent is a program of its own."""


def sources() -> Iterator[Path]:
    """Return what people and programs of this repository are written in."""
    for folder in ("custom_components", "docs", "mock_truenas", "scripts", "tests"):
        for path in (REPOSITORY / folder).rglob("*"):
            if path.suffix in (".md", ".py", ".ts", ".yaml") and not (
                {"node_modules", "dist", "__pycache__"} & set(path.parts)
            ):
                yield path
    yield from REPOSITORY.glob("*.md")


def cleared(path: Path) -> str:
    """Return a text without the folders of our own pages."""
    return re.sub(r"(?:\.\./|docs/|tests/rig/)+", "", path.read_text())


def test_every_page_that_is_cited_is_in_the_repository() -> None:
    """Nobody is sent to a document that only its author has."""
    names = {path.name for path in sources() if path.suffix == ".md"}
    missing = {
        (str(path.relative_to(REPOSITORY)), cited)
        for path in sources()
        for cited in re.findall(r"(?<![\w/-])([\w-]+\.md)\b", cleared(path))
        if cited not in names
    }
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """To pages, pictures and headings of ours."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        linked = page if not path else (page.parent / path).resolve()
        assert linked.exists(), target
        if heading:
            assert heading in anchors(linked), target


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are linked by."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def steps() -> list[tuple[str, str]]:
    """Return the steps of docs/architecture.md: file and function."""
    return PATH_ROW.findall((REPOSITORY / "docs" / "architecture.md").read_text())


@pytest.mark.parametrize("step", steps(), ids=":".join)
def test_the_newcomers_path(step: tuple[str, str]) -> None:
    """Each step is a file and a function that exists."""
    file, function = step
    tree = ast.parse((ROOT / file).read_text())
    assert function in {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def test_there_are_paths() -> None:
    """A start and a cancel, from the door to the drive."""
    assert len(steps()) > 20


def test_one_name_per_idea() -> None:
    """A module's name says which one it is; those that are kept twice have a reason."""
    names = Counter(
        path.stem
        for path in ROOT.rglob("*.py")
        if not {"node_modules", "nas_agent"} & set(path.parts)
    )
    twice = {name for name, count in names.items() if count > 1}
    assert twice <= TWICE.keys()
