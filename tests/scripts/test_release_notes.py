"""What a release says of itself."""

import json

import pytest

from scripts.package import INTEGRATION, REPOSITORY
from scripts.release_notes import CHANGELOG, NoNotes, notes

TEXT = """# Changelog

Introduction.

## 1.1.0

- New.

### For developers

- Newer.

## 1.0.0

- Old.

## 0.9.0
"""


@pytest.mark.parametrize("wanted", ["1.1.0", "v1.1.0"])
def test_a_section(wanted: str) -> None:
    """All of it, and nothing of the next one."""
    assert notes(TEXT, wanted) == "- New.\n\n### For developers\n\n- Newer."


@pytest.mark.parametrize("wanted", ["1.1", "2.0.0", "0.9.0"])
def test_nothing_to_say(wanted: str) -> None:
    """A release without notes is none."""
    with pytest.raises(NoNotes, match=wanted):
        notes(TEXT, wanted)


def test_the_version_of_the_manifest() -> None:
    """The version that would be released now has its notes."""
    manifest = REPOSITORY / "custom_components" / INTEGRATION / "manifest.json"
    assert notes(CHANGELOG.read_text(), json.loads(manifest.read_text())["version"])
