"""The paper that says what was done to a drive and how it came out of it."""

from .html import POLICY, certificate_html
from .pdf import certificate_pdf
from .sheet import Paper

__all__ = [
    "POLICY",
    "Paper",
    "certificate_html",
    "certificate_pdf",
]
