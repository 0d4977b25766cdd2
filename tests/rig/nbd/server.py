"""Offers a device over the NBD protocol on a unix socket, as QEMU's block layer attaches it.

The protocol is described in https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md (fixed newstyle
handshake, simple replies). Each request is served in a thread of its own, so that one that hangs holds up no other.
"""

from collections.abc import Buffer
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import IntEnum, IntFlag
import errno
from pathlib import Path
import socket
import struct
from threading import Lock, Thread
from typing import Self

from .store import Device

_MAGIC = 0x4E42444D41474943
_OPTION_MAGIC = 0x49484156454F5054
_OPTION_REPLY_MAGIC = 0x3E889045565A9
_REQUEST_MAGIC = 0x25609513
_REPLY_MAGIC = 0x67446698
_FIXED_NEWSTYLE = 1
_NO_ZEROES = 2
_MOST = 32 << 20
_WORKERS = 64


class _Option(IntEnum):
    EXPORT_NAME = 1
    ABORT = 2
    INFO = 6
    GO = 7


class _Answer(IntEnum):
    ACK = 1
    INFO = 3
    UNSUPPORTED = 0x80000001


class _Export(IntFlag):
    HAS_FLAGS = 1
    READ_ONLY = 2
    FLUSH = 4
    TRIM = 32
    WRITE_ZEROES = 64


class _Command(IntEnum):
    READ = 0
    WRITE = 1
    DISCONNECT = 2
    FLUSH = 3
    TRIM = 4
    WRITE_ZEROES = 6


_ERRORS = {errno.EPERM: 1, errno.EIO: 5, errno.ENOMEM: 12, errno.ENOSPC: 28}
"""Those that the protocol has numbers for; all others are told as EIO."""


class Server:
    """One device on one socket; `device` may be exchanged while the drive is in use."""

    def __init__(self, device: Device, path: Path, *, read_only: bool = False) -> None:
        """Listen at `path`, at once."""
        self.device = device
        self.path = path
        self._read_only = read_only
        self._lock = Lock()
        self._connections: set[socket.socket] = set()
        path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = Thread(target=self._accept, name=f"nbd {path.name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def disconnect(self) -> None:
        """Drop who is connected; the drive has gone, as far as they can tell."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Serve nobody any more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.disconnect()
        self._thread.join()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(EOFError, OSError):
            if self._handshake(connection):
                self._transmit(connection)
        with self._lock:
            self._connections.discard(connection)

    @property
    def _flags(self) -> int:
        flags = _Export.HAS_FLAGS | _Export.FLUSH | _Export.TRIM | _Export.WRITE_ZEROES
        return flags | (_Export.READ_ONLY if self._read_only else 0)

    def _handshake(self, connection: socket.socket) -> bool:
        """Agree on the one export there is; False where the client only looked."""
        connection.sendall(
            struct.pack(">QQH", _MAGIC, _OPTION_MAGIC, _FIXED_NEWSTYLE | _NO_ZEROES)
        )
        (client,) = struct.unpack(">I", _exactly(connection, 4))
        while True:
            _, option, length = struct.unpack(">QII", _exactly(connection, 16))
            _exactly(connection, length)
            match option:
                case _Option.EXPORT_NAME:
                    padding = b"" if client & _NO_ZEROES else bytes(124)
                    facts = struct.pack(">QH", self.device.size, self._flags)
                    connection.sendall(facts + padding)
                    return True
                case _Option.INFO | _Option.GO:
                    export = struct.pack(">HQH", 0, self.device.size, self._flags)
                    blocks = struct.pack(">HIII", 3, 1, 4096, _MOST)
                    _answer(connection, option, _Answer.INFO, export)
                    _answer(connection, option, _Answer.INFO, blocks)
                    _answer(connection, option, _Answer.ACK)
                    if option == _Option.GO:
                        return True
                case _Option.ABORT:
                    _answer(connection, option, _Answer.ACK)
                    return False
                case _:
                    _answer(connection, option, _Answer.UNSUPPORTED)

    def _transmit(self, connection: socket.socket) -> None:
        lock = Lock()
        workers = ThreadPoolExecutor(_WORKERS)
        try:
            while True:
                head = _exactly(connection, 28)
                _, _, command, cookie, offset, length = struct.unpack(">IHHQQI", head)
                data = (
                    _exactly(connection, length) if command == _Command.WRITE else b""
                )
                if command == _Command.DISCONNECT:
                    return
                workers.submit(
                    self._do, connection, lock, command, cookie, offset, length, data
                )
        finally:
            workers.shutdown(wait=False, cancel_futures=True)

    def _do(
        self,
        connection: socket.socket,
        lock: Lock,
        command: int,
        cookie: int,
        offset: int,
        length: int,
        data: bytes,
    ) -> None:
        """Serve one request."""
        read: Buffer = b""
        error = 0
        try:
            match command:
                case _Command.READ:
                    read = self.device.read(offset, length)
                case _Command.WRITE:
                    self.device.write(offset, data)
                case _Command.WRITE_ZEROES | _Command.TRIM:
                    self._zero(offset, length)
        except OSError as err:
            error = _ERRORS.get(err.errno or errno.EIO, 5)
        except ValueError:
            error = 22
        with lock, suppress(OSError):
            connection.sendall(struct.pack(">IIQ", _REPLY_MAGIC, error, cookie))
            if not error:
                connection.sendall(read)

    def _zero(self, offset: int, length: int) -> None:
        """Write zeros in pieces: a discard may be of the whole drive."""
        while length:
            count = min(length, _MOST)
            self.device.write(offset, bytes(count))
            offset += count
            length -= count


def _answer(
    connection: socket.socket, option: int, answer: _Answer, data: bytes = b""
) -> None:
    head = struct.pack(">QIII", _OPTION_REPLY_MAGIC, option, answer, len(data))
    connection.sendall(head + data)


def _exactly(connection: socket.socket, length: int) -> bytes:
    """Return so many bytes; EOFError where the other side closed."""
    data = bytearray(length)
    view = memoryview(data)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return bytes(data)
