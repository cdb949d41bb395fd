"""Real servers on loopback: SMTP with TLS, HTTP that answers as it is told."""

import json
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from dcops.model.job import Message

CREATED = datetime(2026, 1, 15, 1, 5, tzinfo=UTC)


def message(subject="Báo cáo đêm", body="Đêm bình thường.\n", *, number=7, channel="mail"):
    return Message(number, channel, subject, body, CREATED)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Mailbox:
    """Takes mail, or refuses it as it is told."""

    def __init__(self):
        self.mails = []
        self.refuse = {}
        self.refuse_data = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse_data:
            return self.refuse_data
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content, session.ssl is not None))
        return "250 taken"


class SmtpServer:
    """A mail server and what it took."""

    def __init__(self, **options):
        self.box = Mailbox()
        self.port = free_port()
        self.controller = Controller(self.box, hostname="127.0.0.1", port=self.port, ready_timeout=20, **options)
        self.controller.start()

    def close(self):
        self.controller.stop(no_assert=True)


def login_with(name, password):
    """An authenticator that knows one login."""

    def check(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (name.encode(), password.encode()))

    return check


class HttpServer:
    """Takes POSTs and answers as it is told."""

    def __init__(self, context=None):
        self.taken = []
        self.answers = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((self.path, dict(self.headers), body))
                status, headers, said = outer.answers.pop(0) if outer.answers else (200, {}, b"ok")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def documents(self):
        return [json.loads(body) for _, _, body in self.taken]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
