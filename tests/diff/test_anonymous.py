"""Addresses and serial numbers become others, the same everywhere, and the text keeps its sense."""

import ipaddress
import re

import pytest

from dcops.diff.anonymous import Anonymous


def test_one_address_becomes_one_other_and_hosts_of_a_network_stay_together():
    other = Anonymous()
    text = other.text("10.20.30.1 10.20.30.254 172.16.9.1 10.20.30.1")
    first, second, third, again = text.split()

    assert first == again
    assert first.rpartition(".")[0] == second.rpartition(".")[0] != third.rpartition(".")[0]
    assert "10.20.30" not in text
    assert ipaddress.ip_address(first) in ipaddress.ip_network("192.0.2.0/24")


@pytest.mark.parametrize(
    "text",
    [
        "255.255.255.0",
        "0.0.0.255",
        "0.0.0.0 0.0.0.0",
        "127.0.0.1",
        "224.0.0.5",
        "192.0.2.7",
        "version 17.9.4",
        "300.1.2.3",
        "2001:db8::1",
        "fe80::1",
        "::/0",
        "ff02::1",
        "12:34:56",
        "at 10:11:12 UTC",
        "Dell::Array",
    ],
)
def test_what_is_no_address_of_a_place_stays(text):
    assert Anonymous().text(text) == text


def test_more_networks_than_there_are_for_documentation_still_get_one_each():
    other = Anonymous()
    given = [f"10.{number // 256}.{number % 256}.9" for number in range(800)]
    replaced = [other.text(each) for each in given]

    assert len(set(replaced)) == 800
    assert not set(replaced) & set(given)


def test_ipv6_networks_and_hosts():
    text = Anonymous().text("2405:4800:1:2::1/64 2405:4800:1:2::2 2405:4800:9::1")
    one, two, three = (ipaddress.IPv6Address(each.partition("/")[0]) for each in text.split())

    assert "2405" not in text
    assert int(one) >> 64 == int(two) >> 64 != int(three) >> 64
    assert one in ipaddress.ip_network("2001:db8::/32")


@pytest.mark.parametrize("mac", ["a4:5d:36:11:22:33", "A4-5D-36-11-22-33", "a45d.3611.2233"])
def test_a_mac_keeps_its_way_of_writing(mac):
    other = Anonymous()
    text = other.text(mac)

    assert text != mac
    assert re.sub("[0-9A-Fa-f]", "x", text) == re.sub("[0-9A-Fa-f]", "x", mac)
    assert re.sub("[^0-9a-f]", "", other.text("a4:5d:36:11:22:33")) == re.sub("[^0-9a-f]", "", text.lower())


def test_serial_numbers_are_counted():
    assert Anonymous(["FDO123456", "FDO1"]).text("sn FDO123456, FDO1") == "sn SERIAL0001, FDO1"
