"""The NAS's audit log: what it keeps of calls, logins and programs, per generation."""

from collections.abc import Mapping
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any
import uuid

from .callers import Caller
from .clock import Clock, stamp
from .jobs import Job
from .profile import Profile

AUTHENTICATION, LOGOUT, METHOD_CALL = "AUTHENTICATION", "LOGOUT", "METHOD_CALL"
MIDDLEWARE, SUDO = "MIDDLEWARE", "SUDO"
_VERSION = {"major": 0, "minor": 1}


class Audit:
    """All rows since the mock began; without any where the generation keeps none.

    The rows of sudo come from `sudo_log`, a file of JSON lines in sudo's own format.
    """

    def __init__(self, profile: Profile, clock: Clock, sudo_log: Path) -> None:
        """Begin with an empty log."""
        self.sudo_log = sudo_log
        self._profile = profile
        self._clock = clock
        self._rows: list[dict[str, Any]] = []

    def rows(self, service: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of a service or of all, the oldest first."""
        if not self._profile.audit:
            return []
        rows = [*self._rows, *self._sudo_rows()]
        return [row for row in rows if service in (None, row["service"])]

    def log(
        self,
        event: str,
        data: Mapping[str, Any],
        caller: Caller | None,
        *,
        success: bool = True,
        websocket: bool = False,
    ) -> None:
        """Keep a row of the middleware."""
        if not self._profile.audit:
            return
        now = self._clock.now()
        told = {
            "vers": _VERSION,
            "origin": "127.0.0.1",
            "protocol": "WEBSOCKET" if websocket else "REST",
            "credentials": None if caller is None else caller.dumped(),
        }
        self._rows.append(
            {
                "audit_id": str(uuid.uuid4()),
                "message_timestamp": int(now.timestamp()),
                "timestamp": stamp(now),
                "address": "127.0.0.1",
                "username": "." if caller is None else caller.username,
                "session": None if caller is None else caller.login_id,
                "service": MIDDLEWARE,
                "service_data": told,
                "event": event,
                "event_data": dict(data),
                "success": success,
            }
        )

    def called(
        self,
        method: str,
        params: list[Any],
        caller: Caller | None,
        *,
        websocket: bool,
        job: Job | None = None,
        success: bool = True,
    ) -> None:
        """Keep a row of a call if the method is audited; of a job when it has ended."""
        description = self._profile.audited.get(method)
        if description is None:
            return

        def keep(*, success: bool) -> None:
            data = {
                "method": method,
                "params": params,
                "description": description,
                "authenticated": True,
                "authorized": True,
            }
            self.log(METHOD_CALL, data, caller, success=success, websocket=websocket)

        if job is None or job.task is None:
            keep(success=success)
        else:
            job.task.add_done_callback(lambda _: keep(success=job.error is None))

    def _sudo_rows(self) -> list[dict[str, Any]]:
        if not self.sudo_log.exists():
            return []
        return [_sudo_row(json.loads(line)) for line in _lines(self.sudo_log)]


def _lines(file: Path) -> list[str]:
    """Return the lines that are complete."""
    return file.read_text().rpartition("\n")[0].splitlines()


def _sudo_row(record: Mapping[str, Any]) -> dict[str, Any]:
    accept = record["sudo"]["accept"]
    now = datetime.fromtimestamp(accept["server_time"]["seconds"], UTC)
    return {
        "audit_id": accept["uuid"],
        "message_timestamp": int(now.timestamp()),
        "timestamp": stamp(now),
        "address": accept["submithost"],
        "username": accept["submituser"],
        "session": None,
        "service": SUDO,
        "service_data": {"vers": _VERSION},
        "event": "ACCEPT",
        "event_data": record,
        "success": True,
    }
