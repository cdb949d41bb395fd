"""BGP neighbours of a Cisco router: what holds for each, wherever it is written."""

from textwrap import dedent

from dcops.audit.checks.ios_neighbours import outside
from dcops.audit.pattern import Book
from dcops.audit.tree import ios


def neighbours(text):
    return {each.name: each for each in outside(ios.read(dedent(text), Book(), whole=False))}


def test_a_neighbour_of_the_own_network_is_not_outside():
    assert neighbours("router bgp 64512\n neighbor 192.0.2.1 remote-as 64512\n") == {}


def test_a_neighbour_of_the_same_confederation_is_not_outside():
    found = neighbours("""
        router bgp 65001
         bgp confederation peers 65002 65003
         neighbor 192.0.2.1 remote-as 65002
         neighbor 203.0.113.1 remote-as 64601
        """)
    assert set(found) == {"203.0.113.1"}


def test_a_neighbour_that_is_shut_down_is_left_out():
    found = neighbours("""
        router bgp 64512
         neighbor 203.0.113.1 remote-as 64601
         neighbor 203.0.113.1 shutdown
        """)
    assert found == {}


def test_a_group_is_no_neighbour_unless_it_is_listened_for():
    text = """
        router bgp 64512
         {listen}
         neighbor CLIENTS peer-group
         neighbor CLIENTS remote-as 64601
        """
    assert neighbours(text.format(listen="bgp log-neighbor-changes")) == {}
    assert set(neighbours(text.format(listen="bgp listen range 203.0.113.0/24 peer-group CLIENTS"))) == {"CLIENTS"}


def test_settings_come_from_groups_and_from_templates_of_templates():
    found = neighbours("""
        router bgp 64512
         template peer-session BASE
          password 7 <secret:0a1b2c3d4e5f>
         exit-peer-session
         !
         template peer-session ISP
          remote-as 64601
          inherit peer-session BASE
         exit-peer-session
         !
         neighbor GROUP peer-group
         neighbor GROUP ttl-security hops 1
         neighbor 203.0.113.1 inherit peer-session ISP
         neighbor 203.0.113.1 peer-group GROUP
        """)
    session = found["203.0.113.1"].session

    assert {"remote-as 64601", "password 7 <secret:0a1b2c3d4e5f>", "ttl-security hops 1"} <= set(session)


def test_templates_that_inherit_each_other_end():
    found = neighbours("""
        router bgp 64512
         template peer-session A
          inherit peer-session B
         template peer-session B
          inherit peer-session A
          remote-as 64601
         neighbor 203.0.113.1 inherit peer-session A
        """)
    assert set(found) == {"203.0.113.1"}


def test_families_are_those_in_which_prefixes_are_exchanged():
    found = neighbours("""
        router bgp 64512
         no bgp default ipv4-unicast
         neighbor 203.0.113.1 remote-as 64601
         neighbor 2001:DB8:FFFF::1 remote-as 64601
         address-family ipv4
          neighbor 203.0.113.1 activate
          neighbor 203.0.113.1 prefix-list A in
         exit-address-family
         !
         address-family ipv6
          neighbor 2001:DB8:FFFF::1 activate
         exit-address-family
         address-family vpnv4
          neighbor 203.0.113.1 activate
         exit-address-family
        """)
    assert set(found["203.0.113.1"].families) == {"ipv4"}
    assert "prefix-list A in" in found["203.0.113.1"].families["ipv4"]
    assert set(found["2001:DB8:FFFF::1"].families) == {"ipv6"}


def test_ipv4_is_on_by_default_until_somebody_says_no():
    text = """
        router bgp 64512
         neighbor 203.0.113.1 remote-as 64601
         address-family ipv4
          {line}
         exit-address-family
        """
    assert set(neighbours(text.format(line="network 192.0.2.0"))["203.0.113.1"].families) == {"ipv4"}
    assert set(neighbours(text.format(line="no neighbor 203.0.113.1 activate"))["203.0.113.1"].families) == set()


def test_the_same_address_in_a_vrf_is_another_neighbour():
    found = neighbours("""
        router bgp 64512
         neighbor 203.0.113.1 remote-as 64601
         neighbor 203.0.113.1 password 7 <secret:0a1b2c3d4e5f>
         address-family ipv4 vrf BLUE
          neighbor 203.0.113.1 remote-as 64602
          neighbor 203.0.113.1 activate
         exit-address-family
        """)
    blue = found["203.0.113.1 (vrf BLUE)"]

    assert set(found) == {"203.0.113.1", "203.0.113.1 (vrf BLUE)"}
    assert not any(text.startswith("password ") for text in blue.session)
    assert set(blue.families) == {"ipv4"}
