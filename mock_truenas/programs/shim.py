"""The NAS's smartctl, badblocks and dd: ask the world, then do it for real.

And on SCALE its systemd-run and systemctl, as far as one needs them to detach.

Runs as a program of its own and imports nothing of this package: it is started
often, and at once.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BLOCK = 4096
"""The real badblocks works on the file behind the drive in blocks of this size."""

HOST = os.environ.get("TRUENAS_BURNIN_HOST", "")
"""Where the agent looks for the NAS's /dev, /proc and /sys; never this machine's."""

SLICE = 0.05
"""Seconds; a stopped process loses at most one of these from its pace."""


def ask(question: dict[str, Any]) -> Any:
    """Return what the world says."""
    host, _, port = (
        os.environ["MOCK_TRUENAS_URL"].removeprefix("http://").partition(":")
    )
    body = json.dumps(question).encode()
    head = (
        f"POST /debug/shim HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Secret: {os.environ['MOCK_TRUENAS_SECRET']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(head.encode() + body)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def smartctl(arguments: list[str]) -> int:
    """Say what the world's drive says."""
    return spoken("smartctl", [word.removeprefix(HOST) for word in arguments])


def spoken(tool: str, arguments: list[str]) -> int:
    """Say what the world has a tool say."""
    answer = ask({"tool": tool, "arguments": arguments})
    sys.stdout.write(answer["output"])
    return int(answer["status"])


def dd(arguments: list[str]) -> int:
    """Run dd on the file behind the drive: on its last bytes, whatever the place."""
    device = f"[io]f=({re.escape(HOST)})?/dev/(ada|da|sd|nv|disk/by-id/)"
    found = [word for word in arguments if re.match(device, word)]
    real = next(path for path in ("/bin/dd", "/usr/bin/dd") if os.path.exists(path))
    if not found:
        return subprocess.call([real, *arguments])
    drive = ask(
        {
            "tool": "medium",
            "device": found[0][3:].removeprefix(HOST).removeprefix("/dev/"),
        }
    )
    words = []
    for word in arguments:
        key, _, value = word.partition("=")
        if word in found:
            words.append(f"{key}={drive['file']}")
        elif key in ("seek", "skip"):
            words.append(f"{key}=0")
        elif value != "direct":
            words.append(word)
    return subprocess.call([real, *words])


def badblocks(arguments: list[str]) -> int:
    """Run the real badblocks on the part of the file that the range stands for."""
    *options, device, last_word, first_word = arguments
    block = int(options[options.index("-b") + 1])
    out = options[options.index("-o") + 1]
    limit = options[options.index("-e") + 1]
    patterns = [options[i + 1] for i, word in enumerate(options) if word == "-t"]
    drive = ask(
        {"tool": "medium", "device": device.removeprefix(HOST).removeprefix("/dev/")}
    )
    if drive.get("error"):
        sys.stderr.write(
            f"badblocks: {drive['error']} while trying to determine device size\n"
        )
        return 1
    if drive["busy"]:
        sys.stderr.write(
            f"{device} is apparently in use by the system; it's not safe to run badblocks!\n"
        )
        return 1
    first, last = int(first_word), int(last_word)
    begin = first * block * drive["backing"] // drive["size"] // BLOCK
    end = (last + 1) * block * drive["backing"] // drive["size"] // BLOCK - 1
    end = min(max(begin, end), drive["backing"] // BLOCK - 1)
    claimed = (last - first + 1) * block
    pace = drive["pass_seconds"] * claimed / drive["size"]
    total = [0, 0, 0]
    bad: set[int] = set()
    sys.stderr.write(
        f"Checking for bad blocks in read-write mode\nFrom block {first} to {last}\n"
    )
    for pattern in patterns:
        hold(pace)
        found = f"{out}.real"
        words = [
            "badblocks",
            "-w",
            "-s",
            "-v",
            "-b",
            str(BLOCK),
            "-e",
            limit,
            "-o",
            found,
            "-t",
            pattern,
            drive["file"],
            str(end),
            str(begin),
        ]
        done = subprocess.run(
            words,
            capture_output=True,
            preexec_fn=lambda: worn(drive),
            check=False,
            env={**os.environ, "PATH": "/usr/sbin:/sbin:/usr/bin:/bin"},
        )
        said = done.stderr.decode()
        ask({"tool": "written", "serial": drive["serial"], "bytes": claimed})
        for line in said.splitlines():
            if line.startswith(("Testing", "Reading", "Too many")):
                sys.stderr.write(line + "\n")
                sys.stderr.flush()
        counts = re.search(r"\((\d+)/(\d+)/(\d+) errors\)\n*$", said)
        if counts is None:
            sys.stderr.write(said[-300:])
            return done.returncode or 1
        total = [
            have + int(more) for have, more in zip(total, counts.groups(), strict=True)
        ]
        with open(found) as numbers:
            bad.update(int(number) for number in numbers)
        os.unlink(found)
        hold(pace)
    scale = drive["size"] / drive["backing"] * BLOCK / block
    with open(out, "w") as numbers:
        numbers.writelines(
            f"{max(first, min(last, int(number * scale)))}\n" for number in sorted(bad)
        )
    if bad:
        ask({"tool": "damaged", "serial": drive["serial"], "errors": len(bad)})
    sys.stderr.write(
        "Pass completed, {} bad blocks found. ({}/{}/{} errors)\n".format(
            len(bad), *total
        )
    )
    return 0


def worn(drive: dict[str, Any]) -> None:
    """Let writes beyond the limit of a failing drive fail."""
    if drive["limit"] is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (drive["limit"], drive["limit"]))


def hold(seconds: float) -> None:
    """Let a drive's time pass; not while stopped."""
    while seconds > 0:
        time.sleep(min(SLICE, seconds))
        seconds -= SLICE


UNIT = "MOCK_TRUENAS_UNIT"


def processes(unit: str) -> list[int]:
    """Return the processes of a unit."""
    marks = {
        f"{UNIT}={unit}".encode(),
        f"MOCK_TRUENAS_ROOT={os.environ['MOCK_TRUENAS_ROOT']}".encode(),
    }
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/environ", "rb") as environment:
                mine = marks <= set(environment.read().split(b"\0"))
            with open(f"/proc/{name}/stat", "rb") as stat:
                zombie = b") Z " in stat.read()
        except OSError:
            continue
        if mine and not zombie:
            found.append(int(name))
    return found


def options(
    arguments: list[str], short: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the options, by long name, and the words after them."""
    given: dict[str, str] = {}
    words = list(arguments)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        name, equals, value = word.lstrip("-").partition("=")
        if word in short:
            name, equals, value = short[word], "=", words.pop(0)
        given[name] = value if equals else ""
    return given, words


def systemd_run(arguments: list[str]) -> int:
    """Have the NAS itself run a command in a unit of its own; do not wait for it."""
    given, command = options(arguments, {"-u": "unit", "-p": "property"})
    unit = given.get("unit") or f"run-r{os.getpid():08x}"
    name = f"{unit}.service" if "." not in unit else unit
    if processes(name):
        sys.stderr.write(
            f"Failed to start transient service unit: Unit {name} was already loaded "
            "or has a fragment file.\n"
        )
        return 1
    ask({"tool": "systemd-run", "unit": name, "command": command})
    if "quiet" not in given:
        sys.stderr.write(f"Running as unit: {name}\n")
    return 0


def systemctl(arguments: list[str]) -> int:
    """Look at units, and signal them."""
    verbs = ("kill", "stop", "is-active", "show-environment", "reset-failed")
    verb = next((word for word in arguments if word in verbs), "")
    rest = [word for word in arguments if word != verb]
    given, units = options(rest, {"-s": "signal"})
    names = [unit if "." in unit else f"{unit}.service" for unit in units]
    if verb == "show-environment":
        sys.stdout.write(f"PATH={os.environ['PATH']}\n")
        return 0
    if verb == "is-active":
        active = all(processes(name) for name in names)
        if "quiet" not in given:
            sys.stdout.write("active\n" if active else "inactive\n")
        return 0 if active else 3
    if verb in ("kill", "stop"):
        name = given.get("signal", "TERM").removeprefix("SIG")
        number = signal.Signals[f"SIG{name}"]
        found = [process for unit in names for process in processes(unit)]
        for process in found:
            os.kill(process, number)
        return 0 if found or verb == "stop" else 1
    return 0 if verb else 1


if __name__ == "__main__":
    tool, *words = sys.argv[1:]
    tools = {
        "smartctl": smartctl,
        "badblocks": badblocks,
        "dd": dd,
        "systemd-run": systemd_run,
        "systemctl": systemctl,
    }
    sys.exit(tools[tool](words) if tool in tools else spoken(tool, words))
