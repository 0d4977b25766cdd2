"""What the integration remembers: burn-ins, notes on drives and an audit trail."""

from .audit import AuditRow
from .daily_reports import Ended, Reported
from .drives import DriveInfo
from .files import LedgerForeign, LedgerLost
from .page import Page
from .sqlite import Run, SqliteLedger
from .statistics import Statistics

__all__ = [
    "AuditRow",
    "DriveInfo",
    "Ended",
    "LedgerForeign",
    "LedgerLost",
    "Page",
    "Reported",
    "Run",
    "SqliteLedger",
    "Statistics",
]
