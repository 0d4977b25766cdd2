"""Dataclasses as JSON: every type is checked on the way back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
import json
from typing import Any

import pytest

from custom_components.truenas_burnin.ledger.json_codec import from_json, to_json


class Color(StrEnum):
    """An enum."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A dataclass within another."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One of everything that evidence is made of."""

    name: str
    speed: float
    sure: bool
    color: Color
    parts: tuple[Part, ...] = ()
    colors: frozenset[Color] | None = None
    counts: Mapping[Color, int] = field(default_factory=dict)


WHOLE = Whole(
    name="a",
    speed=1.5,
    sure=True,
    color=Color.RED,
    parts=(Part(number=1), Part(number=2)),
    colors=frozenset(Color),
    counts={Color.BLUE: 3},
)
PLAIN = {"name": "a", "speed": 1.5, "sure": True, "color": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """One that may have nothing to say."""

    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Long lists."""

    wholes: tuple[Whole, ...] = ()
    frees: tuple[Free, ...] = ()


def test_long_lists_are_kept_by_columns() -> None:
    """Each name once, and no column of what is as by default everywhere."""
    wholes = tuple(replace(WHOLE, speed=n, parts=()) for n in range(40))
    many = Many(wholes=wholes, frees=(Free(),) * 40)
    stored = json.loads(json.dumps(to_json(many)))
    assert set(stored["wholes"]) == {f.name for f in fields(Whole)} - {"parts"}
    assert len(stored["frees"]) == 40
    assert from_json(Many, stored) == many
    del stored["wholes"]["speed"][3]
    with pytest.raises(ValueError, match="shorter"):
        from_json(Many, stored)
    with pytest.raises(ValueError, match="expected list"):
        from_json(Many, {"wholes": {"name": "x"}})


def test_there_and_back() -> None:
    """Through text, as the ledger does it."""
    stored = json.loads(json.dumps(to_json(WHOLE)))
    assert from_json(Whole, stored) == WHOLE
    assert stored["colors"] == ["blue", "red"]
    assert type(from_json(Whole, stored).color) is Color


def test_fields_come_and_go() -> None:
    """One that is not there takes its default; one that is no more is left out."""
    older = from_json(Whole, PLAIN | {"was": 1, "speed": 2})
    assert older == Whole(name="a", speed=2.0, sure=True, color=Color.RED)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": 1}, "expected str"),
        ({"name": None}, "expected str"),
        ({"speed": "1"}, "expected float"),
        ({"speed": True}, "expected float"),
        ({"speed": float("inf")}, "not finite"),
        ({"sure": 1}, "expected bool"),
        ({"color": "green"}, "green"),
        ({"parts": {}}, "expected list"),
        ({"parts": [{}]}, "Part lacks number"),
        ({"parts": [{"number": True}]}, "expected int"),
        ({"parts": ["x"]}, "expected dict"),
        ({"colors": ["green"]}, "green"),
        ({"counts": []}, "expected dict"),
    ],
)
def test_what_is_not_as_it_should_be(change: dict[str, Any], words: str) -> None:
    """The place is named by what was expected there."""
    with pytest.raises(ValueError, match=words):
        from_json(Whole, PLAIN | change)


def test_what_cannot_be_kept() -> None:
    """Nothing is kept that would not come back."""
    with pytest.raises(TypeError, match="object"):
        to_json({"x": object()})
