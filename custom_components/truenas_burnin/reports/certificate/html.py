"""The certificate as one page of HTML that needs nothing else, made for printing."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup
import segno

from ..phrases import Phrases
from ..quantities import speed_text
from ..templates import template
from .curve import curve
from .sheet import Paper, Sheet, sheet

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load and run: nothing. It says so itself, because what a browser
saves, or prints in a frame of the panel, comes without headers."""

_WIDTH, _HEIGHT = 680.0, 160.0
"""Of the drawing of the speed curve, in its own units."""


def certificate_html(papers: Iterable[Paper], phrases: Phrases) -> str:
    """Return the certificates, each on a page of its own. Blocks: reads a template."""
    return template("certificate/certificate.html.jinja").render(
        sheets=[_drawn(sheet(paper, phrases)) for paper in papers],
        policy=POLICY,
        say=phrases.say,
        language=phrases.language,
    )


def _drawn(page: Sheet) -> dict[str, object]:
    """Return a sheet with its drawings."""
    drawn: dict[str, object] = {"sheet": page, "qr": None, "curve": None}
    if page.url is not None:
        # segno draws the modules only: nothing of the address gets into its markup.
        code = segno.make_qr(page.url, error="m")
        drawn["qr"] = Markup(code.svg_inline(scale=3, border=2))  # noqa: S704
    if page.samples:
        line = curve(page.samples, _WIDTH, _HEIGHT)
        drawn["curve"] = {
            "width": _WIDTH,
            "height": _HEIGHT,
            "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in line.points),
            "top": speed_text(line.top),
        }
    return drawn
