"""disk.wipe: what it writes, where it stops, what it refuses."""

import pytest

from mock_truenas.drive import BACKING_BYTES

from .client import Client
from .conftest import JSON_RPC, Enter

pytestmark = pytest.mark.parametrize("profile", JSON_RPC)


def medium(client: Client, name: str) -> bytes:
    """Return what is on a drive."""
    world = client.nas.world
    drive = world.drive(name=name)
    assert drive is not None
    return drive.head(world.folder)


async def test_full(enter: Enter, profile: str) -> None:
    """ASCII zeros everywhere, whole MiB of the drive's size, and 100 %."""
    client = await enter(profile, speed=60_000)
    job = await client.call("disk.wipe", "sda", "FULL")
    record = await client.job(job)
    assert record["state"] == "SUCCESS"
    assert record["description"] == "Full wipe of disk sda"
    assert record["abortable"] is True
    assert record["arguments"] == ["sda", "FULL", True]
    assert isinstance(record["progress"]["percent"], int)
    assert medium(client, "sda") == b"0" * BACKING_BYTES
    drive = client.nas.world.drives[0]
    assert drive.writes == drive.size // 2**20 * 2**20


async def test_quick(enter: Enter, profile: str) -> None:
    """Only both ends."""
    client = await enter(profile, speed=60_000)
    path = "/dev/sda" if profile != "scale-25.04" else "sda"
    await client.job(await client.call("disk.wipe", path, "QUICK"))
    content = medium(client, "sda")
    assert content[:1000] == content[-1000:] == b"0" * 1000
    assert not any(content[BACKING_BYTES // 4 : BACKING_BYTES // 2])


async def test_random(enter: Enter, profile: str) -> None:
    """The same bytes over and over."""
    client = await enter(profile, speed=60_000)
    record = await client.job(await client.call("disk.wipe", "sda", "FULL_RANDOM"))
    assert record["description"] == "Full Random wipe of disk sda"
    content = medium(client, "sda")
    assert content[:4096] == content[BACKING_BYTES // 2 :][:4096] != bytes(4096)


async def test_abort(enter: Enter, profile: str) -> None:
    """It really stops."""
    client = await enter(profile, speed=60)
    job = await client.call("disk.wipe", "sda", "FULL")
    await client.note(lambda params: params["fields"]["progress"]["percent"] > 1)
    await client.call("core.job_abort", job)
    assert (await client.job(job))["state"] == "ABORTED"
    assert not client.nas.nas._wiping._running
    assert not any(medium(client, "sda")[BACKING_BYTES // 2 :])


async def test_refusals(enter: Enter, profile: str) -> None:
    """A drive in an imported pool is busy; one that is not there is not there."""
    client = await enter(profile, speed=60_000)
    (pool,) = await client.call("pool.query")
    name = pool["topology"]["data"][0]["children"][0]["disk"]
    record = await client.job(await client.call("disk.wipe", name, "FULL"))
    words = f"[Errno 16] Device or resource busy: '/dev/{name}'"
    assert (record["state"], record["error"]) == ("FAILED", words)
    assert not any(medium(client, name))
    record = await client.job(await client.call("disk.wipe", "none", "FULL"))
    assert record["error"] == "[Errno 2] No such file or directory: '/dev/none'"
    drive = client.nas.world.drives[0]
    drive.exported_pool = "old"
    record = await client.job(await client.call("disk.wipe", "sda", "QUICK"))
    assert record["state"] == "SUCCESS"


async def test_a_failing_drive(enter: Enter, profile: str) -> None:
    """The job fails where the drive does, and the drive counts it."""
    client = await enter(profile, speed=60_000)
    failing = client.nas.world.drives[-1]
    job = await client.call("disk.wipe", failing.name, "FULL")
    record = await client.job(job)
    assert (record["state"], record["result"]) == ("FAILED", None)
    assert record["error"] == "[Errno 5] Input/output error"
    assert 20 < record["progress"]["percent"] < 35
    assert failing.attributes[5] > 0


async def test_one_at_a_time(enter: Enter, profile: str) -> None:
    """A second wipe of a drive waits, one of another does not."""
    client = await enter(profile, speed=6000)
    first = await client.call("disk.wipe", "sda", "FULL")
    second = await client.call("disk.wipe", "sda", "QUICK")
    other = await client.call("disk.wipe", "sdb", "QUICK")
    assert (await client.job(other))["state"] == "SUCCESS"
    state = ["id", "in", [first, second]]
    rows = await client.call("core.get_jobs", [state], {"order_by": ["id"]})
    assert [row["state"] for row in rows] == ["RUNNING", "WAITING"]
    assert (await client.job(first))["state"] == "SUCCESS"
    assert (await client.job(second))["state"] == "SUCCESS"
