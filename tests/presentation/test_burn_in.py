"""Everybody who asks for a burn-in is told the same, as docs/api.md has it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.model import BurnIn
from custom_components.truenas_burnin.notifications.webhook import (
    TEST_PAYLOAD,
    webhook_payload,
)
from custom_components.truenas_burnin.presentation import downloads
from custom_components.truenas_burnin.presentation.burn_in import (
    burn_in_detail,
    burn_in_listed,
    burn_in_progress,
    burn_in_row,
)
from custom_components.truenas_burnin.presentation.certificate_data import (
    certificate_json,
)
from custom_components.truenas_burnin.runtime.changes import Happening
from custom_components.truenas_burnin.truenas.surface import (
    Cause,
    ErrorKind,
    ErrorRecord,
)
from custom_components.truenas_burnin.websocket_api import _COMMANDS

from ..common import Board
from ..reports.builders import a_failed_one, a_passed_one
from ..reports.certificate.builders import a_paper
from ..said import ENGLISH

pytest_plugins = ["tests.components_fixtures"]

PAGE: Final = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def documented(section: str) -> list[str]:
    """Return the fields that the page lists in one section."""
    _, _, text = PAGE.partition(f"\n## {section}\n")
    assert text, section
    text, _, _ = text.partition("\n## ")
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def full(burn_in: BurnIn) -> Mapping[str, Any]:
    """Return all that is told of a burn-in."""
    return burn_in_detail(burn_in, ENGLISH.get)


LEVELS: Final = {
    "Progress": burn_in_progress,
    "Row": burn_in_row,
    "List": burn_in_listed,
    "Full": burn_in_detail,
}


def test_each_level_says_what_the_one_before_does() -> None:
    """The page lists what each adds, and nothing else."""
    so_far: dict[str, Any] = {}
    for section, view in LEVELS.items():
        found = view(a_failed_one(), ENGLISH.get)
        assert [key for key in found if key not in so_far] == documented(section)
        assert so_far.items() <= found.items()
        so_far = found


@pytest.mark.parametrize(
    ("section", "part"),
    [
        ("Stage", lambda told: told["stages"][2]),
        ("Finding", lambda told: told["findings"][0]),
        ("Reason", lambda told: told["reasons"][0]),
        ("Sample", lambda told: told["profile_samples"][0]),
        ("SMART value", lambda told: told["smart"]["rows"][0]),
    ],
)
def test_parts(
    section: str, part: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> None:
    """Every field of what a burn-in consists of is on the page."""
    assert list(part(full(a_failed_one()))) == documented(section)


def test_bad_places() -> None:
    """Each names the stage that found it."""
    burn_in = a_failed_one()
    bad = ErrorRecord(
        sweep=2, kind=ErrorKind.READ, byte=4096, length=512, cause=Cause.ZEROS
    )
    stages = tuple(
        replace(stage, evidence=replace(run, bad=(bad,)))
        if (run := stage.found(SurfaceRun))
        else stage
        for stage in burn_in.stages
    )
    (place,) = full(replace(burn_in, stages=stages))["bad"]
    assert list(place) == documented("Bad place")
    assert (place["stage"], place["cause"]) == ("surface_validate", "zeros")


def test_certificates() -> None:
    """They have the whole of it, and what the NAS kept of each range."""
    text = certificate_json([a_paper(a_failed_one())], ENGLISH.get)
    (found,) = json.loads(text)["certificates"]
    plain = json.loads(json.dumps(full(a_failed_one())))
    assert plain.items() <= found.items()
    assert list(found["ranges"][0]) == documented("Range")
    for extra in found.keys() - plain.keys():
        assert f"`{extra}`" in PAGE


def test_webhook() -> None:
    """The fields of other programs stay beside the burn-in."""
    told = webhook_payload(Happening.PASSED, a_passed_one(), "nas", ENGLISH.get)
    assert list(told) == list(TEST_PAYLOAD) == documented("Webhook")
    assert told["burn_in"] == burn_in_listed(a_passed_one(), ENGLISH.get)
    burn_in = a_passed_one()
    assert (told["devname"], told["job_id"]) == (burn_in.device, burn_in.id)


def test_commands_and_downloads() -> None:
    """Each is on the page, and the page knows no other."""
    commands = [vars(command)["_ws_command"] for command in _COMMANDS]
    assert sorted(documented("Websocket commands")) == sorted(commands)
    urls = {
        re.sub(r"\{form:[^}]*\}", "{form}", view.url)
        for view in (
            downloads.CertificateView,
            downloads.CertificatesView,
            downloads.HistoryView,
        )
    }
    assert {path.partition("?")[0] for path in documented("Downloads")} == urls


async def test_who_asks_is_told_the_same(board: Board) -> None:
    """By action, one or all; with where Home Assistant has it."""
    (burn_in_id,) = await board.start(profile="surface")
    await board.tick(6)
    one = await board.action("get_burn_in", response=True, burn_in_id=burn_in_id)
    every = await board.action("get_burn_ins", response=True)
    told = one["burn_in"]
    (listed,) = every["burn_ins"]
    places = {"nas", "config_entry_id", "device_id"}
    levels = [*LEVELS]
    assert set(listed) - places == set().union(*map(documented, levels[:3]))
    assert set(told) - places == set().union(*map(documented, levels))
    assert listed.items() <= told.items()
