"""docs/safety.md lists every situation that is played, in the same words."""

from scripts.safety_page import PAGE, with_situations

from .situations import SITUATIONS


def test_the_page_lists_the_situations() -> None:
    """One for one, in order; `python -m scripts.safety_page` brings it up to date."""
    page = PAGE.read_text()
    assert SITUATIONS[0].sentence in page
    assert page == with_situations(page)
