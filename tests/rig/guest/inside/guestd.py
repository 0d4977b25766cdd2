#!/usr/bin/python3
"""Do what the host asks over a virtio-serial port: run, put, get.

Runs in the guest, by Debian's own Python. One JSON object a line each way; tests/rig/README.md describes them.
"""

import base64
from collections.abc import Callable
import json
import os
from pathlib import Path
import signal
import subprocess
import threading
import time
from typing import Any

PORT = "/dev/virtio-ports/rig"
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
}

type Message = dict[str, Any]


def text(data: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(data).decode()


def run(ask: Message) -> Message:
    """Run a command to its end; kill its whole group when the time is up."""
    child = subprocess.Popen(
        ask["command"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT if ask.get("env") is None else ask["env"],
        cwd=ask.get("cwd") or "/root",
        start_new_session=True,
    )
    try:
        out, err = child.communicate(
            base64.b64decode(ask.get("stdin") or ""), ask.get("timeout") or 120
        )
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return {"ok": False, "error": "timeout"}
    return {"ok": True, "status": child.returncode, "out": text(out), "err": text(err)}


def put(ask: Message) -> Message:
    """Write a file whole, as `filesystem.put` does: the name appears when all is there."""
    path = Path(ask["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".put")
    temporary.write_bytes(base64.b64decode(ask["data"]))
    temporary.chmod(ask.get("mode") or 0o600)
    temporary.replace(path)
    return {"ok": True}


def get(ask: Message) -> Message:
    """Read a file, or a part of it."""
    with Path(ask["path"]).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(ask.get("offset") or 0)
        data = file.read(-1 if ask.get("length") is None else ask["length"])
    return {"ok": True, "data": text(data), "size": size}


OPERATIONS: dict[str, Callable[[Message], Message]] = {
    "run": run,
    "put": put,
    "get": get,
}


def main() -> None:
    """Serve the port for ever, each request in a thread of its own."""
    port = os.open(PORT, os.O_RDWR)
    lock = threading.Lock()

    def say(message: Message) -> None:
        data = json.dumps(message).encode() + b"\n"
        with lock:
            while data:
                data = data[os.write(port, data) :]

    def serve(ask: Message) -> None:
        try:
            answer = OPERATIONS[ask["op"]](ask)
        except FileNotFoundError:
            answer = {"ok": False, "error": "not_found"}
        except Exception as err:  # noqa: BLE001 - the host is told whatever it was
            answer = {"ok": False, "error": repr(err)}
        say({"id": ask["id"], **answer})

    say(
        {
            "id": 0,
            "ok": True,
            "hello": Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        }
    )
    kept = b""
    while True:
        data = os.read(port, 1 << 16)
        if not data:  # nobody on the host's side; the port has no event for it
            time.sleep(0.05)
            continue
        *lines, kept = (kept + data).split(b"\n")
        for line in lines:
            threading.Thread(
                target=serve, args=(json.loads(line),), daemon=True
            ).start()


if __name__ == "__main__":
    main()
