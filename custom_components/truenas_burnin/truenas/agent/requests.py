"""What is asked of the agent, as JSON (docs/protocol.md)."""

from typing import Any

from ..models import Drive
from ..surface import ContentItem, Epoch, SurfacePlan

type Json = dict[str, Any]


def addressed(drive: Drive) -> Json:
    """Return which drive is meant: a name alone may be another one's tomorrow."""
    asked = {"device": drive.device, "serial": drive.serial}
    return asked if drive.unit is None else {**asked, "unit": drive.unit}


def known_as(drive: Drive) -> str:
    """Return how the agent calls a drive whose self-test it watches."""
    return drive.serial if drive.unit is None else f"{drive.serial}/{drive.unit}"


def epoch_arguments(epoch: Epoch) -> Json:
    """Return which ledger speaks."""
    return {"id": epoch.id, "number": epoch.number}


def plan_arguments(plan: SurfacePlan) -> Json:
    """Return the arguments of `start`."""
    return {
        "token": plan.token,
        "ledger": epoch_arguments(plan.ledger),
        "drive": {
            "device": plan.device,
            "serial": plan.serial,
            "lunid": plan.lunid,
            "unit": plan.unit,
            "size": plan.size,
        },
        "content": [_item(item) for item in plan.content],
        "method": plan.method.value,
        "passes": plan.passes,
        "ranges": [[item.start, item.length] for item in plan.ranges],
        "capacity_check": plan.capacity_check,
        "discard": plan.discard,
        "limits": {"pause_at": plan.pause_at, "resume_at": plan.resume_at},
        "max_errors": plan.max_errors,
    }


def _item(item: ContentItem) -> Json:
    return {
        "place": item.place,
        "type": item.type,
        "label": item.label,
        "uuid": item.uuid,
        "usage": item.usage,
    }
