"""The NAS's sudo: runs a command and logs it with every program that it starts.

`sudo.py LOG COMMAND...`. As with the vendor's `log_subcmds` it traces all children, so
it sees what they really execute; what still runs when the command ends is killed, as it
is there. Runs as a program of its own and imports nothing of this package.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
import uuid

TOOLS = os.environ.get("MOCK_TRUENAS_TOOLS", "")
"""Where the scripts are that stand for the NAS's own tools."""

_SEIZE, _CONT, _LISTEN = 0x4206, 7, 0x4208
_EVENT_EXEC, _EVENT_STOP = 4, 128
_FORK, _VFORK, _CLONE, _EXEC, _EXIT_KILL = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 20
_OPTIONS = _FORK | _VFORK | _CLONE | _EXEC | _EXIT_KILL
_ALL_CHILDREN = 0x40000000
_STOPS = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request: int, process: int, value: int = 0) -> bool:
    """Do something to a traced process; False if it is gone."""
    return int(_libc.ptrace(request, process, None, value)) == 0


def words_of(process: int) -> list[str]:
    """Return the words with which a process runs its program."""
    with open(f"/proc/{process}/cmdline", "rb") as words:
        return words.read().decode(errors="replace").split("\0")[:-1]


def accepted(argv: list[str], program: str) -> str:
    """Return the line that sudo logs of a program that begins."""
    now = time.time()
    moment = {
        "seconds": int(now),
        "nanoseconds": int(now % 1 * 1e9),
        "iso8601": time.strftime("%Y%m%d%H%M%SZ", time.gmtime(now)),
        "localtime": time.strftime("%b %e %H:%M:%S", time.localtime(now)),
    }
    accept = {
        "uuid": str(uuid.uuid4()),
        "server_time": moment,
        "submit_time": moment,
        "submituser": "root",
        "submithost": "truenas",
        "submitcwd": os.getcwd(),
        "runuser": "root",
        "runuid": 0,
        "command": program,
        "runargv": argv,
        "runenv": [],
        "source": "mock_truenas",
    }
    return json.dumps({"sudo": {"accept": accept}}) + "\n"


def begun(command: list[str]) -> int:
    """Return a traced child that becomes the command once it goes on."""
    process = os.fork()
    if process == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            sys.stderr.write(f"sudo: {command[0]}: {error.strerror}\n")
        os._exit(127)
    os.waitpid(process, os.WUNTRACED)
    if not ptrace(_SEIZE, process, _OPTIONS):
        os.kill(process, signal.SIGKILL)
        raise OSError(ctypes.get_errno(), "sudo: cannot trace")
    os.kill(process, signal.SIGCONT)
    return process


class Log:
    """What sudo writes about the programs that it sees."""

    def __init__(self, file: str) -> None:
        """Add to a file."""
        self._file = file
        self._wrapped: set[int] = set()

    def begun(self, process: int) -> None:
        """Keep that a process has become another program.

        The NAS's own tools are scripts of this mock around something else: the NAS would
        have seen one program.
        """
        try:
            argv = words_of(process)
            program = os.readlink(f"/proc/{process}/exe")
        except OSError:
            return  # It was killed in this moment.
        if process in self._wrapped:
            self._wrapped.discard(process)
            return
        if len(argv) > 1 and os.path.dirname(argv[1]) == TOOLS:
            self._wrapped.add(process)
            name = os.path.basename(argv[1])
            argv, program = [name, *argv[2:]], f"/usr/bin/{name}"
        with open(self._file, "a", encoding="utf-8") as kept:
            kept.write(accepted(argv, program))


def run(log: Log, command: list[str]) -> int:
    """Return how the command ended: its status, or the negative number of a signal."""
    first = begun(command)
    while True:
        process, status = os.waitpid(-1, _ALL_CHILDREN)
        if not os.WIFSTOPPED(status):
            if process == first:
                return os.waitstatus_to_exitcode(status)
            continue
        number, event = os.WSTOPSIG(status), status >> 16
        if event == _EVENT_EXEC:
            log.begun(process)
        if event == _EVENT_STOP and number in _STOPS:
            ptrace(_LISTEN, process)
        else:
            ptrace(_CONT, process, 0 if event else number)


if __name__ == "__main__":
    ended = run(Log(sys.argv[1]), sys.argv[2:])
    if ended < 0:
        signal.signal(-ended, signal.SIG_DFL) if ended != -signal.SIGKILL else None
        os.kill(os.getpid(), -ended)
    sys.exit(ended)
