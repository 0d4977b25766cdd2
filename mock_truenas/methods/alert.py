"""alert.*: what the NAS wants its administrator to know."""

from typing import Any
import uuid

from ..clock import stamp
from ..errors import CallError
from ..events import Change, Event
from ..host import Host


def methods(host: Host) -> dict[str, Any]:
    """Return the methods of this namespace."""

    async def list_() -> list[Any]:
        return list(host.alerts.values())

    async def dismiss(number: str) -> None:
        if number not in host.alerts:
            raise CallError("Alert with this UUID does not exist")
        host.alerts[number]["dismissed"] = True
        _tell(host, Change.CHANGED, number)

    return {"alert.list": list_, "alert.dismiss": dismiss}


def raise_alert(
    host: Host, klass: str, text: str, level: str = "WARNING", args: Any = None
) -> str:
    """Let an alert appear; return its uuid."""
    number = str(uuid.uuid4())
    now = stamp(host.clock.now())
    host.alerts[number] = {
        "uuid": number,
        "source": "",
        "klass": klass,
        "args": {} if args is None else args,
        "node": "Controller A",
        "key": "{}",
        "datetime": now,
        "last_occurrence": now,
        "dismissed": False,
        "mail": None,
        "text": text,
        "id": number,
        "level": level,
        "formatted": text,
        "one_shot": False,
    }
    _tell(host, Change.ADDED, number)
    return number


def _tell(host: Host, change: Change, number: str) -> None:
    host.events.emit(Event("alert.list", change, number, dict(host.alerts[number])))
