"""What drives, systems and networks say, where Home Assistant reads Markdown.

Persistent notifications, the descriptions of issues and the forms of flows are
Markdown: a model that is a link or a picture would be one there.
"""

import re
from typing import Final

_MEANS_SOMETHING: Final = re.compile(
    r"[\\`*\[\]<>#|~!&$]"  # emphasis, code, links, HTML, tables
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis too, but not within MG06ACA10TE_4K
    r"|:(?=//)|@|(?<=www)\."  # addresses that become links by themselves
    r"|^[-+=]|(?<=^\d)[.)]",  # lists and headings
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"\s+")


def as_plain(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    line = _SPACES.sub(" ", text).strip()
    return _MEANS_SOMETHING.sub(lambda found: f"\\{found[0]}", line)
