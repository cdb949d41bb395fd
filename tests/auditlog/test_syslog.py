"""Copies of lines at real sockets on loopback."""

import json
import re
import socket
import threading

import pytest

from dcops.auditlog import syslog
from dcops.auditlog.log import AuditLog
from dcops.errors import InvalidInput

HEADING = re.compile(
    rb"<109>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) backup-1 dcops 4711 audit - (\{.*\})", re.DOTALL
)


@pytest.fixture
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        yield server


class TcpServer:
    """Takes framed messages until it is stopped; can be started again on its port."""

    def __init__(self):
        self.received = []
        self.port = 0
        self.start()

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)

    def _serve(self):
        while True:
            try:
                channel, _ = self.listener.accept()
            except OSError:
                return
            with channel, channel.makefile("rb") as stream:
                while length := stream.read(1):
                    while not length.endswith(b" "):
                        length += stream.read(1)
                    self.received.append(stream.read(int(length)))


@pytest.fixture
def tcp():
    server = TcpServer()
    yield server
    server.stop()


def logging_to(address, folder, clock):
    return AuditLog(folder, syslog=syslog.of(address), clock=clock)


def test_udp_receives_rfc_5424_with_the_hash_of_the_line(udp, tmp_path, clock, operator):
    log = logging_to(f"udp://127.0.0.1:{udp.getsockname()[1]}", tmp_path, clock)

    entry = log.append(what="backup", devices=["rtr-1"], result="ok", origin=operator)

    match = HEADING.fullmatch(udp.recv(65535))
    assert match[1] == b"2026-01-15T01:00:00.000000Z"
    assert json.loads(match[2]) == json.loads((tmp_path / "audit.log").read_text())
    assert json.loads(match[2])["hash"] == entry.hash


def test_a_long_list_of_devices_is_cut_to_what_every_receiver_takes(udp, tmp_path, clock, operator):
    log = logging_to(f"udp://127.0.0.1:{udp.getsockname()[1]}", tmp_path, clock)

    log.append(what="backup", devices=[f"sw-{n}" for n in range(1000)], detail="é" * 5000, origin=operator)

    message = udp.recv(65535)
    assert 1500 < len(message) <= 2048
    said = json.loads(HEADING.fullmatch(message)[2])
    assert said["devices_total"] == 1000
    assert said["devices"][:2] == ["sw-0", "sw-1"]


def test_tcp_frames_each_line_with_its_length(tcp, tmp_path, clock, operator):
    log = logging_to(f"tcp://127.0.0.1:{tcp.port}", tmp_path, clock)

    for _ in range(3):
        log.append(what="backup", origin=operator)

    assert [json.loads(HEADING.fullmatch(line)[2])["number"] for line in tcp.received] == [1, 2, 3]
    assert log.unsent() == 0


def test_what_the_server_missed_is_sent_when_it_is_back_in_order_and_once(tcp, tmp_path, clock, operator):
    log = logging_to(f"tcp://127.0.0.1:{tcp.port}", tmp_path, clock)
    log.append(what="backup", origin=operator)
    tcp.stop()
    for _ in range(3):
        log.append(what="backup", origin=operator)
        clock.pass_by(days=20)
    assert log.unsent() == 3
    tcp.start()

    log.append(what="backup", origin=operator)

    assert [json.loads(HEADING.fullmatch(line)[2])["number"] for line in tcp.received] == [1, 2, 3, 4, 5]
    assert log.unsent() == 0
    assert log.verify().broken is None


def test_a_server_that_was_never_there_stops_nothing_and_is_counted(tmp_path, clock, operator):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    log = logging_to(f"tcp://127.0.0.1:{port}", tmp_path, clock)

    log.append(what="backup", origin=operator)
    log.append(what="backup", origin=operator)

    assert log.unsent() == 2
    assert log.verify().entries == 2


def test_a_server_that_accepts_and_never_reads_costs_seconds_not_the_command(tmp_path, clock, operator, monkeypatch):
    monkeypatch.setattr(syslog, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        log = logging_to(f"tcp://127.0.0.1:{server.getsockname()[1]}", tmp_path, clock)

        log.append(what="backup", origin=operator)

    assert log.verify().entries == 1


def test_syslog_that_is_new_gets_the_new_lines_and_not_the_years_before(tcp, tmp_path, clock, operator, log):
    for _ in range(4):
        log.append(what="backup", origin=operator)

    logging_to(f"tcp://127.0.0.1:{tcp.port}", tmp_path, clock).append(what="backup", origin=operator)

    assert [json.loads(HEADING.fullmatch(line)[2])["number"] for line in tcp.received] == [5]


def test_the_local_logger_gets_the_form_that_it_knows(tmp_path, clock, operator):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "log"))
        server.settimeout(5)
        log = logging_to(str(tmp_path / "log"), tmp_path / "state", clock)

        log.append(what="backup", devices=["rtr-1"], origin=operator)

        message = server.recv(65535)
    assert re.match(rb"<109>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d dcops\[4711\]: \{", message)


def test_a_local_logger_that_is_not_there_stops_nothing(tmp_path, clock, operator):
    log = logging_to(str(tmp_path / "no-log"), tmp_path / "state", clock)

    log.append(what="backup", origin=operator)

    assert log.unsent() == 1


@pytest.mark.parametrize("address", ["192.0.2.10", "http://192.0.2.10", "udp://", "tcp://h:99999", "udp://h/path"])
def test_an_address_that_names_no_server_is_refused_with_an_example(address):
    with pytest.raises(InvalidInput, match="names no syslog server") as caught:
        syslog.of(address)

    assert "udp://192.0.2.10:514" in caught.value.next_step


def test_no_address_is_no_copy():
    assert syslog.of("") is None


def test_an_ipv6_server_is_reached(tmp_path, clock, operator):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
        server.bind(("::1", 0))
        server.settimeout(5)
        log = logging_to(f"udp://[::1]:{server.getsockname()[1]}", tmp_path, clock)

        log.append(what="backup", origin=operator)

        assert HEADING.fullmatch(server.recv(65535))
