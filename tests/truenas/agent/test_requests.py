"""What the agent answers, and what it refuses."""

import os

import pytest

from .conftest import SERIAL, SIZE, Nas


def test_the_folder_is_closed_to_others(nas: Nas) -> None:
    """A folder that others may write to is not trusted: nothing is answered."""
    nas.ask("verb version")
    assert nas.root.stat().st_mode & 0o777 == 0o700
    nas.root.chmod(0o770)
    assert nas.run("spool").returncode == 77


def test_usage(nas: Nas) -> None:
    """Anything but the two ways of running it is an error."""
    assert nas.run().returncode == 64
    assert nas.run("work", "../x").returncode == 64
    assert nas.run("work", "t1").returncode == 64


def test_version_names_what_is_missing(nas: Nas) -> None:
    """A NAS without badblocks says so before anything is started."""
    assert nas.ask("verb version")[0] == {"ok": True}
    nas.path = f"{nas.folder}/bin"
    for name in ("flock", "cut", "cat", "tr", "find", "tail", "mv", "rm", "chmod"):
        (nas.folder / "bin" / name).symlink_to(f"/usr/bin/{name}")
    for name in ("mkdir", "basename", "dirname", "id", "sleep"):
        (nas.folder / "bin" / name).symlink_to(f"/usr/bin/{name}")
    (nas.folder / "bin/smartctl").unlink()
    header, _ = nas.ask("verb version")
    assert header["error"] == "no_smartctl"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "verb version\n",
        "verb version\nend\nend\n",
        "verb version\nend\nverb stop\nend\n",
        "verb version\nshout hello\nend\n",
        'verb smart\nserial a"b\ndevice sda\nend\n',
        "verb smart\nserial a\\b\ndevice sda\nend\n",
        "verb smart\nserial a\tb\ndevice sda\nend\n",
        "verb smart\nserial \ndevice sda\nend\n",
        f"verb smart\nserial {'a' * 65}\ndevice sda\nend\n",
        f"verb smart\nserial {SERIAL}\ndevice ../sda\nend\n",
        f"verb smart\nserial {SERIAL}\ndevice sda;reboot\nend\n",
        f"verb smart\nserial {SERIAL}\ndevice multipath/\nend\n",
        f"verb smart\nserial {SERIAL}\nend\n",
        "verb smart\nend\n",
        f"verb self-test\nserial {SERIAL}\ndevice sda\nkind all\nend\n",
        f"verb self-test\nserial {SERIAL}\ndevice sda\nend\n",
        f"verb smart\nserial {SERIAL}\ndevice sda\nawake no\nend\n",
        "verb stop\ntoken ../jobs\nend\n",
        "verb stop\nend\n",
        "verb start\nsize 1\nend\n",
        "verb start\nsize -1\nend\n",
        "verb start\npatterns aa 0x\nend\n",
        "verb start\nrange 1 2 b\nend\n",
    ],
)
def test_bad_requests(nas: Nas, content: str) -> None:
    """Whatever is not exactly a request is refused as a whole."""
    nas.drive()
    header, _ = nas.send(content)
    assert header["ok"] is False
    assert header["error"] == "bad_request"
    assert not list((nas.root / "jobs").iterdir())


def test_unknown_verbs_and_tokens(nas: Nas) -> None:
    """They have their own words."""
    assert nas.ask("verb dance")[0]["error"] == "unknown_verb"
    for verb in ("status", "stop", "clean", "pause", "resume"):
        assert nas.ask(f"verb {verb}", "token t9")[0]["error"] == "unknown_token"


@pytest.mark.parametrize(
    "serial", [SERIAL, "a b", "$(reboot)", "`x`", "-n", "x*'y", "%s"]
)
def test_smart_reads_the_drive_it_was_asked_for(nas: Nas, serial: str) -> None:
    """A hostile serial is text and nothing else."""
    nas.drive(serial=serial)
    header, payload = nas.ask("verb smart", f"serial {serial}", "device sda")
    assert header == {"ok": True}
    assert f'"serial_number":"{serial}"' in payload


def test_smart_of_another_drive(nas: Nas) -> None:
    """The names have moved, or nothing is there: the reply says what was found."""
    nas.drive(serial="OTHER")
    header, payload = nas.ask("verb smart", f"serial {SERIAL}", "device sda")
    assert header["error"] == "serial_changed"
    assert "OTHER" in header["message"]
    assert payload == ""
    header, _ = nas.ask("verb smart", f"serial {SERIAL}", "device sdb")
    assert header["error"] == "device_lost"


def test_smart_of_a_drive_that_may_be_asleep(nas: Nas) -> None:
    """It is read only if it is awake, where that was asked for."""
    nas.drive()
    about = (f"serial {SERIAL}", "device sda")
    nas.ask("verb smart", *about)
    assert nas.ask("verb smart", *about, "awake yes")[0] == {"ok": True}
    calls = (nas.folder / "smartctl.log").read_text().splitlines()
    assert [call for call in calls if not call.startswith("-i")] == [
        f"-x --json=c {nas.folder}/dev/sda",
        f"-n standby -x --json=c {nas.folder}/dev/sda",
    ]


def test_self_tests(nas: Nas) -> None:
    """Started and aborted by smartctl; what the drive says against it is told."""
    nas.drive()
    about = (f"serial {SERIAL}", "device sda")
    assert nas.ask("verb self-test", *about, "kind long")[0] == {"ok": True}
    assert nas.ask("verb self-test-abort", *about)[0] == {"ok": True}
    calls = (nas.folder / "smartctl.log").read_text().splitlines()
    assert [call for call in calls if not call.startswith("-i")] == [
        f"-t long {nas.folder}/dev/sda",
        f"-X {nas.folder}/dev/sda",
    ]
    nas.fact("sda", "says", 'smartctl 7.4\n\nCan\'t start "self-test"\n\n')
    nas.fact("sda", "status", "4")
    header, _ = nas.ask("verb self-test", *about, "kind short")
    assert header["error"] == "drive_refused"
    assert header["message"] == "Can't start self-test"
    nas.fact("sda", "status", "64")
    assert nas.ask("verb self-test", *about, "kind short")[0] == {"ok": True}


def test_start_on_another_drive_writes_nothing(nas: Nas) -> None:
    """Wrong serial, wrong size, no drive: refused, and not a byte written."""
    content = nas.drive(serial="OTHER")
    before = content.read_bytes()
    assert nas.start()["error"] == "serial_changed"
    nas.fact("sda", "serial", SERIAL)
    nas.fact("sda", "size", str(SIZE + 512))
    assert nas.start()["error"] == "size_changed"
    assert nas.start(device="sdb")["error"] == "device_lost"
    assert content.read_bytes() == before
    assert nas.log("badblocks") == []
    assert not list((nas.root / "jobs").iterdir())


def test_old_replies_are_removed(nas: Nas) -> None:
    """The spool does not grow for ever."""
    nas.ask("verb version")
    old = nas.root / "spool" / "old.rep"
    old.write_text("x")
    os.utime(old, (1_600_000_000, 1_600_000_000))
    nas.ask("verb version")
    assert not old.exists()
