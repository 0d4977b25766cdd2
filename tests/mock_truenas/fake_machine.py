"""A machine behind a line that answers from what was recorded of a real one."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

BOOT = "843e38a6-4e39-41ad-b44c-a205f7aa9e8d"
RECORDED = Path(__file__).with_name("recorded")


@dataclass
class Answer:
    """What a command says, and what it says the next time where that is another."""

    out: str = ""
    err: str = ""
    status: int = 0
    then: Answer | None = None


@dataclass
class FakeMachine:
    """Knows some commands, by their first words; has files, and the modes of these."""

    path: Path
    commands: dict[str, Answer] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    gone: bool = False

    def booted(self, boot_id: str, partitions: str = "") -> None:
        """Begin, with this id and these drives."""
        self.commands["cat /proc/sys"] = Answer(f"{boot_id}\n{partitions}")

    def ran(self, words: str) -> list[dict[str, Any]]:
        """Return the runs of commands that begin so."""
        runs = [item for item in self.asked if item["op"] == "run"]
        return [item for item in runs if " ".join(item["command"]).startswith(words)]

    def answer(self, ask: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked."""
        self.asked.append(ask)
        if self.gone:
            return {"ok": False, "error": "guest_gone"}
        match ask["op"]:
            case "put":
                self.files[ask["path"]] = base64.b64decode(ask["data"])
                self.modes[ask["path"]] = ask["mode"]
                return {"ok": True}
            case "get":
                return self._file(ask["path"], ask["offset"])
            case _:
                return self._run(" ".join(ask["command"]))

    def _file(self, path: str, offset: int) -> dict[str, Any]:
        if path not in self.files:
            return {"ok": False, "error": "not_found"}
        content = self.files[path]
        data = base64.b64encode(content[offset:]).decode()
        return {"ok": True, "data": data, "size": len(content)}

    def _run(self, words: str) -> dict[str, Any]:
        known = [key for key in self.commands if words.startswith(key)]
        if not known:
            return {"ok": False, "error": "not_found"}
        command = max(known, key=len)
        said = self.commands[command]
        self.commands[command] = said.then or said
        out, err = (
            base64.b64encode(text.encode()).decode() for text in (said.out, said.err)
        )
        return {"ok": True, "status": said.status, "out": out, "err": err}

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one client."""
        async for line in reader:
            ask = json.loads(line)
            answer = self.answer(ask) | {"id": ask["id"]}
            writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()


@asynccontextmanager
async def fake_machine(folder: Path) -> AsyncIterator[FakeMachine]:
    """Give a machine that listens."""
    machine = FakeMachine(folder / "bridge.sock")
    machine.booted(BOOT)
    for command, name in (("lsblk", "lsblk.json"), ("udevadm info", "udevadm.txt")):
        machine.commands[command] = Answer((RECORDED / name).read_text())
    machine.files["/etc/machine-id"] = b"f76292b60d8f41a9925a170cd07e9e67\n"
    machine.files["/etc/hostname"] = b"rig\n"
    machine.files["/etc/hosts"] = b"127.0.0.1 localhost\n"
    server = await asyncio.start_unix_server(machine.serve, machine.path)
    async with server:
        yield machine
        server.close_clients()
