"""What a key may do, by the roles of its owner (docs/truenas-api.md §1.3)."""

from typing import Any

import pytest

from mock_truenas.callers import included

from .client import Failure, logged_in
from .conftest import JSON_RPC, Enter

DENIED = (-32001, 13, "[EACCES] Not authorized")
READS: tuple[tuple[str, list[Any]], ...] = (
    ("alert.list", []),
    ("boot.get_disks", []),
    ("core.get_jobs", []),
    ("cronjob.query", []),
    ("disk.details", []),
    ("disk.query", []),
    ("disk.temperatures", [["sda"]]),
    ("iscsi.extent.query", []),
    ("pool.query", []),
    ("system.host_id", []),
    ("system.info", []),
    ("system.product_type", []),
    ("system.version", []),
    ("vm.device.query", []),
)


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_readonly_admin(enter: Enter, profile: str) -> None:
    """It reads everything and changes nothing."""
    client = await enter(profile, roles={"READONLY_ADMIN"})
    for method, params in READS:
        await client.call(method, *params)
    for method, params in (
        ("cronjob.create", [{"command": "true", "user": "root"}]),
        ("cronjob.run", [1]),
        ("disk.wipe", ["sda", "QUICK"]),
        ("filesystem.get", ["/x"]),
        ("disk.get_unused", []),
        ("core.download", ["filesystem.get", ["/x"], "x"]),
        ("core.subscribe", ["filesystem.file_tail_follow:/x"]),
        ("core.subscribe", ["*"]),
    ):
        with pytest.raises(Failure) as error:
            await client.call(method, *params)
        assert error.value.told == DENIED, method
    await client.call("core.subscribe", "disk.query")
    await client.call("core.subscribe", "alert.list")
    me = await client.call("auth.me")
    assert "DISK_READ" in me["privilege"]["roles"]["$set"]
    assert "DISK_WRITE" not in me["privilege"]["roles"]["$set"]


async def test_smart_on_25_04(enter: Enter) -> None:
    """To start a self-test, to abort one and to wipe are for FULL_ADMIN."""
    roles = {"READONLY_ADMIN", "DISK_WRITE", "SYSTEM_CRON_WRITE"}
    client = await enter("scale-25.04", roles=roles)
    await client.call("smart.test.results", [["disk", "=", "sda"]])
    await client.call("smart.test.query")
    await client.call("smart.test.disk_choices")
    drive = client.nas.world.drives[0]
    test = {"identifier": drive.identifier, "type": "SHORT"}
    for method, params in (
        ("smart.test.manual_test", [[test]]),
        ("smart.test.abort", ["sda"]),
        ("disk.wipe", ["sda", "QUICK"]),
        ("disk.smart_attributes", ["sda"]),
    ):
        with pytest.raises(Failure) as error:
            await client.call(method, *params)
        assert error.value.told == DENIED, method


@pytest.mark.parametrize("profile", ["scale-25.10", "scale-26.0"])
async def test_least_privilege(enter: Enter, profile: str) -> None:
    """From 25.10 on a key can wipe and run commands without being FULL_ADMIN."""
    roles = {"READONLY_ADMIN", "DISK_WRITE", "SYSTEM_CRON_WRITE"}
    client = await enter(profile, roles=roles)
    job = await client.call("disk.wipe", "sda", "QUICK")
    assert (await client.job(job))["state"] == "SUCCESS"
    data = {"command": "true", "user": "root"}
    cron = await client.call("cronjob.create", data)
    job = await client.call("cronjob.run", cron["id"])
    assert (await client.job(job))["state"] == "SUCCESS"


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_no_roles(enter: Enter, profile: str) -> None:
    """Somebody without any role may still ask who he is, and for his own jobs."""
    client = await enter(profile, roles=set())
    assert await client.call("system.version")
    assert await client.call("core.get_jobs") == []
    with pytest.raises(Failure) as error:
        await client.call("disk.query")
    assert error.value.told == DENIED


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_jobs_of_others(enter: Enter, session: Any, profile: str) -> None:
    """Only FULL_ADMIN sees and aborts what somebody else has started."""
    owner = await enter(profile)
    data = {"command": "sleep 30", "user": "root", "enabled": False}
    cron = await owner.call("cronjob.create", data)
    job = await owner.call("cronjob.run", cron["id"])
    nas = owner.nas
    nas.world.key.owner, nas.world.key.roles = "other", frozenset({"READONLY_ADMIN"})
    async with logged_in(session, nas) as other:
        assert await other.call("core.get_jobs") == []
        with pytest.raises(Failure) as error:
            await other.call("core.job_abort", job)
        assert error.value.told == (
            -32001,
            1,
            "[EPERM] Job is not owned by current session",
        )
        assert await owner.call("core.job_abort", job) is None
        assert (await owner.job(job))["state"] == "ABORTED"
        await other.call("core.ping")
        assert other.notes == []


async def test_internal_jobs(enter: Enter, session: Any) -> None:
    """The job of a self-test belongs to nobody (docs/truenas-api.md §0)."""
    client = await enter("scale-25.04")
    drive = client.nas.world.drives[0]
    test = {"identifier": drive.identifier, "type": "LONG"}
    (item,) = await client.call("smart.test.manual_test", [test])
    record = await client.call("core.get_jobs", [["id", "=", item["job"]]])
    assert record[0]["credentials"] is None
    client.nas.world.key.roles = frozenset({"READONLY_ADMIN"})
    async with logged_in(session, client.nas) as same_user:
        assert await same_user.call("core.get_jobs") == []
        with pytest.raises(Failure) as error:
            await same_user.call("core.job_abort", item["job"])
        assert "internally ran jobs" in error.value.data["reason"]


def test_included() -> None:
    """READONLY_ADMIN has every _READ; a _WRITE has its _READ; nothing else."""
    assert included("READONLY_ADMIN", "DISK_READ")
    assert not included("READONLY_ADMIN", "DISK_WRITE")
    assert included("DISK_WRITE", "DISK_READ")
    assert not included("DISK_READ", "DISK_WRITE")
    assert not included("DISK_WRITE", "POOL_READ")
