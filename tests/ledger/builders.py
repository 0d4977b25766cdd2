"""Burn-ins to keep, and an executor to keep them with."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3

from custom_components.truenas_burnin.burnin.evidence import Evidence, SmartRecord
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    DriveIdentity,
    Finding,
    Severity,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.truenas.models import (
    SelfTestKind,
    SelfTestLog,
    SmartReport,
)

from ..said import verbatim

NAS_ID = "nas-1"
OTHER_NAS = "nas-2"
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def run[*Ts, T](func: Callable[[*Ts], T], *args: *Ts) -> Awaitable[T]:
    """Call a function in the executor."""
    return asyncio.get_running_loop().run_in_executor(None, func, *args)


def an_identity(number: int = 1) -> DriveIdentity:
    """Return the identity of a drive."""
    return DriveIdentity(
        identifier=f"{{serial_lunid}}SER{number:03d}_5000c500{number:08x}",
        serial=f"SER{number:03d}",
        lunid=f"5000c500{number:08x}",
        model="WD80EFAX",
        size=8_001_563_222_016,
    )


A_REPORT = SmartReport(
    protocol="ATA",
    serial="SER001",
    model="WD80EFAX",
    firmware="82.00A82",
    size=8_001_563_222_016,
    passed=True,
    temperature=35.0,
    temperature_limit=None,
    power_on_hours=12,
    farm_power_on_hours=None,
    attributes=(),
    counters={"ata_5": 0},
    self_tests=SelfTestLog(tests=(), running_percent=None),
    estimated_minutes={SelfTestKind.SHORT: 2},
)


def some_stages(evidence: Evidence | None = None) -> tuple[Stage, ...]:
    """Return one stage of each kind, the first two of which have begun."""
    first, second, *others = (Stage(kind=kind, weight=2.5) for kind in StageKind)
    return (
        replace(
            first,
            state=StageState.PASSED,
            attempt=1,
            percent=100.0,
            started=START,
            finished=START + timedelta(seconds=3, microseconds=7),
            evidence=evidence or SmartRecord(report=A_REPORT),
        ),
        replace(
            second,
            state=StageState.RUNNING,
            attempt=2,
            percent=12.5,
            token="b1-1-2",
            boot_id="boot-1",
            reference="17",
            started=START + timedelta(minutes=1),
            reasons=(verbatim("began again"),),
        ),
        *others,
    )


def a_burn_in(number: int = 1, **changes: object) -> BurnIn:
    """Return a burn-in under way; each number has its drive, place and minute."""
    burn_in = BurnIn(
        id=f"burn-in-{number:05d}",
        nas_id=NAS_ID,
        drive=an_identity(number),
        device=f"ada{number}",
        profile="full",
        stages=some_stages(),
        state=BurnInState.RUNNING,
        operator="Ada",
        created=START + timedelta(minutes=number),
        position=number,
        started=START + timedelta(minutes=number, seconds=1),
        finish_time=START + timedelta(days=4),
        findings=(
            Finding(
                key="ata_5",
                severity=Severity.WARN,
                reason=verbatim("reallocated sectors"),
                before=0,
                after=3,
            ),
            Finding(key="hot", severity=Severity.FAIL, reason=verbatim("it was hot")),
        ),
    )
    return replace(burn_in, **changes)  # type: ignore[arg-type]


def alter(path: Path, *statements: str) -> None:
    """Change a ledger behind its back."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
