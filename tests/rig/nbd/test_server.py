"""The server, spoken to as the protocol's page says."""

from collections.abc import Iterator
import errno
from pathlib import Path
import socket
import struct

import pytest

from tests.rig.nbd.faults import BLOCK, Hangs, ReadFails, Span, WriteProtected
from tests.rig.nbd.server import Server
from tests.rig.nbd.store import Store

pytestmark = pytest.mark.usefixtures("unix_sockets")

SIZE = 64 * BLOCK
READ, WRITE, DISCONNECT, FLUSH, TRIM = range(5)


class Client:
    """An NBD client of the plainest kind."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        assert self.exactly(16) == b"NBDMAGICIHAVEOPT"
        self.exactly(2)
        self.socket.sendall(struct.pack(">I", 3))

    def exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def option(self, number: int, data: bytes = b"") -> tuple[int, bytes]:
        """Send an option; return the kind of the first answer and its data."""
        head = struct.pack(">8sII", b"IHAVEOPT", number, len(data))
        self.socket.sendall(head + data)
        return self.answer(number)

    def answer(self, number: int) -> tuple[int, bytes]:
        _, option, kind, length = struct.unpack(">QIII", self.exactly(20))
        assert option == number
        return kind, self.exactly(length)

    def go(self) -> tuple[int, int]:
        """Begin; return size and flags of the export."""
        kind, export = self.option(7, struct.pack(">IH", 0, 0))
        assert kind == 3
        assert self.answer(7)[0] == 3
        assert self.answer(7)[0] == 1
        _, size, flags = struct.unpack(">HQH", export)
        return size, flags

    def send(
        self, command: int, offset: int, length: int, data: bytes = b"", cookie: int = 1
    ) -> None:
        head = struct.pack(">IHHQQI", 0x25609513, 0, command, cookie, offset, length)
        self.socket.sendall(head + data)

    def reply(self) -> tuple[int, int]:
        """Return error and cookie."""
        magic, error, cookie = struct.unpack(">IIQ", self.exactly(16))
        assert magic == 0x67446698
        return error, cookie


@pytest.fixture
def store() -> Store:
    return Store(SIZE)


@pytest.fixture
def server(store: Store, tmp_path: Path) -> Iterator[Server]:
    with Server(store, tmp_path / "nbd") as server:
        yield server


@pytest.fixture
def client(server: Server) -> Client:
    client = Client(server.path)
    assert client.go()[0] == SIZE
    return client


def test_writes_and_reads(client: Client, store: Store) -> None:
    client.send(WRITE, 512, 3, b"abc")
    assert client.reply() == (0, 1)
    assert store.read(512, 3) == b"abc"

    client.send(READ, 511, 5)

    assert client.reply() == (0, 1)
    assert client.exactly(5) == b"\x5aabc\x5a"


def test_discarded_bytes_read_as_zeros(client: Client, store: Store) -> None:
    client.send(TRIM, 0, SIZE)

    assert client.reply() == (0, 1)
    assert store.read(0, SIZE) == bytes(SIZE)


def test_an_error_is_told_and_the_next_request_served(
    client: Client, server: Server, store: Store
) -> None:
    server.device = ReadFails(store, Span.block(0))

    client.send(READ, 0, 512)
    assert client.reply() == (errno.EIO, 1)

    server.device = WriteProtected(store)
    client.send(WRITE, 0, 1, b"x")
    assert client.reply() == (errno.EPERM, 1)

    client.send(READ, 0, 1)
    assert client.reply() == (0, 1)
    assert client.exactly(1) == b"\x5a"


def test_a_request_beyond_the_end_is_invalid(client: Client) -> None:
    client.send(READ, SIZE - 1, 2)

    assert client.reply() == (errno.EINVAL, 1)


def test_a_hanging_request_holds_up_no_other(
    client: Client, server: Server, store: Store
) -> None:
    fault = server.device = Hangs(store, Span.block(0))
    client.send(READ, 0, 1, cookie=7)
    assert fault.hanging.wait(10)
    server.device = store

    client.send(FLUSH, 0, 0, cookie=8)
    assert client.reply() == (0, 8)

    fault.release()
    assert client.reply() == (0, 7)


def test_an_unknown_option_is_refused(server: Server) -> None:
    client = Client(server.path)

    assert client.option(8) == (0x80000001, b"")
    assert client.go()[0] == SIZE


def test_an_old_client_names_an_export(server: Server) -> None:
    client = Client(server.path)
    client.socket.sendall(struct.pack(">8sII", b"IHAVEOPT", 1, 0))

    assert struct.unpack(">QH", client.exactly(10))[0] == SIZE


def test_a_read_only_drive_says_so(store: Store, tmp_path: Path) -> None:
    with Server(store, tmp_path / "nbd", read_only=True) as server:
        _, flags = Client(server.path).go()

    assert flags & 2


def test_a_drive_that_vanishes_hangs_up(client: Client, server: Server) -> None:
    server.disconnect()

    with pytest.raises(EOFError):
        client.reply()


def test_a_client_that_says_goodbye_is_let_go(client: Client) -> None:
    client.send(DISCONNECT, 0, 0)

    with pytest.raises(EOFError):
        client.reply()
