"""alert.*: what the NAS wants its administrator to know."""

from typing import Any
import uuid

from ..clock import stamp
from ..errors import CallError
from ..events import Change, Event
from ..world import World


def methods(world: World) -> dict[str, Any]:
    """Return the methods of this namespace."""

    async def list_() -> list[Any]:
        return list(world.alerts.values())

    async def dismiss(number: str) -> None:
        if number not in world.alerts:
            raise CallError("Alert with this UUID does not exist")
        world.alerts[number]["dismissed"] = True
        _tell(world, Change.CHANGED, number)

    return {"alert.list": list_, "alert.dismiss": dismiss}


def raise_alert(
    world: World, klass: str, text: str, level: str = "WARNING", args: Any = None
) -> str:
    """Let an alert appear; return its uuid."""
    number = str(uuid.uuid4())
    now = stamp(world.clock.now())
    world.alerts[number] = {
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
    _tell(world, Change.ADDED, number)
    return number


def _tell(world: World, change: Change, number: str) -> None:
    world.events.emit(Event("alert.list", change, number, dict(world.alerts[number])))
