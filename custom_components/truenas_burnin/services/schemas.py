"""What each action takes."""

from collections.abc import Mapping
from typing import Final

from homeassistant.const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_DEVICE_ID,
    MAX_LENGTH_STATE_STATE,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..burnin.model import BurnInState
from ..burnin.plan import Profile
from ..truenas.models import SelfTestKind
from .names import Action, Field

MOST_ROWS: Final = 1000
"""The most rows one call returns; history beyond is read page by page."""


def _stage(value: object) -> str:
    """Return the name of a stage, given plainly or as the action form gives it."""
    if isinstance(value, Mapping):
        value = value.get(Field.STAGE)
    return cv.string(value)


_STRINGS: Final = vol.All(cv.ensure_list, [cv.string])
_STAGES: Final = vol.All(cv.ensure_list, [_stage])
_TEXT: Final = vol.All(cv.string, str.strip, vol.Length(max=MAX_LENGTH_STATE_STATE))
_NAME: Final = vol.All(cv.string, str.strip, vol.Length(min=1, max=100))

_DRIVES: Final = {
    vol.Required(ATTR_DEVICE_ID): vol.All(_STRINGS, vol.Length(min=1)),
}
_OPERATOR: Final = {vol.Optional(Field.OPERATOR): _NAME}
_NAS: Final = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_CONFIRMED: Final = {vol.Optional(Field.CONFIRM_SERIALS, default=list): _STRINGS}
_LIMIT: Final = {
    vol.Optional(Field.LIMIT, default=100): vol.All(
        vol.Coerce(int), vol.Range(min=1, max=MOST_ROWS)
    ),
}
_OFFSET: Final = {
    vol.Optional(Field.OFFSET, default=0): vol.All(vol.Coerce(int), vol.Range(min=0)),
}

SCHEMAS: Final = {
    Action.CANCEL_ALL_BURN_INS: vol.Schema({**_NAS, **_OPERATOR}),
    Action.CANCEL_BURN_IN: vol.Schema({**_DRIVES, **_OPERATOR}),
    Action.CANCEL_SELF_TEST: vol.Schema({**_DRIVES, **_OPERATOR}),
    Action.EXPORT_HISTORY: vol.Schema(_NAS),
    Action.GET_AUDIT_LOG: vol.Schema({**_NAS, **_LIMIT, **_OFFSET}),
    Action.GET_BURN_IN: vol.Schema({vol.Required(Field.BURN_IN_ID): cv.string}),
    Action.GET_BURN_INS: vol.Schema(
        {
            **_NAS,
            vol.Optional(ATTR_DEVICE_ID): vol.All(_STRINGS, vol.Length(min=1)),
            vol.Optional(Field.STATE): vol.Coerce(BurnInState),
            **_LIMIT,
        }
    ),
    Action.GET_STATISTICS: vol.Schema(_NAS),
    Action.PAUSE_BURN_IN: vol.Schema({**_DRIVES, **_OPERATOR}),
    Action.READ_DRIVE_HEALTH: vol.Schema(
        {
            **_NAS,
            vol.Optional(ATTR_DEVICE_ID): vol.All(_STRINGS, vol.Length(min=1)),
            vol.Optional(Field.WAKE, default=False): cv.boolean,
        }
    ),
    Action.RESUME_BURN_IN: vol.Schema({**_DRIVES, **_OPERATOR}),
    Action.RETRY_BURN_IN: vol.Schema({**_DRIVES, **_CONFIRMED, **_OPERATOR}),
    Action.SEND_DAILY_REPORT: vol.Schema(_NAS),
    Action.SET_DRIVE_INFO: vol.Schema(
        {
            **_DRIVES,
            vol.Optional(Field.LOCATION): _TEXT,
            vol.Optional(Field.NOTES): _TEXT,
            **_OPERATOR,
        }
    ),
    Action.START_BURN_IN: vol.Schema(
        {
            **_DRIVES,
            vol.Optional(Field.PROFILE): vol.Coerce(Profile),
            vol.Optional(Field.STAGES): _STAGES,
            **_CONFIRMED,
            vol.Optional(Field.CONFIRM_CONTENT): vol.Schema({cv.string: _STRINGS}),
            **_OPERATOR,
        }
    ),
    Action.START_SELF_TEST: vol.Schema(
        {
            **_DRIVES,
            vol.Required(Field.TYPE): vol.Coerce(SelfTestKind),
            **_OPERATOR,
        }
    ),
    Action.TEST_NOTIFICATION: vol.Schema(_NAS),
}
