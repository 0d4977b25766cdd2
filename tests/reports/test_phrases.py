"""Words and numbers on paper."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.truenas_burnin.burnin.extent import Extent
from custom_components.truenas_burnin.burnin.model import (
    BurnInState,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.plan import Profile
from custom_components.truenas_burnin.presentation import certificate_data
from custom_components.truenas_burnin.reports import phrases
from custom_components.truenas_burnin.reports.method import PaperMethod
from custom_components.truenas_burnin.reports.quantities import duration_text, size_text
from custom_components.truenas_burnin.reports.smart_changes import Verdict

from .builders import english


def test_every_state_has_its_word() -> None:
    """Those of burn-ins, of stages, and the stages and profiles themselves."""
    words = english()
    for state in BurnInState:
        assert words.state(state)
    for stage_state in StageState:
        assert words.stage_state(stage_state)[0].isupper()
    for kind in StageKind:
        assert words.stage(kind)
    for profile in Profile:
        assert words.profile(profile) != profile
    assert words.profile("odd") == "odd"
    with pytest.raises(KeyError):
        words.say("nothing of the kind")


def test_times_are_local() -> None:
    """In the zone of Home Assistant, and named."""
    noon = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    assert english().time(noon) == "2026-11-25 13:00 CET"
    assert english().time(None) == "—"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (8_001_563_222_016, "8 TB"),
        (12_000_138_625_024, "12 TB"),
        (500_107_862_016, "500 GB"),
        (64_000_000, "64 MB"),
        (512, "512 B"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    """As printed on the box."""
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (90_061, "1 d 1 h"),
        (86_400 * 7 + 1, "7 d 1 s"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """In the two largest units there are."""
    assert duration_text(seconds) == text


def test_no_word_is_left_over() -> None:
    """What no paper says needs no text."""
    folder = Path(phrases.__file__).parent
    sources = [*folder.rglob("*.py"), *folder.rglob("*.jinja")]
    sources.append(Path(certificate_data.__file__))
    said = " ".join(source.read_text() for source in sources)
    said += " ".join(f'"stage_{state}"' for state in ("pending", "skipped"))
    said += " ".join(f'"method_{method}"' for method in PaperMethod)
    said += " ".join(f'"done_{extent}"' for extent in Extent)
    said += " ".join(f'"change_{change}"' for change in Verdict)
    said += " ".join(
        f'"{key}_{form}"' for key in ("batch", "warnings") for form in ("one", "other")
    )
    keys = [key for key in english().texts if key.startswith("paper_")]
    assert len(keys) > 30
    for key in keys:
        assert f'"{key.removeprefix("paper_")}"' in said, key
