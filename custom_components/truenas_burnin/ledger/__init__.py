"""What the integration remembers: burn-ins, notes on drives and an audit trail."""

from .audit import AuditRow
from .drives import DriveInfo
from .sqlite import Run, SqliteLedger

__all__ = ["AuditRow", "DriveInfo", "Run", "SqliteLedger"]
