"""Ends what a NAS runs when the NAS itself is gone, however it ended.

`guard.py ROOT`. Its standard input is a pipe whose other end the mock holds. Runs as a
program of its own and imports nothing of this package.
"""

from __future__ import annotations

import os
import signal
import sys

MARK = "MOCK_TRUENAS_ROOT"
"""In the environment of whatever runs on a NAS: the folder of that NAS."""


def environments() -> dict[int, dict[str, str]]:
    """Return the environments of all processes that are no zombies."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as environment:
                words = environment.read().decode(errors="replace").split("\0")
            with open(f"/proc/{name}/stat", "rb") as stat:
                zombie = b") Z " in stat.read()
        except OSError:
            continue
        if not zombie:
            pairs = (word.partition("=") for word in words)
            found[int(name)] = {key: value for key, _, value in pairs}
    return found


def end(root: str) -> None:
    """Kill every process of a NAS, and those that they start meanwhile."""
    while found := [
        number for number, words in environments().items() if words.get(MARK) == root
    ]:
        for number in found:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end(sys.argv[1])
