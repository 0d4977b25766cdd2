"""Self-tests: natively up to 25.04, and what smartctl says of every kind of drive."""

import json
from typing import Any

import pytest

from mock_truenas.drive import SELF_TEST_SECONDS, MockDrive
from mock_truenas.smartctl.program import run

from .client import Client, Failure
from .conftest import Enter
from .test_disks import a_drive


def ata(client: Client) -> MockDrive:
    """Return a SATA drive that works."""
    return client.nas.world.drives[0]


def sas(client: Client) -> MockDrive:
    """Return the SAS drive."""
    return next(drive for drive in client.nas.world.drives if drive.sas)


async def begin(client: Client, drive: MockDrive, kind: str = "SHORT") -> Any:
    """Start a self-test; return the item of the answer."""
    test = {"identifier": drive.identifier, "type": kind}
    (item,) = await client.call("smart.test.manual_test", [test])
    return item


async def results(client: Client, drive: MockDrive) -> Any:
    """Return the log of a drive."""
    filters = [["disk", "=", drive.name]]
    return await client.call("smart.test.results", filters, {"get": True})


@pytest.mark.parametrize("profile", ["scale-25.10", "scale-26.0"])
async def test_gone(enter: Enter, profile: str) -> None:
    """From 25.10 on there is no such method, on no pinned version either."""
    client = await enter(profile)
    for method in (
        "smart.test.results",
        "smart.test.manual_test",
        "smart.test.abort",
        "disk.smart_attributes",
        "disk.temperature",
    ):
        with pytest.raises(Failure) as error:
            await client.call(method)
        assert error.value.told == (-32601, None, None)
        assert error.value.message == "Method does not exist"


async def test_a_test_on_25_04(enter: Enter) -> None:
    """It runs, is found in the log from 0, and its job says nothing of its outcome."""
    client = await enter("scale-25.04", speed=60)
    drive = ata(client)
    item = await begin(client, drive)
    assert item["disk"] == "sda"
    assert item["error"] is None
    assert "$date" in item["expected_result_time"]
    row = await results(client, drive)
    assert row["identifier"] == drive.identifier
    (test,) = row["tests"]
    assert (test["num"], test["status"]) == (0, "RUNNING")
    assert test["status_verbose"] == "Self-test routine in progress"
    assert row["current_test"] == {"progress": 0}
    refused = await begin(client, drive)
    assert refused["error"].startswith("Can't start self-test")
    assert "job" not in refused
    client.nas.world.clock.skip(SELF_TEST_SECONDS["short"])
    record = await client.job(item["job"])
    assert (record["method"], record["state"]) == ("smart.test.wait", "SUCCESS")
    assert record["arguments"][0] == {
        "disk": "sda",
        "identifier": drive.identifier,
        "mode": "BACKGROUND",
        "type": "SHORT",
    }
    row = await results(client, drive)
    assert row["current_test"] is None
    assert row["tests"] == [
        {
            "num": 0,
            "description": "Short offline",
            "status": "SUCCESS",
            "status_verbose": "Completed without error",
            "remaining": 0.0,
            "lifetime": 3,
            "lba_of_first_error": None,
            "power_on_hours_ago": 0,
        }
    ]


async def test_aborts_on_25_04(enter: Enter) -> None:
    """By name or by job; the running test goes on being shown (docs/truenas-api.md §0)."""
    client = await enter("scale-25.04", speed=60)
    drive = ata(client)
    item = await begin(client, drive, "LONG")
    assert await client.call("smart.test.abort", "sda") is None
    assert drive.running is None
    row = await results(client, drive)
    assert row["tests"][0]["status"] == "ABORTED"
    assert row["tests"][0]["status_verbose"] == "Aborted by host"
    assert row["current_test"] == {"progress": 0}
    assert (await client.job(item["job"]))["state"] == "SUCCESS"
    item = await begin(client, drive, "LONG")
    await client.call("core.job_abort", item["job"])
    assert (await client.job(item["job"]))["state"] == "ABORTED"
    assert drive.running is None
    with pytest.raises(Failure, match="none not found"):
        await client.call("smart.test.abort", "none")


async def test_sas_on_25_04(enter: Enter) -> None:
    """Nothing seems to run, so the job ends at once; only the log tells."""
    client = await enter("scale-25.04", speed=60)
    drive = sas(client)
    item = await begin(client, drive, "LONG")
    assert (await client.job(item["job"]))["state"] == "SUCCESS"
    row = await results(client, drive)
    assert row["current_test"] is None
    (test,) = row["tests"]
    assert test["status"] == "RUNNING"
    assert test["description"] == "Background long"
    assert test["segment_number"] is None
    assert "remaining" not in test
    client.nas.world.complete_tests()
    row = await results(client, drive)
    assert row["tests"][0]["status_verbose"] == "Completed"
    with pytest.raises(Failure, match="Only ATA device"):
        await client.call("disk.smart_attributes", drive.name)
    with pytest.raises(Failure, match="none not found"):
        await client.call("disk.smart_attributes", "none")
    attributes = await client.call("disk.smart_attributes", "sda")
    assert attributes[0]["name"] == "Raw_Read_Error_Rate"


async def test_a_failed_test(enter: Enter) -> None:
    """25.04 tells the place as a number."""
    client = await enter("scale-25.04", speed=60)
    for drive in (ata(client), sas(client)):
        drive.failing_test = True
        await begin(client, drive)
        client.nas.world.complete_tests()
        (test,) = (await results(client, drive))["tests"]
        assert test["status"] == "FAILED"
        assert test["lba_of_first_error"] == 123456
    filters = {"extra": {"tests_filter": [["status", "=", "SUCCESS"]]}}
    rows = await client.call("smart.test.results", [], filters)
    assert all(row["tests"] == [] for row in rows)


async def test_unknown_drives_and_schedules(enter: Enter) -> None:
    """A drive that is not there, none at all, and what create really makes."""
    client = await enter("scale-25.04")
    drive = ata(client)
    for disks, attribute in (
        ([{"identifier": "{serial}x", "type": "SHORT"}], "disks.0.identifier"),
        ([], "disks"),
        ([{"identifier": drive.identifier, "type": "TINY"}], "disks.0.type"),
    ):
        with pytest.raises(Failure) as error:
            await client.call("smart.test.manual_test", disks)
        assert error.value.code == -32602
        assert error.value.data["extra"][0][0] == attribute
    offline = await begin(client, drive, "OFFLINE")
    assert "ERROR" in offline["error"]
    task = {"disks": [drive.identifier], "type": "SHORT"}
    made = await client.call("smart.test.create", task)
    assert made["schedule"] == dict.fromkeys(("hour", "dom", "month", "dow"), "*")
    assert drive.running is None
    assert await client.call("smart.test.query") == [made]
    assert await client.call("smart.test.query_for_disk", "sda") == [made]
    assert await client.call("smart.test.query_for_disk", "sdb") == []
    with pytest.raises(Failure, match="Invalid disk"):
        await client.call("smart.test.create", {"disks": ["x"], "type": "SHORT"})
    names = await client.call("smart.test.disk_choices")
    assert names[drive.identifier] == "sda"
    full = await client.call("smart.test.disk_choices", True)
    assert full[drive.identifier]["serial"] == drive.serial


def said(drive: MockDrive | None, *arguments: str, elapsed: float = 0.0) -> Any:
    """Return what smartctl says as JSON."""
    output, _ = run(drive, [*arguments, "--json=c", "/dev/x"], elapsed)
    return json.loads(output)


def test_smartctl_without_a_drive() -> None:
    """It tells by its exit status, and in either form."""
    assert said(None, "-x")["smartctl"]["exit_status"] == 2
    output, status = run(None, ["-i", "/dev/x"], 0)
    assert (output, status) == ("Smartctl open device failed: No such device", 2)
    drive = a_drive(present=False)
    assert said(drive, "-x")["smartctl"]["messages"][0]["severity"] == "error"
    assert run(a_drive(), ["--fish"], 0)[1] == 1


@pytest.mark.parametrize("is_sas", [False, True])
def test_smartctl_identity(is_sas: bool) -> None:
    """The serial number and the size stand where the agent looks for them."""
    drive = a_drive(sas=is_sas, model="HGST X", temperature=34.6)
    root = said(drive, "-i")
    assert root["serial_number"] == "SER1"
    assert root["user_capacity"]["bytes"] == drive.size
    assert root["device"]["protocol"] == ("SCSI" if is_sas else "ATA")
    assert said(drive, "-A", "-n", "standby")["temperature"]["current"] == 35
    drive.temperature = None
    assert "temperature" not in said(drive, "-A")
    drive.lunid = None
    assert "wwn" not in said(drive, "-i")


@pytest.mark.parametrize("is_sas", [False, True])
def test_smartctl_self_test(is_sas: bool) -> None:
    """A running test stands in the log, an ended one with its hours."""
    drive = a_drive(sas=is_sas)
    for kind in ("short", "long"):
        words, status = run(drive, ["-t", kind, "/dev/x"], 0)
        assert status == 0
        assert "begun" in words
        assert run(drive, ["-t", "short", "/dev/x"], 1)[1] == 4
        root = said(drive, "-x", elapsed=SELF_TEST_SECONDS[kind] / 2)
        if is_sas:
            newest = root["scsi_self_test_0"]
            assert newest["result"]["value"] == 15
            assert newest["self_test_in_progress"] is True
            assert root["scsi_extended_self_test_seconds"] == 480
        else:
            status_now = root["ata_smart_data"]["self_test"]["status"]
            assert status_now["value"] == 0xF5
            assert status_now["remaining_percent"] == 50
        assert run(drive, ["-X", "/dev/x"], 1)[1] == 0
        assert drive.running is None
    assert run(drive, ["-t", "offline", "/dev/x"], 0)[1] == 1
    root = said(drive, "-x")
    if is_sas:
        assert root["scsi_self_test_1"]["result"]["string"].startswith("Aborted")
        assert root["scsi_self_test_0"]["power_on_time"]["hours"] == 3
    else:
        log = root["ata_smart_self_test_log"]["standard"]["table"]
        assert [entry["status"]["string"] for entry in log] == ["Aborted by host"] * 2
        assert root["ata_smart_data"]["self_test"]["status"]["value"] >> 4 == 1


@pytest.mark.parametrize("is_sas", [False, True])
def test_smartctl_damage(is_sas: bool) -> None:
    """What went wrong is counted in each kind's own place."""
    drive = a_drive(sas=is_sas, failing_test=True)
    drive.damaged(16)
    drive.start_test("short", 0)
    drive.settle(1e6)
    root = said(drive, "-x", elapsed=1e6)
    if is_sas:
        assert root["scsi_grown_defect_list"] == 2
        errors = root["scsi_error_counter_log"]
        assert errors["write"]["total_uncorrected_errors"] == 16
        assert errors["read"]["total_uncorrected_errors"] == 0
        assert root["scsi_self_test_0"]["lba_first_failure"]["value"] == 123456
        assert root["scsi_self_test_0"]["result"]["value"] == 5
    else:
        table = {row["id"]: row for row in root["ata_smart_attributes"]["table"]}
        assert table[5]["raw"]["value"] == 2
        assert table[197]["raw"]["value"] == 16
        (entry,) = root["ata_smart_self_test_log"]["standard"]["table"]
        assert entry["lba"] == 123456
    drive.damaged(10**6)
    assert said(drive, "-x", elapsed=1e6)["smart_status"]["passed"] is False
