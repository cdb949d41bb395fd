"""Our tree of an IOS text beside hier_config's, and what hier_config would make of a rule (docs/decisions/0016)."""

import pytest
from hier_config import Platform, get_hconfig, get_hconfig_fast_load
from hier_config.exceptions import DuplicateChildError
from hier_config.models import MatchRule, ParentAllowsDuplicateChildRule
from hier_config.platforms.driver_base import HConfigDriverBase, HConfigDriverRules

from dcops.audit.pattern import Book
from dcops.audit.tree import ios
from tests.compliance.site import configuration, devices
from tests.soak import sample

LIST = "ipv6 access-list EDGE\n sequence 10 permit tcp any any eq 443\n sequence 20 deny ipv6 any any\n"


class Plain(HConfigDriverBase):
    """Keeps every line as it is: no substitutions, and a line may stand twice."""

    @staticmethod
    def _instantiate_rules():
        anywhere = [ParentAllowsDuplicateChildRule(match_rules=(MatchRule(),) * depth) for depth in range(6)]
        return HConfigDriverRules(parent_allows_duplicate_child=anywhere)


def ours(text):
    """Every line with the lines around it."""
    found, around = [], []
    for line in ios.read(text, Book(), whole=False).lines:
        del around[line.depth :]
        around.append(line.text)
        found.append(tuple(around))
    return found


def theirs(text):
    """The same by hier_config's normal loader, of the lines that we take for commands."""
    lines = ios.read(text, Book(), whole=False).lines
    rows = text.split("\n")
    # Their loader takes `banner` for the beginning of a text; here the text is gone already.
    left = [rows[line.number - 1].split("^C")[0].replace("banner ", "xbanner ") for line in lines]
    tree = get_hconfig(Plain(), "\n".join(left))
    return [
        tuple(each.text.replace("xbanner ", "banner ") for each in child.lineage()) for child in tree.all_children()
    ]


@pytest.mark.parametrize("name", sample(sorted(devices()), 8))
def test_both_see_the_same_blocks_in_a_router_of_the_lab(name):
    text = configuration(name)

    assert len(ours(text)) > 100
    assert ours(text) == theirs(text)


def test_its_fast_loader_takes_the_text_of_a_banner_for_commands():
    text = "banner motd ^C\ninterface fake\n no shutdown\n^C\ninterface real\n"

    fast = get_hconfig_fast_load(Platform.CISCO_IOS, text)

    assert [child.text for child in fast.get_children(startswith="interface")] == ["interface fake", "interface real"]
    assert ours(text) == [("banner motd",), ("interface real",)]


def test_its_driver_for_ios_takes_away_lines_that_rules_ask_for():
    """Made to compare two configurations, it leaves out what would only disturb there."""
    text = (
        "version 17.9\ninterface a\n no ip address\n logging event link-status\nip access-list extended A\n remark x\n"
    )

    kept = [child.text for child in get_hconfig(Platform.CISCO_IOS, text).all_children()]

    assert kept == ["interface a", "ip access-list extended A"]
    assert len(ours(text)) == 6


def test_it_loses_the_order_of_an_ipv6_list_and_we_do_not():
    rows = LIST.splitlines(keepends=True)
    other = rows[0] + rows[2] + rows[1]
    running, intended = (get_hconfig(Platform.CISCO_IOS, text) for text in (LIST, other))

    assert [*running.config_to_get_to(intended).all_children()] == []
    assert [child.text for child in running.all_children()][1] == "permit tcp any any eq 443"
    assert ours(LIST) != ours(other)
    assert ours(LIST)[1][-1] == "sequence 10 permit tcp any any eq 443"


def test_it_numbers_a_list_anew_and_we_keep_the_numbers_of_the_device():
    text = "ip access-list extended A\n permit tcp any any\n permit udp any any\n"

    numbered = [child.text for child in get_hconfig(Platform.CISCO_IOS, text).all_children()]

    assert numbered[1:] == ["10 permit tcp any any", "20 permit udp any any"]
    assert [path[-1] for path in ours(text)][1:] == ["permit tcp any any", "permit udp any any"]


def test_it_takes_away_before_it_adds():
    """Whoever builds a remedy from it leaves a router without its login method in between: no fix of a rule does."""
    running = get_hconfig(Platform.CISCO_IOS, "aaa authentication login default local\n")
    intended = get_hconfig(Platform.CISCO_IOS, "aaa authentication login default group tacacs+ local\n")

    steps = [child.text for child in running.config_to_get_to(intended).all_children()]

    assert steps[0] == "no aaa authentication login default local"


def test_what_is_missing_in_the_intended_text_it_negates():
    running = get_hconfig(Platform.CISCO_IOS, "interface a\n shutdown\n")
    intended = get_hconfig(Platform.CISCO_IOS, "interface a\n ip address 192.0.2.1 255.255.255.0\n")

    assert "no shutdown" in [child.text for child in running.config_to_get_to(intended).all_children()]


def test_a_line_that_stands_twice_ends_its_reading_and_not_ours():
    text = "interface a\n ip address 192.0.2.1 255.255.255.0\n ip address 192.0.2.1 255.255.255.0\n"

    with pytest.raises(DuplicateChildError):
        get_hconfig(Platform.CISCO_IOS, text)
    assert len(ours(text)) == 3
