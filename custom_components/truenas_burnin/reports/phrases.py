"""The words of papers and summaries, in one language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from ..burnin.extent import Extent, extent_of
from ..burnin.model import BurnIn, BurnInState, StageKind, StageState
from ..burnin.reason import Reason
from .method import PaperMethod
from .reasons import counter_name, reason_text, reasons_text

NOTHING: Final = "—"
"""What stands where there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Texts by the keys of translations/*.json; times are told in `zone`."""

    texts: Mapping[str, str]
    language: str
    zone: tzinfo

    def reason(self, reason: Reason) -> str:
        """Return why something is so."""
        return reason_text(reason, self.texts.get)

    def reasons(self, reasons: Iterable[Reason]) -> str | None:
        """Return why something is so, None if there is nothing to say."""
        return reasons_text(reasons, self.texts.get)

    def counter(self, key: str) -> str:
        """Return what a counter of the SMART record counts."""
        return counter_name(key, self.texts.get)

    def say(self, key: str, **placeholders: str | int) -> str:
        """Return a text; raise KeyError for one there is not."""
        return self.texts[f"paper_{key}"].format(**placeholders)

    def count(self, key: str, count: int) -> str:
        """Return the text for so many things."""
        return self.say(f"{key}_{'one' if count == 1 else 'other'}", count=count)

    def state(self, state: BurnInState) -> str:
        """Return what a burn-in's state is called."""
        return self.texts[f"sensor.burn_in.state.{state.value}"]

    def extent(self, extent: Extent) -> str:
        """Return how much of a drive is checked."""
        return self.texts[f"extent_{extent.value}"]

    def outcome(self, burn_in: BurnIn) -> str:
        """Return how a burn-in stands, and of how little a pass is one."""
        extent = extent_of(burn_in)
        if extent is Extent.EVERY_SECTOR or burn_in.state is not BurnInState.PASSED:
            return self.state(burn_in.state)
        return f"{self.state(burn_in.state)} ({self.extent(extent)})"

    def stage(self, kind: StageKind) -> str:
        """Return what a stage is called."""
        return self.texts[f"sensor.stage.state.{kind.value}"]

    def stage_state(self, state: StageState) -> str:
        """Return what a stage's state is called."""
        return self.texts.get(f"sensor.burn_in.state.{state.value}") or self.say(
            f"stage_{state.value}"
        )

    def profile(self, name: str) -> str:
        """Return what a profile is called, itself if it is none of ours."""
        return self.texts.get(f"profile.options.{name}", name)

    def method(self, method: PaperMethod) -> str:
        """Return how a surface was validated."""
        return self.say(f"method_{method.value}")

    def time(self, when: datetime | None) -> str:
        """Return a local time to the minute, with its zone."""
        if when is None:
            return NOTHING
        return when.astimezone(self.zone).strftime("%Y-%m-%d %H:%M %Z")
