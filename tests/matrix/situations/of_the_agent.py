"""The agent on the NAS is asked for something that the gate never would ask."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ranges import surface_ranges
from custom_components.truenas_burnin.truenas.errors import AgentFailed
from custom_components.truenas_burnin.truenas.surface import AgentState, SurfacePlan
from mock_truenas.drive import MockDrive

from ...plans import a_plan
from ..bench import Bench, a_mock_drive
from ..program import Program
from .kind import ended, passed, situation

HOSTILE = "Z$(touch pwned)`touch pwned`;touch pwned;'|&*?<>"


def a_request(drive: MockDrive, **changes: object) -> SurfacePlan:
    """Return an order to write a drive; what lies on it was confirmed."""
    plan = a_plan(drive.name, drive.serial, drive.size)
    changes = {"ranges": surface_ranges(drive.size), **changes}
    return replace(plan, **changes)  # type: ignore[arg-type]


async def denied(program: Program, request: SurfacePlan) -> str:
    """Return the code of the agent's refusal: of the request, or of its worker."""
    try:
        status = await program.client.start_surface(request)
    except AgentFailed as err:
        return err.code
    assert status.state is AgentState.REFUSED
    assert status.reason is not None
    return status.reason.code


@situation("The agent is asked to write a drive with another drive's serial number.")
async def wrong_serial(bench: Bench) -> None:
    """Have the agent read the serial number itself."""
    program = await bench.program()
    request = a_request(bench.target, serial=bench.bystander.serial)
    assert await denied(program, request) == "serial_differs"


@situation("The agent is asked to write a drive that is in a pool.")
async def device_of_a_pool(bench: Bench) -> None:
    """Claim the drive before it is written: the kernel gives it to one only."""
    bench.target.pool = "tank"
    program = await bench.program()
    await program.client.start_surface(a_request(bench.target))
    await bench.until_still()
    status = bench.agent_says()["t1"]
    assert status.state is AgentState.REFUSED
    assert status.reason is not None
    assert status.reason.code == "in_use"


@situation("The agent is asked to go on with the job of another drive.")
async def token_of_another_drive(bench: Bench) -> None:
    """Tie a token to one plan for one serial number."""
    bench.fair_game()
    program = await bench.program()
    await program.client.start_surface(a_request(bench.target))
    stale = a_request(bench.bystander, ranges=surface_ranges(bench.target.size))
    assert await denied(program, stale) == "bad_request"
    await bench.until_still()
    assert bench.agent_says()["t1"].state is AgentState.PASSED


@situation("The name of the device is a path to another one.")
async def path_tricks(bench: Bench) -> None:
    """Take letters and digits for a name, nothing else."""
    program = await bench.program()
    other = bench.bystander.name
    tricks = (f"{bench.target.name}/../{other}", f"../dev/{other}", f"./{other}", "*")
    for trick in tricks:
        code = await denied(program, a_request(bench.target, device=trick))
        assert code == "bad_request"
    assert bench.jobs() == []


@situation(
    "The serial number is a shell command.",
    drives=lambda: (a_mock_drive(9, serial=HOSTILE),),
)
async def hostile_serial(bench: Bench) -> None:
    """Quote words from hardware, and burn the drive in like any other."""
    bench.target = bench.world.drives[-1]
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    passed(bench, await program.final(burn_in.id))
    assert not Path("pwned").exists()
    assert not list(bench.folder.rglob("pwned"))


@situation("Others may write to the agent's folder.")
async def folder_of_others(bench: Bench) -> None:
    """Run nothing that anybody could have replaced."""
    program = await bench.program()
    await program.client.agent.epoch()
    burn_in = await program.submit(bench.target)
    bench.agent_folder.chmod(0o777)
    program.clock.interval = timedelta(minutes=10)
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "couldn't be started")
