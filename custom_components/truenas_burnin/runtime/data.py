"""What a set-up entry holds."""

from dataclasses import dataclass, field

from ..burnin.gate import standing
from ..burnin.known import HealthReading, newest_reading
from ..burnin.plan import Plan, Profile, plan_of
from ..burnin.reason import Reason
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

    def reading(self, drive: Drive) -> HealthReading | None:
        """Return what a drive said of itself last, None if nobody asked."""
        burn_in = self.runner.burn_ins.get(drive.identifier)
        return newest_reading(burn_in, self.health.get(drive))

    def plan(self, identifier: str) -> Plan:
        """Return what the start button of a drive does."""
        return plan_of(self.profiles.get(identifier, Profile.FULL))

    def standing(self, drive: Drive) -> tuple[Reason, ...]:
        """Return what forbids to overwrite a drive, whoever confirms it."""
        return standing(drive, self.coordinator.data.system)

    def report(self, drive: Drive) -> SmartReport | None:
        """Return the newest SMART report of a drive, None if nothing was read."""
        reading = self.reading(drive)
        return None if reading is None else reading.report
