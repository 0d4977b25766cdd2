"""Jobs, cron jobs and what is told of them."""

from pathlib import Path
from typing import Any

import pytest

from mock_truenas.jobs import excerpt

from .client import Failure, logged_in, opened
from .conftest import JSON_RPC, Enter

pytestmark = pytest.mark.parametrize("profile", JSON_RPC)


async def cron(enter: Enter, profile: str, command: str, **more: Any) -> Any:
    """Return a client and the number of a cron job."""
    client = await enter(profile)
    data = {"command": command, "user": "root", "enabled": False, "stdout": False}
    made = await client.call("cronjob.create", {**data, **more})
    return client, made["id"]


async def test_cron_jobs(enter: Enter, profile: str) -> None:
    """They are made, changed, found and deleted."""
    client, number = await cron(enter, profile, "true")
    expected = {
        "id": number,
        "enabled": False,
        "stderr": False,
        "stdout": False,
        "schedule": {"minute": "00", "hour": "*", "dom": "*", "month": "*", "dow": "*"},
        "command": "true",
        "description": "",
        "user": "root",
    }
    assert await client.call("cronjob.query") == [expected]
    assert await client.call("cronjob.get_instance", number) == expected
    change = {"description": "ours", "schedule": {"hour": "3"}}
    changed = await client.call("cronjob.update", number, change)
    schedule = {**expected["schedule"], "hour": "3"}
    assert changed == {**expected, "description": "ours", "schedule": schedule}
    assert await client.call("cronjob.delete", number) is True
    for method in ("delete", "get_instance"):
        with pytest.raises(Failure) as error:
            await client.call(f"cronjob.{method}", number)
        assert error.value.code == -32602
        assert error.value.data["extra"] == [
            [None, f"CronJob {number} does not exist", 2]
        ]


async def test_run(enter: Enter, profile: str) -> None:
    """A job is added, runs, tells of its progress, and ends with its output."""
    client, number = await cron(enter, profile, "echo one; echo two >&2")
    job = await client.call("cronjob.run", number)
    record = await client.job(job)
    assert record["method"] == "cronjob.run"
    assert record["arguments"] == [number, False]
    assert record["state"] == "SUCCESS"
    assert record["result"] is None
    assert record["progress"]["percent"] == 100
    lines = record["logs_excerpt"].splitlines()
    assert lines == [
        "one",
        "two",
        "Executed CronTask - echo one; echo two >&2: one",
        "two",
    ]
    assert record["credentials"]["data"]["username"] == "truenas_admin"
    assert ("message_ids" in record) is (profile != "scale-25.04")
    told = [note["params"] for note in client.notes]
    assert [item["msg"] for item in told][:2] == ["added", "changed"]
    assert [item["fields"]["state"] for item in told][:2] == ["WAITING", "RUNNING"]
    percents = [item["fields"]["progress"]["percent"] for item in told]
    assert percents == [0, 0, 10, 85, 95, 100]
    assert all("id" not in note for note in client.notes)


@pytest.mark.parametrize(
    ("hide", "shown"), [({"stdout": True}, "two"), ({"stderr": True}, "one")]
)
async def test_hidden_output(
    enter: Enter, profile: str, hide: dict[str, bool], shown: str
) -> None:
    """`stdout` and `stderr` mean to hide it."""
    command = "(echo one; echo two >&2)"
    client, number = await cron(enter, profile, command, **hide)
    record = await client.job(await client.call("cronjob.run", number))
    assert record["logs_excerpt"].startswith(f"{shown}\n")


async def test_exit_status(enter: Enter, profile: str) -> None:
    """Every other than zero is a failure; so is a disabled job, if it is skipped."""
    client, number = await cron(enter, profile, "exit 3")
    record = await client.job(await client.call("cronjob.run", number))
    words = '[EFAULT] CronTask "exit 3" exited with 3 (non-zero) exit status.'
    assert (record["state"], record["error"]) == ("FAILED", words)
    assert record["exc_info"]["type"] == "CallError"
    assert record["exc_info"]["errno"] == 14
    record = await client.job(await client.call("cronjob.run", number, True))
    assert record["error"] == "[EINVAL] Cron job is disabled"
    record = await client.job(await client.call("cronjob.run", 99))
    assert record["error"] == "[ENOENT] None: CronJob 99 does not exist\n"
    assert record["exc_info"]["type"] == "VALIDATION"


async def test_queue_of_one(enter: Enter, session: Any, profile: str) -> None:
    """A third run joins the second; somebody else is refused."""
    client, number = await cron(enter, profile, "sleep 0.4")
    first = await client.call("cronjob.run", number)
    second = await client.call("cronjob.run", number)
    assert await client.call("cronjob.run", number) == second != first
    record = await client.call("core.get_jobs", [["id", "=", second]], {"get": True})
    assert record["state"] == "WAITING"
    if profile != "scale-25.04":
        assert len(record["message_ids"]) == 2
    key = client.nas.world.key
    key.owner, key.roles = "other", frozenset({"SYSTEM_CRON_WRITE"})
    async with logged_in(session, client.nas) as other:
        with pytest.raises(Failure) as error:
            await other.call("cronjob.run", number)
        assert error.value.told == (
            -32001,
            16,
            "[EBUSY] This job is already being performed by another user",
        )
    assert (await client.job(first))["state"] == "SUCCESS"
    assert (await client.job(second))["state"] == "SUCCESS"


async def test_abort_does_not_reach_the_child(
    enter: Enter, profile: str, tmp_path: Path
) -> None:
    """The job is over at once; the command goes on to its end."""
    done = tmp_path / "done"
    go = tmp_path / "go"
    waits = f"while [ ! -e {go} ]; do sleep 0.05; done"
    client, number = await cron(enter, profile, f"{waits}; echo x >{done}")
    job = await client.call("cronjob.run", number)
    await client.note(lambda params: params["fields"]["progress"]["percent"] == 10)
    assert await client.call("core.job_abort", job) is None
    record = await client.job(job)
    assert (record["state"], record["abortable"]) == ("ABORTED", False)
    go.touch()
    after = await client.call("cronjob.create", _waiting_for(done))
    record = await client.job(await client.call("cronjob.run", after["id"]))
    assert record["state"] == "SUCCESS"


def _waiting_for(file: Path) -> dict[str, Any]:
    command = f"while [ ! -e {file} ]; do sleep 0.05; done"
    return {"command": command, "user": "root", "enabled": False}


async def test_unknown_job(enter: Enter, profile: str) -> None:
    """25.04 trips over it; later generations say that it is not there."""
    client = await enter(profile)
    with pytest.raises(Failure) as error:
        await client.call("core.job_abort", 17)
    if profile == "scale-25.04":
        assert error.value.told == (-32001, 22, "17")
    else:
        assert error.value.code == -32602
        extra = error.value.data["extra"]
        assert extra == [[None, "Job with id 17 does not exist", 2]]
    with pytest.raises(Failure) as error:
        await client.call("core.get_jobs", [["id", "=", 17]], {"get": True})
    assert error.value.told == (-32001, 22, "MatchNotFound()")


async def test_wait_and_bulk(enter: Enter, profile: str) -> None:
    """Jobs about other jobs."""
    client, number = await cron(enter, profile, "exit 3")
    job = await client.call("cronjob.run", number)
    record = await client.job(await client.call("core.job_wait", job))
    assert "exited with 3" in record["error"]
    good = await client.call("cronjob.create", {"command": "true", "user": "root"})
    job = await client.call("cronjob.run", good["id"])
    record = await client.job(await client.call("core.job_wait", job))
    assert record["state"] == "SUCCESS"
    params = [[number], [good["id"]], [99]]
    record = await client.job(await client.call("core.bulk", "cronjob.run", params))
    assert record["state"] == "SUCCESS"
    errors = [item["error"] for item in record["result"]]
    assert "exited with 3" in errors[0]
    assert errors[1] is None
    assert "does not exist" in errors[2]
    plain = [[[["name", "=", "sda"]]], [1]]
    record = await client.job(await client.call("core.bulk", "disk.query", plain))
    assert record["result"][0]["result"][0]["name"] == "sda"
    assert record["result"][1]["error"].startswith("[EINVAL]")


async def test_new_style_jobs(enter: Enter, profile: str) -> None:
    """A client may ask to be answered at the end; 25.04 does not listen."""
    client, number = await cron(enter, profile, "exit 3")
    answer = await client.call("core.set_options", {"legacy_jobs": False, "new": 1})
    if profile == "scale-25.04":
        assert answer is None
        assert isinstance(await client.call("cronjob.run", number), int)
        return
    assert answer == {
        "legacy_jobs": False,
        "private_methods": False,
        "py_exceptions": False,
    }
    with pytest.raises(Failure, match="exited with 3"):
        await client.call("cronjob.run", number)
    await client.call("cronjob.update", number, {"command": "true"})
    assert await client.call("cronjob.run", number) is None


async def test_a_restart_forgets(enter: Enter, session: Any, profile: str) -> None:
    """Jobs are gone, numbers begin at 1, connections are closed."""
    client, number = await cron(enter, profile, "sleep 30")
    assert await client.call("cronjob.run", number) == 1
    assert await client.call("cronjob.run", number) == 2
    await client.nas.nas.restart()
    message = await client.socket.receive()
    while message.type.name == "TEXT":
        message = await client.socket.receive()
    assert message.data == 1012
    async with logged_in(session, client.nas) as again:
        assert await again.call("core.get_jobs") == []
        await again.call("cronjob.update", number, {"command": "true"})
        assert await again.call("cronjob.run", number) == 1
        assert (await again.job(1))["state"] == "SUCCESS"


async def test_subscriptions(enter: Enter, session: Any, profile: str) -> None:
    """Nobody is told without one, nor after its end, nor without a login."""
    client, number = await cron(enter, profile, "true")
    async with opened(session, client.nas) as stranger:
        with pytest.raises(Failure):
            await stranger.call("core.subscribe", "core.get_jobs")
    async with opened(session, client.nas) as other:
        await other.login()
        subscription = await other.call("core.subscribe", "core.get_jobs")
        await client.job(await client.call("cronjob.run", number))
        await other.call("core.unsubscribe", subscription)
        before = len(other.notes)
        assert before
        await other.call("core.unsubscribe", "no such")
        await client.job(await client.call("cronjob.run", number))
        await other.call("system.version")
        assert len(other.notes) == before
        await other.call("core.subscribe", "*")
        await other.call("auth.logout")
        await client.job(await client.call("cronjob.run", number))
        await other.call("system.boot_id")
        assert len(other.notes) == before


@pytest.mark.parametrize(
    ("lines", "expected"), [(0, 0), (1, 1), (20, 20), (21, 21), (50, 21)]
)
def test_excerpt(profile: str, lines: int, expected: int) -> None:
    """All of twenty lines, else ten of either end."""
    text = "".join(f"{number}\n" for number in range(lines))
    shown = excerpt(text).splitlines()
    assert len(shown) == expected
    if lines > 20:
        assert shown[9:12] == ["9", f"... {lines - 20} more lines ...", str(lines - 10)]
