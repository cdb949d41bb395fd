"""What rules ask of lines."""

import pytest

VTY = "line vty 0 4\n transport input ssh\n"


@pytest.mark.parametrize(
    ("asked", "text", "status"),
    [
        ('must: ["aaa new-model"]', "aaa new-model\n", "pass"),
        ('must: ["aaa new-model"]', "hostname r1\n", "fail"),
        ('must: ["aaa  new-model"]', "aaa \t new-model  \n", "pass"),
        ('must: ["aaa new-model"]', "aaa new-model extended\n", "fail"),
        ('must: ["aaa new-model"]', "interface x\n aaa new-model\n", "fail"),
        ('must: [{regex: "logging host .*"}]', "logging host 192.0.2.1\n", "pass"),
        # what is required has to be the whole line …
        ('must: [{regex: "transport input ssh"}]', "transport input ssh telnet\n", "fail"),
        # … what is forbidden only its beginning
        ('must_not: [{regex: "transport input .*telnet"}]', "transport input telnet ssh\n", "fail"),
        ('must_not: [{regex: "ip http server"}]', "no ip http server\n", "pass"),
        ('must_not: [{regex: "snmp-server community", unless: "snmp-server community \\\\S+ RO"}]',
         "snmp-server community x RO\n", "pass"),
        ('must_not: [{regex: "snmp-server community", unless: "snmp-server community \\\\S+ RO"}]',
         "snmp-server community x RO\nsnmp-server community y RW\n", "fail"),
        ('must_one_of: ["ip ssh version 2", "ip ssh version 3"]', "ip ssh version 3\n", "pass"),
        ('must_one_of: ["ip ssh version 2", "ip ssh version 3"]', "ip ssh version 1\n", "fail"),
        ('must_in_order: [a one, a two]', "a one\nb\na two\n", "pass"),
        ('must_in_order: [a one, a two]', "a two\na one\n", "fail"),
        ('must_in_order: [a one, a two]', "a one\n", "fail"),
        ('count: {regex: "ntp server", min: 2}', "ntp server 192.0.2.1\nntp server 192.0.2.2\n", "pass"),
        ('count: {regex: "ntp server", min: 2}', "ntp server 192.0.2.1\n", "fail"),
        ('count: {regex: "ntp server", max: 1}', "ntp server 192.0.2.1\nntp server 192.0.2.2\n", "fail"),
        ('count: {regex: "ntp server (\\\\S+)", min: 2, distinct: true}',
         "ntp server 192.0.2.1\nntp server 192.0.2.1 prefer\n", "fail"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5}', "limit 5\n", "pass"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5}', "limit 5\nlimit 6\n", "fail"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5}', "hostname r1\n", "fail"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5, missing: pass}', "hostname r1\n", "pass"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5, missing: unknown}', "hostname r1\n", "could not check"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5, missing: {value: 10}}', "hostname r1\n", "fail"),
        ('value: {regex: "limit (\\\\d+)", "<=": 5, missing: {value: 3}}', "hostname r1\n", "pass"),
        ('value: {regex: "limit (\\\\S+)", "<=": 5}', "limit high\n", "could not check"),
        ('value: {regex: "ntp server (\\\\S+).*", in: [192.0.2.1]}', "ntp server 192.0.2.2\n", "fail"),
        ('value: {regex: "ntp server (\\\\S+).*", within: [192.0.2.0/24, "2001:db8::/32"]}',
         "ntp server 2001:db8::1\nntp server 192.0.2.9 prefer\n", "pass"),
        ('value: {regex: "ntp server (\\\\S+).*", within: [192.0.2.0/24]}', "ntp server 198.51.100.1\n", "fail"),
        ('value: {regex: "ntp server (\\\\S+).*", within: [192.0.2.0/24]}', "ntp server name\n", "could not check"),
        ('value: {regex: "mode (?P<value>\\\\S+) (\\\\S+)", equals: a}', "mode a b\n", "pass"),
    ],
)  # fmt: skip
def test_a_kind_judges_lines(book, asked, text, status):
    assert book.status(asked, text) == status


class TestAbsence:
    """`no X` and no X at all are different things."""

    @pytest.mark.parametrize(
        ("absent", "text", "version", "status"),
        [
            ("", "no service pad\n", "", "pass"),
            ("", "service pad\n", "", "fail"),
            ("", "hostname r1\n", "", "fail"),
            (", absent: safe", "hostname r1\n", "", "pass"),
            (", absent: safe", "service pad\n", "", "fail"),
            (", absent: unsafe", "hostname r1\n", "", "fail"),
            (', absent: {safe: ">=15.0"}', "hostname r1\n", "15.2(7)E8", "pass"),
            (', absent: {safe: ">=15.0"}', "hostname r1\n", "12.4(24)T", "fail"),
            (', absent: {safe: ">=15.0"}', "hostname r1\n", "", "could not check"),
            (', absent: {safe: ">=15.0"}', "service pad\n", "15.2(7)E8", "fail"),
        ],
    )
    def test_of_a_line_that_must_be_there(self, book, absent, text, version, status):
        assert book.status(f'must: [{{line: "no service pad"{absent}}}]', text, version=version) == status

    @pytest.mark.parametrize(
        ("absent", "text", "version", "status"),
        [
            ("", "hostname r1\n", "", "pass"),
            (", absent: unsafe", "hostname r1\n", "", "fail"),
            (", absent: unsafe", "no ip http server\n", "", "pass"),
            (', absent: {safe: ">=16.0"}', "hostname r1\n", "15.2", "fail"),
            (', absent: {safe: ">=16.0"}', "hostname r1\n", "17.9.4a", "pass"),
        ],
    )
    def test_of_a_line_that_must_not(self, book, absent, text, version, status):
        assert book.status(f'must_not: [{{line: "ip http server"{absent}}}]', text, version=version) == status

    def test_an_expression_says_what_negates_it(self, book):
        asked = 'must: [{regex: "ip ssh version 2", negated: "no ip ssh version", absent: safe}]'

        assert book.status(asked, "hostname r1\n") == "pass"
        assert book.status(asked, "no ip ssh version 2\n") == "fail"


class TestWeakSecrets:
    ASKED = 'not_weak: {regex: "snmp-server community (\\\\S+)"}'
    TEXT = "snmp-server community <secret:0123456789ab> RO\n"

    def test_a_well_known_word_is_told_by_its_mark(self, book):
        assert book.status(self.ASKED, self.TEXT, weak=frozenset({"<secret:0123456789ab>"})) == "fail"
        assert book.status(self.ASKED, self.TEXT, weak=frozenset({"<secret:ffffffffffff>"})) == "pass"

    def test_it_is_no_pass_when_nobody_compared_the_secrets(self, book):
        assert book.status(self.ASKED, self.TEXT, weak=None) == "could not check"
        assert book.status(self.ASKED, "hostname r1\n", weak=None) == "pass"


class TestParameters:
    def test_a_list_is_one_required_line_for_each_value(self, book):
        asked, values = 'must: ["ntp server {{ servers }}"]', {"servers": ("192.0.2.1", "192.0.2.2")}

        assert book.status(asked, "ntp server 192.0.2.1\nntp server 192.0.2.2\n", parameters=values) == "pass"
        assert book.status(asked, "ntp server 192.0.2.1\n", parameters=values) == "fail"
        asked = 'must: [{regex: "ntp server {{ servers }}( .*)?"}]'
        assert book.status(asked, "ntp server 192.0.2.1 prefer\n", parameters=values) == "fail"

    def test_a_value_is_text_in_an_expression(self, book):
        asked = 'must_not: [{regex: "ntp server {{ server }}"}]'

        assert book.status(asked, "ntp server 192a0b2c1\n", parameters={"server": "192.0.2.1"}) == "pass"

    def test_a_list_means_any_of_them_where_a_line_is_forbidden(self, book):
        asked, values = 'must_not: [{regex: "name-server {{ servers }}"}]', {"servers": ("192.0.2.1", "192.0.2.2")}

        assert book.status(asked, "name-server 192.0.2.2\n", parameters=values) == "fail"

    def test_a_number_is_compared_as_one(self, book):
        asked = 'value: {regex: "limit (\\\\d+)", "<=": "{{ most }}"}'

        assert book.status(asked, "limit 9\n", parameters={"most": "10"}) == "pass"
        assert book.status(asked, "limit 11\n", parameters={"most": "10"}) == "fail"


class TestBlocks:
    SSH = 'in: {block: "^line vty "}\nmust: ["transport input ssh"]'

    def test_each_block_is_judged_by_itself(self, book):
        text = f"{VTY}line vty 5 15\n login\n"

        assert book.said(self.SSH, text) == ["line vty 5 15: line 3: `transport input ssh` is missing"]

    def test_a_line_of_another_block_or_of_the_margin_does_not_count(self, book):
        for text in ("line vty 0 4\n login\nline con 0\n transport input ssh\n", "line vty 0 4\ntransport input ssh\n"):
            assert book.status(self.SSH, text) == "fail"

    def test_no_block_at_all_could_not_be_checked(self, book):
        assert book.status(self.SSH, "hostname r1\n") == "could not check"

    def test_no_block_is_not_applicable_where_the_rule_says_so(self, book):
        asked = self.SSH.replace("}", ", blocks_optional: true}", 1)

        assert book.status(asked, "hostname r1\n") == "not applicable"
        assert book.status(asked, "line vty 0 4\n login\n") == "fail"

    def test_too_few_blocks_could_not_be_checked(self, book):
        asked = self.SSH.replace("}", ", min_blocks: 2}", 1)

        assert book.status(asked, VTY) == "could not check"
        assert book.status(asked, VTY + VTY.replace("0 4", "5 15")) == "pass"

    def test_nested_blocks_go_down_level_by_level(self, book):
        asked = 'in: {block: ["^router bgp ", "^address-family ipv6"]}\nmust: [{regex: "neighbor .* activate"}]'
        text = "router bgp 64512\n address-family ipv4\n  neighbor 192.0.2.1 activate\n address-family ipv6\n  x\n"

        assert book.said(asked, text) == [
            "router bgp 64512 / address-family ipv6: line 4: `neighbor .* activate` is missing"
        ]
        assert book.status(asked, text.replace("  x", "  neighbor 2001:db8::1 activate")) == "pass"

    def test_only_the_lines_of_the_block_itself_count_unless_deep(self, book):
        text = "router bgp 64512\n address-family ipv4\n  neighbor 192.0.2.1 activate\nhostname r1\n"
        asked = 'in: {block: "^router bgp "}\nmust: [{regex: "neighbor .* activate"}]'

        assert book.status(asked, text) == "fail"
        assert book.status(asked.replace("}\n", ", deep: true}\n", 1), text) == "pass"

    def test_deep_ends_where_the_block_does(self, book):
        asked = 'in: {block: "^router bgp ", deep: true}\nmust_not: [shutdown]'

        assert book.status(asked, "router bgp 64512\n a\n  b\ninterface x\n shutdown\n") == "pass"
        assert book.status(asked, "router bgp 64512\n a\n  shutdown\ninterface x\n") == "fail"

    def test_every_line_of_the_file_can_be_meant(self, book):
        asked = 'in: {deep: true}\nmust_not: [{regex: ".* password 7 "}]'

        assert book.status(asked, "router bgp 64512\n neighbor 192.0.2.1 password 7 <secret:0123456789ab>\n") == "fail"

    def test_blocks_are_chosen_by_what_they_hold(self, book):
        text = "interface a\n shutdown\ninterface b\n ip address 192.0.2.1 255.255.255.0\ninterface c\n"
        asked = 'in: {block: "^interface ", WHICH}\nmust: ["no ip redirects"]'

        assert [each.split(":")[0] for each in book.said(asked.replace("WHICH", "without: [shutdown]"), text)] == [
            "interface b",
            "interface c",
        ]
        with_ = asked.replace("WHICH", 'with: [{regex: "ip address "}]')
        assert [each.split(":")[0] for each in book.said(with_, text)] == ["interface b"]
        exclude = asked.replace("WHICH", 'exclude: "^interface [bc]"')
        assert [each.split(":")[0] for each in book.said(exclude, text)] == ["interface a"]

    def test_all_left_out_is_not_applicable(self, book):
        asked = 'in: {block: "^interface ", without: [shutdown]}\nmust: ["no ip redirects"]'

        assert book.status(asked, "interface a\n shutdown\n") == "not applicable"

    def test_a_device_can_be_left_out_by_its_tag(self, book):
        asked = 'in: {block: "^interface ", exclude_tags: [lab]}\nmust: ["no ip redirects"]'

        assert book.status(asked, "interface a\n", tags=("lab",)) == "not applicable"
        assert book.status(asked, "interface a\n", tags=("edge",)) == "fail"

    def test_two_rules_share_what_they_chose_and_nothing_else(self, book):
        """Scopes that are alike are one; those that differ in one word are not."""
        text = "interface a\n shutdown\n no ip redirects\ninterface b\n no ip redirects\n"
        asked = 'in: {block: "^interface ", without: [shutdown]}\nmust: ["no ip redirects"]'

        assert book.status(asked, text) == "pass"
        assert book.status(asked.replace("without", "with"), text) == "pass"
        assert book.status(asked.replace("without: [shutdown]", "without: [no ip redirects]"), text) == "not applicable"


class TestWhen:
    @pytest.mark.parametrize(
        ("when", "text", "status"),
        [
            ('"aaa new-model"', "hostname r1\n", "not applicable"),
            ('"aaa new-model"', "aaa new-model\n", "fail"),
            ("[a, b]", "a\n", "not applicable"),
            ("[a, b]", "a\nb\n", "fail"),
            ('{regex: "ip http (secure-)?server"}', "ip http secure-server\n", "fail"),
            ('{absent: "no ip http server"}', "no ip http server\n", "not applicable"),
            ('{absent: "no ip http server"}', "hostname r1\n", "fail"),
            ('{block: "^router bgp "}', "hostname r1\n", "not applicable"),
            ('{block: "^router bgp "}', "router bgp 64512\n", "fail"),
            ('{block: "^router bgp ", with: [{regex: "neighbor "}]}', "router bgp 64512\n x\n", "not applicable"),
            ('{block: "^router bgp ", with: [{regex: "neighbor "}]}', "router bgp 64512\n neighbor x\n", "fail"),
        ],
    )
    def test_a_rule_can_wait_for_a_line(self, book, when, text, status):
        assert book.status(f'when: {when}\nmust: ["never there"]', text) == status


class TestEvidence:
    def test_it_says_where_what_and_what_to_do_in_both_languages(self, book):
        (finding,) = book.findings('in: {block: "^line vty "}\nmust: [login]', VTY)

        assert finding.evidence == "line vty 0 4: line 1: `login` is missing"
        assert finding.fix == "line vty 0 4 mend it"
        assert finding.source == "config, read now, 2026-01-15T01:00:00Z"
        assert finding.told["vi"].evidence == "line vty 0 4: dòng 1: thiếu `login`"
        assert (finding.told["vi"].title, finding.told["vi"].fix) == ("Đúng như vậy", "line vty 0 4 sửa")

    def test_one_block_that_cannot_be_told_hides_nothing_in_another(self, book):
        asked = 'in: {block: "^line "}\nvalue: {regex: "limit (\\\\S+)", "<=": 5}'

        assert book.status(asked, "line a\n limit high\nline b\n limit 9\n") == "fail and could not check"
