"""How a configuration line changes a Cisco configuration."""

from __future__ import annotations

from lab.ios.configuration import Configuration

TEXT = """\
hostname r1
!
banner motd ^C
hello
 indented, not a command
^C
!
interface GigabitEthernet0/0
 description old
 ip address 192.0.2.1 255.255.255.0
 ip access-group IN in
 ip access-group OUT out
 shutdown
!
router bgp 64512
 neighbor 192.0.2.9 remote-as 64513
 !
 address-family ipv4
  neighbor 192.0.2.9 activate
 exit-address-family
!
ip route 192.0.2.0 255.255.255.0 Null0
end
"""


def merged(*lines: str) -> str:
    configuration = Configuration(TEXT)
    configuration.merge(lines)
    return configuration.render()


def test_a_configuration_survives_being_read():
    assert Configuration(TEXT).render() == TEXT


def test_a_command_that_a_section_holds_once_is_replaced():
    assert merged("hostname r2") == TEXT.replace("hostname r1", "hostname r2")
    changed = merged("interface GigabitEthernet0/0", " description new", " ip access-group OTHER out")
    assert " description new\n" in changed
    assert " description old\n" not in changed
    assert " ip access-group IN in\n ip access-group OTHER out\n" in changed


def test_no_takes_a_line_away():
    assert " shutdown\n" not in merged("interface GigabitEthernet0/0", " no shutdown")
    assert "interface" not in merged("no interface GigabitEthernet0/0")
    assert "description" not in merged("interface GigabitEthernet0/0", " no description")


def test_no_is_kept_where_the_setting_is_on_by_default():
    assert "\nno ip http server\nend\n" in merged("no ip http server")
    assert "ip http server" not in merged("no ip http server").replace("no ip http server", "")
    again = Configuration(merged("no ip http server"))
    again.merge(["ip http server"])
    assert again.render() == TEXT


def test_a_new_line_goes_to_its_kin_and_before_the_end():
    changed = merged("ip route 198.51.100.0 255.255.255.0 Null0", "snmp-server location here")
    assert changed.endswith(
        "ip route 192.0.2.0 255.255.255.0 Null0\nip route 198.51.100.0 255.255.255.0 Null0\n"
        "snmp-server location here\nend\n"
    )


def test_sections_in_sections_are_found():
    changed = merged("router bgp 64512", " address-family ipv4", "  network 192.0.2.0")
    assert "  neighbor 192.0.2.9 activate\n  network 192.0.2.0\n exit-address-family\n" in changed


def test_a_line_that_is_there_changes_nothing():
    assert merged("ip route 192.0.2.0 255.255.255.0 Null0", "interface GigabitEthernet0/0", " shutdown") == TEXT
