"""The certificate as one page of HTML that needs nothing else, made for printing."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
import segno

from ..phrases import Phrases
from ..quantities import speed_text
from ..templates import template
from .curve import curve
from .sheet import Paper, Sheet, sheet
from .summary import summary

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load and run: nothing. It says so itself, because what a browser
saves, or prints in a frame of the panel, comes without headers."""

_WIDTH, _HEIGHT = 680.0, 110.0
"""Of the drawing of the speed curve, in its own units."""


def certificate_html(papers: Sequence[Paper], phrases: Phrases) -> str:
    """Return the certificates, several under a summary. Blocks: reads a template."""
    return template("certificate/certificate.html.jinja").render(
        batch=summary(papers, phrases) if len(papers) > 1 else None,
        sheets=[_drawn(sheet(paper, phrases)) for paper in papers],
        policy=POLICY,
        say=phrases.say,
        language=phrases.language,
    )


def _drawn(page: Sheet) -> dict[str, object]:
    """Return a sheet with its drawings."""
    # segno draws the modules only: nothing of the text gets into its markup.
    code = segno.make_qr(page.code, error="m").svg_inline(scale=3, border=2)
    drawn: dict[str, object] = {
        "sheet": page,
        "qr": Markup(code),  # noqa: S704
        "curve": None,
    }
    if page.samples:
        line = curve(page.samples, _WIDTH, _HEIGHT)
        drawn["curve"] = {
            "width": _WIDTH,
            "height": _HEIGHT,
            "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in line.points),
            "top": speed_text(line.top),
        }
    return drawn
