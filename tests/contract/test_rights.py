"""Keys of users that may not do everything (docs/truenas-api.md §1.3)."""

from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.errors import CallFailed, NotAuthorized
from custom_components.truenas_burnin.truenas.models import (
    JobState,
    SelfTestKind,
    WipeMode,
)

from .conftest import JSON_RPC, Connect

WATCHER = {"READONLY_ADMIN"}
WRITER = {"READONLY_ADMIN", "DISK_WRITE"}
BY_ROLE = ("scale-25.10", "scale-26.0")


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_a_key_that_may_only_watch(pairs: Connect, profile: str) -> None:
    """All is seen, nothing can be done, and the client knows."""
    pair = await pairs(profile, roles=WATCHER, drives=15)
    assert (pair.client.system.commands, pair.client.system.wipe) == (False, False)
    fleet = await pair.client.fleet()
    assert not fleet.system.commands
    assert len(fleet.drives) == 15
    assert {drive.used_by for drive in fleet.drives.values()} == {None}
    drive = await pair.drive()
    with pytest.raises(NotAuthorized):
        await pair.client.smart(drive)
    with pytest.raises(NotAuthorized):
        await pair.client.start_self_test(drive, SelfTestKind.SHORT)
    with pytest.raises(NotAuthorized):
        await pair.client.start_wipe(drive, WipeMode.QUICK)
    assert all(known.writes == 0 for known in pair.mock.world.drives)


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_a_key_that_may_write(pairs: Connect, profile: str) -> None:
    """From 25.10 a role is enough to wipe; before, only all rights are."""
    pair = await pairs(profile, roles=WRITER)
    assert not pair.client.system.commands
    assert pair.client.system.wipe is (profile in BY_ROLE)


@pytest.mark.parametrize("profile", BY_ROLE)
async def test_a_wipe(pairs: Connect, profile: str) -> None:
    """It is followed by its job, and aborted by it."""
    pair = await pairs(profile, roles=WRITER, speed=0.1)
    drive = await pair.drive()
    assert await pair.client.wipe_jobs() == ()
    number = await pair.client.start_wipe(drive, WipeMode.FULL)
    (job,) = await pair.client.wipe_jobs()
    assert (job.id, job.state, job.active) == (number, JobState.RUNNING, True)
    assert job.arguments[:2] == (drive.name, "FULL")
    assert job.started > 1_600_000_000_000
    await pair.client.abort_wipe(job)
    (job,) = await pair.client.wipe_jobs()
    assert (job.state, job.active) == (JobState.ABORTED, False)
    pair.mock.world.clock.speed = 1_000_000
    await pair.client.start_wipe(drive, WipeMode.QUICK)
    while (job := (await pair.client.wipe_jobs())[-1]).active:
        continue
    assert (job.state, job.percent) == (JobState.SUCCESS, 100.0)


@pytest.mark.parametrize("profile", BY_ROLE)
async def test_a_wipe_of_a_drive_that_has_moved(pairs: Connect, profile: str) -> None:
    """Its name is another drive's by now: nothing is sent."""
    pair = await pairs(profile, roles=WRITER)
    drive = await pair.drive()
    await pair.mock.nas.reboot()
    with pytest.raises(CallFailed, match="no longer"):
        await pair.client.start_wipe(drive, WipeMode.FULL)
    assert await pair.client.wipe_jobs() == ()


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_a_key_that_may_not_even_watch(pairs: Connect, profile: str) -> None:
    """It is refused with the method that it may not call."""
    with pytest.raises(NotAuthorized, match="system"):
        await pairs(profile, roles={"DISK_READ"})


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_uses_that_the_key_may_not_see(
    pairs: Connect, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then every drive may be in use."""
    pair = await pairs(profile)
    call = pair.client._transport.call

    async def refused(method: str, *params: Any) -> Any:
        if method == "vm.device.query":
            raise NotAuthorized(f"the API key may not call {method}")
        return await call(method, *params)

    monkeypatch.setattr(pair.client._transport, "call", refused)
    for drive in (await pair.client.fleet()).drives.values():
        assert drive.doubt == "vm.device.query"


@pytest.mark.parametrize("profile", JSON_RPC)
async def test_rights_that_are_taken_away(pairs: Connect, profile: str) -> None:
    """The next try tells, and the next poll passes it on."""
    pair = await pairs(profile)
    drive = await pair.drive()
    pair.mock.world.key.roles = frozenset(WATCHER)
    pair.mock.nas.drop_connections()
    with pytest.raises(NotAuthorized):
        await pair.client.smart(drive)
    assert not (await pair.client.fleet()).system.commands
