"""What a set-up entry holds."""

from dataclasses import dataclass, field

from ..burnin.known import newest_report
from ..burnin.plan import Profile
from ..burnin.runner import Runner
from ..coordinator import BurnInCoordinator
from ..ledger import SqliteLedger
from ..truenas.models import Drive, SmartReport
from .arming import Arming
from .drive_health import DriveHealth
from .drive_infos import DriveInfos
from .loop import BurnInLoop
from .self_test_watch import SelfTestWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnInData:
    """One NAS at work; `profiles` holds what its selects chose, by drive."""

    coordinator: BurnInCoordinator
    runner: Runner
    ledger: SqliteLedger
    loop: BurnInLoop
    arming: Arming
    infos: DriveInfos
    health: DriveHealth
    self_tests: SelfTestWatch
    profiles: dict[str, Profile] = field(default_factory=dict)

    def report(self, drive: Drive) -> SmartReport | None:
        """Return the newest SMART report of a drive, None if nothing was read."""
        burn_in = self.runner.burn_ins.get(drive.identifier)
        return newest_report(burn_in, self.health.get(drive))
