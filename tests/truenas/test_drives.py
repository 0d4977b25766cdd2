"""Replies about disks become drives; odd replies become InvalidResponse."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.truenas.agent.requests import addressed, known_as
from custom_components.truenas_burnin.truenas.drives import (
    DriveReader,
    parse_self_test_log,
)
from custom_components.truenas_burnin.truenas.errors import (
    InvalidResponse,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import (
    Drive,
    DriveType,
    SelfTestKind,
    SelfTestStatus,
)
from custom_components.truenas_burnin.truenas.uses import Use

from .polls import read_poll

DISK: dict[str, Any] = {
    "identifier": "{serial_lunid}ZL2ABC12_5000c500e1234567",
    "name": "ada1",
    "serial": "ZL2ABC12",
    "lunid": "5000c500e1234567",
    "size": 18000207937536,
    "model": "ST18000NM000J-2TV103",
    "rotationrate": 7200,
    "type": "HDD",
    "pool": None,
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*DISK, "tests", "current_test", "duplicate_serial"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


def test_a_disk_becomes_a_drive() -> None:
    """Every field has its place."""
    drives = read_poll(
        [DISK], [{**DISK, "duplicate_serial": []}], ["ada0"], {"ada1": 34}
    )
    (drive,) = drives.values()
    assert drive.serial == "ZL2ABC12"
    assert drive.type is DriveType.HDD
    assert drive.size == 18000207937536
    assert drive.temperature == 34.0
    assert drive.unused
    assert not drive.boot
    assert not drive.duplicate_serial


def test_what_the_nas_says_of_use() -> None:
    """Boot, pool, use and doubles come from calls of their own."""
    boot = {**DISK, "identifier": "b", "name": "ada0", "pool": "freenas-boot"}
    nvme = {**DISK, "identifier": "n", "name": "nvd0", "type": "SSD", "size": None}
    odd = {**DISK, "identifier": "o", "name": "da1", "type": "TAPE", "serial": None}
    drives = read_poll(
        [boot, nvme, odd],
        [{"identifier": "o", "duplicate_serial": ["da2"]}],
        ["ada0"],
        {"ada0": None},
    )
    assert drives["b"].boot
    assert drives["b"].pool == "freenas-boot"
    assert not drives["b"].unused
    assert drives["n"].type is DriveType.NVME
    assert drives["n"].size == 0
    assert drives["o"].type is DriveType.UNKNOWN
    assert drives["o"].serial == ""
    assert drives["o"].duplicate_serial
    assert drives["o"].temperature is None


POLLS = st.lists(
    st.tuples(
        st.lists(
            st.builds(
                lambda place, pool: {
                    **DISK,
                    "identifier": place,
                    "serial": place,
                    "pool": pool,
                },
                st.sampled_from("abc"),
                st.sampled_from([None, "tank"]),
            ),
            max_size=3,
            unique_by=lambda disk: disk["identifier"],
        ),
        st.lists(
            st.builds(
                lambda place, twins: {"identifier": place, "duplicate_serial": twins},
                st.sampled_from("abc"),
                st.sampled_from([[], ["da2"]]),
            ),
            max_size=3,
        ),
        st.sampled_from([[], ["ada1"]]),
        st.sampled_from([{}, {"ada1": 34}, {"ada1": 60}]),
        st.sampled_from([(), (Use("/dev/ada1", "VM 3"),), (Use(None, "vm.query"),)]),
    ),
    max_size=4,
)


@given(POLLS)
def test_what_is_known_hides_no_change(polls: list[Any]) -> None:
    """Every poll is read as if it were the first."""
    reader = DriveReader()
    for poll in polls:
        assert read_poll(*poll, reader=reader) == read_poll(*poll)


def test_a_drive_of_which_the_same_is_said_stays() -> None:
    """It is not made anew; after a poll that cannot be read neither."""
    reader = DriveReader()
    other = {**DISK, "identifier": "o", "name": "ada2"}

    def read(temperature: float) -> dict[str, Drive]:
        hot = {"ada2": temperature}
        return read_poll([dict(DISK), dict(other)], [DISK], [], hot, reader=reader)

    first = read(34)
    with pytest.raises(InvalidResponse):
        read_poll([DISK, None], [], [], {}, reader=reader)
    second = read(35)
    assert second[DISK["identifier"]] is first[DISK["identifier"]]
    assert (first["o"].temperature, second["o"].temperature) == (34.0, 35.0)


def test_a_poll_overtaken_by_another() -> None:
    """Each keeps what it has read."""
    reader = DriveReader()
    late = reader.read([DISK], [], [], ())
    newer = reader.read([DISK], [DISK], [], ())
    assert not reader.warm(late, {"ada1": 30})[DISK["identifier"]].unused
    assert reader.warm(newer, {"ada1": 31})[DISK["identifier"]].unused
    assert read_poll([DISK], [DISK], [], {"ada1": 31}, reader=reader) == reader.warm(
        newer, {"ada1": 31}
    )


def test_one_identifier_twice() -> None:
    """Two rows of one drive: it is used if one of them is, and both names are kept."""
    other = {**DISK, "identifier": "o", "name": "ada2"}
    rows = [DISK, other, {**DISK, "name": "ada3", "pool": "tank"}]
    drives = read_poll(rows, [DISK, other], ["ada3"], {})
    drive = drives[DISK["identifier"]]
    assert drive.paths == ("ada1", "ada3 (tank)")
    assert (drive.pool, drive.boot, drive.duplicate_serial) == ("tank", True, True)
    assert drives["o"].paths == ()


def test_two_paths_to_one_drive() -> None:
    """SCALE lists it once, and both names only where it tells of use."""
    row = {**DISK, "name": "sdb"}
    usage = {
        "used": [{**row, "name": "sda", "imported_zpool": "tank"}],
        "unused": [{**row, "duplicate_serial": ["sda"]}],
    }
    (drive,) = read_poll([row], usage, [], {}).values()
    assert drive.paths == ("sda (tank)", "sdb")
    assert (drive.unused, drive.pool, drive.duplicate_serial) == (False, "tank", True)


def test_two_drives_of_one_serial() -> None:
    """A drive with two actuators is two drives: the logical unit tells them apart."""
    half = {**DISK, "identifier": "h", "name": "ada2", "lunid": "5000c500e1234568"}
    drives = read_poll([DISK, half], [DISK, half], [], {})
    assert {drive.unit for drive in drives.values()} == {DISK["lunid"], half["lunid"]}
    for lunid in (DISK["lunid"], None):
        drives = read_poll([DISK, {**half, "lunid": lunid}], [DISK, half], [], {})
        assert {drive.unit for drive in drives.values()} == {None}


def test_multipath_of_core() -> None:
    """A path of it cannot be opened: the node that stands for all of them is."""
    row = {**DISK, "name": "da0", "multipath_name": "disk1"}
    row["devname"] = "multipath/disk1"
    (drive,) = read_poll([row], [row], [], {"da0": 31}).values()
    assert (drive.name, drive.device, drive.temperature) == (
        "da0",
        "multipath/disk1",
        31.0,
    )
    assert addressed(drive)["device"] == "multipath/disk1"
    plain = {**DISK, "multipath_name": "", "devname": "ada1"}
    (drive,) = read_poll([plain], [plain], [], {}).values()
    assert (drive.device, drive.node) == ("ada1", "")


def test_how_a_drive_is_called_to_the_agent() -> None:
    """By its unit too, where the serial is not its alone."""
    half = {**DISK, "identifier": "h", "name": "ada2", "lunid": "5000c500e1234568"}
    drive = read_poll([DISK, half], [], [], {})["h"]
    assert addressed(drive) == {
        "device": "ada2",
        "serial": "ZL2ABC12",
        "unit": "5000c500e1234568",
    }
    assert known_as(drive) == "ZL2ABC12/5000c500e1234568"
    (drive,) = read_poll([DISK], [], [], {}).values()
    assert addressed(drive) == {"device": "ada1", "serial": "ZL2ABC12"}
    assert known_as(drive) == "ZL2ABC12"


def test_an_empty_card_reader() -> None:
    """CORE's row of one is a drive without a size, and costs no other drive."""
    reader = {
        "identifier": "{devicename}da6",
        "name": "da6",
        "serial": "",
        "size": None,
        "type": "UNKNOWN",
        "rotationrate": "unknown",
        "lunid": None,
        "pool": None,
    }
    drives = read_poll([reader, DISK], [reader, DISK], [], {"da6": "n/a", "ada1": 34})
    empty = drives["{devicename}da6"]
    assert (empty.size, empty.serial, empty.rotation_rate) == (0, "", None)
    assert (empty.type, empty.unreadable) == (DriveType.UNKNOWN, None)
    assert drives[DISK["identifier"]].temperature == 34.0


@pytest.mark.parametrize(
    "odd", [{"size": "big"}, {"serial": 17}, {"pool": ["tank"]}, {"lunid": {}}]
)
def test_a_row_that_cannot_be_read(odd: dict[str, Any]) -> None:
    """It costs its own drive, which says why; it is never free."""
    row = {**DISK, "identifier": "o", "name": "ada2", **odd}
    drives = read_poll([row, DISK], [row, DISK], ["ada2"], {})
    (key,) = odd
    assert (drives["o"].unreadable or "").startswith(f"disk.query: {key}: expected")
    assert (drives["o"].unused, drives["o"].boot, drives["o"].size) == (False, True, 0)
    assert drives[DISK["identifier"]].unused


def test_a_row_of_no_disk() -> None:
    """Without a name there is nothing to show."""
    assert [*read_poll([{"name": "ada7"}, DISK, {}], [], [], {})] == [
        DISK["identifier"]
    ]


def test_usage_that_cannot_be_read() -> None:
    """It leaves its own drive in doubt, and a nameless one frees no drive."""
    other = {**DISK, "identifier": "o", "name": "ada2"}
    usage = [{**other, "exported_zpool": 5}, DISK, {"exported_zpool": None}]
    drives = read_poll([other, DISK], usage, [], {})
    assert not drives["o"].unused
    assert drives["o"].doubt == "exported_zpool: expected a text"
    assert (drives[DISK["identifier"]].unused, drives[DISK["identifier"]].doubt) == (
        True,
        None,
    )


@pytest.mark.parametrize("odd", [0, -93, 255, "n/a", True, 10**400])
def test_a_temperature_that_no_drive_has(odd: Any) -> None:
    """It is not known, and costs nothing else."""
    (drive,) = read_poll([DISK], [], [], {"ada1": odd}).values()
    assert drive.temperature is None


@given(JSON, JSON, JSON, JSON)
def test_only_our_errors_come_out(disks: Any, unused: Any, boot: Any, hot: Any) -> None:
    """Whatever the NAS says."""
    for reply in (disks, [disks], [{**DISK, "size": disks}]):
        try:
            read_poll(reply, unused, boot, hot)
        except TrueNASError:
            pass


@given(JSON)
def test_only_our_errors_come_out_of_logs(reply: Any) -> None:
    """Whatever the NAS says."""
    for shape in (reply, [reply], [{"tests": reply}], [{"current_test": reply}]):
        try:
            parse_self_test_log(shape)
        except TrueNASError:
            pass


def a_test(**changes: Any) -> dict[str, Any]:
    """Return an entry of CORE's log."""
    return {
        "num": 1,
        "description": "Short offline",
        "status_verbose": "Completed without error",
        "remaining": 0.0,
        "lifetime": 12,
        "lba_of_first_error": None,
        "status": "SUCCESS",
        **changes,
    }


def a_log(*tests: dict[str, Any], current: Any = None) -> Any:
    """Return CORE's reply for one drive."""
    return [{"disk": "ada1", "tests": list(tests), "current_test": current}]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, SelfTestStatus.PASSED),
        (
            {"status": "FAILED", "status_verbose": "Aborted by host"},
            SelfTestStatus.ABORTED,
        ),
        (
            {"status": "FAILED", "status_verbose": "Interrupted (host reset)"},
            SelfTestStatus.INTERRUPTED,
        ),
        (
            {"status": "FAILED", "status_verbose": "Completed: read failure"},
            SelfTestStatus.FAILED,
        ),
        ({"status": "ABORTED", "status_verbose": ""}, SelfTestStatus.ABORTED),
    ],
)
def test_the_words_of_an_entry_decide(
    changes: dict[str, Any], status: SelfTestStatus
) -> None:
    """CORE calls an aborted test FAILED."""
    log = parse_self_test_log(a_log(a_test(**changes)))
    assert log.tests[0].status is status
    assert log.running_percent is None


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("Short offline", SelfTestKind.SHORT),
        ("Extended offline", SelfTestKind.LONG),
        ("Background long", SelfTestKind.LONG),
        ("Conveyance offline", SelfTestKind.CONVEYANCE),
        ("Vendor (0x50)", None),
    ],
)
def test_the_kind_of_a_test(description: str, kind: SelfTestKind | None) -> None:
    """Smartctl's names are understood, others are no kind of ours."""
    log = parse_self_test_log(a_log(a_test(description=description, lifetime=None)))
    assert log.tests[0].kind is kind
    assert log.tests[0].lifetime_hours is None


def test_the_lba_may_be_number_or_text() -> None:
    """It differs by generation."""
    log = parse_self_test_log(a_log(a_test(lba_of_first_error=4711)))
    assert log.tests[0].lba_of_first_error == "4711"


def test_a_running_test() -> None:
    """By current_test, or by the log where that says nothing."""
    running = a_test(
        status="RUNNING", status_verbose="Self-test routine in progress", remaining=0.9
    )
    assert parse_self_test_log(a_log(current={"progress": 10})).running_percent == 10.0
    assert parse_self_test_log(a_log(current={"progress": None})).running_percent == 0.0
    log = parse_self_test_log(a_log(running, a_test()))
    assert log.running_percent == pytest.approx(10.0)
    assert len(log.tests) == 1
    assert log.running_kind is SelfTestKind.SHORT
    assert parse_self_test_log(a_log(current={"progress": 10})).running_kind is None
    log = parse_self_test_log(a_log({**running, "remaining": None}))
    assert log.running_percent == 0.0


def test_a_drive_without_log() -> None:
    """The middleware has the same for an empty log and for one it could not read."""
    for reply in ([], a_log(), [{"disk": "ada1", "tests": None, "current_test": None}]):
        log = parse_self_test_log(reply)
        assert log.tests == ()
        assert not log.readable
    assert parse_self_test_log(a_log(a_test())).readable
