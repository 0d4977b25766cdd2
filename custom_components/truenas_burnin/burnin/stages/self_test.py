"""Short, conveyance and long self-tests: the drive tests itself.

The drive's own log decides, by its entries of that kind since the stage was prepared:
the NAS and people start self-tests too. A job of the NAS that ends says nothing about
the outcome (docs/truenas-api.md §4.2).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, override

from ...truenas.errors import AgentFailed
from ...truenas.models import (
    Drive,
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SmartReport,
)
from ..evidence import Evidence, SelfTestRun
from ..model import Finding, Stage, StageKind, StageState, advance
from ..plan import SELF_TESTS
from ..ports import Nas
from ..reason import Reason, ReasonKey, because
from ..self_test_log import GRACE_LOOKS, entry_of, signature
from ..thresholds import SELF_TEST_SKIPPED
from .base import (
    Context,
    StageDelayed,
    StageRunner,
    StageSkipped,
    Step,
    baseline,
    failed,
    inconclusive,
    passed,
)

_MAX_RESTARTS: Final = 2
"""A test interrupted by a reset is started again at most so often (docs/guide.md)."""

_UNSUPPORTED: Final = "self_test_unsupported"
"""What the agent says of a drive that refuses a self-test as unknown."""

_LOG_UNREADABLE: Final = because(ReasonKey.SELF_TEST_LOG_UNREADABLE)


class SelfTestStage(StageRunner):
    """Start the drive's self-test, follow it, judge it by the log."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Remember the log as it was, to tell our entry from older ones."""
        report, kind = baseline(ctx.burn_in), SELF_TESTS[ctx.stage.kind]
        if report is not None and report.without_smart:
            raise StageSkipped(because(ReasonKey.WITHOUT_SMART))
        if report is not None and not _has(report, kind):
            raise _skipped(ctx.stage.kind, ReasonKey.SELF_TEST_UNSUPPORTED)
        log = await ctx.nas.self_test_log(ctx.drive)
        if log.running_percent is not None:
            return None
        if not log.readable:
            if report is not None and not report.self_tests.readable:
                raise _skipped(ctx.stage.kind, ReasonKey.SELF_TEST_LOG_MISSING)
            raise StageDelayed((_LOG_UNREADABLE,))
        earlier = ctx.stage.found(SelfTestRun) or SelfTestRun()
        return SelfTestRun(log_before=signature(log), restarts=earlier.restarts)

    @override
    async def begin(self, ctx: Context) -> Step:
        """Start the test, or adopt the one that an earlier try has started."""
        log = await ctx.nas.self_test_log(ctx.drive)
        if log.running_percent is None:
            if not log.readable:
                raise StageDelayed((_LOG_UNREADABLE,))
            if _entry(ctx, log) is None:
                await _start(ctx)
        return Step(stage=replace(ctx.stage, reference="self-test"))

    @override
    async def poll(self, ctx: Context) -> Step:
        """Follow the running test, then let the log decide."""
        log = await ctx.nas.self_test_log(ctx.drive)
        if log.running_percent is not None:
            run = ctx.evidence(SelfTestRun)
            seen = replace(run, seen_running=True, looks_without_trace=0)
            return Step(stage=advance(ctx.holding(seen), log.running_percent))
        if (entry := _entry(ctx, log)) is not None:
            return self._judge(ctx, entry)
        return self._without_trace(ctx) if log.readable else Step(stage=ctx.stage)

    def _judge(self, ctx: Context, test: SelfTest) -> Step:
        run = ctx.evidence(SelfTestRun)
        told = replace(run, result=test.text, lifetime_hours=test.lifetime_hours)
        match test.status:
            case SelfTestStatus.PASSED:
                return Step(stage=passed(ctx, told))
            case SelfTestStatus.FAILED:
                return Step(stage=failed(ctx, *_what_failed(test), evidence=told))
            case SelfTestStatus.INTERRUPTED:
                key = ReasonKey.SELF_TEST_INTERRUPTED
                return self._again(ctx, key, text=test.text)
            case _:
                reason = because(ReasonKey.SELF_TEST_ABORTED, text=test.text)
                return Step(stage=inconclusive(ctx, reason, evidence=told))

    def _without_trace(self, ctx: Context) -> Step:
        run = ctx.evidence(SelfTestRun)
        looks = run.looks_without_trace + 1
        if looks < GRACE_LOOKS:
            return Step(stage=ctx.holding(replace(run, looks_without_trace=looks)))
        return self._again(ctx, ReasonKey.SELF_TEST_LOST)

    def _again(self, ctx: Context, key: ReasonKey, **said: str) -> Step:
        restarts = ctx.evidence(SelfTestRun).restarts
        if restarts >= _MAX_RESTARTS:
            reason = because(key, **said, times=restarts + 1)
            return Step(stage=inconclusive(ctx, reason))
        pending = replace(
            ctx.stage,
            state=StageState.PENDING,
            reference=None,
            evidence=SelfTestRun(restarts=restarts + 1),
        )
        return Step(stage=pending)

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Abort the test if the drive still runs one."""
        if drive is None:
            return
        log = await nas.self_test_log(drive)
        if log.running_percent is not None:
            await nas.abort_self_test(drive)


async def _start(ctx: Context) -> None:
    try:
        await ctx.nas.start_self_test(ctx.drive, SELF_TESTS[ctx.stage.kind])
    except AgentFailed as err:
        if err.code != _UNSUPPORTED:
            raise
        reason = ReasonKey.SELF_TEST_UNSUPPORTED
        raise _skipped(ctx.stage.kind, reason) from err


def _has(report: SmartReport, kind: SelfTestKind) -> bool:
    """Tell whether the drive has a self-test; one that does not tell may."""
    return report.self_test_kinds is None or kind in report.self_test_kinds


def _skipped(stage: StageKind, key: ReasonKey) -> StageSkipped:
    """Return that the drive cannot do a stage.

    Most drives have no conveyance test; without the others a pass says less.
    """
    reason = because(key)
    if stage is StageKind.CONVEYANCE_SMART:
        return StageSkipped(reason)
    finding = Finding(
        key=f"skipped_{stage}", severity=SELF_TEST_SKIPPED.severity, reason=reason
    )
    return StageSkipped(reason, (finding,))


def _what_failed(test: SelfTest) -> Iterator[Reason]:
    yield because(ReasonKey.SELF_TEST_FAILED, text=test.text)
    if test.lba_of_first_error:
        yield because(ReasonKey.FIRST_BAD_LBA, lba=test.lba_of_first_error)


def _entry(ctx: Context, log: SelfTestLog) -> SelfTest | None:
    """Return the entry that decides, None while there is none."""
    report, run = baseline(ctx.burn_in), ctx.evidence(SelfTestRun)
    return entry_of(
        log,
        run.log_before,
        SELF_TESTS[ctx.stage.kind],
        seen_running=run.seen_running,
        hours=None if report is None else report.power_on_hours,
    )
