"""Short, conveyance and long self-tests: the drive tests itself.

The drive's own log decides, by its entries of that kind since the stage was prepared:
the NAS and people start self-tests too. A job of the NAS that ends says nothing about
the outcome (truenas-api.md §4.2).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, override

from ...truenas.models import Drive, SelfTest, SelfTestLog, SelfTestStatus
from ..model import Evidence, Stage, StageState, advance
from ..plan import SELF_TESTS
from ..ports import Nas
from ..reason import Reason, ReasonKey, because
from .base import (
    Context,
    StageDelayed,
    StageRunner,
    Step,
    baseline,
    failed,
    passed,
    unknown,
)

_MAX_RESTARTS: Final = 2
"""A test interrupted by a reset is started again at most so often (DESIGN.md §5)."""

_GRACE_POLLS: Final = 3
"""Some drives list a finished test only a moment after it left the running state."""

_FULL: Final = 19
"""Entries of a log that drops its oldest for a new one: 19, 20 or 21 by protocol."""

_HOURS_WRAP: Final = 2**16
_HOURS_UNKNOWN: Final = (None, _HOURS_WRAP - 1)
"""ATA counts the hours of an entry in 16 bits; SCSI stops at their highest value."""

_LOG_UNREADABLE: Final = because(ReasonKey.SELF_TEST_LOG_UNREADABLE)


class SelfTestStage(StageRunner):
    """Start the drive's self-test, follow it, judge it by the log."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Remember the log as it was, to tell our entry from older ones."""
        log = await ctx.nas.self_test_log(ctx.drive)
        if log.running_percent is not None:
            return None
        if not log.readable:
            raise StageDelayed((_LOG_UNREADABLE,))
        return {
            "log_before": _signature(log),
            "restarts": ctx.stage.evidence.get("restarts", 0),
            "polls_without_trace": 0,
        }

    @override
    async def begin(self, ctx: Context) -> Step:
        """Start the test, or adopt the one that an earlier try has started."""
        log = await ctx.nas.self_test_log(ctx.drive)
        if log.running_percent is None:
            if not log.readable:
                raise StageDelayed((_LOG_UNREADABLE,))
            if not _ours(ctx, log):
                await ctx.nas.start_self_test(ctx.drive, SELF_TESTS[ctx.stage.kind])
        return Step(stage=replace(ctx.stage, reference="self-test"))

    @override
    async def poll(self, ctx: Context) -> Step:
        """Follow the running test, then let the log decide."""
        log = await ctx.nas.self_test_log(ctx.drive)
        if log.running_percent is not None:
            running = ctx.merged(seen_running=True, polls_without_trace=0)
            return Step(stage=advance(running, log.running_percent))
        if not log.readable:
            return Step(stage=ctx.stage)
        if ours := _ours(ctx, log):
            failed = (test for test in ours if test.status is SelfTestStatus.FAILED)
            return self._judge(ctx, next(failed, ours[0]))
        return self._without_trace(ctx)

    def _judge(self, ctx: Context, test: SelfTest) -> Step:
        evidence = {"result": test.text, "lifetime_hours": test.lifetime_hours}
        match test.status:
            case SelfTestStatus.PASSED:
                return Step(stage=passed(ctx, **evidence))
            case SelfTestStatus.FAILED:
                return Step(stage=failed(ctx, *_what_failed(test), **evidence))
            case SelfTestStatus.INTERRUPTED:
                key = ReasonKey.SELF_TEST_INTERRUPTED
                return self._again(ctx, key, text=test.text)
            case _:
                reason = because(ReasonKey.SELF_TEST_ABORTED, text=test.text)
                return Step(stage=unknown(ctx, reason, **evidence))

    def _without_trace(self, ctx: Context) -> Step:
        polls = ctx.stage.evidence["polls_without_trace"] + 1
        if polls < _GRACE_POLLS:
            return Step(stage=ctx.merged(polls_without_trace=polls))
        return self._again(ctx, ReasonKey.SELF_TEST_LOST)

    def _again(self, ctx: Context, key: ReasonKey, **said: str) -> Step:
        restarts = ctx.stage.evidence["restarts"]
        if restarts >= _MAX_RESTARTS:
            reason = because(key, **said, times=restarts + 1)
            return Step(stage=unknown(ctx, reason))
        pending = replace(
            ctx.stage,
            state=StageState.PENDING,
            reference=None,
            evidence={"restarts": restarts + 1},
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


def _what_failed(test: SelfTest) -> Iterator[Reason]:
    yield because(ReasonKey.SELF_TEST_FAILED, text=test.text)
    if test.lba_of_first_error:
        yield because(ReasonKey.FIRST_BAD_LBA, lba=test.lba_of_first_error)


def _signature(log: SelfTestLog) -> list[list[object]]:
    return [[test.kind, test.status, test.lifetime_hours] for test in log.tests]


def _ours(ctx: Context, log: SelfTestLog) -> list[SelfTest]:
    """Return the new entries of the stage's kind, newest first."""
    kind = SELF_TESTS[ctx.stage.kind]
    return [test for test in _new(ctx, log) if test.kind is kind]


def _new(ctx: Context, log: SelfTestLog) -> tuple[SelfTest, ...]:
    """Return the entries that were not there when the stage was prepared."""
    before, now = ctx.stage.evidence["log_before"], _signature(log)
    count = next(
        count
        for count in range(len(now) + 1)
        if now[count:] == before[: len(now) - count]
    )
    if count < len(now):
        return log.tests[: count or _pushed_out(ctx.stage, now)]
    # Nothing is left of the log as it was: only the hours can tell.
    report = baseline(ctx.burn_in)
    hours = None if report is None else report.power_on_hours
    return tuple(test for test in log.tests if _is_since(hours, test))


def _pushed_out(stage: Stage, now: list[list[object]]) -> int:
    """Return the new entries of a log that looks as before: of 21 equal ones, 1."""
    alike = len(now) >= _FULL and all(entry == now[0] for entry in now)
    return int(alike and bool(stage.evidence.get("seen_running")))


def _is_since(hours: int | None, test: SelfTest) -> bool:
    """Tell whether a test may have ended at so many power-on hours, or later."""
    if hours is None or test.lifetime_hours in _HOURS_UNKNOWN:
        return True
    # Both are rounded: the entry may say an hour less.
    since = test.lifetime_hours + 1 - hours
    wrapped = hours >= _HOURS_WRAP and since % _HOURS_WRAP < _HOURS_WRAP // 2
    return since >= 0 or wrapped
