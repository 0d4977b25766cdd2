"""The packed agent of this repository at work on a mocked NAS."""

from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any
import uuid

import pytest

from custom_components.truenas_burnin.truenas.packing import pack_agent
from mock_truenas.drive import MockDrive
from mock_truenas.server import MockTrueNAS
from scripts.live.wait import until as patiently

from .conftest import Start
from .test_disks import a_drive

PROFILES = ("core-13.0", "scale-25.10")
TIB = 2**40
SIZE = 12 * TIB
RANGES = 8


@dataclass
class Agent:
    """The agent on one NAS, spoken to by files as docs/protocol.md has it."""

    nas: MockTrueNAS
    home: Path
    boot: str = ""

    async def start(self) -> None:
        """Put it there as an upload does, and have the cron command start it."""
        packed = pack_agent()
        self.home.mkdir(mode=0o700)
        (self.home / packed.name).write_bytes(packed.content)
        command = f"python3 /root/.truenas-burnin/{packed.name} ensure"
        assert await self.nas.commands.run(command) == (0, "")
        await until((self.home / "feed").exists)
        self.boot = (await self.ask("version"))["boot"]

    async def ask(self, verb: str, **arguments: Any) -> Any:
        """Return the result of a request; the error where it is refused."""
        name = f"{uuid.uuid4().hex}.json"
        request = {"id": name[:-5], "verb": verb, "arguments": arguments}
        if verb != "version":
            request["boot"] = self.boot
        fresh = self.home / name
        fresh.write_text(json.dumps(request))
        fresh.replace(self.home / "requests" / name)
        reply = self.home / "replies" / name
        await until(reply.exists)
        said = json.loads(reply.read_text())
        return said["result"] if said["ok"] else said["error"]

    async def begin(
        self, drive: MockDrive, token: str | None = None, device: str | None = None
    ) -> Any:
        """Start a job on the whole of a drive; return its state, or why it is refused."""
        step = drive.size // RANGES
        plan = {
            "token": token or f"t-{drive.serial}",
            "ledger": {"id": "0" * 32, "number": 1},
            "drive": {
                "device": device or drive.name,
                "serial": drive.serial,
                "lunid": drive.lunid,
                "size": drive.size,
            },
            "content": [],
            "method": "stamped",
            "passes": 1,
            "ranges": [[number * step, step] for number in range(RANGES)],
            "capacity_check": True,
            "discard": False,
            "limits": {"pause_at": 55, "resume_at": 48},
            "max_errors": 1000,
        }
        said = await self.ask("start", **plan)
        return said["reason"]["code"] if said["state"] == "refused" else said["state"]

    def status(self, drive: MockDrive) -> Any:
        """Return how the job of a drive is."""
        file = self.home / "jobs" / f"t-{drive.serial}" / "status.json"
        return json.loads(file.read_text())

    async def ended(self, drive: MockDrive) -> Any:
        """Wait for the end of a drive's job."""
        states = ("starting", "running", "paused")
        await until(lambda: self.status(drive)["state"] not in states)
        return self.status(drive)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another process brings about."""

    async def look() -> bool:
        return holds()

    await patiently(look, 60, "another process")


async def agent_on(nas: MockTrueNAS) -> Agent:
    """Start the agent."""
    agent = Agent(nas, nas.world.at("/root/.truenas-burnin"))
    agent.home.parent.chmod(0o700)
    await agent.start()
    return agent


@pytest.mark.parametrize("profile", PROFILES)
async def test_the_main_job(start: Start, profile: str) -> None:
    """Drives of terabytes are written and read in seconds, and what ails one shows."""
    sound, failing, pooled = (
        a_drive(serial=f"S{number}", lunid=f"5000c5000000000{number}", size=SIZE)
        for number in range(3)
    )
    failing.bad_from, pooled.pool = 0.3, "tank"
    drives = [sound, failing, pooled]
    agent = await agent_on(await start(profile, drives=drives, speed=6000))
    for drive in (sound, failing):
        assert await agent.begin(drive) in ("running", "passed", "failed")
    assert await agent.begin(pooled) == "in_use"
    content = await agent.ask(
        "content", device=pooled.name, serial=pooled.serial, size=SIZE
    )
    assert "tank" in [item["label"] for item in content["content"]]
    assert (await agent.ended(sound))["state"] == "passed"
    assert sound.writes == SIZE
    status = await agent.ended(failing)
    assert status["state"] == "failed"
    assert status["first_error"]["byte"] / SIZE == pytest.approx(0.3, abs=0.1)
    assert failing.attributes[197] > 0
    assert pooled.writes == 0
    assert len(agent.nas.world.audit.rows("SUDO")) <= 3


async def test_what_befalls_a_drive(start: Start) -> None:
    """It is pulled, it hangs, it gets another name, somebody else has it."""
    drives = [
        a_drive(serial=f"S{number}", lunid=f"5000c5000000000{number}", size=TIB)
        for number in range(4)
    ]
    pulled, hanging, other, mounted = drives
    agent = await agent_on(await start("scale-25.10", drives=drives, speed=60))
    mounted.mounted = "/mnt/usb"
    assert await agent.begin(mounted) == "in_use"
    other.name, mounted.name = mounted.name, other.name
    assert await agent.begin(other, "a", mounted.name) == "in_use"
    mounted.mounted = None
    assert await agent.begin(other, "b", mounted.name) == "serial_differs"
    for drive in (pulled, hanging):
        assert await agent.begin(drive) == "running"
    await until(lambda: pulled.writes > 0 and hanging.writes > 0)
    pulled.present = False
    hanging.hangs = True
    status = await agent.ended(pulled)
    assert status["state"] == "interrupted"
    assert status["reason"]["code"] == "drive_vanished"
    assert agent.status(hanging)["state"] == "running"
    hanging.hangs = False
    token = {"token": f"t-{hanging.serial}"}
    assert (await agent.ask("pause", **token, reason="person"))["state"] in (
        "running",
        "paused",
    )
    await until(lambda: agent.status(hanging)["state"] == "paused")
    assert (await agent.ask("stop", **token))["state"] == "stopped"


async def test_self_tests_and_sleep(start: Start) -> None:
    """Asking by smartctl wakes a drive only where that is wanted."""
    drive = a_drive(standby=True, family="Seagate Exos")
    sas = a_drive(serial="SAS", lunid="5000c50000000009", sas=True, model="HGST X")
    agent = await agent_on(await start("scale-25.10", drives=[drive, sas], speed=6))
    about = {"device": drive.name, "serial": drive.serial}
    await agent.ask("smart", **about, wake=False, farm=False)
    assert (drive.standby, drive.wakes) == (True, 0)
    said = await agent.ask("smart", **about, wake=True, farm=True)
    assert (drive.standby, drive.wakes) == (False, 1)
    assert said["farm"]["page_1_drive_information"]["serial_number"] == drive.serial
    assert await agent.ask("self-test", **about, kind="conveyance") == {}
    assert await agent.ask("self-test", **about, kind="short") == "self_test_running"
    assert await agent.ask("self-test-abort", **about) == {}
    assert drive.running is None
    about = {"device": sas.name, "serial": sas.serial}
    kinds = {"conveyance": "self_test_unsupported", "short": {}}
    for kind, answer in kinds.items():
        assert await agent.ask("self-test", **about, kind=kind) == answer


async def test_no_tool_of_this_machine(start: Start) -> None:
    """The agent sees the NAS's programs and nothing else."""
    nas = await start("scale-26.0")
    agent = await agent_on(nas)
    tools = (await agent.ask("version"))["tools"]
    assert tools["smartctl"] == "7.4"
    (nas.world.root / "bin/smartctl").unlink()
    assert (await agent.ask("version"))["tools"]["smartctl"] is None
