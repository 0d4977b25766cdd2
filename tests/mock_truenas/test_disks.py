"""What is told of drives, their pools, their temperatures and who else uses them."""

from typing import Any

import pytest

from mock_truenas.drive import MockDrive
from mock_truenas.rows import database_row

from .client import Failure
from .conftest import JSON_RPC, Enter

pytestmark = pytest.mark.parametrize("profile", JSON_RPC)
SMART_FIELDS = {
    "togglesmart",
    "smartoptions",
    "critical",
    "difference",
    "informational",
    "supports_smart",
}
FIELDS = {
    "identifier", "name", "subsystem", "number", "serial", "lunid", "size",
    "description", "transfermode", "hddstandby", "advpowermgmt", "expiretime", "model",
    "rotationrate", "type", "zfs_guid", "bus", "devname", "enclosure", "pool",
}  # fmt: skip
DETAILS = {
    "name", "identifier", "devname", "serial", "lunid", "model", "size", "type",
    "rotationrate", "bus", "subsystem", "number", "sectorsize", "driver", "hctl",
    "vendor", "ident", "descr", "blocks", "serial_lunid", "stripesize", "parts", "dif",
    "mediasize", "enclosure", "partitions", "imported_zpool", "exported_zpool",
    "duplicate_serial",
}  # fmt: skip


def a_drive(**facts: Any) -> MockDrive:
    """Return a drive of a fleet of our own."""
    given = {
        "name": "",
        "serial": "SER1",
        "lunid": "5000c50000000001",
        "model": "MODEL",
        "family": "",
        "firmware": "1",
        "size": 4_000_787_030_016,
        "rotation_rate": 7200,
    }
    return MockDrive(**{**given, **facts})


async def test_query(enter: Enter, profile: str) -> None:
    """Fields by generation; the pool only if it is asked for."""
    client = await enter(profile)
    rows = await client.call("disk.query")
    expected = FIELDS | (SMART_FIELDS if profile == "scale-25.04" else set())
    expected |= {"sed"} if profile == "scale-26.0" else set()
    assert all(set(row) == expected for row in rows)
    assert [row["name"] for row in rows[:3]] == ["sda", "sdb", "sdc"]
    assert [row["number"] for row in rows[:3]] == [2048, 2064, 2080]
    assert {row["pool"] for row in rows} == {None}
    rows = await client.call("disk.query", [], {"extra": {"pools": True}})
    assert {row["pool"] for row in rows} == {None, "tank", "boot-pool"}
    (sas,) = await client.call("disk.query", [["bus", "=", "SCSI"]])
    assert sas["model"] == "HGST HUS728T8TAL5200"
    identifier = sas["identifier"]
    assert await client.call("disk.get_instance", identifier) == sas
    with pytest.raises(Failure) as error:
        await client.call("disk.get_instance", "{serial}none")
    assert error.value.data["extra"][0][0] is None


FILTERS: tuple[tuple[Any, Any, Any], ...] = (
    ([["name", "=", "sda"]], {"select": ["name"]}, [{"name": "sda"}]),
    ([["name", "in", ["sdb"]]], {"get": True, "select": ["name"]}, {"name": "sdb"}),
    ([], {"count": True}, 15),
    ([["no", "=", 1]], {"count": True}, 0),
    ([["name", "nin", ["sda"]], ["name", "!=", "sdb"]], {"count": True}, 13),
    ([["name", "^", "sd"], ["name", "$", "a"]], {"count": True}, 1),
    ([["name", "!^", "sd"]], {"count": True}, 0),
    ([["name", "!$", "a"]], {"count": True}, 14),
    ([["name", "~", "sd[ab]$"]], {"count": True}, 2),
    ([["name", "rin", "da"], ["name", "rnin", "x"]], {"count": True}, 1),
    ([["number", ">", 2048], ["number", "<", 2080]], {"count": True}, 1),
    ([["number", ">=", 2048], ["number", "<=", 2080]], {"count": True}, 3),
    ([["OR", [["name", "=", "sda"], ["name", "=", "sdb"]]]], {"count": True}, 2),
    (
        [],
        {"order_by": ["-number"], "limit": 1, "offset": 1, "select": ["name"]},
        [{"name": "sdn"}],
    ),
)


async def test_filters(enter: Enter, profile: str) -> None:
    """query-filters and query-options."""
    client = await enter(profile)
    for filters, options, expected in FILTERS:
        assert await client.call("disk.query", filters, options) == expected, filters


async def test_bad_filter(enter: Enter, profile: str) -> None:
    """It is no result."""
    client = await enter(profile)
    for wanted in (["name"], ["name", "like", "sda"], "name"):
        with pytest.raises(Failure) as error:
            await client.call("disk.query", [wanted])
        assert error.value.code == -32602


async def test_details(enter: Enter, profile: str) -> None:
    """Those of exported pools are used too; those without a size are left out."""
    drives = [
        a_drive(serial="BOOT", boot=True, pool="boot-pool"),
        a_drive(serial="POOL", pool="tank"),
        a_drive(serial="OLD", exported_pool="old"),
        a_drive(serial="FREE"),
        a_drive(serial="FREE"),
        a_drive(serial="SICK", size=0),
        a_drive(serial="", lunid=None),
    ]
    client = await enter(profile, drives=drives)
    both = await client.call("disk.details")
    sed = {"sed", "sed_status"} if profile == "scale-26.0" else set()
    assert all(set(row) == DETAILS | sed for row in both["used"] + both["unused"])
    used = {row["serial"]: row for row in both["used"]}
    assert used["BOOT"]["imported_zpool"] == "boot-pool"
    assert used["POOL"]["imported_zpool"] == "tank"
    assert used["OLD"]["imported_zpool"] is None
    assert used["OLD"]["exported_zpool"] == "old"
    assert len(used) == 3
    assert [row["serial"] for row in both["unused"]] == ["FREE", "FREE", ""]
    assert [row["duplicate_serial"] for row in both["unused"]] == [["sde"], ["sdd"], []]
    assert both["unused"][2]["identifier"] == "{devicename}sdg"
    assert both["unused"][0]["serial_lunid"] == "FREE_5000c50000000001"
    for kind in ("USED", "UNUSED"):
        rows = await client.call("disk.details", {"type": kind})
        assert rows == both[kind.lower()]
    assert await client.call("disk.get_used") == both["used"]
    assert await client.call("disk.get_unused") == both["unused"]
    assert await client.call("boot.get_disks") == ["sda"]


async def test_temperatures(enter: Enter, profile: str) -> None:
    """Whole numbers on 25.04, floats and a bool from 25.10 on; kept for minutes."""
    client = await enter(profile)
    drive = client.nas.world.drives[0]
    drive.temperature = 34.4
    old = profile == "scale-25.04"
    assert await client.call("disk.temperatures", ["sda"]) == {
        "sda": 34 if old else 34.4
    }
    drive.temperature = 50.0
    client.nas.world.clock.skip(200)
    again = await client.call("disk.temperatures", ["sda", "none"])
    assert again == {"sda": 34 if old else 34.4, "none": None}
    client.nas.world.clock.skip(200)
    assert (await client.call("disk.temperatures"))["sda"] == 50
    drive.temperature = None
    if old:
        options = {"cache": None, "powermode": "STANDBY"}
        fresh = await client.call("disk.temperatures", ["sda"], options)
        assert fresh == {"sda": None}
        kept = await client.call("disk.temperatures", ["sda"], {"only_cached": True})
        assert kept == {"sda": None}
        assert await client.call("disk.temperatures", ["sdb"], "NEVER") == {"sdb": 32}
        assert await client.call("disk.temperature", "sdb") == 32
        assert await client.call("disk.temperature", "none", {"cache": 5}) is None
    else:
        drive.temperature = 33.0
        client.nas.world.boot_id = "another"
        both = await client.call("disk.temperatures", ["sda"], True)
        assert both == {"sda": [33.0, 85.0]}
        with pytest.raises(Failure) as error:
            await client.call("disk.temperatures", ["sda"], {"powermode": "NEVER"})
        assert error.value.data["extra"][0][0] == "include_thresholds"
        with pytest.raises(Failure) as error:
            await client.call("disk.temperature", "sda")
        assert error.value.code == -32601
    aggregate = await client.call("disk.temperature_agg", ["sdb", "none"], 3)
    assert aggregate == {"sdb": {"min": 32.0, "max": 32.0, "avg": 32.0}}


async def test_pools(enter: Enter, profile: str) -> None:
    """Topology and scan; the guid leads from the leaf to the drive."""
    client = await enter(profile)
    (pool,) = await client.call("pool.query")
    assert (pool["name"], pool["path"]) == ("tank", "/mnt/tank")
    assert pool["scan"] is None
    (mirror,) = pool["topology"]["data"]
    leaves = mirror["children"]
    assert {leaf["type"] for leaf in leaves} == {"DISK"}
    for leaf in leaves:
        filters = [["zfs_guid", "=", leaf["guid"]]]
        (disk,) = await client.call("disk.query", filters)
        assert disk["name"] == leaf["disk"]
        assert leaf["device"] == f"{disk['name']}1"
    names = [leaf["disk"] for leaf in leaves]
    assert await client.call("pool.get_disks") == names
    assert await client.call("pool.get_disks", 1) == names
    with pytest.raises(Failure) as error:
        await client.call("pool.get_disks", 2)
    assert error.value.data["extra"] == [[None, "Pool 2 does not exist", 2]]


async def test_other_users(enter: Enter, profile: str) -> None:
    """Extents and virtual machines use nothing, unless a test says so."""
    client = await enter(profile)
    assert await client.call("iscsi.extent.query") == []
    assert await client.call("vm.device.query") == []
    client.nas.world.drives[0].extent = client.nas.world.drives[1].vm = True
    (extent,) = await client.call("iscsi.extent.query", [["type", "=", "DISK"]])
    assert (extent["disk"], extent["enabled"]) == ("sda", True)
    (device,) = await client.call("vm.device.query")
    assert device["attributes"]["dtype"] == "DISK"
    assert device["attributes"]["path"] == "/dev/sdb"
    instances = client.call("virt.instance.query")
    if profile == "scale-26.0":
        with pytest.raises(Failure):
            await instances
    else:
        assert await instances == []


async def test_events(enter: Enter, profile: str) -> None:
    """A drive that comes, changes and goes; the raw columns are what is told."""
    client = await enter(profile)
    await client.call("core.subscribe", "disk.query")
    nas = client.nas.nas
    drive = client.nas.world.drives[0]
    nas.change_drive(drive.serial, {"temperature": 50.0})
    told = await client.note(lambda params: params["collection"] == "disk.query")
    assert (told["msg"], told["id"]) == ("changed", drive.identifier)
    assert told["fields"] == database_row(drive)
    assert all(name.startswith("disk_") for name in told["fields"])
    nas.change_drive(drive.serial, {"present": False})
    told = await client.note(lambda params: params["collection"] == "disk.query")
    assert (told["msg"], "fields" in told) == ("removed", False)
    assert await client.call("disk.query", [["name", "=", "sda"]]) == []
    nas.change_drive(drive.serial, {"present": True})
    told = await client.note(lambda params: params["collection"] == "disk.query")
    assert told["msg"] == "added"
    for serial, facts in (("none", {}), (drive.serial, {"colour": "red"})):
        with pytest.raises(KeyError):
            nas.change_drive(serial, facts)


async def test_system(enter: Enter, profile: str) -> None:
    """The short name of the release is all that system.info tells from 25.04 on."""
    client = await enter(profile)
    version = await client.call("system.version")
    assert version.startswith("TrueNAS-2")
    short = version.removeprefix("TrueNAS-")
    assert await client.call("system.version_short") == short
    info = await client.call("system.info")
    assert info["version"] == short
    assert "birthday" not in info
    assert await client.call("system.product_type") == "COMMUNITY_EDITION"
    assert await client.call("system.state") == "READY"
    assert await client.call("system.ready") is True
    assert await client.call("system.host_id") == client.nas.world.host_id
