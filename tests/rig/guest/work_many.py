"""In the guest: work at several jobs, each in a process of its own, as `work TOKEN` does.

    python3 work_many.py PROGRAM AT_ONCE <plans.json

Where Python is emulated, the start of a program takes longer than its work on a small drive;
here the agent is loaded once, and forked.
"""

import json
import os
import sys
from typing import Any


def main(program: str, at_once: int) -> None:
    """Create every job and work at it; what goes wrong is in each job's `log`."""
    sys.path.insert(0, program)
    from nas_agent import worker  # type: ignore[import-not-found] # noqa: F401, PLC0415
    from nas_agent.__main__ import main as agent  # type: ignore[import-not-found] # noqa: PLC0415
    from nas_agent.jobs import Jobs  # type: ignore[import-not-found] # noqa: PLC0415
    from nas_agent.paths import installed  # type: ignore[import-not-found] # noqa: PLC0415
    from nas_agent.plan import Plan  # type: ignore[import-not-found] # noqa: PLC0415

    paths = installed(program)
    running = failed = 0
    for said in json.load(sys.stdin):
        job = _job(Jobs(paths), Plan.read(said))
        if running >= at_once:
            failed |= os.wait()[1]
            running -= 1
        if not os.fork():
            log = os.open(f"{job.folder}/log", os.O_WRONLY | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            try:
                status = agent(["work", job.token], paths)
            except BaseException:  # noqa: BLE001 - it ends here, whatever it was
                sys.excepthook(*sys.exc_info())
                status = 70
            sys.stderr.flush()
            os._exit(status)
        running += 1
    while running:
        failed |= os.wait()[1]
        running -= 1
    sys.exit(bool(failed))


def _job(jobs: Any, plan: Any) -> Any:
    """Return a new job, or the one of this token with its drive's new name."""
    if plan.token not in {job.token for job in jobs.all()}:
        return jobs.create(plan)
    job = jobs.get(plan.token)
    job.put_plan(plan)
    return job


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
