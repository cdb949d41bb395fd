"""The call that leaves the host: it arrives, or says what went wrong without saying where to."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dcops.scheduler.heartbeat import Heartbeat
from lab.pki import Authority


class Server:
    def __init__(self, signed=None, status=200):
        self.calls = calls = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                calls.append(self.path)
                self.send_response(status)
                self.send_header("Location", "http://192.0.2.1/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if signed:
            self.server.socket = signed.server_context().wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if signed else "http"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}/ping/secret-token"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def serve():
    servers = []

    def start(**options):
        servers.append(Server(**options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def test_it_arrives(serve):
    server = serve()

    assert Heartbeat(server.url).send() == ""
    assert server.calls == ["/ping/secret-token"]


def test_it_believes_the_authority_of_the_site_and_no_other(serve, tmp_path):
    authority, stranger = Authority("Example authority"), Authority("Stranger")
    server = serve(signed=authority.sign("heartbeat.example", "127.0.0.1"))
    (tmp_path / "ca.pem").write_text(authority.pem)
    (tmp_path / "other.pem").write_text(stranger.pem)

    assert Heartbeat(server.url, ca_file=tmp_path / "ca.pem").send() == ""
    for ca_file in (None, tmp_path / "other.pem", tmp_path / "missing.pem"):
        problem = Heartbeat(server.url, ca_file=ca_file).send()
        assert "SSL" in problem
        assert "secret-token" not in problem
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [302, 404, 503])
def test_an_answer_that_is_no_yes_is_told(serve, status):
    server = serve(status=status)

    assert Heartbeat(server.url).send() == f"the heartbeat was answered with {status}"
    assert len(server.calls) == 1


def test_nobody_at_home_is_told_without_the_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    problem = Heartbeat(f"http://127.0.0.1:{port}/ping/secret-token").send()

    assert problem.startswith("the heartbeat did not leave")
    assert "secret-token" not in problem


def test_an_address_that_is_none_ends_nothing():
    assert "did not leave" in Heartbeat("http://[secret-token").send()
