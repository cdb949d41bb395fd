"""Real servers on loopback, each stopped with its test."""

import contextlib

import pytest

from lab.pki import Authority
from tests.notify.servers import HttpServer, SmtpServer, free_port, message


@pytest.fixture(scope="session")
def authority():
    return Authority("notify tests")


@pytest.fixture(scope="session")
def server_context(authority):
    return authority.sign("mail.example.org", "127.0.0.1").server_context()


@pytest.fixture
def ca_file(authority, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_text(authority.pem)
    return file


@pytest.fixture
def smtp():
    """Gives a function that starts mail servers."""
    with contextlib.ExitStack() as stack:

        def start(**options):
            server = SmtpServer(**options)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def http():
    """Gives a function that starts HTTP servers."""
    with contextlib.ExitStack() as stack:

        def start(context=None):
            server = HttpServer(context)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def letter():
    """Gives a function that makes messages."""
    return message


@pytest.fixture
def nobody_listens():
    """A port of this host that nobody listens on."""
    return free_port()
