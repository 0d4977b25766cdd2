"""Run the NAS's own programs, and never wait for one that hangs."""

from __future__ import annotations

from dataclasses import dataclass
import os
import shutil
import subprocess

from .paths import Paths

MOST = 8 << 20
"""Bytes of a tool's answer; the longest SMART record is a hundredth of it."""


class Missing(Exception):
    """The program is not on this machine."""


class Hangs(Exception):
    """The program did not end in time."""

    def __init__(self, left: subprocess.Popen[bytes]) -> None:
        """Remember the process: one that waits in the kernel may be out of reach."""
        super().__init__(left.pid)
        self.left = left


@dataclass(frozen=True)
class Said:
    """What a program answered."""

    status: int
    output: str
    error: str

    @property
    def words(self) -> str:
        """Return its last line, for a person; what went wrong comes before the rest."""
        lines = [
            line for line in (self.output + "\n" + self.error).splitlines() if line
        ]
        return lines[-1][:300] if lines else f"exit status {self.status}"


def has(paths: Paths, program: str) -> bool:
    """Return whether this machine has the program."""
    return shutil.which(program, path=paths.search) is not None


def run(paths: Paths, *command: str, patience: float) -> Said:
    """Run a program to its end; raise Missing, Hangs."""
    program = shutil.which(command[0], path=paths.search)
    if program is None:
        raise Missing(command[0])
    try:
        process = subprocess.Popen(  # noqa: S603 - the caller's words, no shell
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C", "PATH": paths.search},
            start_new_session=True,
        )
    except OSError as error:
        raise Missing(command[0]) from error
    try:
        output, error_output = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise Hangs(process) from error
    return Said(process.returncode, _text(output), _text(error_output))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it, and let go of its pipes even where the kernel does not let go of it."""
    process.kill()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        pass


def _text(output: bytes) -> str:
    return output[:MOST].decode("utf-8", "replace")
