"""filesystem.*: files to and from the NAS."""

from pathlib import Path
from typing import Any

from ..errors import ENOENT, CallError
from ..jobs import Jobs
from ..world import World


def methods(world: World, jobs: Jobs) -> dict[str, Any]:
    """Return the methods of this namespace; both are fed by the HTTP layer."""

    def at(path: Any) -> Path:
        try:
            return world.at(path)
        except TypeError, AttributeError, ValueError:
            raise CallError(f"{path} is not a file", ENOENT) from None

    async def get(path: str) -> bytes:
        file = at(path)
        if not file.is_file():
            raise CallError(f"{path} is not a file")
        return file.read_bytes()

    async def put(
        path: str, options: dict[str, Any] | None = None, content: bytes = b""
    ) -> int:
        options = options or {}
        file = at(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab" if options.get("append") else "wb") as target:
            target.write(content)
        if options.get("mode") is not None:
            file.chmod(options["mode"])
        job = jobs.add("filesystem.put", [path, options])
        job.end(world.clock.now())
        return job.id

    return {"filesystem.get": get, "filesystem.put": put}
