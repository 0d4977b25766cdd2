"""What runs the commands of cron jobs."""

from collections.abc import Callable
from typing import Protocol


class Shell(Protocol):
    """The shell of a NAS."""

    async def run(
        self, command: str, tell: Callable[[str], None] | None = None
    ) -> tuple[int, str]:
        """Run a command as root's shell does; return exit status and output.

        Each line is told when it comes, or when it is known.
        """
