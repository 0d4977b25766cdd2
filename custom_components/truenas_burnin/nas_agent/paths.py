"""Where everything is on a NAS. Nothing else in this package names a place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from sys import executable

from .kernel import KERNEL, Kernel


@dataclass(frozen=True)
class Paths:
    """A machine: its places, its kernel, and how this program is started on it.

    In production there is one, which `installed` returns. Whatever starts the agent
    elsewhere hands its own to `main`; no variable of the environment does that, so that nobody's can.
    """

    home: Path = Path("/root/.truenas-burnin")
    dev: Path = Path("/dev")
    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    udev: Path = Path("/run/udev")
    run: Path = Path("/var/run")
    systemd: Path = Path("/run/systemd/system")
    """There while systemd runs (sd_booted(3))."""
    search: str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
    """Where tools are, whatever the one who starts us has for a PATH."""
    kernel: Kernel = KERNEL
    program: tuple[str, ...] = ()
    version: str = ""
    """First 12 digits of the SHA-256 of the packed program: its file's name has them."""

    @property
    def requests(self) -> Path:
        """Return the folder into which requests are uploaded."""
        return self.home / "requests"

    @property
    def replies(self) -> Path:
        """Return the folder of replies."""
        return self.home / "replies"

    @property
    def jobs(self) -> Path:
        """Return the folder that has a folder for each job."""
        return self.home / "jobs"

    @property
    def spent(self) -> Path:
        """Return the folder of tokens that are never begun again."""
        return self.home / "spent"

    @property
    def locks(self) -> Path:
        """Return the folder of locks: one for the service, one for every serial."""
        return self.home / "locks"

    @property
    def feed(self) -> Path:
        """Return the file that the integration follows."""
        return self.home / "feed"

    @property
    def status(self) -> Path:
        """Return the small file of generations that cannot follow one."""
        return self.home / "status.json"

    @property
    def epoch(self) -> Path:
        """Return the file that says which ledger is obeyed."""
        return self.home / "epoch.json"

    @property
    def devices(self) -> Path:
        """Return the file that says how each drive is asked."""
        return self.home / "devices.json"


def installed(program: str) -> Paths:
    """Return the machine that this runs on, seen by the packed program of that name."""
    version = Path(program).stem.removeprefix("agent-")
    return Paths(program=(executable, "-I", program), version=version)
