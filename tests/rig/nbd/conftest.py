"""What the tests of the server need."""

import pytest
import pytest_socket


@pytest.fixture
def unix_sockets() -> None:
    """Allow what the test plugin forbids along with the network."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
