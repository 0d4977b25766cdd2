"""Write the list of tested situations into docs/safety.md, from the tests."""

from pathlib import Path
from typing import Final

from tests.matrix.situations import SITUATIONS

PAGE: Final = Path(__file__).parents[1] / "docs" / "safety.md"

_BEGIN: Final = "<!-- situations -->\n"
_END: Final = "<!-- end of situations -->"


def with_situations(page: str) -> str:
    """Return the page with the situations as they are played now, in order."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    listed = "".join(f"* {situation.sentence}\n" for situation in SITUATIONS)
    return f"{before}{_BEGIN}{listed}{_END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_situations(PAGE.read_text()))
