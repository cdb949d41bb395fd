"""What an IOS text holds besides commands can neither match nor begin a block."""

import pytest

from dcops.audit.pattern import Book
from dcops.audit.tree import ios

CERTIFICATE = """\
crypto pki certificate chain TP-self-signed-1
 certificate self-signed 01
  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  AAAA
  \tquit
"""
TRAPS = {
    "a banner": "banner login ^C\n{line}\n^C\n",
    "a banner with its text on the command": "banner motd ^C{line}^C\n",
    "a banner between lines of its own": "banner exec #\n\n{line}\n#\n",
    "a message": "vacant-message ^C\n{line}\n^C\n",
    "a macro": "macro name ports\n{line}\n@\n",
    "a comment": "! {line}\n!{line}\n",
    "a description": "interface a\n description {line}\n",
    "a remark": "ip access-list extended A\n remark {line}\n",
    "an applet": 'event manager applet A\n action 1.0 cli command "{line}"\n',
    "an alias": "alias exec x {line}\n",
}


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_a_required_line_in_it_is_still_missing(book, trap):
    text = f"hostname r1\n{trap.format(line='aaa new-model')}ip cef\n"

    assert book.status('must: ["aaa new-model"]', text) == "fail"
    assert book.status('in: {deep: true}\nmust: ["aaa new-model"]', text) == "fail"


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_a_forbidden_line_in_it_is_no_fault(book, trap):
    text = f"hostname r1\n{trap.format(line='ip http server')}ip cef\n"

    assert book.status('must_not: ["ip http server"]', text) == "pass"
    assert book.status('in: {deep: true}\nmust_not: [{regex: "ip http server"}]', text) == "pass"


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_a_block_in_it_is_none(book, trap):
    text = f"hostname r1\n{trap.format(line='line vty 0 4')}"

    assert book.status('in: {block: "^line vty "}\nmust: [login]', text) == "could not check"


def test_a_banner_with_an_interface_at_the_margin_makes_no_block(book):
    good = "interface {}\n no ip redirects\n"
    text = f"{good.format('a')}banner motd ^C\ninterface fake\n ip redirects\n^C\n{good.format('b')}"

    assert book.status('in: {block: "^interface "}\nmust: ["no ip redirects"]', text) == "pass"


def test_two_banners_one_after_the_other_are_two_commands(book):
    text = "banner login ^C\none\n^C\nbanner motd ^C\ntwo\n^C\n"

    assert book.status('must: ["banner login", "banner motd"]', text) == "pass"
    assert book.status('must: ["banner exec"]', text) == "fail"


def test_the_text_of_a_banner_is_judged_where_a_rule_asks_for_it(book):
    text = "banner login ^CWelcome to rtr-1\nKeep out\n^C\nbanner motd ^C Hello ^C\n"

    assert book.said('in: {banner: "banner login"}\nmust_not: [{regex: ".*rtr-1"}]', text) == [
        "banner login: line 1: `^CWelcome to rtr-1` must not be there"
    ]
    assert book.status('in: {banner: "banner login"}\nmust: ["Keep out"]', text) == "pass"
    assert book.status('in: {banner: "banner motd"}\nmust: ["Keep out"]', text) == "fail"


def test_a_certificate_is_no_text_to_match(book):
    for asked in ('must_not: ["AAAA"]', 'must_not: [{regex: "quit"}]', 'must_not: [{regex: "30820330"}]'):
        assert book.status(f"in: {{deep: true}}\n{asked}", CERTIFICATE) == "pass"
    assert book.status('in: {block: "^crypto pki"}\nmust: ["certificate self-signed 01"]', CERTIFICATE) == "pass"


def test_an_indented_line_below_none_is_not_at_the_margin(book):
    assert book.status('must: ["aaa new-model"]', " aaa new-model\nhostname r1\n") == "fail"


def test_an_entry_of_an_ipv6_list_out_of_order_is_noticed(book):
    asked = """
    in: {block: "^ipv6 access-list EDGE"}
    must_in_order: [{regex: "(sequence \\\\d+ )?permit tcp .*"}, {regex: "(sequence \\\\d+ )?deny ipv6 any any.*"}]
    """
    text = "ipv6 access-list EDGE\n sequence 10 permit tcp any any eq 443\n sequence 20 deny ipv6 any any log\n"
    rows = text.splitlines(keepends=True)

    assert book.status(asked, text) == "pass"
    assert book.status(asked, rows[0] + rows[2] + rows[1]) == "fail"
    assert book.status('in: {deep: true}\nmust: ["sequence 10 permit tcp any any eq 443"]', text) == "pass"


def test_a_line_that_stands_twice_stands_there_twice(book):
    text = "interface a\n ip address 192.0.2.1 255.255.255.0\ninterface a\n shutdown\n"

    assert book.status('count: {regex: "interface a", min: 2, max: 2}', text) == "pass"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("version 17.9\nhostname r1\ninterface a\n", "its last line is not `end`"),
        ("version 17.9\nhostname r1\nbanner motd ^C\nend\n", "never closes"),
        ("hostname r1\nend\n", "no configuration of IOS"),
        ("version 17.9\nend\n", "no configuration of IOS"),
        ("%Error\n", "no configuration of IOS"),
        ("!! IOS XR Configuration 7.5\nhostname r1\nend\n", "no configuration of IOS"),
        ("version 17.9\nhostname r1\nmacro name a\nend\n", "never closes"),
    ],
)
def test_a_part_of_a_configuration_is_told_from_a_whole_one(text, reason):
    with pytest.raises(ios.Unreadable, match=reason):
        ios.read(text, Book(), whole=True)


def test_a_whole_one_is_read():
    tree = ios.read("version 17.9\nhostname r1\ninterface a\n ip address x\n!\nend\n", Book(), whole=True)

    assert [line.text for line in tree.lines] == ["version 17.9", "hostname r1", "interface a", "ip address x", "end"]
    assert [line.number for line in tree.lines] == [1, 2, 3, 4, 6]
