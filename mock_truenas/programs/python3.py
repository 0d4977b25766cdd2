"""The NAS's python3: runs the packed agent as if this machine were the mocked NAS.

`python3.py AGENT.pyz COMMAND...`. The agent is told other places and another kernel, and
its time passes as fast as the NAS's. A drive is a sparse file of the size that it claims,
of which only a few bytes of every range are written and read: `SAMPLES` pieces stand for
the whole, and take as long as the whole would.
"""

from __future__ import annotations

from dataclasses import replace
import errno
import fcntl
from importlib import import_module
import json
import os
from pathlib import Path
import stat
import sys
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mock_truenas.programs.shim import ask
else:
    from shim import ask

HOST = Path(os.environ["TRUENAS_BURNIN_HOST"])
SAMPLES = 4
PIECE = 16384
BLOCK = 4096
UNIT = 2**20
"""Requests of the agent begin at multiples of it from the start of their range."""


class Facts:
    """What the NAS says of the drive behind a file, read anew when it has changed."""

    def __init__(self, status: os.stat_result) -> None:
        """Find the drive by its file."""
        self._file = HOST.parent / "facts" / f"{status.st_ino}.json"
        self._seen: tuple[int, int] | None = None
        self._said: dict[str, Any] = {}

    def now(self) -> dict[str, Any]:
        """Return them; OSError where there is no such drive any more."""
        about = self._file.stat()
        seen = about.st_mtime_ns, about.st_ino
        if seen != self._seen:
            self._said = json.loads(self._file.read_text())
            self._seen = seen
        return self._said


class Kernel:
    """What a kernel says of drives that are files."""

    def __init__(self, *, freebsd: bool) -> None:
        """Be Linux or FreeBSD."""
        self.freebsd = freebsd

    def is_drive(self, status: os.stat_result) -> bool:
        """Return whether this is one of the NAS's drives."""
        try:
            Facts(status).now()
        except OSError:
            return False
        return stat.S_ISREG(status.st_mode)

    def open_exclusively(self, node: Path) -> int:
        """Open a drive that nobody uses; hold it until it is closed."""
        descriptor = os.open(node, os.O_RDWR | os.O_CLOEXEC)
        number = self._refusal(descriptor)
        if number:
            os.close(descriptor)
            raise OSError(number, os.strerror(number))
        return descriptor

    def _refusal(self, descriptor: int) -> int:
        """Return the number of the error that opening it ends with, 0 for none."""
        facts = _of(descriptor)
        if facts["busy"]:
            return errno.EPERM if self.freebsd else errno.EBUSY
        if not facts["present"]:
            return errno.ENXIO
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return errno.EBUSY
        return 0

    def size(self, descriptor: int) -> int:
        """Return the size that it claims."""
        return int(_of(descriptor)["size"])

    def logical_sector(self, descriptor: int) -> int:
        """Return the bytes of a sector."""
        return int(_of(descriptor)["sector"])

    def is_read_only(self, descriptor: int) -> bool:
        """Return whether nothing can be written to it."""
        return bool(_of(descriptor)["read_only"])

    def serial(self, descriptor: int) -> str:
        """Return the serial where the kernel has an ioctl for it."""
        return str(_of(descriptor)["serial"]) if self.freebsd else ""

    def discard(self, descriptor: int, start: int, length: int) -> None:
        """Let the file lose these bytes."""
        keep_size, punch_hole = 1, 2
        _fallocate(descriptor, keep_size | punch_hole, start, length)


def _of(descriptor: int) -> dict[str, Any]:
    try:
        return Facts(os.fstat(descriptor)).now()
    except OSError as error:
        raise OSError(errno.ENXIO, "gone") from error


def _fallocate(descriptor: int, mode: int, start: int, length: int) -> None:
    import ctypes  # noqa: PLC0415 - rarely needed, and slow to load

    libc = ctypes.CDLL(None, use_errno=True)
    words = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    libc.fallocate.argtypes = words
    if libc.fallocate(descriptor, mode, start, length):
        raise OSError(ctypes.get_errno(), "fallocate")


class Shares:
    """For how many bytes of a drive each sampled request stands."""

    def __init__(self) -> None:
        """Begin without requests."""
        self._shares: dict[int, int] = {}
        self._lock = threading.Lock()

    def put(self, byte: int, share: int) -> None:
        """Remember the share of the request at a place."""
        with self._lock:
            self._shares[byte] = share

    def take(self, byte: int) -> int:
        """Return it once; 0 for a request that stands for itself."""
        with self._lock:
            return self._shares.pop(byte, 0)


SHARES = Shares()


def sampled(start: int, length: int, longest: int) -> list[tuple[int, int]]:
    """Return the pieces (byte, length) of a range: its first and last, and some between."""
    piece = min(PIECE, longest)
    units = (length + UNIT - 1) // UNIT
    if units <= SAMPLES:
        return [
            (start + place, min(UNIT, longest, length - place))
            for place in range(0, length, min(UNIT, longest))
        ]
    chosen = [number * (units - 1) // (SAMPLES - 1) for number in range(SAMPLES)]
    return [(start + unit * UNIT, min(piece, length - unit * UNIT)) for unit in chosen]


def requests_of(request: Any) -> Any:
    """Return what takes the place of the agent's `of_range`."""

    def of_range(whole: Any, longest: int) -> Iterator[Any]:
        pieces = sampled(whole.start, whole.length, longest)
        for number, (byte, length) in enumerate(pieces, 1):
            before = whole.length * (number - 1) // len(pieces)
            SHARES.put(byte, whole.length * number // len(pieces) - before)
            yield request(byte, length)

    return of_range


def medium_of(base: Any) -> Any:
    """Return the agent's `Medium` with a drive's time and a drive's faults."""

    class Medium(base):  # type: ignore[misc]  # known only once the agent is there
        """A drive whose NAS decides what becomes of a request."""

        def __init__(self, descriptor: int) -> None:
            super().__init__(descriptor)
            self._facts = Facts(os.fstat(descriptor))
            self._unsaid = 0
            self._bad: set[int] = set()

        def read(self, view: memoryview, byte: int) -> int:
            self._begin(byte, len(view))
            return int(super().read(view, byte))

        def write(self, view: memoryview, byte: int) -> int:
            share = self._begin(byte, len(view))
            done = int(super().write(view, byte))
            self._unsaid += share
            return done

        def flush(self) -> None:
            facts = self._need()
            said, self._unsaid = self._unsaid, 0
            if said:
                ask({"tool": "written", "serial": facts["serial"], "bytes": said})

        def _begin(self, byte: int, length: int) -> int:
            """Let a request take its time; return for how many bytes of a range it stands.

            None for the capacity check: how many blocks that has is left to chance.
            Sectors go bad when whole ranges are moved, not for the single blocks of the
            capacity check: the drive is to fail where its NAS says, not before.
            """
            facts = self._need()
            share = SHARES.take(byte)
            time.sleep(
                facts["pass_seconds"] * (share or length) / max(1, facts["size"])
            )
            self._need()
            blocks = range(byte // BLOCK, (byte + length + BLOCK - 1) // BLOCK)
            if share and byte + length > facts["good_bytes"]:
                self._bad.update(blocks)
                ask(
                    {
                        "tool": "damaged",
                        "serial": facts["serial"],
                        "errors": len(blocks),
                    }
                )
            if not self._bad.isdisjoint(blocks):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return share

        def _need(self) -> dict[str, Any]:
            """Wait while the drive hangs; raise what a kernel raises when it is gone."""
            while (facts := self._facts.now())["hangs"] and facts["present"]:
                time.sleep(0.05)
            if not facts["present"]:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return facts

    return Medium


def run(program: str, arguments: list[str]) -> int:
    """Run a command of the agent on the mocked NAS."""
    sys.path.insert(0, program)
    agent, guard, pace, paths, worker = (
        packed(name) for name in ("__main__", "guard", "pace", "paths", "worker")
    )
    requests, medium = packed("engines.requests"), packed("engines.medium")
    speed = float(os.environ["MOCK_TRUENAS_SPEED"])
    requests.of_range = requests_of(requests.Request)
    worker.work.__kwdefaults__["medium"] = medium_of(medium.Medium)
    worker.UNPLUGGED_AFTER = faster(worker.UNPLUGGED_AFTER, speed)
    guard.HEAT_EVERY = faster(guard.HEAT_EVERY, speed)
    guard.TELL_EVERY = faster(guard.TELL_EVERY, speed)
    guard.TICK = faster(guard.TICK, speed)
    usual = pace.Pace()
    quick = replace(
        usual,
        look=faster(usual.look, speed),
        progress=faster(usual.progress, speed),
        minute=faster(usual.minute, speed),
    )
    here = replace(
        paths.installed(program),
        home=Path(program).parent,
        dev=HOST / "dev",
        proc=HOST / "proc",
        sys=HOST / "sys",
        udev=HOST / "run/udev",
        run=HOST / "var/run",
        systemd=HOST / "run/systemd/system",
        search=os.environ["MOCK_TRUENAS_TOOLS"],
        kernel=Kernel(freebsd=os.environ["MOCK_TRUENAS_FREEBSD"] == "1"),
        program=(f"{os.environ['MOCK_TRUENAS_TOOLS']}/python3", program),
    )
    return int(agent.main(arguments, here, quick))


def packed(name: str) -> Any:
    """Return a module of the packed agent."""
    return import_module(f"nas_agent.{name}")


def faster(seconds: float, speed: float) -> float:
    """Return an interval in the NAS's faster time, long enough for a busy machine."""
    return min(seconds, max(0.25, seconds / speed))


if __name__ == "__main__":
    if len(sys.argv) < 2 or not sys.argv[1].endswith(".pyz"):
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
    status = run(sys.argv[1], sys.argv[2:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that a drive keeps would keep the process.
    os._exit(status)
