"""What happens to the agent is not the drive's fault, and nothing is written twice."""

import shutil

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.truenas.errors import AgentFailed

from .bench import Bench
from .situations.kind import ended, passed


async def test_worker_and_badblocks_killed(bench: Bench) -> None:
    """The pass goes on at its last verified range."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await bench.between_ranges(bench.nas.commands.kill_all)
    passed(bench, await program.final(burn_in.id), again=1)


@pytest.mark.parametrize("signal", ["TERM", "KILL"])
async def test_badblocks_alone_killed(bench: Bench, signal: str) -> None:
    """Only the range under way is done again."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    token = await program.writing(burn_in.id)
    pid = await bench.told_pid(token, "pid")
    await bench.shell(f"kill -{signal} {pid}")
    passed(bench, await program.final(burn_in.id), again=1)


async def test_worker_alone_killed(bench: Bench) -> None:
    """Its badblocks is no second writer beside the next worker's."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    token = await program.writing(burn_in.id)
    await bench.told_pid(token, "pid")
    worker = await bench.told_pid(token, "worker")
    await bench.shell(f"kill -KILL {worker}")
    passed(bench, await program.final(burn_in.id), again=1)


async def test_folder_deleted(bench: Bench) -> None:
    """All checkpoints are lost: the pass begins anew, with one writer."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await bench.between_ranges(lambda: shutil.rmtree(bench.agent_folder))
    passed(bench, await program.final(burn_in.id), again=10)


async def test_folder_deleted_before_the_first_range_is_done(bench: Bench) -> None:
    """What the forgotten worker writes is not read back by the next one."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    token = await program.writing(burn_in.id)
    await bench.told_pid(token, "pid")
    shutil.rmtree(bench.agent_folder)
    passed(bench, await program.final(burn_in.id), again=10)


async def test_badblocks_missing_at_the_start(bench: Bench) -> None:
    """It cannot be found out how the drive is."""
    bench.keep_programs_apart()
    bench.hide("badblocks")
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), BurnInState.INCONCLUSIVE, "badblocks")
    assert bench.target.writes == 0


async def test_smartctl_missing_at_the_start(bench: Bench) -> None:
    """Whoever starts is told: nobody knows whether the drive tests itself."""
    bench.keep_programs_apart()
    bench.hide("smartctl")
    program = await bench.program()
    with pytest.raises(AgentFailed, match="no_smartctl"):
        await program.submit(bench.target)
    assert bench.target.writes == 0


@pytest.mark.parametrize("tool", ["badblocks", "smartctl"])
async def test_tool_missing_in_the_middle(bench: Bench, tool: str) -> None:
    """An update of the NAS took it away: not the drive's fault."""
    bench.keep_programs_apart()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await bench.between_ranges(lambda: bench.hide(tool))
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, tool)


@pytest.mark.parametrize(
    ("status", "state"), [(0, BurnInState.INCONCLUSIVE), (1, BurnInState.FAILED)]
)
async def test_badblocks_output_truncated(
    bench: Bench, status: int, state: BurnInState
) -> None:
    """Without its last words nothing passes; it is told how far they went."""
    script = f'printf "Testing with pattern 0xaa: oops" >&2\nexit {status}'
    bench.replace("badblocks", script)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), state, "0xaa: oops")


async def test_smartctl_output_truncated(bench: Bench) -> None:
    """Half a record is none: nothing is begun."""
    bench.replace("smartctl", 'printf \'{"serial_number": "SER00\'')
    program = await bench.program()
    with pytest.raises(AgentFailed, match="device_lost"):
        await program.submit(bench.target)
    assert bench.target.writes == 0


async def test_status_truncated(bench: Bench) -> None:
    """Half a status line is asked for again."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)

    def truncate() -> None:
        status = bench.agent_folder / "status"
        status.write_text(status.read_text()[:50])

    await bench.between_ranges(truncate)
    passed(bench, await program.final(burn_in.id))


async def test_cron_job_deleted(bench: Bench) -> None:
    """It is made again."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await program.client.agent.remove()
    passed(bench, await program.final(burn_in.id))
