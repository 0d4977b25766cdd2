"""Ask drives by smartctl: each in the way it answers, none for ever, and hear its words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
import re
import subprocess
import threading
import time

from . import durable, tools, words
from .drive import names
from .drive.serials import canonical
from .errors import Code, Json, Refused
from .paths import Paths

PATIENCE = 90.0
"""Seconds: a big drive spins up in 30, and the log of a bad one takes as long again."""

SLOW = 30.0
"""Seconds for the whole record, after which a drive counts as slow."""

SLOWER = 2
"""Times the usual patience that a slow drive gets."""

NEEDED = (
    *("-i", "-H", "-c", "-A", "-g", "security"),
    *("-l", "error", "-l", "selftest", "-l", "defects"),
)
"""What is judged of the record that `-x` asks for; a healthy drive in a box may take a
minute for all of it."""

_USED = 0b11
"""Bits of the exit status: not understood, or the drive could not be opened."""

_REFUSED = 0b111
"""The same, or the drive did not take a command."""

_ASLEEP = re.compile(r"Device is in (STANDBY|SLEEP)[A-Z_ ]* mode")
_UNIDENTIFIED = re.compile(
    r"Unable to detect device type|(Unknown|Unsupported) USB bridge"
)
"""What it says of a disk of which it knows no way to ask it (smartctl.cpp, os_linux.cpp
and dev_interface.cpp of smartmontools 7.4)."""

_PROPOSED = re.compile(r"-d ([a-z]+(?:,auto)?)\b")
_BRIDGES = ("sat", "sntasmedia", "sntjmicron", "sntrealtek", "usbjmicron", "scsi")
"""How drives behind USB bridges are asked (smartctl(8), option -d), most usual first."""


@dataclass(frozen=True)
class Answer:
    """What smartctl said: its JSON, and the lines of its ordinary output."""

    status: int
    said: dict[str, Json]
    lines: str
    device_type: str | None

    @property
    def asleep(self) -> bool:
        """Return whether it was told not to wake the drive, and did not."""
        return bool(_ASLEEP.search(self.lines))

    @property
    def serial(self) -> str:
        """Return the serial number that the drive itself told, or ''."""
        serial = self.said.get("serial_number")
        return serial if isinstance(serial, str) else ""

    @property
    def opened(self) -> bool:
        """Return whether smartctl got as far as the drive."""
        return not self.status & _USED or self.asleep

    @property
    def unidentified(self) -> bool:
        """Return whether smartctl knows no way to ask the drive: nothing was sent to it."""
        return bool(self.status & 1 and _UNIDENTIFIED.search(self.lines))

    @property
    def taken(self) -> bool:
        """Return whether the drive took every command."""
        return not self.status & _REFUSED

    @property
    def words(self) -> str:
        """Return what it said at the end, for a person."""
        lines = [line.strip() for line in self.lines.splitlines() if line.strip()]
        return " ".join(lines[-3:])[:300]


@dataclass(frozen=True)
class _Way:
    """How a drive is asked: by which `-d`, and whether it takes its time."""

    device_type: str | None
    slow: bool


@dataclass
class _Line:
    """One drive's turn: smartctl is not asked twice at once, nor while one hangs."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    left: subprocess.Popen[bytes] | None = None

    @property
    def hangs(self) -> bool:
        """Return whether an earlier smartctl still has not ended."""
        return self.left is not None and self.left.poll() is None


class Smartctl:
    """smartctl of this NAS, and how it asks each drive."""

    def __init__(self, paths: Paths) -> None:
        """Keep where everything is."""
        self._paths = paths
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()

    def record(self, device: str, serial: str, *options: str) -> Answer:
        """Ask a drive for all that it tells; a slow one for what is judged alone.

        Raise Refused as `ask` does.
        """
        if not self._known(serial).slow:
            began = time.monotonic()
            try:
                answer = self.ask(device, serial, *options, "-x")
            except Refused as refused:
                hangs = self._line(device).hangs
                if refused.code is not Code.DRIVE_HANGS or hangs:
                    raise
                self._keep(serial, replace(self._known(serial), slow=True))
            else:
                if time.monotonic() - began > SLOW:
                    self._keep(serial, replace(self._known(serial), slow=True))
                return answer
        return self.ask(device, serial, *options, *NEEDED)

    def ask(
        self, device: str, serial: str, *options: str, patience: float | None = None
    ) -> Answer:
        """Ask a drive in the way it answers, which is found the first time.

        Raise Refused: `no_smartctl`, `drive_hangs`, `no_smart` where it knows no way to
        ask, or `smartctl_failed` where it does not get as far as the drive.
        """
        patience = PATIENCE if patience is None else patience
        patience *= SLOWER if self._known(serial).slow else 1
        line = self._line(device)
        if line.hangs or not line.turn.acquire(timeout=patience):
            raise Refused(Code.DRIVE_HANGS, {"device": device})
        try:
            answer = self._ask(device, serial, options, patience)
        except tools.Missing as error:
            raise Refused(Code.NO_SMARTCTL) from error
        except tools.Hangs as error:
            line.left = error.left
            raise Refused(Code.DRIVE_HANGS, {"device": device}) from error
        finally:
            line.turn.release()
        if not answer.opened:
            code = Code.NO_SMART if answer.unidentified else Code.SMARTCTL_FAILED
            raise Refused(code, {"device": device}, answer.words)
        return answer

    def _line(self, device: str) -> _Line:
        with self._lock:
            return self._lines.setdefault(device, _Line())

    def _ask(
        self, device: str, serial: str, options: tuple[str, ...], patience: float
    ) -> Answer:
        way = self._known(serial)
        answer = self._run(device, way.device_type, options, patience)
        if not answer.opened and way.device_type:
            # It may have been taken out of its box.
            way = replace(way, device_type=None)
            answer = self._run(device, None, options, patience)
        known = way.device_type or answer.serial or "-i" not in options
        if answer.opened and known:
            return answer
        for device_type in _proposed(answer.lines):
            probe = self._run(device, device_type, ("-i",), patience)
            if probe.opened and probe.serial:
                self._keep(serial, replace(way, device_type=device_type))
                return self._run(device, device_type, options, patience)
        return answer

    def _run(
        self,
        device: str,
        device_type: str | None,
        options: tuple[str, ...],
        patience: float,
    ) -> Answer:
        asked = names.asked_as(device, self._paths)
        typed = () if device_type is None else ("-d", device_type)
        said = tools.run(
            self._paths,
            "smartctl",
            *typed,
            *options,
            "--json=co",
            str(self._paths.dev / asked),
            patience=patience,
        )
        try:
            decoded = words.decode(said.output)
        except ValueError:
            decoded = None
        answer = decoded if isinstance(decoded, dict) else {}
        return Answer(
            said.status if answer else said.status | 1,
            _without_lines(answer),
            _lines(answer) or said.output + said.error,
            device_type,
        )

    def _known(self, serial: str) -> _Way:
        kept = durable.read(self._paths.devices)
        said = kept.get(canonical(serial)) if isinstance(kept, dict) else None
        known = said if isinstance(said, dict) else {}
        device_type = known.get("type")
        return _Way(
            device_type if device_type in _BRIDGES else None, known.get("slow") is True
        )

    def _keep(self, serial: str, way: _Way) -> None:
        with self._lock:
            kept = durable.read(self._paths.devices)
            ways = dict(kept) if isinstance(kept, dict) else {}
            ways[canonical(serial)] = {"type": way.device_type, "slow": way.slow}
            try:
                durable.replace(self._paths.devices, ways)
            except OSError:
                pass  # found again the next time


def _proposed(lines: str) -> list[str]:
    """Return the types to try: those smartctl names, else those of bridges."""
    if "-d" not in lines:
        return []
    named = [one for one in _PROPOSED.findall(lines) if one in _BRIDGES]
    return list(dict.fromkeys((*named, *_BRIDGES)))


def _tool(said: dict[str, Json]) -> dict[str, Json]:
    about = said.get("smartctl")
    return about if isinstance(about, dict) else {}


def _lines(said: dict[str, Json]) -> str:
    """Return its ordinary output and messages."""
    about = _tool(said)
    output = about.get("output")
    lines = [str(one) for one in output] if isinstance(output, list) else []
    messages = about.get("messages")
    lines += [
        str(one.get("string", ""))
        for one in (messages if isinstance(messages, list) else [])
        if isinstance(one, dict)
    ]
    return "\n".join(lines)


def _without_lines(said: dict[str, Json]) -> dict[str, Json]:
    """Return the JSON without the ordinary output, which would double its length."""
    about = {key: value for key, value in _tool(said).items() if key != "output"}
    return {**said, "smartctl": about} if about else said
