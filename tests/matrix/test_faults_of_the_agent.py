"""What happens to the agent is not the drive's fault, and nothing is written twice."""

import shutil

from .bench import Bench
from .situations.kind import passed


async def test_worker_and_service_killed(bench: Bench) -> None:
    """The pass goes on at its last verified range."""
    program = await bench.program()
    burn_in = await bench.midway(program)
    bench.nas.commands.kill_all()
    bench.go_on()
    passed(bench, await program.final(burn_in.id), again=1)


async def test_folder_deleted(bench: Bench) -> None:
    """All checkpoints are lost: the pass begins anew, with one writer."""
    program = await bench.program()
    burn_in = await bench.midway(program)
    shutil.rmtree(bench.agent_folder)
    bench.go_on()
    passed(bench, await program.final(burn_in.id), again=10)


async def test_cron_job_deleted(bench: Bench) -> None:
    """It is made again."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await program.client.agent.remove()
    passed(bench, await program.final(burn_in.id))
