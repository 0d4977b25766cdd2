"""The middleware for a machine behind a line, whose answers were recorded.

Those of OpenZFS were not: they are in the form that its manual pages show.
"""

from collections.abc import AsyncIterator, Callable
import json
from pathlib import Path
import tempfile
from typing import Any

import aiohttp
import pytest
import pytest_socket

from mock_truenas import tail
from mock_truenas.real import watch
from mock_truenas.real.line import Machine, MachineGone
from mock_truenas.real.server import RealTrueNAS
from mock_truenas.real.storage import MachineStorage
from scripts.live.wait import until

from .client import Client, logged_in
from .fake_machine import BOOT, RECORDED, Answer, FakeMachine, fake_machine
from .test_files import upload

STATUS = """\
  pool: tank
 state: DEGRADED
status: One or more devices could not be used because the label is missing or
\tinvalid.
action: Replace the device using 'zpool replace'.
   see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-4J
  scan: scrub in progress since Fri Nov 27 17:51:06 2026
\t1.2G / 3.4G scanned
config:

\tNAME            STATE     READ WRITE CKSUM
\ttank            DEGRADED     0     0     0
\t  mirror-0      DEGRADED     0     0     0
\t    /dev/sdg1   ONLINE       0     0     0
\t    1234567890  UNAVAIL      0     0     0  was /dev/sdz1
\tlogs
\t  /dev/sda      ONLINE       0     0     0

errors: No known data errors
"""
IMPORT = """\
   pool: old
     id: 11371562186853283451
  state: ONLINE
 action: The pool can be imported using its name or numeric identifier.
 config:

\told       ONLINE
\t  nvme0n1  ONLINE
"""
LIST = "tank\t6182064534567\t4026531840\t120000\t4026411840\n"


@pytest.fixture
def unix_sockets(socket_enabled: None) -> None:
    """Allow what the test plugin forbids along with the network."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
async def machine(unix_sockets: None) -> AsyncIterator[FakeMachine]:
    """Return a machine whose socket has a short path."""
    with tempfile.TemporaryDirectory() as folder:
        async with fake_machine(Path(folder)) as made:
            yield made


@pytest.fixture
async def client(
    machine: FakeMachine,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Client[RealTrueNAS]]:
    """Return who has logged in on the NAS of that machine."""
    monkeypatch.setattr(watch, "SECONDS", 0.01)
    async with (
        RealTrueNAS("scale-25.10", tmp_path, machine.path) as nas,
        logged_in(session, nas) as opened,
    ):
        yield opened


def with_pools(machine: FakeMachine) -> None:
    """Let there be OpenZFS and two pools."""
    machine.commands["zpool status -LP"] = Answer(STATUS)
    machine.commands["zpool import -d /dev"] = Answer(IMPORT)
    machine.commands["zpool list -Hp"] = Answer(LIST)


def by_name(rows: list[dict[str, Any]], *keys: str) -> dict[str, tuple[Any, ...]]:
    """Return some facts of each row."""
    return {row["name"]: tuple(row[key] for key in keys) for row in rows}


async def test_drives(client: Client[RealTrueNAS]) -> None:
    """Each kind of drive is told of in udev's words, a loop device is none."""
    rows = await client.call("disk.query")
    assert by_name(rows, "serial", "lunid", "size", "bus", "type") == {
        "sda": ("SATA0003", "5000c50012345603", 16777216, "ATA", "HDD"),
        "sdd": ("SAS00000", "5000c50012345680", 16777216, "SCSI", "HDD"),
        "sdg": ("USB00001", None, 33554432, "USB", "HDD"),
        "vda": ("ROOT", None, 4294967296, "UNKNOWN", "HDD"),
        "nvme0n1": (
            "NVME0001",
            "nvme.1b36-4e564d4530303031-51454d55204e564d65204374726c-00000001",
            33554432,
            "UNKNOWN",
            "SSD",
        ),
    }
    about = by_name(rows, "identifier", "model", "number", "subsystem", "pool")
    identifier = "{serial_lunid}SATA0003_5000c50012345603"
    assert about["sda"] == (identifier, "QEMU_HARDDISK", 2048, "scsi", None)
    assert about["sdg"][0] == "{serial}USB00001"
    assert await client.call("boot.get_disks") == ["vda"]
    pools = {"extra": {"pools": True}}
    assert by_name(await client.call("disk.query", [], pools), "pool") == {
        "sda": (None,),
        "sdd": (None,),
        "sdg": (None,),
        "vda": ("boot-pool",),
        "nvme0n1": (None,),
    }
    assert await client.call("pool.query") == []


async def test_a_drive_that_comes_while_it_is_looked_for(
    machine: FakeMachine, client: Client[RealTrueNAS]
) -> None:
    """One without a word of udev's yet is looked for again, never told without serial."""
    whole = machine.commands["udevadm info"]
    less = whole.out.partition("\n\n")[2]
    machine.commands["udevadm info"] = Answer(less, status=1, then=whole)
    rows = await client.call("disk.query")
    assert "SATA0003" in [row["serial"] for row in rows]
    assert machine.commands["udevadm info"] is whole


async def test_pools(machine: FakeMachine, client: Client[RealTrueNAS]) -> None:
    """Drives are in pools by their partitions, also as logs and in an exported one."""
    with_pools(machine)
    details = await client.call("disk.details")
    both = [*details["used"], *details["unused"]]
    assert by_name(both, "imported_zpool", "exported_zpool") == {
        "sda": ("tank", None),
        "sdd": (None, None),
        "sdg": ("tank", None),
        "vda": ("boot-pool", None),
        "nvme0n1": (None, "old"),
    }
    assert [row["name"] for row in details["unused"]] == ["sdd"]
    asked = len(machine.ran("zpool import"))
    await client.call("disk.query", [], {"extra": {"pools": True}})
    assert len(machine.ran("zpool import")) == asked

    (pool,) = await client.call("pool.query")
    facts = [pool[key] for key in ("name", "status", "healthy", "size", "allocated")]
    assert facts == ["tank", "DEGRADED", False, 4026531840, 120000]
    assert (pool["scan"]["function"], pool["scan"]["state"]) == ("SCRUB", "SCANNING")
    (mirror,) = pool["topology"]["data"]
    leaves = [(leaf.get("disk"), leaf["status"]) for leaf in mirror["children"]]
    assert (mirror["type"], leaves) == (
        "MIRROR",
        [("sdg", "ONLINE"), (None, "UNAVAIL")],
    )
    (log,) = pool["topology"]["log"]
    assert (log["disk"], log["device"]) == ("sda", "sda")
    assert await client.call("pool.get_disks", 1) == ["sda", "sdg"]


async def test_temperatures(machine: FakeMachine, client: Client[RealTrueNAS]) -> None:
    """They are what smartctl says, asked once in a while; null where it says none."""
    warm = Answer(json.dumps({"temperature": {"current": 31}}))
    machine.commands["smartctl -j -A -n standby /dev/sda"] = warm
    machine.commands["smartctl"] = Answer("{}", status=2)
    wanted = {"sda": 31.0, "sdd": None, "sdx": None}
    for _ in range(2):
        assert await client.call("disk.temperatures", list(wanted)) == wanted
    assert len(machine.ran("smartctl")) == 2


async def run_cron_job(client: Client[RealTrueNAS], command: str) -> dict[str, Any]:
    """Return the ended job of a command."""
    data = {"command": command, "user": "root", "stdout": False, "enabled": False}
    row = await client.call("cronjob.create", data)
    return await client.job(await client.call("cronjob.run", row["id"], False))


async def test_commands(machine: FakeMachine, client: Client[RealTrueNAS]) -> None:
    """The machine's sudo runs them, set as TrueNAS has it, and its log is the NAS's."""
    assert b"log_subcmds, log_format=json" in machine.files["/etc/sudoers.d/truenas"]
    assert machine.modes["/etc/sudoers.d/truenas"] == 0o440
    assert b" rig\n" in machine.files["/etc/hosts"]
    machine.commands["sudo -H -u root sh -c true"] = Answer("one\n", "two\n")
    machine.commands["sudo -H -u root sh -c false"] = Answer(status=3)
    machine.files["/var/log/sudo.log"] = (RECORDED / "sudo.log").read_bytes()
    job = await run_cron_job(client, "true")
    assert (job["state"], job["logs_excerpt"].splitlines()[:2]) == (
        "SUCCESS",
        ["one", "two"],
    )
    (run,) = machine.ran("sudo")
    assert run["env"] == {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    job = await run_cron_job(client, "false")
    assert (job["state"], "exited with 3" in job["error"]) == ("FAILED", True)
    rows = await client.call("audit.query", {"services": ["SUDO"]})
    accepted = [row["event_data"]["sudo"]["accept"]["runargv"] for row in rows]
    assert accepted == [["sh", "-c", "echo two; ls / >/dev/null"], ["/usr/bin/ls", "/"]]
    assert {(row["username"], row["address"]) for row in rows} == {("root", "rig")}


async def test_files(
    machine: FakeMachine, client: Client[RealTrueNAS], session: aiohttp.ClientSession
) -> None:
    """They are the machine's."""
    await upload(session, client.nas, b"one\n")
    append = {"method": "filesystem.put", "params": ["/root/a/b", {"append": True}]}
    _, text = await upload(session, client.nas, b"two\n", call=append)
    await client.job(json.loads(text)["job_id"])
    assert machine.files["/root/a/b"] == b"one\ntwo\n"
    for path, content in (("/root/a/b", b"one\ntwo\n"), ("/root/none", b"")):
        answer = await client.call("core.download", "filesystem.get", [path], "b")
        async with session.get(f"{client.nas.url}{answer[1]}") as response:
            assert await response.read() == content
    assert (await client.job(answer[0]))["state"] == "FAILED"


async def test_tail(
    machine: FakeMachine, client: Client[RealTrueNAS], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is added to a file is told, no byte twice."""
    monkeypatch.setattr(tail, "SECONDS", 0.01)
    machine.files["/root/feed"] = b"1\n2\n3\n"
    name = f"{tail.TAIL}:{json.dumps({'path': '/root/feed', 'tail_lines': 2})}"
    await client.call("core.subscribe", name)
    told: Callable[[dict[str, Any]], bool] = lambda note: note["collection"] == name  # noqa: E731
    assert (await client.note(told))["fields"]["data"] == "2\n3\n"
    machine.files["/root/feed"] += "4 \N{DEGREE SIGN}C\n".encode()
    assert (await client.note(told))["fields"]["data"] == "4 \N{DEGREE SIGN}C\n"


async def test_a_file_that_is_begun_anew(machine: FakeMachine) -> None:
    """Who follows the old one hears no more, as on the NAS."""
    line = Machine(machine.path)
    machine.files["/feed"] = b"12345"
    followed = await MachineStorage(line).follow("/feed")
    assert followed is not None
    assert await followed.read() == b"12345"
    machine.files["/feed"] = b"67"
    assert await followed.read() == b""
    machine.files["/feed"] = b"6789012345"
    assert await followed.read() == b""
    await line.close()


async def test_drives_that_come_and_go(
    machine: FakeMachine, client: Client[RealTrueNAS]
) -> None:
    """Who listens is told."""
    await client.call("core.subscribe", "disk.query")
    listed = json.loads(machine.commands["lsblk"].out)
    listed["blockdevices"] = [
        item for item in listed["blockdevices"] if item["name"] != "sdd"
    ]
    machine.commands["lsblk"] = Answer(json.dumps(listed))
    machine.booted(BOOT, "without sdd")
    note = await client.note(lambda note: note["collection"] == "disk.query")
    identifier = "{serial_lunid}SAS00000_5000c50012345680"
    assert (note["msg"], note["id"]) == ("removed", identifier)


async def test_a_machine_that_is_gone_and_comes_back(
    machine: FakeMachine, client: Client[RealTrueNAS], session: aiohttp.ClientSession
) -> None:
    """So is the NAS, with its connections; then it has booted, and is set up anew."""
    nas = client.nas
    assert await client.call("system.boot_id") == BOOT
    machine.gone = True
    await client.send("disk.query")
    assert (await client.socket.receive(timeout=10)).type in (
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.ERROR,
        aiohttp.WSMsgType.CLOSE,
    )
    with pytest.raises(aiohttp.ClientError):
        await session.get(f"{nas.url}/api/versions")
    del machine.files["/etc/sudoers.d/truenas"]
    machine.booted("another")
    machine.gone = False

    async def back() -> bool:
        return not nas.host.faults.drop

    await until(back, 10, "the NAS")
    async with logged_in(session, nas) as again:
        assert await again.call("system.boot_id") == "another"
    assert "/etc/sudoers.d/truenas" in machine.files


async def test_no_machine(unix_sockets: None, tmp_path: Path) -> None:
    """There is no NAS without one, nor one of a generation that acts on drives itself."""
    with pytest.raises(MachineGone):
        await RealTrueNAS("scale-25.10", tmp_path, tmp_path / "none").start()
    with pytest.raises(ValueError, match="pretended"):
        RealTrueNAS("core-13.0", tmp_path, tmp_path / "none")
