"""Verbs that ask a drive by smartctl: its record and its self-tests.

smartctl ends with 0 also where it did nothing: for a conveyance test that SCSI and NVMe
do not have, for a drive without self-tests. So its words decide (smartctl(8), and
ataprint.cpp, scsiprint.cpp and nvmeprint.cpp of smartmontools 7.4).
"""

from __future__ import annotations

import re

from .. import words
from ..agent import Agent, Turn, met
from ..drive.serials import same_serial
from ..errors import Code, Json, Refused
from ..self_tests import about_self_tests, is_running, told_of_self_tests
from ..smartctl import Answer

_KINDS = {"short": "short", "long": "long", "conveyance": "conveyance"}
_LOGS = ("ata_smart_self_test_log", "nvme_self_test_log", "scsi_self_test_0")
_FARM = "seagate_farm_log"

_BEGUN = re.compile(r"\bhas begun\b", re.IGNORECASE)
_RUNNING = re.compile(
    r"without aborting current test|already in progress", re.IGNORECASE
)
_UNSUPPORTED = re.compile(
    r"not support|unsupported|invalid (field|opcode)|not implemented", re.IGNORECASE
)


def smart(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Return a drive's SMART record, or what the kernel knows of one that has none."""
    words.only(arguments, frozenset(("device", "serial", "wake", "farm")), "arguments")
    device = words.device(arguments.get("device"))
    serial = words.serial(arguments.get("serial"))
    wake = words.flag(arguments.get("wake", False), "wake")
    farm = words.flag(arguments.get("farm", False), "farm")
    sleeping = () if wake else ("-n", "standby")
    try:
        answer = agent.smartctl.ask(device, serial, *sleeping, "-x")
    except Refused as refused:
        if refused.code is not Code.NO_SMART:
            raise
        return {"device_type": None, "smartctl": None, **_kernel(agent, device, serial)}
    kernel: dict[str, Json] = {}
    if not same_serial(answer.serial, serial):
        kernel = _kernel(agent, device, serial)
    log: dict[str, Json] | None = None
    if not answer.asleep and not any(key in answer.said for key in _LOGS):
        log = _log(agent, device, serial)
    told: Json = None
    if farm and not answer.asleep:
        told = agent.smartctl.ask(device, serial, "-l", "farm").said.get(_FARM)
    return {
        "device_type": answer.device_type,
        "smartctl": answer.said,
        "self_test_log": log,
        "farm": told,
        **kernel,
    }


def _log(agent: Agent, device: str, serial: str) -> dict[str, Json]:
    """Return the log of self-tests alone: the exit status then speaks of nothing else."""
    return told_of_self_tests(agent.smartctl.ask(device, serial, "-l", "selftest"))


def _kernel(agent: Agent, device: str, serial: str) -> dict[str, Json]:
    """Return serial and size as the kernel has them, of a drive that told no serial.

    Raise Refused if this is another drive: its record would be taken for this one's.
    """
    with met(agent, device, serial) as (descriptor, _):
        try:
            size = agent.paths.kernel.size(descriptor)
        except OSError as error:
            raise Refused(
                Code.DRIVE_VANISHED, {"device": device}, str(error)
            ) from error
    if size <= 0:
        raise Refused(Code.SIZE_UNKNOWN, {"device": device})
    return {"kernel": {"serial": serial, "size": size}}


def self_test(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Have a drive test itself."""
    words.only(arguments, frozenset(("device", "serial", "kind")), "arguments")
    device = words.device(arguments.get("device"))
    serial = words.serial(arguments.get("serial"))
    kind = _KINDS.get(words.text(arguments.get("kind"), "kind"))
    if kind is None:
        raise words.refuse("kind")
    with met(agent, device, serial):
        turn.act()
        answer = agent.smartctl.ask(device, serial, "-t", kind)
    refused = _not_begun(answer, device)
    if refused is not None:
        raise refused
    agent.self_tests.watch(device, serial)
    return {}


def _not_begun(answer: Answer, device: str) -> Refused | None:
    """Return why no self-test runs now, None if it does."""
    if answer.taken and _BEGUN.search(answer.lines):
        return None
    if _RUNNING.search(answer.lines):
        code = Code.SELF_TEST_RUNNING
    elif answer.taken or _UNSUPPORTED.search(answer.lines):
        code = Code.SELF_TEST_UNSUPPORTED
    else:
        code = Code.SMARTCTL_FAILED
    return Refused(code, {"device": device}, answer.words)


def self_test_abort(
    agent: Agent, arguments: dict[str, Json], turn: Turn
) -> dict[str, Json]:
    """Abort the self-test that runs."""
    words.only(arguments, frozenset(("device", "serial")), "arguments")
    device = words.device(arguments.get("device"))
    serial = words.serial(arguments.get("serial"))
    with met(agent, device, serial):
        before = agent.smartctl.ask(device, serial, "-c", "-l", "selftest")
        if about_self_tests(before.said) and not is_running(before.said):
            raise Refused(Code.SELF_TEST_NOT_RUNNING, {"device": device})
        turn.act()
        answer = agent.smartctl.ask(device, serial, "-X")
    if not answer.taken:
        raise Refused(Code.SMARTCTL_FAILED, {"device": device}, answer.words)
    return {}
