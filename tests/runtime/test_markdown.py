"""What others say is shown as it is where Home Assistant reads Markdown."""

import re

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.runtime.markdown import as_plain

ORDINARY = (
    "WDC_WD80EFAX-68KNBN0",
    "TOSHIBA MG06ACA10TE",
    "ada1",
    "{serial_lunid}7PK_5000c500",
    "errors at 50 %: 0 read, 3 write (1 compare); see ada1.",
    "nas.local:8443/ui, Küche + Keller",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts(text: str) -> None:
    """They need nothing, so that they look the same where nobody reads Markdown."""
    assert as_plain(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**bold** _sly_ __init__", r"\*\*bold\*\* \_sly\_ \_\_init\_\_"),
        ("[x](javascript:1)", r"\[x\](javascript:1)"),
        ("https://evil.test", r"https\://evil.test"),
        ("WWW.evil.test a@evil.test", r"WWW\.evil.test a\@evil.test"),
        ("`code` ~~gone~~ a|b &lt;", r"\`code\` \~\~gone\~\~ a\|b \&lt;"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("a\n\n# b\n===", r"a \# b ==="),
        (r"\*", r"\\\*"),
    ],
)
def test_texts_that_mean_something(text: str, plain: str) -> None:
    """Emphasis, links, addresses, code, tables, entities, lists and headings."""
    assert as_plain(text) == plain


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    """Without the backslashes it is the same text, in one line."""
    plain = as_plain(text)
    assert "\n" not in plain
    assert re.sub(r"\\(.)", r"\1", plain) == re.sub(r"\s+", " ", text).strip()
