"""A line is told together with what it stands under."""

import pytest

from dcops.archive.surroundings import surroundings

IOS = """hostname rtr-1
!
interface GigabitEthernet0/1
 description to the core
 ip address 192.0.2.1 255.255.255.0
!
router bgp 64512
 address-family ipv4
  neighbor 192.0.2.2 activate
"""
XML = """<config>
  <devices>
    <entry name="a">
      <ip>192.0.2.1</ip>
    </entry>
    <entry name="b">
      <ip>192.0.2.2</ip>
    </entry>
  </devices>
</config>
"""
JSON = """{
  "wan": {
    "1": {
      "name": "first"
    }
  }
}
"""
FILES = """=== etc/ntp.conf 0644 root:root
server 192.0.2.1
=== etc/hosts 0644 root:root
192.0.2.2 a
  192.0.2.3 b
"""


@pytest.mark.parametrize(
    ("text", "line", "under"),
    [
        (IOS, 1, ()),
        (IOS, 5, ("interface GigabitEthernet0/1",)),
        (IOS, 9, ("router bgp 64512", "address-family ipv4")),
        (XML, 4, ("<config>", "<devices>", '<entry name="a">')),
        (XML, 7, ("<config>", "<devices>", '<entry name="b">')),
        (JSON, 4, ('"wan": {', '"1": {')),
        (FILES, 2, ("=== etc/ntp.conf 0644 root:root",)),
        (FILES, 4, ("=== etc/hosts 0644 root:root",)),
        (FILES, 5, ("=== etc/hosts 0644 root:root", "192.0.2.2 a")),
    ],
)
def test_it_names_the_commands_or_elements_or_the_file_around_a_line(text, line, under):
    assert surroundings(text, [line])[line].under == under


def test_neighbours_end_where_the_text_does():
    found = surroundings(IOS, [1, 9], context=2)

    assert found[1].before == ()
    assert found[1].after == ("!", "interface GigabitEthernet0/1")
    assert found[9].before == ("router bgp 64512", " address-family ipv4")
    assert found[9].after == ()


def test_a_line_that_is_not_there_has_none():
    assert surroundings(IOS, [0, 99]) == {}
