"""The README tells of every situation that is played, in the same words."""

from pathlib import Path

from .situations import SITUATIONS

README = Path(__file__).parents[2] / "README.md"
HEADING = "### Situations in which that is tested"


def test_the_readme_lists_the_situations() -> None:
    """One for one, in order; what should stand there is in the failure's message."""
    _, _, after = README.read_text().partition(f"\n{HEADING}\n")
    section, _, _ = after.partition("\n#")
    told = [line for line in section.splitlines() if line.startswith("* ")]
    played = [f"* {situation.sentence}" for situation in SITUATIONS]
    assert told == played, "\n".join([HEADING, "", *played])
