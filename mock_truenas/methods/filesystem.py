"""filesystem.*: files to and from the NAS."""

import asyncio
from pathlib import Path
from typing import Any

from ..callers import CALL
from ..errors import EINVAL, CallError
from ..jobs import Job, Jobs
from ..world import World


class Files:
    """The methods of this namespace; both are fed by the HTTP layer."""

    def __init__(self, world: World, jobs: Jobs) -> None:
        """Keep the files in the world's own folder."""
        self._world = world
        self._jobs = jobs

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {"filesystem.get": self.get, "filesystem.put": self.put}

    def _at(self, path: str) -> Path:
        try:
            return self._world.at(path)
        except ValueError:
            raise CallError(f"{path} is not a file") from None

    async def get(self, path: str) -> Job:
        """Start a job whose output is a file."""
        if not CALL.get().downloads:
            raise CallError("Pipe 'output' is not open", EINVAL)

        async def work(job: Job) -> None:
            file = self._at(path)
            if not file.is_file():
                raise CallError(f"{path} is not a file")
            job.output = await asyncio.to_thread(file.read_bytes)

        return self._jobs.start("filesystem.get", [path], work)

    async def put(self, path: str, options: dict[str, Any] | None = None) -> Job:
        """Start a job that writes what was uploaded."""
        content = CALL.get().content
        if content is None:
            raise CallError("Pipe 'input' is not open", EINVAL)
        given = options or {}

        async def work(job: Job) -> bool:
            await asyncio.to_thread(_write, self._at(path), content, given)
            return True

        return self._jobs.start("filesystem.put", [path, given], work)


def _write(file: Path, content: bytes, options: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab" if options.get("append") else "wb") as target:
        target.write(content)
    if options.get("mode"):
        file.chmod(options["mode"])
