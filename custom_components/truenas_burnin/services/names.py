"""Names of the actions and of their fields."""

from enum import StrEnum


class Action(StrEnum):
    """Names of the actions."""

    CANCEL_ALL_BURN_INS = "cancel_all_burn_ins"
    CANCEL_BURN_IN = "cancel_burn_in"
    CANCEL_SELF_TEST = "cancel_self_test"
    EXPORT_HISTORY = "export_history"
    GET_AUDIT_LOG = "get_audit_log"
    GET_BURN_IN = "get_burn_in"
    GET_BURN_INS = "get_burn_ins"
    GET_STATISTICS = "get_statistics"
    PAUSE_BURN_IN = "pause_burn_in"
    READ_DRIVE_HEALTH = "read_drive_health"
    RESUME_BURN_IN = "resume_burn_in"
    RETRY_BURN_IN = "retry_burn_in"
    SEND_DAILY_REPORT = "send_daily_report"
    SET_DRIVE_INFO = "set_drive_info"
    START_BURN_IN = "start_burn_in"
    START_SELF_TEST = "start_self_test"
    TEST_NOTIFICATION = "test_notification"


class Field(StrEnum):
    """Names of the actions' own fields."""

    BURN_IN_ID = "burn_in_id"
    CONFIRM_CONTENT = "confirm_content"
    CONFIRM_SERIALS = "confirm_serials"
    LIMIT = "limit"
    LOCATION = "location"
    NOTES = "notes"
    OFFSET = "offset"
    OPERATOR = "operator"
    PROFILE = "profile"
    STAGE = "stage"
    STAGES = "stages"
    STATE = "state"
    TYPE = "type"
    WAKE = "wake"
