"""A web admin in a thread, over TLS with a certificate of its own, that answers as a test tells it."""

import http.server
import json
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from dcops.devices.drivers.peplink import PeplinkDriver
from dcops.devices.trust import Trust
from dcops.model.secret import Secret
from lab.pki import Authority

FIRMWARE = {"1": {"version": "8.3.0 build 1", "bootable": True, "inUse": True}, "order": [1]}
LAN = {"0": {"ip": "192.0.2.18", "mask": 24}, "order": [0]}
WAN = {"1": {"name": "FTTH", "enable": True, "method": "dhcp", "statusLed": "green"}, "order": [1]}
SSID = {"1": {"name": "staff", "security": {"key": "Hunter-Secret"}}, "order": [1]}


def ok(response=None):
    return json.dumps({"stat": "ok"} if response is None else {"stat": "ok", "response": response}).encode()


def fail(code, message="no"):
    return json.dumps({"stat": "fail", "code": code, "message": message}).encode()


@dataclass
class Admin:
    """What the web admin answers, and what it was asked."""

    port: int = 0
    answers: dict = field(default_factory=dict)
    """By `GET /api/x`: bytes, or a list of them, one for each time; or a function of the request."""
    asked: list = field(default_factory=list)
    """`(name, query, body, cookie)`."""
    permission: dict = field(default_factory=lambda: {"GET": 1, "POST": 0})

    def __post_init__(self):
        self.answers = {
            "POST /api/login": lambda: (
                200,
                ok({"permission": self.permission}),
                {"Set-Cookie": "bauth=c0ffee; path=/"},
            ),
            "POST /api/logout": ok(),
            "POST /api/auth.token.grant": ok({"accessToken": "t0ken/+x", "expiresIn": 172800}),
            "POST /api/auth.token.revoke": ok(),
            "GET /api/info.firmware": ok(FIRMWARE),
            "GET /api/status.lan.profile": ok(LAN),
            "GET /api/status.wan.connection": ok(WAN),
            "GET /api/config.ssid.profile": ok(SSID),
            "GET /api/status.client": ok({"list": []}),
            "GET /cgi-bin/MANGA/api.cgi": fail(999, "Unknown function"),
        }

    def names(self):
        return [name for name, *_ in self.asked]

    def answer(self, name):
        given = self.answers.get(name, fail(999, "Unknown function"))
        if isinstance(given, list):
            given = given.pop(0) if len(given) > 1 else given[0]
        given = given() if callable(given) else given
        return given if isinstance(given, tuple) else (200, given, {})


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self):
        admin = self.server.admin
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        name = f"{self.command} {url.path}"
        admin.asked.append((name, parse_qs(url.query), self.rfile.read(length), self.headers.get("Cookie", "")))
        status, body, headers = admin.answer(name)
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)
        if int(headers["Content-Length"]) != len(body):
            self.close_connection = True

    do_GET = do_POST = _serve  # noqa: N815

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that left is nobody's news."""


@pytest.fixture(scope="session")
def authority():
    return Authority("Peplink test CA")


@pytest.fixture
def admin(authority):
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = authority.sign("wan-1", "127.0.0.1").server_context().wrap_socket(server.socket, server_side=True)
    server.admin = Admin(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.admin
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def trust(authority, tmp_path):
    (tmp_path / "ca.pem").write_text(authority.pem)
    return Trust.load(tmp_path)


@pytest.fixture
def make(admin, trust):
    """Makes a driver for the web admin; keywords are optional arguments."""
    drivers = []

    def build(username="svc", password="Login-Secret", **optional):
        arguments = {"port": admin.port, "trust": trust, "device_name": "wan-1", **optional}
        drivers.append(PeplinkDriver("127.0.0.1", username, password, timeout=5, optional_args=arguments))
        return drivers[-1]

    yield build
    for driver in drivers:
        driver.close()


@pytest.fixture
def token_login():
    """What a credential of an API client gives to the driver."""
    return {"username": "client-1", "password": "", "api_key": Secret("Client-Secret")}
