"""Reading a device's offer from the first packet of SSH."""

import socket
import threading

import paramiko
from hypothesis import given
from hypothesis import strategies as st

from dcops.devices.ssh.algorithms import LEGACY, Offer, offered, parse


def kexinit(*lists):
    message = paramiko.Message()
    message.add_byte(b"\x14")
    message.add_bytes(bytes(16))
    for names in lists:
        message.add_list(names)
    payload = message.asbytes()
    return bytes([4]) + payload + bytes(4)


def test_the_offer_of_an_old_router_is_read():
    old = kexinit(
        ["diffie-hellman-group14-sha1"], ["ssh-rsa"], ["aes128-cbc"], ["aes128-cbc"], ["hmac-md5"], ["hmac-sha1"]
    )

    assert parse(old) == Offer(("diffie-hellman-group14-sha1",), ("ssh-rsa",), ("aes128-cbc",), ("hmac-sha1",))


@given(st.binary(max_size=200))
def test_no_packet_makes_the_reader_fail(packet):
    assert parse(packet) is None or isinstance(parse(packet), Offer)


def test_a_server_that_says_nothing_offers_nothing():
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: server.accept()[0].close(), daemon=True)
    thread.start()

    assert offered("127.0.0.1", server.getsockname()[1], timeout_seconds=2) is None
    server.close()


def test_every_algorithm_we_switch_off_is_one_that_paramiko_knows_how_to_switch_off():
    assert set(LEGACY) == {"kex", "keys", "pubkeys", "macs", "ciphers"}
    assert "diffie-hellman-group14-sha1" in paramiko.Transport._preferred_kex
    assert "hmac-sha1" in paramiko.Transport._preferred_macs
