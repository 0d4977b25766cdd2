"""The NAS's smartctl and other tools, which say what the world says.

And on SCALE its systemd-run and systemctl, as far as one needs them to detach.

Runs as a program of its own and imports nothing of this package: it is started
often, and at once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HOST = os.environ.get("TRUENAS_BURNIN_HOST", "")
"""Where the agent looks for the NAS's /dev, /proc and /sys; never this machine's."""


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
        "systemd-run": systemd_run,
        "systemctl": systemctl,
    }
    sys.exit(tools[tool](words) if tool in tools else spoken(tool, words))
