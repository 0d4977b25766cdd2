"""Commands of cron jobs, run on the machine by its own sudo."""

from collections.abc import Callable
import json
import re

from ..audit import Audit
from . import sudo_log
from .line import Machine, MachineError

_SECONDS = 86400.0
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
"""What the middleware gives a cron job."""
_HOSTS, _HOSTNAME = "/etc/hosts", "/etc/hostname"


class MachineShell:
    """Runs commands as the middleware does, and keeps what sudo logged of them."""

    def __init__(self, machine: Machine, audit: Audit, *, audited: bool) -> None:
        """Run on this machine; `audited` is whether this generation logs commands."""
        self._machine = machine
        self._audit = audit
        self._audited = audited

    async def prepare(self) -> None:
        """Set up sudo as TrueNAS has it.

        A machine that does not know its own name makes sudo wait for name servers.
        """
        if self._audited:
            await self._machine.put(
                sudo_log.SUDOERS_FILE,
                sudo_log.SUDOERS.encode(),
                sudo_log.SUDOERS_MODE,
            )
        name = await self._text(_HOSTNAME)
        hosts = await self._text(_HOSTS)
        if not re.search(rf"\s{re.escape(name.strip())}(\s|$)", hosts):
            content = f"127.0.0.1 localhost {name.strip()}\n{hosts}"
            await self._machine.put(_HOSTS, content.encode(), 0o644)

    async def run(
        self, command: str, tell: Callable[[str], None] | None = None
    ) -> tuple[int, str]:
        """Run a command as root; return exit status and output, which is told at the end."""
        words = ["sudo", "-H", "-u", "root", "sh", "-c", command]
        try:
            ran = await self._machine.run(words, env=_ENVIRONMENT, seconds=_SECONDS)
        finally:
            if self._audited:
                await self._keep_log()
        output = ran.out + ran.err
        if tell is not None and output:
            tell(output)
        return ran.status, output

    async def _keep_log(self) -> None:
        try:
            found = sudo_log.records(await self._text(sudo_log.FILE))
            text = "".join(json.dumps(record) + "\n" for record in found)
        except MachineError, ValueError:
            return  # It went, or another command is being logged: there is a next time.
        self._audit.sudo_log.write_text(text)

    async def _text(self, path: str) -> str:
        found = await self._machine.get(path)
        return "" if found is None else found.data.decode(errors="replace")
