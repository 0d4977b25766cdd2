"""filesystem.*: files to and from the NAS."""

from typing import Any

from ..callers import CALL
from ..errors import EINVAL, CallError
from ..host import Host
from ..jobs import Job, Jobs


class Files:
    """The methods of this namespace; both are fed by the HTTP layer."""

    def __init__(self, host: Host, jobs: Jobs) -> None:
        """Keep the files where the NAS has them."""
        self._host = host
        self._jobs = jobs

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {"filesystem.get": self.get, "filesystem.put": self.put}

    async def get(self, path: str) -> Job:
        """Start a job whose output is a file."""
        if not CALL.get().downloads:
            raise CallError("Pipe 'output' is not open", EINVAL)

        async def work(job: Job) -> None:
            try:
                job.output = await self._host.storage.read(path)
            except ValueError:
                job.output = None
            if job.output is None:
                raise CallError(f"{path} is not a file")

        return self._jobs.start("filesystem.get", [path], work)

    async def put(self, path: str, options: dict[str, Any] | None = None) -> Job:
        """Start a job that writes what was uploaded."""
        content = CALL.get().content
        if content is None:
            raise CallError("Pipe 'input' is not open", EINVAL)
        given = options or {}

        async def work(job: Job) -> bool:
            try:
                await self._host.storage.write(
                    path,
                    content,
                    append=bool(given.get("append")),
                    mode=given.get("mode"),
                )
            except ValueError:
                raise CallError(f"{path} is not a file") from None
            return True

        return self._jobs.start("filesystem.put", [path, given], work)
