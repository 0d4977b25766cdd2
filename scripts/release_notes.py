"""Print what CHANGELOG.md says of a version, which is the text of its release."""

import argparse
from pathlib import Path
import re
import sys
from typing import Final

CHANGELOG: Final = Path(__file__).resolve().parents[1] / "CHANGELOG.md"


class NoNotes(Exception):
    """The changelog says nothing of the version."""


def notes(changelog: str, wanted: str) -> str:
    """Return the section of a version or of a tag of it; raise NoNotes."""
    version = wanted.removeprefix("v")
    parts = re.split(r"^## (\S+).*$", changelog, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    text = sections.get(version, "").strip()
    if not text:
        raise NoNotes(f"CHANGELOG.md says nothing of {version}")
    return text


def main() -> None:
    """Print the notes of the version that is asked for."""
    parser = argparse.ArgumentParser(prog="release_notes.py", description=__doc__)
    parser.add_argument("version", help="what is released, such as v1.2.3")
    try:
        print(notes(CHANGELOG.read_text(), parser.parse_args().version))
    except NoNotes as err:
        sys.exit(f"error: {err}")


if __name__ == "__main__":
    main()
