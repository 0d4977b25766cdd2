"""What a release carries."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts.package import INTEGRATION, REPOSITORY, Unfit, pack


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a small repository with a panel that is built."""
    source = tmp_path / "custom_components" / INTEGRATION
    for place, text in (
        ("../../hacs.json", '{"filename": "some.zip"}'),
        ("manifest.json", '{"version": "1.2.3"}'),
        ("__init__.py", ""),
        ("__pycache__/x.pyc", ""),
        ("burnin/gate.py", "ask()"),
        ("frontend/package.json", "{}"),
        ("frontend/node_modules/lit/index.js", ""),
        ("frontend/src/app.ts", ""),
        ("frontend/dist/manifest.json", "{}"),
        ("frontend/dist/panel-abc.js", "export {};"),
    ):
        path = source / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("wanted", [None, "1.2.3", "v1.2.3"])
def test_what_is_in_it(repository: Path, wanted: str | None) -> None:
    """The integration and its built panel, as they lie in Home Assistant."""
    target = pack(repository, wanted)
    assert target == repository / "dist" / "some.zip"
    with ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "__init__.py",
            "burnin/gate.py",
            "frontend/dist/manifest.json",
            "frontend/dist/panel-abc.js",
            "manifest.json",
        ]
        assert archive.read("burnin/gate.py") == b"ask()"


def test_twice_the_same(repository: Path) -> None:
    """The same sources make the same archive."""
    first = pack(repository, None).read_bytes()
    (repository / "custom_components" / INTEGRATION / "__init__.py").touch()
    assert pack(repository, None).read_bytes() == first


def test_a_version_that_does_not_agree(repository: Path) -> None:
    """A tag must not carry another version."""
    with pytest.raises(Unfit, match=r"says 1\.2\.3, not 2\.0\.0"):
        pack(repository, "v2.0.0")
    assert not (repository / "dist").exists()


@pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "1.2.3.4"])
def test_a_version_that_is_none(repository: Path, version: str) -> None:
    """Home Assistant would refuse to load it."""
    manifest = repository / "custom_components" / INTEGRATION / "manifest.json"
    manifest.write_text(json.dumps({"version": version}))
    with pytest.raises(Unfit, match="not a version"):
        pack(repository, None)


def test_without_a_panel(repository: Path) -> None:
    """A release without it would be a surprise."""
    built = repository / "custom_components" / INTEGRATION / "frontend" / "dist"
    (built / "manifest.json").unlink()
    with pytest.raises(Unfit, match="has not been built"):
        pack(repository, None)


def test_this_repository_says_where_the_archive_goes() -> None:
    """HACS and the Marketplace look for that name in a release."""
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert (hacs["zip_release"], hacs["filename"]) == (True, f"{INTEGRATION}.zip")
