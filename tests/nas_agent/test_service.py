"""The service as a process: requests and replies as files, the feed, its life and end."""

from __future__ import annotations

from collections.abc import Iterator
import json
import os
from pathlib import Path
import signal
import time
import uuid

import pytest

from custom_components.truenas_burnin.nas_agent.errors import Json

from .machine import SIZE, Says, plan, smart
from .nas import Nas, until

DRIVE: dict[str, Json] = {"device": "sdb", "serial": "WD-1234"}
DAY = 86400


@pytest.fixture
def nas(tmp_path: Path) -> Iterator[Nas]:
    """Return a NAS with an empty drive sdb, whose service does not run yet."""
    nas = Nas(tmp_path)
    nas.drive("sdb", "WD-1234")
    yield nas
    nas.end()


@pytest.fixture
def served(nas: Nas) -> Nas:
    """Return the same with its service running."""
    assert nas.ensure() == 0
    return nas


def error(said: dict[str, Json]) -> Json:
    """Return the code of a refusal."""
    return said["error"]


# --- life and end


def test_cron_job(nas: Nas) -> None:
    """It starts the service, once, and says so in the feed."""
    assert nas.ensure() == 0
    first = nas.pid
    assert nas.ensure() == 0
    assert nas.pid == first
    assert len(nas.pids()) == 1
    assert nas.said("service")[0] == {"state": "started", "version": "aaaaaaaaaaaa"}
    until(lambda: {"state": "alive", "version": "aaaaaaaaaaaa"} in nas.said("service"))


def test_cron_job_many_times_at_once(nas: Nas) -> None:
    """However often it is run, there is one service."""
    for _ in range(4):
        assert nas.run("ensure").returncode == 0
    nas.ensure()
    until(lambda: len(nas.pids()) == 1, "one service", 30)


def test_idle_end(nas: Nas) -> None:
    """Nobody asks, nothing is watched: it ends."""
    nas.pace(idle=0.2)
    nas.ensure()
    until(lambda: not nas.pids(), "the end")
    assert nas.said("service")[-1]["state"] == "ending"


def test_ends_when_asked(served: Nas) -> None:
    """A shutdown is heeded at once."""
    os.kill(served.pid, signal.SIGTERM)
    until(lambda: not served.pids(), "the end", 5)
    assert served.said("service")[-1]["state"] == "ending"


def test_killed(served: Nas) -> None:
    """The next cron job starts another one; what was asked is not done later."""
    killed = served.pid
    os.kill(killed, signal.SIGKILL)
    until(lambda: not served.pids())
    identifier = served.upload("version")
    assert served.ensure() == 0
    assert served.pid != killed
    assert error(served.reply(identifier)) == "too_old"
    assert served.ask("version")["version"] == "aaaaaaaaaaaa"


def test_other_version(served: Nas) -> None:
    """It takes over, and is alone then."""
    first = served.pid
    served.version = "bbbbbbbbbbbb"
    assert served.ensure() == 0
    until(lambda: served.pid != first and served.is_alive(served.pid))
    until(lambda: len(served.pids()) == 1)
    assert served.ask("version")["version"] == "bbbbbbbbbbbb"


def test_service_that_hangs(served: Nas) -> None:
    """One without a sign of life is ended for good."""
    first = served.pid
    os.kill(first, signal.SIGSTOP)
    lock = served.paths.locks / "service"
    served.pace(stale=0.5, replace=0.5)
    time.sleep(0.6)  # nothing can be waited for: it is silent
    assert json.loads(lock.read_text())["pid"] == first
    assert served.ensure() == 0
    assert served.pid != first
    assert served.ask("version")["boot"] == served.boot_id


def test_programs_of_other_versions(nas: Nas) -> None:
    """They go when a new one comes, unless a job may still run from one."""
    for version in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        (nas.paths.home / f"agent-{version}.pyz").write_bytes(b"")
    (nas.paths.home / "jobs").mkdir()
    job = nas.paths.home / "jobs/x"
    job.mkdir()
    nas.ensure()
    assert len(list(nas.paths.home.glob("*.pyz"))) == 2
    nas.end()
    job.rmdir()
    nas.ensure()
    until(lambda: nas.said("service"))
    assert [path.name for path in nas.paths.home.glob("*.pyz")] == [
        "agent-aaaaaaaaaaaa.pyz"
    ]


@pytest.mark.parametrize("arguments", [(), ("x",), ("work",), ("work", "../x")])
def test_usage(nas: Nas, arguments: tuple[str, ...]) -> None:
    """Whoever calls it wrongly is told."""
    assert nas.run(*arguments).returncode == 64


# --- requests


def test_reply(served: Nas) -> None:
    """It comes as a file and in the feed, and the request goes."""
    identifier = served.upload("version")
    said = served.reply(identifier)
    assert said["ok"] is True
    result = said["result"]
    assert isinstance(result, dict)
    assert result["boot"] == served.boot_id
    assert result["epoch"] is None
    assert result["tools"] == {
        "smartctl": "",
        "blkid": "",
        "zpool": "",
        "zdb": None,
        "file": result["tools"]["file"] if isinstance(result["tools"], dict) else None,
    }
    until(lambda: said in served.said("reply"))
    assert list(served.paths.requests.iterdir()) == []


def test_feed_is_numbered(served: Nas) -> None:
    """Every line says whose it is and which."""
    served.ask("version")
    until(lambda: served.said("reply"))
    lines = served.lines()
    assert len({line["run"] for line in lines}) == 1
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["boot"] for line in lines} == {served.boot_id}


def test_long_reply(served: Nas) -> None:
    """The feed only says that it is there."""
    served.smartctl(smart(serial_number="WD-1234", long="x" * 5000), serial="WD-1234")
    identifier = served.upload("smart", {**DRIVE, "wake": True})
    said = served.reply(identifier)
    assert said["ok"] is True
    until(lambda: {"id": identifier, "file": True} in served.said("reply"))


def test_replies_go(nas: Nas) -> None:
    """After a while nobody fetches them any more."""
    nas.pace(keep=0.3)
    nas.ensure()
    identifier = nas.upload("version")
    until(lambda: nas.said("reply"))
    until(lambda: not (nas.paths.replies / f"{identifier}.json").exists())


def test_same_request_again(served: Nas) -> None:
    """An upload that is repeated is not carried out again."""
    identifier = served.upload("version")
    served.reply(identifier)
    until(lambda: served.said("reply"))
    again = served.paths.requests / f"{identifier}.json"
    again.write_text(json.dumps({"id": identifier, "verb": "stop", "arguments": {}}))
    until(lambda: not again.exists())
    served.ask("version")
    replies = [said for said in served.said("reply") if said["id"] == identifier]
    assert len(replies) == 1


@pytest.mark.parametrize("boot", [None, "another", ""])
def test_other_boot(served: Nas, boot: str | None) -> None:
    """What changes something is for one boot; what looks is not."""
    said = served.ask("stop", {"token": "a"}, boot=boot)
    assert error(said) == "too_old"
    assert not (served.paths.spent / "a").exists()
    assert served.ask("version", boot=boot)["boot"] == served.boot_id


def test_unknown_verb(served: Nas) -> None:
    """It is named."""
    said = served.ask("format-everything")
    assert error(said) == "unknown_verb"
    assert said["details"] == {"verb": "format-everything"}


def test_leftovers(nas: Nas) -> None:
    """What lay there before the service is not read."""
    nas.paths.requests.mkdir(parents=True)
    identifier = nas.upload("stop", {"token": "a"})
    nas.ensure()
    assert error(nas.reply(identifier)) == "too_old"
    assert not (nas.paths.spent / "a").exists()


def test_partial_upload(served: Nas) -> None:
    """It is waited for, but not for ever."""
    identifier = uuid.uuid4().hex
    path = served.paths.requests / f"{identifier}.json"
    whole = json.dumps({"id": identifier, "verb": "version", "arguments": {}})
    path.write_text(whole[:20])
    served.ask("version")
    assert path.exists()
    path.write_text(whole)
    assert served.reply(identifier)["ok"] is True

    torn = uuid.uuid4().hex
    (served.paths.requests / f"{torn}.json").write_text(whole[:20])
    assert error(served.reply(torn)) == "bad_request"


@pytest.mark.parametrize(("offset", "code"), [(-DAY, "too_old"), (DAY, None)])
def test_clock_step(served: Nas, offset: int, code: str | None) -> None:
    """A request from yesterday is old; one from tomorrow came just now."""
    identifier = uuid.uuid4().hex
    path = served.folder / "upload"
    path.write_text(json.dumps({"id": identifier, "verb": "version", "arguments": {}}))
    os.utime(path, (time.time() + offset,) * 2)
    path.rename(served.paths.requests / f"{identifier}.json")
    assert served.reply(identifier).get("error") == code


@pytest.mark.parametrize("what", ["link", "folder", "pipe", "strange name"])
def test_no_file(served: Nas, what: str) -> None:
    """Whatever lies in the folder, the service goes on."""
    identifier = uuid.uuid4().hex
    path = served.paths.requests / f"{identifier}.json"
    if what == "link":
        target = served.folder / "target"
        target.write_text(json.dumps({"id": identifier, "verb": "version"}))
        path.symlink_to(target)
    elif what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        (served.paths.requests / ".upload.tmp").write_text("{}")
    if what != "strange name":
        assert error(served.reply(identifier)) == "bad_request"
        until(lambda: not path.exists())
    assert served.ask("version")["boot"] == served.boot_id


# --- a drive that hangs


def test_hanging_drive_holds_up_nobody(served: Nas) -> None:
    """Others are answered meanwhile; who asked for it is told."""
    served.smartctl(smart(hangs=True, when="dev/sdb"))
    hanging = served.upload("smart", {**DRIVE, "wake": True})
    assert served.ask("version")["boot"] == served.boot_id
    assert not (served.paths.replies / f"{hanging}.json").exists()
    assert error(served.reply(hanging)) == "drive_hangs"


# --- SMART and self-tests


def test_smart(served: Nas) -> None:
    """The whole record, the log of self-tests and FARM where asked for."""
    served.smartctl(
        smart(when="-l farm", seagate_farm_log={"page_1": {}}),
        smart(when="-l selftest", ata_smart_self_test_log={"standard": {}}),
        smart(serial_number="WD-1234", temperature={"current": 30}),
    )
    said = served.ask("smart", {**DRIVE, "wake": True, "farm": True})
    assert said["device_type"] is None
    assert said["farm"] == {"page_1": {}}
    assert said["self_test_log"] == {
        "ata_smart_self_test_log": {"standard": {}},
        "smartctl": {"exit_status": 0},
    }
    record = said["smartctl"]
    assert isinstance(record, dict)
    assert record["temperature"] == {"current": 30}
    assert "output" not in json.dumps(record)


def test_smart_of_a_drive_that_never_tested_itself(served: Nas) -> None:
    """SCSI tells nothing of an empty log: only that it was read when asked for alone."""
    device: dict[str, Json] = {"type": "scsi", "protocol": "SCSI"}
    served.smartctl(
        smart(when="-l selftest", device=device),
        smart(serial_number="WD-1234", device=device, status=4),
    )
    said = served.ask("smart", {**DRIVE, "wake": True})
    assert said["self_test_log"] == {"device": device, "smartctl": {"exit_status": 0}}


def test_smart_of_sleeping_drive(served: Nas) -> None:
    """It is not woken, and that is no failure."""
    served.smartctl(smart("Device is in STANDBY mode, exit(2)", status=2))
    assert served.ask("smart", DRIVE)["self_test_log"] is None
    assert all(call.startswith("-n standby") for call in served.calls("smartctl")[:1])


def test_smart_of_another_drive(served: Nas) -> None:
    """Its record would be taken for this one's."""
    served.smartctl(smart(serial_number="WD-9999"))
    said = served.ask("smart", {"device": "sdb", "serial": "WD-0000", "wake": True})
    assert error(said) == "serial_differs"


def test_no_smartctl(served: Nas) -> None:
    """That is a code of its own."""
    (served.folder / "bin/smartctl").unlink()
    if any(Path(folder, "smartctl").exists() for folder in ("/usr/sbin", "/usr/bin")):
        pytest.skip("this machine has smartctl")
    assert error(served.ask("smart", {**DRIVE, "wake": True})) == "no_smartctl"


def test_device_type(served: Nas) -> None:
    """A drive behind a bridge is asked as smartctl proposes, and so from then on."""
    served.smartctl(
        smart(when="-d sat", serial_number="WD-1234"),
        smart(
            "/dev/sdb: Unknown USB bridge [0x152d:0x0578 (0x209)]",
            "Please specify device type with the -d option.",
            status=1,
        ),
    )
    said = served.ask("smart", {**DRIVE, "wake": True})
    assert said["device_type"] == "sat"
    before = len(served.calls("smartctl"))
    served.ask("smart", {**DRIVE, "wake": True})
    assert all("-d sat" in call for call in served.calls("smartctl")[before:])
    kept = {"WD-1234": {"type": "sat", "slow": False}}
    assert json.loads(served.paths.devices.read_text()) == kept


def test_device_type_of_before(served: Nas) -> None:
    """A drive that was taken out of its box is asked anew."""
    served.paths.devices.write_text(
        '{"WD-1234": {"type": "usbjmicron", "slow": false}}'
    )
    served.smartctl(
        smart("INQUIRY failed", when="-d usbjmicron", status=2), serial="WD-1234"
    )
    said = served.ask("smart", {**DRIVE, "wake": True})
    assert said["device_type"] is None
    assert "smartctl" in said


@pytest.mark.parametrize(
    "serial", ["S" * 65, "S" * 128, 'WD "A"', "WD\\1", "SÉRIE-1", "序列-1"]
)
def test_odd_serials(served: Nas, serial: str) -> None:
    """Whatever can be written in one line can be asked for."""
    served.smartctl(serial=serial)
    drive: dict[str, Json] = {"device": "sdb", "serial": serial, "wake": True}
    assert "smartctl" in served.ask("smart", drive)


UNIDENTIFIED = smart(
    "/dev/sdb: Unable to detect device type",
    "Please specify device type with the -d option.",
    status=1,
)


def test_smart_of_a_drive_that_cannot_be_asked(served: Nas) -> None:
    """It is the right one by the kernel's word, and has no SMART."""
    no_bridge = smart("INQUIRY failed", when="-d ", status=2)
    served.smartctl(no_bridge, UNIDENTIFIED)
    said = served.ask("smart", {**DRIVE, "wake": True})
    assert said["smartctl"] is None
    assert said["kernel"] == {"serial": "WD-1234", "size": SIZE}
    served.smartctl(no_bridge, UNIDENTIFIED)
    said = served.ask("self-test", {**DRIVE, "kind": "short"})
    assert error(said) == "no_smart"
    other: dict[str, Json] = {"device": "sdb", "serial": "WD-0000", "wake": True}
    assert error(served.ask("smart", other)) == "serial_differs"


def test_smart_of_a_drive_that_tells_no_serial(served: Nas) -> None:
    """Such as a USB stick: the kernel's word is told beside its own."""
    served.smartctl(smart(smart_support={"available": False}))
    said = served.ask("smart", {**DRIVE, "wake": True})
    assert said["kernel"] == {"serial": "WD-1234", "size": SIZE}
    assert "smart_support" in str(said["smartctl"])


def test_smart_that_failed_is_no_lack_of_smart(served: Nas) -> None:
    """A drive that answers with errors is not one that cannot be asked."""
    served.smartctl(smart("Read Device Identity failed: Input/output error", status=2))
    assert error(served.ask("smart", {**DRIVE, "wake": True})) == "smartctl_failed"


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        (("Testing has begun.",), 0, None),
        (("Extended Background Self Test has begun",), 0, None),
        (("Self-test has begun",), 0, None),
        ((), 0, "self_test_unsupported"),
        (("Self-tests not supported",), 0, "self_test_unsupported"),
        (("Conveyance self-test not supported",), 4, "self_test_unsupported"),
        (
            ("Can't start self-test without aborting current test (90% remaining)",),
            4,
            "self_test_running",
        ),
        (("Input/output error",), 4, "smartctl_failed"),
    ],
)
def test_self_test(
    served: Nas, lines: tuple[str, ...], status: int, code: str | None
) -> None:
    """Its words decide: it ends with 0 also where it did nothing."""
    served.smartctl(smart(*lines, when="-t short", status=status), serial="WD-1234")
    said = served.ask("self-test", {**DRIVE, "kind": "short"})
    assert said.get("error") == code
    if code and lines:
        assert lines[-1] in str(said["message"])


def test_self_test_of_another_drive(served: Nas) -> None:
    """Nothing is started on it."""
    said = served.ask("self-test", {"device": "sdb", "serial": "X", "kind": "short"})
    assert error(said) == "serial_differs"
    assert not any("-t" in call.split() for call in served.calls("smartctl"))


def progress(left: int) -> Says:
    """Return what a drive says while it tests itself, or at the end."""
    value = 240 + left if left else 0
    status: dict[str, Json] = {"value": value, "remaining_percent": left * 10}
    return smart(
        serial_number="WD-1234", ata_smart_data={"self_test": {"status": status}}
    )


def test_self_test_is_watched(served: Nas) -> None:
    """Whatever changes is said, until it is over; and the drive is not woken."""
    served.smartctl(smart("Testing has begun.", when="-t"), progress(9))
    assert served.ask("self-test", {**DRIVE, "kind": "long"}) == {}
    until(lambda: served.said("self_test"), "the first look")
    served.smartctl(progress(0))
    until(lambda: len(served.said("self_test")) == 2, "the end")
    last = served.said("self_test")[-1]
    assert last["serial"] == "WD-1234"
    assert last["device"] == "sdb"
    looks = [call for call in served.calls("smartctl") if "-l selftest" in call]
    assert looks
    assert all("-n standby" in call for call in looks)
    status = until(lambda: json.loads(served.paths.status.read_text())["self_tests"])
    assert set(status) == {"WD-1234"}


def test_halves_of_a_drive(served: Nas) -> None:
    """What is asked of one is not told of the other, which has the same serial."""
    units = {"sdb": "5000c500a1b2c3d4", "sdc": "5000c500a1b2c3d8"}
    for name, unit in units.items():
        if name != "sdb":
            served.drive(name, "WD-1234")
        (served.block(name) / "device/wwid").write_text(f"naa.{unit}\n")
    served.smartctl(smart("Testing has begun.", when="-t"), progress(9))
    for name, unit in units.items():
        asked = {"device": name, "serial": "WD-1234", "unit": unit}
        assert "smartctl" in served.ask("smart", {**asked, "wake": True})
        assert served.ask("self-test", {**asked, "kind": "long"}) == {}
        other = {**asked, "unit": next(u for u in units.values() if u != unit)}
        for verb, more in (
            ("smart", {"wake": True}),
            ("content", {"size": SIZE}),
            ("self-test", {"kind": "long"}),
            ("self-test-abort", {}),
        ):
            assert error(served.ask(verb, {**other, **more})) == "serial_differs"
    names = {f"WD-1234/{unit}" for unit in units.values()}
    until(lambda: {str(one["serial"]) for one in served.said("self_test")} == names)
    assert error(served.ask("smart", {**DRIVE, "unit": " "})) == "bad_request"


def test_self_test_watched_by_the_next_service(served: Nas) -> None:
    """A killed service forgets nothing."""
    served.smartctl(smart("Testing has begun.", when="-t"), progress(9))
    served.ask("self-test", {**DRIVE, "kind": "long"})
    os.kill(served.pid, signal.SIGKILL)
    until(lambda: not served.pids())
    served.smartctl(progress(0))
    served.ensure()
    until(lambda: served.said("self_test") and not served.calls("none"))
    until(lambda: not json.loads((served.paths.home / "self-tests.json").read_text()))


def test_self_test_abort(served: Nas) -> None:
    """Only one that runs can be aborted."""
    served.smartctl(smart("Self-testing aborted!", when="-X"), progress(9))
    assert served.ask("self-test-abort", DRIVE) == {}
    assert any("-X" in call for call in served.calls("smartctl"))
    served.smartctl(progress(0))
    assert error(served.ask("self-test-abort", DRIVE)) == "self_test_not_running"


# --- content and the epoch


def test_content(served: Nas) -> None:
    """What lies on a drive, and who has it."""
    served.partition("sdb", 1)
    served.tool(
        "blkid", Says("TYPE=ext4\nUSAGE=filesystem\n", when="sdb1"), Says(status=2)
    )
    served.process(4711, "dd", served.paths.dev / "sdb1")
    said = served.ask("content", {**DRIVE, "size": SIZE})
    assert said == {
        "content": [
            {
                "place": "partition 1",
                "type": "ext4",
                "label": None,
                "uuid": None,
                "usage": "filesystem",
            }
        ],
        "users": [{"kind": "process", "name": "dd (4711)"}],
        "size": SIZE,
        "logical_sector": 512,
        "locked": None,
    }
    assert error(served.ask("content", {**DRIVE, "size": 4096})) == "size_differs"


def test_epoch(served: Nas) -> None:
    """The first ledger is obeyed; neither an older nor another one starts anything."""
    mine: dict[str, Json] = {"id": "1" * 32, "number": 5}
    served.ask("start", plan(ledger=mine, token="first", drive=absent()))
    assert served.ask("version")["epoch"] == mine
    older = served.ask("start", plan(ledger={**mine, "number": 4}, token="b"))
    assert error(older) == "ledger_older"
    other = served.ask("start", plan(ledger={**mine, "id": "2" * 32}, token="b"))
    assert error(other) == "ledger_other"
    assert older["details"] == other["details"] == {"obeys": mine}
    assert not (served.paths.jobs / "b").exists()

    assert served.ask("obey", {"ledger": {**mine, "number": 4}}) == {
        **mine,
        "number": 4,
    }
    served.ask("start", plan(ledger={**mine, "number": 4}, token="b", drive=absent()))
    assert (served.paths.jobs / "b").exists()


def test_unreadable_epoch(served: Nas) -> None:
    """It does not look like a first start."""
    served.paths.epoch.write_text("{torn")
    assert error(served.ask("start", plan())) == "ledger_other"
    assert not (served.paths.jobs / "a1-surface-1").exists()


def absent() -> dict[str, Json]:
    """Return a drive that is not here."""
    return {"device": "sdz", "serial": "ABSENT", "lunid": None, "size": SIZE}


# --- jobs


def test_job_passes(served: Nas) -> None:
    """A sound drive passes, its records can be had, and its token is spent at last."""
    status = served.ask("start", plan())
    assert status["state"] in {"running", "passed"}
    until(lambda: state(served, "a1-surface-1") == "passed")
    job = served.ask("job", {"token": "a1-surface-1"})
    assert isinstance(job["ranges"], list)
    assert len(job["ranges"]) == 2
    until(lambda: served.said("job")[-1]["state"] == "passed")
    again = served.ask("start", plan())
    assert again["state"] == "passed"
    assert served.ask("clean", {"token": "a1-surface-1"}) == {}
    assert error(served.ask("start", plan())) == "already_done"
    assert served.ask("status")["jobs"] == {}


def test_job_is_refused(served: Nas) -> None:
    """What the claim says stands in the status."""
    status = served.ask("start", plan(drive=absent()))
    assert status["state"] == "refused"
    reason = status["reason"]
    assert isinstance(reason, dict)
    assert reason["code"] == "device_missing"


def test_other_plan(served: Nas) -> None:
    """A token means one work."""
    served.ask("start", plan(drive=absent()))
    said = served.ask("start", plan())
    assert error(said) == "bad_request"


def test_stop_overtakes_start(served: Nas) -> None:
    """A token that was stopped before it came is never begun."""
    assert error(served.ask("stop", {"token": "a1-surface-1"})) == "unknown_token"
    assert error(served.ask("start", plan())) == "already_done"


def state(nas: Nas, token: str) -> Json:
    """Return how a job is."""
    status = nas.ask("job", {"token": token})["status"]
    assert isinstance(status, dict)
    return status["state"]


@pytest.fixture
def paused(served: Nas) -> int:
    """Have a worker that is paused before its first block; return its process.

    Somebody who passes by holds it up until the pause has come.
    """
    process = served.process(4711, "smartctl", served.paths.dev / "sdb")
    start = served.upload("start", plan())
    until((served.paths.jobs / "a1-surface-1").exists)
    served.ask("pause", {"token": "a1-surface-1", "reason": "person"})
    (process / "fd/3").unlink()
    assert served.reply(start)["ok"] is True
    until(lambda: state(served, "a1-surface-1") == "paused")
    (worker,) = set(served.pids()) - {served.pid}
    return worker


def test_worker_outlives_service(served: Nas, paused: int) -> None:
    """Killed or replaced, the service takes nobody along."""
    os.kill(served.pid, signal.SIGKILL)
    served.version = "bbbbbbbbbbbb"
    served.ensure()
    assert served.ask("version")["version"] == "bbbbbbbbbbbb"
    assert served.ask("start", plan())["state"] == "paused"
    assert set(served.pids()) == {paused, served.pid}
    served.ask("resume", {"token": "a1-surface-1"})
    until(lambda: state(served, "a1-surface-1") == "passed")


def test_killed_worker(served: Nas, paused: int) -> None:
    """Its job is interrupted, and the same start takes it up."""
    os.kill(paused, signal.SIGKILL)
    until(lambda: served.said("job")[-1]["state"] == "interrupted")
    served.ask("resume", {"token": "a1-surface-1"})
    served.ask("start", plan())
    until(lambda: state(served, "a1-surface-1") == "passed")


def test_stop(served: Nas, paused: int) -> None:
    """It is answered when the worker has ended, and only then the job can go."""
    token: dict[str, Json] = {"token": "a1-surface-1"}
    assert error(served.ask("clean", token)) == "serial_busy"
    assert served.ask("stop", token)["state"] == "stopped"
    until(lambda: served.pids() == [served.pid])
    assert served.ask("start", plan())["state"] == "stopped"
    assert served.ask("clean", token) == {}


def test_limits(served: Nas, paused: int) -> None:
    """They can be changed while a job is there."""
    said = served.ask(
        "limits", {"token": "a1-surface-1", "pause_at": 60, "resume_at": 50}
    )
    assert said["state"] == "paused"
    kept = json.loads((served.paths.jobs / "a1-surface-1/limits.json").read_text())
    assert kept == {"pause_at": 60, "resume_at": 50}


def test_old_ledger_touches_nothing_that_runs(served: Nas, paused: int) -> None:
    """A restored backup that starts again what runs is refused, and it runs on."""
    job = plan(ledger={"id": "0" * 32, "number": 0})
    assert error(served.ask("start", job)) == "ledger_older"
    assert state(served, "a1-surface-1") == "paused"
    assert served.is_alive(paused)
