"""REST v2.0 as CORE, 24.10, 25.04 and 25.10 serve it."""

import asyncio
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from mock_truenas.events import Event
from mock_truenas.server import MockTrueNAS

from .conftest import REST, Start

ALL = pytest.mark.parametrize("profile", REST)
OLD = pytest.mark.parametrize("profile", REST[:2])


class Rest:
    """Sends requests with the key."""

    def __init__(self, session: aiohttp.ClientSession, nas: MockTrueNAS) -> None:
        self.nas = nas
        self._session = session

    async def ask(
        self, verb: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        """Return status and JSON, or the text that is none."""
        headers = {"Authorization": f"Bearer {self.nas.key if key is None else key}"}
        url = f"{self.nas.url}/api/v2.0/{path}"
        async with self._session.request(
            verb, URL(url, encoded=True), json=body, headers=headers
        ) as response:
            if response.content_type == "application/json":
                return response.status, await response.json()
            return response.status, await response.text()

    async def get(self, path: str, body: Any = None) -> Any:
        """Return what a GET answers with 200."""
        status, answer = await self.ask("GET", path, body)
        assert status == 200, answer
        return answer

    async def post(self, path: str, body: Any = None) -> Any:
        """Return what a POST answers with 200."""
        status, answer = await self.ask("POST", path, body)
        assert status == 200, answer
        return answer

    async def job(self, number: int) -> Any:
        """Return a job once it has ended."""
        await self.nas.jobs.settled(self.nas.jobs.rows[number])
        (record,) = await self.get(f"core/get_jobs?id={number}")
        return record


@pytest.fixture
def rest(session: aiohttp.ClientSession, start: Start) -> Any:
    """Return what starts a mock and speaks REST with it."""

    async def started(profile: str, **more: Any) -> Rest:
        return Rest(session, await start(profile, **more))

    return started


@ALL
async def test_keys(rest: Any, session: aiohttp.ClientSession, profile: str) -> None:
    """Without, with a wrong, with a dead key; 25.x trips over unknown numbers."""
    api = await rest(profile)
    url = f"{api.nas.url}/api/v2.0/system/version"
    async with session.get(url) as response:
        assert (response.status, await response.text()) == (401, "401: Unauthorized")
    words = "401: Unauthorized" if profile == "core-13.0" else "Invalid API key"
    path = "system/version"
    assert await api.ask("GET", path, key="1-wrong") == (401, words)
    assert await api.ask("GET", path, key="wrong") == (401, words)
    unknown = (401, words)
    if profile in ("scale-25.04", "scale-25.10"):
        unknown = (500, "500: Internal Server Error")
    assert await api.ask("GET", path, key="99-wrong") == unknown
    assert (await api.ask("GET", "no/such/path"))[0] == 404
    api.nas.world.key.revoked = True
    assert await api.ask("GET", path) == (401, words)


@ALL
async def test_use_is_counted(rest: Any, profile: str) -> None:
    """25.04 and 25.10 deprecate it, and let only FULL_ADMIN use it."""
    api = await rest(profile)
    await api.get("system/version")
    await api.get("disk")
    counted = profile in ("scale-25.04", "scale-25.10")
    assert api.nas.world.rest_calls == (2 if counted else 0)
    api.nas.world.key.roles = frozenset({"READONLY_ADMIN"})
    status, answer = await api.ask("GET", "system/version")
    assert status == (403 if counted else 200)
    assert answer == ("" if counted else api.nas.world.profile.version)
    assert api.nas.world.rest_calls == (2 if counted else 0)


async def test_26_has_none(session: aiohttp.ClientSession, start: Start) -> None:
    """Not even for FULL_ADMIN."""
    nas = await start("scale-26.0")
    headers = {"Authorization": f"Bearer {nas.key}"}
    url = f"{nas.url}/api/v2.0/system/version"
    async with session.get(url, headers=headers) as response:
        assert response.status == 404


@ALL
async def test_disks(rest: Any, profile: str) -> None:
    """Options in the query string since SCALE, in a body everywhere."""
    api = await rest(profile)
    core = profile == "core-13.0"
    assert {row["pool"] for row in await api.get("disk")} == {None}
    rows = await api.get("disk?extra.pools=true")
    boot = "freenas-boot" if core else "boot-pool"
    assert {row["pool"] for row in rows} == (set() if core else {None, "tank", boot})
    body = {"query-filters": [], "query-options": {"extra": {"pools": True}}}
    rows = await api.get("disk", body)
    assert {row["pool"] for row in rows} == {None, "tank", boot}
    first = rows[0]
    assert first["name"] == ("ada0" if core else "sda")
    assert first["subsystem"] == ("ada" if core else "scsi")
    assert ("multipath_name" in first) is core
    assert ("togglesmart" in first) is (profile != "scale-25.10")
    (sas,) = [row for row in rows if row["model"].startswith("HGST")]
    assert sas["name"] == ("da0" if core else "sdm")
    assert sas["bus"] == ("MPS" if core else "SCSI")
    path = f"disk/id/{quote(first['identifier'], safe='')}"
    status, answer = await api.ask("GET", path)
    assert (status, answer.get("name")) == ((500, None) if core else (200, "sda"))
    if not core:
        assert await api.ask("GET", "disk/id/none") == (404, {"message": ""})
    api.nas.world.drives[0].serial = "12345678"
    assert await api.get("disk?serial=12345678") == []
    api.nas.world.drives[0].serial = "SER1"
    more = "" if core else "&extra.other=x%5B"
    (found,) = await api.get(f"disk?serial=SER1&limit=5&offset=0{more}")
    assert found["serial"] == "SER1"
    assert await api.get("disk?count=true&name__regex=.*a") > 0
    status, answer = await api.ask("GET", "disk?sort=name")
    assert status == 422
    assert "sort" in next(iter(answer))


@ALL
async def test_bodies(rest: Any, profile: str) -> None:
    """What a route does not take."""
    api = await rest(profile)
    bad: tuple[tuple[str, Any], ...] = (
        ("disk/wipe", {"mode": "FULL"}),
        ("disk/wipe", {"dev": "sda", "mode": "FULL", "force": True}),
        ("disk/wipe", ["sda", "FULL"]),
    )
    for path, body in bad:
        assert (await api.ask("POST", path, body))[0] == 400
    headers = {"Authorization": f"Bearer {api.nas.key}"}
    url = f"{api.nas.url}/api/v2.0/disk/wipe"
    async with api._session.post(url, data="{", headers=headers) as response:
        assert response.status == 400
    wrong = {"dev": "sda", "mode": "HALF"}
    status, answer = await api.ask("POST", "disk/wipe", wrong)
    assert (status, list(answer)) == (422, ["mode"])
    assert answer["mode"][0]["errno"] == 22
    assert await api.ask("POST", "core/get_jobs") == (405, "405: Method Not Allowed")


@ALL
async def test_usage(rest: Any, profile: str) -> None:
    """Which drives are free, by the means of each generation."""
    api = await rest(profile)
    core = profile == "core-13.0"
    (pool,) = await api.get("pool")
    assert pool == await api.get("pool/id/1")
    assert ("warning" in pool) is not core
    names = await api.post("pool/id/1/get_disks")
    boot = await api.get("boot/get_disks")
    for path in ("pool/id/9", "pool/id/x", "cronjob/id/9"):
        assert (await api.ask("GET", path))[0] == 404
    assert (await api.ask("POST", "pool/id/9/get_disks"))[0] == 404
    api.nas.world.drives[0].exported_pool = "old"
    api.nas.world.drives[1].serial = api.nas.world.drives[2].serial
    api.nas.world.drives[1].lunid = api.nas.world.drives[2].lunid
    if api.nas.world.profile.users:
        assert (await api.ask("POST", "disk/get_unused", False))[0] == 404
        unused = await api.post("disk/details", {"type": "UNUSED"})
    else:
        unused = await api.post("disk/get_unused", False)
    free = {row["name"]: row for row in unused}
    assert not free.keys() & {*names, *boot}
    first, second, third = (drive.name for drive in api.nas.world.drives[:3])
    # CORE does not know of exported pools.
    assert (first in free) is core
    assert free[second]["duplicate_serial"] == [third]
    if core:
        assert (await api.ask("POST", "disk/details", {}))[0] == 404
    else:
        both = await api.post("disk/details", {"type": "BOTH"})
        assert {row["name"] for row in both["unused"]} == free.keys()
        assert await api.post("disk/get_used") == both["used"]


@ALL
async def test_temperatures(rest: Any, profile: str) -> None:
    """One old answer for all names on CORE; floats on 25.10."""
    api = await rest(profile, speed=1)
    name = api.nas.world.drives[0].name
    other = api.nas.world.drives[1].name
    api.nas.world.drives[0].temperature = 34.4
    if profile == "core-13.0":
        body: dict[str, Any] = {"names": [name], "powermode": "NEVER"}
        assert await api.post("disk/temperatures", body) == {name: 34}
        body["names"] = [other]
        assert await api.post("disk/temperatures", body) == {name: 34}
        api.nas.world.clock.skip(301)
        assert await api.post("disk/temperatures", body) == {other: 32}
        one = {"name": name, "powermode": "NEVER"}
        assert await api.post("disk/temperature", one) == 34
    elif profile == "scale-25.10":
        body = {"name": [name]}
        assert await api.post("disk/temperatures", body) == {name: 34.4}
        assert (await api.ask("POST", "disk/temperature", {"name": name}))[0] == 404
    else:
        body = {"names": [name, other], "options": {"powermode": "STANDBY"}}
        assert await api.post("disk/temperatures", body) == {name: 34, other: 32}
        assert await api.post("disk/temperature", {"name": name}) == 34


@pytest.mark.parametrize("profile", REST[:3])
async def test_self_tests(rest: Any, profile: str) -> None:
    """Started and told alike; aborted in each generation's own way."""
    api = await rest(profile, speed=60)
    core = profile == "core-13.0"
    drive = api.nas.world.drives[0]
    wanted = [{"identifier": drive.identifier, "type": "LONG"}]
    (item,) = await api.post("smart/test/manual_test", wanted)
    assert ("error" in item) is not core
    (again,) = await api.post("smart/test/manual_test", wanted)
    assert again["error"].startswith("Can't start self-test")
    (row,) = await api.get(f"smart/test/results?disk={drive.name}")
    assert ("identifier" in row) is not core
    assert row["tests"][0]["num"] == (0 if profile == "scale-25.04" else 1)
    assert row["current_test"]["progress"] in range(10)
    assert (await api.ask("GET", f"smart/test/results/{drive.name}"))[0] == 404
    assert await api.post("core/job_abort", item["job"]) is None
    record = await api.job(item["job"])
    assert record["state"] == "ABORTED"
    assert ("credentials" in record) is not core
    if core:
        # The drive goes on, and there is no way to stop it.
        assert drive.running is not None
        path = "smart/test/abort"
        assert (await api.ask("POST", path, drive.name))[0] == 404
        drive.end_test(api.nas.world.clock.elapsed, "Aborted by host", 0x10)
    assert drive.running is None
    (row,) = await api.get(f"smart/test/results?disk={drive.name}")
    assert row["tests"][0]["status"] == ("FAILED" if core else "ABORTED")
    sas = next(drive for drive in api.nas.world.drives if drive.sas)
    wanted = [{"identifier": sas.identifier, "type": "LONG"}]
    await api.post("smart/test/manual_test", wanted)
    (row,) = await api.get(f"smart/test/results?disk={sas.name}")
    expected = None if profile == "scale-25.04" else {"progress": 0}
    assert row["current_test"] == expected
    if not core:
        assert await api.post("smart/test/abort", sas.name) is None
        assert sas.running is None
    task = {"disks": ["none"], "type": "SHORT"}
    status, answer = await api.ask("POST", "smart/test", task)
    assert (status, list(answer)) == (422, ["smart_test_create.disks.0"])
    status, answer = await api.ask("POST", "disk/smart_attributes", sas.name)
    assert status == 422
    assert answer == {
        "message": "Only ATA device support S.M.A.R.T. attributes",
        "errno": 14,
    }


async def test_core_results_only_of_tested_drives(rest: Any) -> None:
    """CORE leaves the others out."""
    api = await rest("core-13.0")
    assert await api.get("smart/test/results") == []


@ALL
async def test_wipe(rest: Any, profile: str) -> None:
    """NUL on CORE, an ASCII zero since 24.10; CORE does not stop."""
    core = profile == "core-13.0"
    api = await rest(profile, speed=600)
    drive = api.nas.world.drives[0]
    body: dict[str, Any] = {"dev": drive.name, "mode": "FULL"}
    begun = asyncio.Event()

    def look(event: Event) -> None:
        if event.fields and event.fields["progress"]["percent"]:
            begun.set()

    api.nas.world.events.listen(look)
    number = await api.post("disk/wipe", body)
    await begun.wait()
    await api.post("core/job_abort", number)
    record = await api.job(number)
    assert record["state"] == "ABORTED"
    assert isinstance(record["progress"]["percent"], float if core else int)
    running = api.nas.nas._wiping._running
    assert bool(running) is core
    for task in list(running):
        await task
    content = drive.head(api.nas.world.folder)
    if core:
        assert not any(content)
        assert drive.writes == drive.size // 2**20 * 2**20
        assert record["arguments"][3] == {"configure_swap": True}
        pooled = next(item for item in api.nas.world.drives if item.pool)
        body["dev"] = pooled.name
        record = await api.job(await api.post("disk/wipe", body))
        assert "Failed to open" in record["error"]
    else:
        assert content[:10] == b"0" * 10
        assert not any(content[-1000:])


@ALL
async def test_cron_and_jobs(rest: Any, profile: str) -> None:
    """A command by way of a disabled cron job."""
    api = await rest(profile)
    core = profile == "core-13.0"
    body = {"command": "echo hi", "user": "root", "enabled": False, "stdout": False}
    made = await api.post("cronjob", body)
    assert await api.get(f"cronjob/id/{made['id']}") == made
    record = await api.job(await api.post("cronjob/run", {"id": made["id"]}))
    assert record["logs_excerpt"].startswith("hi\n")
    absent = {"description", "abortable", "credentials", "message_ids", "transient"}
    assert (not absent & record.keys()) is core
    assert ("message_ids" in record) is (profile == "scale-25.10")
    assert "$date" in record["time_finished"]
    wanted = made["command"] * 200
    status, answer = await api.ask("POST", "cronjob", {**body, "command": wanted})
    limited = profile in ("scale-25.04", "scale-25.10")
    assert status == (422 if limited else 200)
    status, answer = await api.ask("POST", "cronjob", {"user": "root"})
    where = "data" if limited else "cron_job_create"
    assert (status, list(answer)) == (422, [f"{where}.command"])
    assert (await api.ask("DELETE", f"cronjob/id/{made['id']}"))[1] is True
    status, answer = await api.ask("POST", "core/job_abort", 999)
    assert status == (422 if profile == "scale-25.10" else 500)
    failing = await api.post("cronjob", {**body, "command": "exit 2"})
    record = await api.job(await api.post("cronjob/run", {"id": failing["id"]}))
    assert record["state"] == "FAILED"
    assert ("errno" in record["exc_info"]) is not core


@ALL
async def test_files(rest: Any, session: Any, profile: str) -> None:
    """The answer is the file."""
    api = await rest(profile)
    api.nas.world.at("/root/x").write_bytes(b"\0\1")
    headers = {"Authorization": f"Bearer {api.nas.key}"}
    url = f"{api.nas.url}/api/v2.0/filesystem/get"
    async with session.post(url, json="/root/x", headers=headers) as response:
        assert await response.read() == b"\0\1"
        assert response.content_type == "application/octet-stream"
    status, answer = await api.ask("POST", "filesystem/get", "/root/none")
    assert (status, answer["message"]) == (422, "/root/none is not a file")
    body = {"method": "filesystem.get", "args": ["/root/x"], "filename": "x"}
    _, path = await api.post("core/download", body)
    async with session.get(api.nas.url + path) as response:
        assert await response.read() == b"\0\1"


@OLD
async def test_faults(rest: Any, profile: str) -> None:
    """Dropped, lost, refused, cut in half."""
    api = await rest(profile)
    faults = api.nas.world.faults
    body = {"command": "true", "user": "root"}
    faults.drop_at = {"cronjob.create": 1}
    with pytest.raises(aiohttp.ClientError):
        await api.ask("POST", "cronjob", body)
    assert await api.get("cronjob") == []
    lost: tuple[dict[str, Any], ...] = (
        {"lose_reply": {"cronjob.create": 1}},
        {"lose_replies": True},
    )
    for fault in lost:
        faults.set(fault)
        with pytest.raises(aiohttp.ClientError):
            await api.ask("POST", "cronjob", body)
    assert len(await api.get("cronjob")) == 2
    faults.set({"refuse": 60}, api.nas.world.clock.elapsed)
    status, answer = await api.ask("GET", "cronjob")
    assert (status, answer["errno"]) == (422, 14)
    faults.set({"refuse": 0, "half": True}, api.nas.world.clock.elapsed)
    with pytest.raises(ValueError, match=r".*"):
        await api.get("cronjob")
    faults.set({"half": False, "latency": 0.05})
    assert await api.get("core/ping") == "pong"
