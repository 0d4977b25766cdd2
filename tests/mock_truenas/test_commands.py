"""What is run on the NAS for real, and what survives what."""

import asyncio
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

import aiohttp
import pytest

from mock_truenas.server import MockTrueNAS

from .conftest import Start

PROFILES = ("core-13.0", "scale-24.10", "scale-25.10")
SCALE = PROFILES[1:]


async def run(nas: MockTrueNAS, command: str) -> tuple[int, str]:
    """Run a command as the administrator."""
    return await nas.commands.run(command)


def found(nas: MockTrueNAS, word: str) -> list[int]:
    """Return the processes with this word on their command line."""
    processes = []
    for process in nas.commands._processes():
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in words:
            processes.append(process)
    return processes


async def ended(process: int) -> None:
    """Wait for the end of a process."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, over.set)
    try:
        await over.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


@pytest.mark.parametrize("profile", PROFILES)
async def test_smartctl(start: Start, profile: str) -> None:
    """It speaks for the world."""
    nas = await start(profile)
    drive = nas.world.drives[0]
    status, output = await run(nas, f"smartctl -i --json=c /dev/{drive.name}")
    assert status == 0
    assert f'"serial_number":"{drive.serial}"' in output
    status, output = await run(nas, "smartctl -i /dev/none")
    assert (status, output) == (2, "Smartctl open device failed: No such device")


@pytest.mark.parametrize("profile", SCALE)
async def test_links(start: Start, profile: str) -> None:
    """A drive is also found by what it is."""
    nas = await start(profile)
    drive = nas.world.drives[0]
    for link in (f"ata-{drive.model}_{drive.serial}", f"wwn-0x{drive.lunid}"):
        path = f"/dev/disk/by-id/{link}"
        assert drive.serial in (await run(nas, f"smartctl -i -j {path}"))[1]


@pytest.mark.parametrize("profile", SCALE)
async def test_systemd(start: Start, profile: str) -> None:
    """A unit is started once, seen, stopped, let go on, and ended."""
    nas = await start(profile)
    detach = "systemd-run --quiet --collect --unit=burn sleep 1000"
    assert await run(nas, detach) == (0, "")
    status, output = await run(nas, detach)
    assert status == 1
    assert "Unit burn.service was already loaded" in output
    assert await run(nas, "systemctl is-active burn") == (0, "active\n")
    assert (await run(nas, "systemctl show-environment"))[0] == 0
    assert await run(nas, "systemctl kill --signal=STOP burn") == (0, "")
    assert await run(nas, "systemctl kill -s CONT burn.service") == (0, "")
    (process,) = found(nas, "1000")
    assert await run(nas, "systemctl kill burn") == (0, "")
    await ended(process)
    assert await run(nas, "systemctl is-active --quiet burn") == (3, "")
    assert (await run(nas, "systemctl kill burn"))[0] == 1
    assert (await run(nas, "systemctl stop burn"))[0] == 0
    assert (await run(nas, "systemctl reset-failed burn"))[0] == 0
    assert (await run(nas, "systemctl frobnicate"))[0] == 1
    _, output = await run(nas, "systemd-run -- true")
    assert output.startswith("Running as unit: run-")


async def test_core_has_no_systemd(start: Start) -> None:
    """It detaches by daemon(8)."""
    nas = await start("core-13.0")
    assert (await run(nas, "systemctl show-environment"))[0] != 0
    assert await run(nas, "daemon -f sleep 1000") == (0, "")
    await nas.nas.restart()
    assert found(nas, "1000")
    await nas.nas.reboot()
    assert not found(nas, "1000")


async def test_what_survives_a_restart(start: Start) -> None:
    """Only what has a unit of its own: middlewared takes its cgroup with it."""
    nas = await start("scale-26.0")
    await run(nas, "systemd-run --quiet --unit=burn sleep 1001")
    await run(nas, "setsid sleep 1002 </dev/null >/dev/null 2>&1 &")
    (kept,) = found(nas, "1001")
    (doomed,) = found(nas, "1002")
    await nas.nas.restart()
    await ended(doomed)
    assert found(nas, "1001") == [kept]
    await nas.nas.reboot()
    assert not found(nas, "1001")


@pytest.mark.parametrize("profile", SCALE)
async def test_what_survives_the_end_of_sudo(start: Start, profile: str) -> None:
    """Where sudo traces what it runs, only what has a unit of its own."""
    nas = await start(profile)
    await run(nas, "systemd-run --quiet --unit=burn sleep 1001")
    _, output = await run(nas, "setsid sleep 1002 </dev/null >/dev/null 2>&1 & echo $!")
    await ended(int(output))
    assert found(nas, "1001")


@pytest.mark.parametrize("profile", ["scale-24.10", "scale-26.0"])
async def test_sudo_logs_what_is_run(start: Start, profile: str) -> None:
    """Every program that a command starts, but what systemd starts for it."""
    nas = await start(profile)
    await run(nas, "ls >/dev/null; systemd-run --quiet --unit=burn env sleep 1001")
    rows = nas.world.audit.rows("SUDO")
    words = [row["event_data"]["sudo"]["accept"]["runargv"][0] for row in rows]
    if profile == "scale-26.0":
        assert words == []
    else:
        assert words[:2] == ["sh", "ls"]
        assert not {"env", "sleep"} & set(words)


async def test_the_end_of_the_mock_is_the_end_of_what_it_runs(
    socket_enabled: None, tmp_path: Path
) -> None:
    """However it ends."""
    command = [sys.executable, "-m", "mock_truenas", "--root", str(tmp_path)]
    mock = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert mock.stdout is not None
    words = (await mock.stdout.readline()).decode().split()
    url = words[words.index("debug") + 1]
    async with aiohttp.ClientSession() as session:
        body = {"command": "setsid sleep 1003 >/dev/null 2>&1 & echo $!"}
        async with session.post(f"{url}/debug/agent", json=body) as response:
            process = int((await response.json())["output"])
    os.kill(process, 0)
    mock.kill()
    await ended(process)
    await mock.wait()


async def test_what_survives_a_restart_of_core(start: Start) -> None:
    """Only what hangs on the middleware ends."""
    nas = await start("core-13.0")
    await run(nas, "setsid sleep 1002 </dev/null >/dev/null 2>&1 &")
    begun = asyncio.Event()
    running = nas.commands.run("echo begun; exec sleep 1003", lambda _: begun.set())
    attached = asyncio.create_task(running)
    await begun.wait()
    await nas.nas.restart()
    assert (await attached)[0] == -15
    assert found(nas, "1002")


class Debug:
    """Speaks with /debug."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and answer; POST where there is a body."""
        verb = "GET" if body is None else "POST"
        url = f"{self._url}/debug/{path}"
        async with self._session.request(verb, url, json=body) as response:
            if response.content_type == "application/json":
                return response.status, await response.json()
            return response.status, await response.text()


@pytest.mark.parametrize("profile", ["core-13.0", "scale-25.10"])
@pytest.mark.parametrize("port", ["url", "debug_url"])
async def test_debug(
    session: aiohttp.ClientSession, start: Start, profile: str, port: str
) -> None:
    """Both ports serve it, whatever goes wrong."""
    nas = await start(profile)
    debug = Debug(session, getattr(nas, port))
    nas.world.faults.drop = True
    status, state = await debug.ask("state")
    assert status == 200
    assert state["profile"] == profile
    assert len(state["drives"]) == 15
    serial = state["drives"][0]["serial"]
    assert await debug.ask("faults", {"drop": False}) == (200, True)
    assert await debug.ask("faults", {"x": 1}) == (400, "unknown fault 'x'")
    drive = nas.world.drives[0]
    assert await debug.ask(f"drive/{serial}", {"pool": "new"}) == (200, True)
    assert drive.pool == "new"
    assert (await debug.ask("drive/none", {}))[0] == 404
    assert (await debug.ask(f"drive/{serial}", {"x": 1}))[0] == 400
    assert await debug.ask("pool/new", {"function": "RESILVER"}) == (200, True)
    scan = nas.world.scans["new"]
    assert scan.encode()["state"] == "SCANNING"
    assert scan.encode()["function"] == "RESILVER"
    assert await debug.ask("pool/new", {}) == (200, True)
    assert scan.encode()["state"] == "FINISHED"
    assert scan.encode()["percentage"] == 100.0
    assert (await debug.ask("pool/none", {}))[0] == 404
    elapsed = nas.world.clock.elapsed
    assert await debug.ask("skip", {"seconds": 1e6}) == (200, True)
    assert nas.world.clock.elapsed >= elapsed + 1e6
    status, number = await debug.ask("alert", {"klass": "SMART", "text": "hot"})
    assert nas.world.alerts[number]["level"] == "WARNING"
    changes = {"roles": ["READONLY_ADMIN"], "owner": "x", "revoked": True}
    assert await debug.ask("key", changes) == (200, True)
    assert nas.world.key.roles == frozenset({"READONLY_ADMIN"})
    assert not nas.world.key.alive
    assert (await debug.ask("key", {"x": 1}))[0] == 400
    drive.start_test("long", nas.world.clock.elapsed)
    assert (await debug.ask("complete-all-jobs", {}))[0] == 200
    assert drive.running is None
    _, said = await debug.ask("agent", {"command": "exit 3"})
    assert said == {"status": 3, "output": ""}
    assert (await debug.ask("shim", {"tool": "smartctl"}))[0] == 403
    drive.writes = 5
    assert (await debug.ask("writes"))[1][serial] == 5
    for action in ("drop-connections", "expire-sessions", "restart", "reset", "reboot"):
        assert await debug.ask(action, {}) == (200, True)
    assert drive.writes == 0
    assert drive.name != state["drives"][0]["name"]
