"""Each rule of the gate by itself, and all of them together."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.gate import Case, identify, refusals
from custom_components.truenas_burnin.burnin.model import BurnInState, HoldReason
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.verdict import behind_bridge
from custom_components.truenas_burnin.truenas.models import Drive, Fleet

from ..said import said_in
from .fakes import Bench, a_drive, a_fleet, a_report


def a_case(drive: Drive, *others: Drive, **changes: Any) -> Case:
    """Return a confirmed destructive case of a drive."""
    values: dict[str, Any] = {
        "plan": identify(drive),
        "fleet": a_fleet(drive, *others),
        "destructive": True,
        "confirmed": True,
        **changes,
    }
    return Case(**values)


def keys(case: Case) -> list[str]:
    """Return the keys of all refusals."""
    return [refusal.key for refusal in refusals(case)]


def test_a_free_drive_passes() -> None:
    """Nothing speaks against an unused, confirmed drive."""
    assert keys(a_case(a_drive())) == []


@pytest.mark.parametrize(
    ("drive", "key"),
    [
        (a_drive(serial=""), "drive_without_serial"),
        (a_drive(boot=True, pool="boot-pool", unused=False), "drive_is_boot"),
        (a_drive(pool="tank", unused=False), "drive_in_pool"),
        (a_drive(exported_pool="old"), "drive_in_exported_pool"),
        (a_drive(unused=False), "drive_in_use"),
        (a_drive(used_by="an iSCSI extent", unused=False), "drive_used_by"),
        (a_drive(doubt="VM 3: /dev/dm-3"), "drive_in_doubt"),
        (a_drive(size=0), "drive_without_size"),
        (
            a_drive(
                unreadable="disk.query: size: odd", size=0, serial="", unused=False
            ),
            "drive_unreadable",
        ),
        (a_drive(duplicate_serial=True), "duplicate_serial"),
    ],
)
def test_what_a_drive_is_can_refuse(drive: Drive, key: str) -> None:
    """One fact about the drive gives one refusal."""
    assert keys(a_case(drive)) == [key]


def test_two_drives_with_one_serial_are_refused() -> None:
    """The NAS need not have noticed it."""
    first, second = a_drive(1, lunid=None), a_drive(2, serial="SER001")
    found = refusals(a_case(first, second))
    assert [item.key for item in found] == ["duplicate_serial"]
    assert found[0].placeholders["devices"] == "ada1, ada2"


@pytest.mark.parametrize(
    ("lunids", "key", "words"),
    [
        (
            ("5000c500aa", "5000c500aa"),
            "two_paths",
            (
                "ada1, ada2 (tank) are the same drive, S1, which the NAS reaches on more"
                " than one path: disconnect all paths but one, or set up multipath on the NAS",
                "ada1, ada2 (tank) sind dasselbe Laufwerk, S1, das das NAS über"
                " mehrere Pfade erreicht: trenne alle Pfade bis auf einen oder richte"
                " auf dem NAS Multipath ein",
            ),
        ),
        (
            ("5000c500aa", None),
            "duplicate_serial",
            (
                "ada1, ada2 (tank)",
                "ada1, ada2 (tank)",
            ),
        ),
    ],
)
def test_what_drives_of_one_serial_are(
    lunids: tuple[str | None, str | None], key: str, words: tuple[str, str]
) -> None:
    """Both are named, with the pool that one of them is in."""
    first = a_drive(1, serial="S1", lunid=lunids[0])
    second = a_drive(2, serial="S1", lunid=lunids[1], pool="tank", unused=False)
    (found,) = refusals(a_case(first, second))
    assert found.key == key
    assert found.placeholders["devices"] == "ada1, ada2 (tank)"
    for language, part in zip(("en", "de"), words, strict=True):
        assert part in said_in(language, found)


def test_a_drive_that_the_nas_lists_once_for_both_paths() -> None:
    """SCALE without multipath: one row, and both names in the call that tells of use."""
    drive = a_drive(duplicate_serial=True, paths=("sda (tank)", "sdb"))
    (found,) = refusals(a_case(drive))
    assert (found.key, found.placeholders["devices"]) == (
        "two_paths",
        "sda (tank), sdb",
    )


def two_halves() -> tuple[Drive, Drive]:
    """Return the drives that a drive with two actuators is."""
    first, second = (
        a_drive(number, serial="S1", lunid=lunid, unit=lunid)
        for number, lunid in ((1, "5000c500aa"), (2, "5000c500ab"))
    )
    return first, second


def test_drives_told_apart_by_their_logical_unit() -> None:
    """One serial, two drives; a second path to one of them is none of these."""
    first, second = two_halves()
    assert refusals(a_case(first, second)) == ()
    assert refusals(a_case(second, first)) == ()
    twofold = replace(first, paths=("ada1", "ada3"), duplicate_serial=True)
    assert keys(a_case(twofold, second)) == ["two_paths"]


async def test_half_a_drive_is_said_to_be_one() -> None:
    """In the plan of the agent, and on the papers in both languages."""
    bench = Bench(*two_halves())
    first, _ = two_halves()
    await bench.runner.submit(
        bench.nas.now(),
        [first],
        plan_of(Profile.SURFACE),
        confirmed=frozenset({"S1"}),
        actor=None,
    )
    await bench.cycle()
    (plan,) = bench.nas.plans
    assert (plan.serial, plan.unit) == ("S1", "5000c500aa")
    (finding,) = bench.runner.burn_ins[first.identifier].findings
    assert said_in("en", finding.reason) == (
        "the drive shares the serial number S1 with ada2, such as the halves of a"
        " dual-actuator drive: only the logical unit 5000c500aa is tested"
    )
    assert said_in("de", finding.reason) == (
        "das Laufwerk teilt die Seriennummer S1 mit ada2, wie die Hälften eines"
        " Laufwerks mit zwei Aktuatoren: getestet wird nur die logische Einheit"
        " 5000c500aa"
    )


async def test_an_adapter_with_a_serial_of_its_own() -> None:
    """The NAS knows only that one; the drive's own is said."""
    bench = Bench(a_drive())
    bench.nas.reports["SER001"] = a_report(a_drive(), serial="WD-WX11A22B3333")
    await bench.runner.submit(
        bench.nas.now(),
        [a_drive()],
        plan_of(Profile.SURFACE),
        confirmed=frozenset({"SER001"}),
        actor=None,
    )
    await bench.cycle()
    (finding,) = bench.runner.burn_ins[a_drive().identifier].findings
    assert said_in("en", finding.reason) == (
        "the drive reports the serial number WD-WX11A22B3333, but SER001 is the serial"
        " number of the adapter it is connected to"
    )
    assert said_in("de", finding.reason) == (
        "das Laufwerk meldet die Seriennummer WD-WX11A22B3333, SER001 ist dagegen die"
        " des Adapters, an dem es angeschlossen ist"
    )


@pytest.mark.parametrize("told", ["SER001", " SER001 ", "SER0010000C123", "SER0"])
async def test_a_serial_that_is_cut_is_no_other(told: str) -> None:
    """Tools tell more or less of it."""
    assert behind_bridge(a_drive(), a_report(a_drive(), serial=told)) == ()


async def test_an_adapter_with_a_size_of_its_own() -> None:
    """Nobody could write to what it hides."""
    bench = Bench(a_drive())
    bench.nas.reports["SER001"] = a_report(a_drive(), size=8_001_563_223_040)
    await bench.runner.submit(
        bench.nas.now(),
        [a_drive()],
        plan_of(Profile.SURFACE),
        confirmed=frozenset({"SER001"}),
        actor=None,
    )
    await bench.cycle()
    burn_in = bench.runner.burn_ins[a_drive().identifier]
    assert (burn_in.state, bench.nas.plans) == (BurnInState.INCONCLUSIVE, [])
    (reason,) = burn_in.reasons
    assert said_in("en", reason) == (
        "the drive reports 8,001,563,223,040 bytes, but the NAS reports"
        " 8,001,563,222,016: an adapter may hide part of the drive, so connect it"
        " directly"
    )
    assert said_in("de", reason) == (
        "das Laufwerk meldet 8,001,563,223,040 Byte, das NAS dagegen"
        " 8,001,563,222,016: möglicherweise verbirgt ein Adapter einen Teil, schließe"
        " das Laufwerk direkt an"
    )


@pytest.mark.parametrize(
    ("serial", "sayable"),
    [
        ('WD "A" B', True),
        ("WD\\1", True),
        ("SÉRIE-1", True),
        ("A" * 128, True),
        ("A" * 129, False),
        ("WD\n1", False),
        ("WD\x1b[2J", False),
    ],
)
def test_a_serial_that_cannot_be_handed_on(serial: str, sayable: bool) -> None:
    """The others can, also where other tools stumble."""
    found = refusals(a_case(a_drive(serial=serial)))
    assert [item.key for item in found] == ([] if sayable else ["serial_unusable"])
    assert all(
        "ada1" in said_in(language, item) for item in found for language in ("en", "de")
    )


@pytest.mark.parametrize("change", [{"serial": "OTHER"}, {"size": 1}])
def test_a_changed_drive_is_refused(change: dict[str, Any]) -> None:
    """Same identifier, other drive: not the one the plan was made for."""
    planned = identify(a_drive())
    case = a_case(a_drive(**change), plan=planned)
    assert keys(case) == ["drive_changed"]


def test_an_absent_drive_is_refused() -> None:
    """What the latest poll does not show is not there."""
    case = a_case(a_drive(), fleet=Fleet(system=a_fleet().system, drives={}))
    assert keys(case) == ["drive_absent"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"confirmed": False}, "not_confirmed"),
        ({"self_test_running": True}, "self_test_active"),
        ({"holds": frozenset({HoldReason.PERSON})}, "nas_on_hold"),
    ],
)
def test_circumstances_can_refuse(change: dict[str, Any], key: str) -> None:
    """One circumstance gives one refusal."""
    assert keys(a_case(a_drive(), **change)) == [key]


async def test_an_unfinished_burn_in_refuses() -> None:
    """One burn-in per drive."""
    bench = Bench(a_drive())
    (queued,) = await bench.runner.submit(
        bench.nas.now(),
        [a_drive()],
        plan_of(Profile.SMART),
        confirmed=frozenset(),
        actor=None,
    )
    assert keys(a_case(a_drive(), other=queued)) == ["burn_in_active"]


def test_reading_needs_no_confirmation() -> None:
    """A self-test of a drive in a pool overwrites nothing."""
    drive = a_drive(pool="tank", unused=False)
    assert keys(a_case(drive, destructive=False, confirmed=False)) == []


def test_all_refusals_are_given() -> None:
    """A person learns everything at once."""
    drive = a_drive(serial="", pool="tank", unused=False)
    found = refusals(
        a_case(drive, confirmed=False, holds=frozenset({HoldReason.PERSON}))
    )
    assert [item.key for item in found] == [
        "drive_without_serial",
        "nas_on_hold",
        "drive_in_pool",
        "not_confirmed",
    ]


def a_system_case(plan: Drive, **changes: Any) -> Case:
    """Return a case on a system whose key may wipe but not command."""
    fleet = a_fleet(plan)
    system = replace(fleet.system, commands=False, wipe=True)
    return a_case(plan, fleet=replace(fleet, system=system), **changes)


def test_a_key_that_may_only_wipe() -> None:
    """It can overwrite, but not test: the self-tests must be left out."""
    assert keys(a_system_case(a_drive(), self_tests=False)) == []
    assert keys(a_system_case(a_drive())) == ["self_tests_need_commands"]


def test_a_key_that_may_only_watch() -> None:
    """Neither command nor wipe."""
    fleet = a_fleet(a_drive())
    watching = replace(fleet, system=replace(fleet.system, commands=False))
    assert keys(a_case(a_drive(), fleet=watching)) == ["no_command_rights"]


def test_on_hold_and_a_lost_ledger() -> None:
    """Each hold has its own words; all but a person's only concern what overwrites."""
    everything = frozenset(HoldReason)
    assert keys(a_case(a_drive(), holds=everything)) == [
        "nas_on_hold",
        "ledger_lost",
        "confirmation_outdated",
    ]
    gentle = a_case(a_drive(), holds=everything, destructive=False)
    assert keys(gentle) == ["nas_on_hold"]


def test_units_and_paths_at_once() -> None:
    """Neither word is right for two paths to one unit beside another unit."""
    lunids = ("5000c500aa", "5000c500aa", "5000c500ab")
    drives = [
        a_drive(number, serial="S1", lunid=lunid)
        for number, lunid in enumerate(lunids, start=1)
    ]
    (found,) = refusals(a_case(*drives))
    assert found.key == "duplicate_serial"
