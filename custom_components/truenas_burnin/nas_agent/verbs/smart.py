"""Verbs that ask a drive by smartctl: its record and its self-tests.

smartctl ends with 0 also where it did nothing: for a conveyance test that SCSI and NVMe
do not have, for a drive without self-tests. So its words decide (smartctl(8), and
ataprint.cpp, scsiprint.cpp and nvmeprint.cpp of smartmontools 7.4).
"""

from __future__ import annotations

import re

from .. import words
from ..agent import Agent, Turn, met
from ..drive.address import Address
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
    drive = Address.read(arguments, "wake", "farm")
    wake = words.flag(arguments.get("wake", False), "wake")
    farm = words.flag(arguments.get("farm", False), "farm")
    sleeping = () if wake else ("-n", "standby")
    try:
        answer = agent.smartctl.record(drive.device, drive.serial, *sleeping)
    except Refused as refused:
        if refused.code is not Code.NO_SMART:
            raise
        return {"device_type": None, "smartctl": None, **_kernel(agent, drive)}
    kernel: dict[str, Json] = {}
    if not same_serial(answer.serial, drive.serial) or drive.unit is not None:
        kernel = _kernel(agent, drive)
    log: dict[str, Json] | None = None
    if not answer.asleep and not any(key in answer.said for key in _LOGS):
        log = _log(agent, drive)
    told: Json = None
    if farm and not answer.asleep:
        said = agent.smartctl.ask(drive.device, drive.serial, "-l", "farm").said
        told = said.get(_FARM)
    return {
        "device_type": answer.device_type,
        "smartctl": answer.said,
        "self_test_log": log,
        "farm": told,
        **kernel,
    }


def _log(agent: Agent, drive: Address) -> dict[str, Json]:
    """Return the log of self-tests alone: the exit status then speaks of nothing else."""
    answer = agent.smartctl.ask(drive.device, drive.serial, "-l", "selftest")
    return told_of_self_tests(answer)


def _kernel(agent: Agent, drive: Address) -> dict[str, Json]:
    """Return serial and size as the kernel has them, of a drive that told no serial.

    Raise Refused if this is another drive: its record would be taken for this one's.
    """
    details: dict[str, Json] = {"device": drive.device}
    with met(agent, drive) as (descriptor, _):
        try:
            size = agent.paths.kernel.size(descriptor)
        except OSError as error:
            raise Refused(Code.DRIVE_VANISHED, details, str(error)) from error
    if size <= 0:
        raise Refused(Code.SIZE_UNKNOWN, details)
    return {"kernel": {"serial": drive.serial, "size": size}}


def self_test(agent: Agent, arguments: dict[str, Json], turn: Turn) -> dict[str, Json]:
    """Have a drive test itself."""
    drive = Address.read(arguments, "kind")
    kind = _KINDS.get(words.text(arguments.get("kind"), "kind"))
    if kind is None:
        raise words.refuse("kind")
    with met(agent, drive):
        turn.act()
        answer = agent.smartctl.ask(drive.device, drive.serial, "-t", kind)
    refused = _not_begun(answer, drive.device)
    if refused is not None:
        raise refused
    agent.self_tests.watch(drive)
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
    drive = Address.read(arguments)
    details: dict[str, Json] = {"device": drive.device}
    with met(agent, drive):
        before = agent.smartctl.ask(drive.device, drive.serial, "-c", "-l", "selftest")
        if about_self_tests(before.said) and not is_running(before.said):
            raise Refused(Code.SELF_TEST_NOT_RUNNING, details)
        turn.act()
        answer = agent.smartctl.ask(drive.device, drive.serial, "-X")
    if not answer.taken:
        raise Refused(Code.SMARTCTL_FAILED, details, answer.words)
    return {}
