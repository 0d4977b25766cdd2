"""Which drives are free, by the strongest call of each generation."""

from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.dialect import DIALECTS, dialect_of
from custom_components.truenas_burnin.truenas.drives import parse_self_test_log
from custom_components.truenas_burnin.truenas.errors import InvalidResponse
from custom_components.truenas_burnin.truenas.models import SelfTestStatus
from custom_components.truenas_burnin.truenas.uses import Use

from .polls import read_poll


def a_disk(name: str, **changes: Any) -> dict[str, Any]:
    """Return a row of disk.query."""
    return {
        "identifier": f"{{serial}}{name.upper()}",
        "name": name,
        "serial": name.upper(),
        "size": 10**12,
        "type": "HDD",
        "pool": None,
        **changes,
    }


def a_detail(name: str, **changes: Any) -> dict[str, Any]:
    """Return a row of disk.details."""
    row: dict[str, Any] = {
        "imported_zpool": None,
        "exported_zpool": None,
        "duplicate_serial": [],
    }
    return {**a_disk(name), **row, **changes}


def test_details_tell_exported_pools() -> None:
    """They are used, and the pool is named; a drive in neither list is not free."""
    disks = [a_disk(name) for name in ("sda", "sdb", "sdc", "sdd", "sde")]
    usage = {
        "used": [
            a_detail("sda", imported_zpool="boot-pool"),
            a_detail("sdb", exported_zpool="old"),
        ],
        "unused": [a_detail("sdc"), a_detail("sdd", duplicate_serial=["sdx"])],
    }
    drives = {
        drive.name: drive
        for drive in read_poll(disks, usage, ["sda"], {"sdc": 34.0}).values()
    }
    assert [drives[name].unused for name in drives] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert (drives["sda"].pool, drives["sda"].boot) == ("boot-pool", True)
    assert (drives["sdb"].pool, drives["sdb"].exported_pool) == (None, "old")
    assert drives["sdd"].duplicate_serial
    assert drives["sdc"].temperature == 34.0


@pytest.mark.parametrize("usage", [None, 1, {}, {"used": []}, [1], {"used": {}}])
def test_odd_usage(usage: Any) -> None:
    """What cannot be read never makes a drive free."""
    with pytest.raises(InvalidResponse):
        read_poll([a_disk("sda")], usage, [], {})


def test_every_dialect_is_found_by_its_version() -> None:
    """And none serves a version of another."""
    versions = {
        "TrueNAS-13.0-U6.8": "TrueNAS CORE 13",
        "TrueNAS-13.3-U1.2": "TrueNAS CORE 13",
        "TrueNAS-SCALE-24.10.2.4": "TrueNAS SCALE 24.10",
        "TrueNAS-25.04.2.6": "TrueNAS 25.04",
        "TrueNAS-25.10.6": "TrueNAS 25.10",
        "TrueNAS-26.0.0-BETA.3": "TrueNAS 26",
    }
    for version, name in versions.items():
        dialect = dialect_of(version)
        assert dialect is not None
        assert dialect.name == name
    assert {dialect.name for dialect in DIALECTS} == set(versions.values())
    assert dialect_of("TrueNAS-SCALE-24.04.2") is None
    assert dialect_of("TrueNAS-12.0-U8") is None


def test_a_stale_running_test() -> None:
    """25.04 shows an aborted test as running; the newest entry knows better."""
    aborted = {
        "num": 0,
        "description": "Extended offline",
        "status": "ABORTED",
        "status_verbose": "Aborted by host",
        "remaining": 0.9,
        "lifetime": 12,
        "lba_of_first_error": None,
    }
    reply = [{"disk": "sda", "tests": [aborted], "current_test": {"progress": 10}}]
    assert parse_self_test_log(reply).running_percent == 10
    log = parse_self_test_log(reply, stale_running=True)
    assert log.running_percent is None
    assert log.tests[0].status is SelfTestStatus.ABORTED
    running = {
        **aborted,
        "status": "RUNNING",
        "status_verbose": "Self-test routine in progress",
    }
    reply[0]["tests"] = [running, aborted]
    log = parse_self_test_log(reply, stale_running=True)
    assert log.running_percent == 10
    assert len(log.tests) == 1


def test_a_key_that_is_missing_is_no_none() -> None:
    """Of a drive whose pools nobody tells it is not known that it is free."""
    silent = a_detail("sda")
    del silent["exported_zpool"]
    bare = a_detail("sdb")
    del bare["exported_zpool"], bare["imported_zpool"]
    usage = {"used": [], "unused": [silent, bare, a_detail("sdc")]}
    disks = [a_disk(name) for name in ("sda", "sdb", "sdc")]
    drives = read_poll(disks, usage, [], {})
    assert [drive.doubt for drive in drives.values()] == [
        "exported_zpool",
        "imported_zpool, exported_zpool",
        None,
    ]
    everywhere = read_poll(disks, usage, [], {}, (Use(None, "vm.device.query"),))
    assert [drive.doubt for drive in everywhere.values()] == [
        "exported_zpool, vm.device.query",
        "imported_zpool, exported_zpool, vm.device.query",
        "vm.device.query",
    ]
    core = read_poll(disks, [a_disk("sda")], [], {})
    assert [drive.doubt for drive in core.values()] == [None, None, None]
