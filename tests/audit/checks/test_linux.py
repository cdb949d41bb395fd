"""Servers: what sshd and PAM make of several files, and answers that are old, partial or missing."""

import pytest

from tests.audit.checks.told import NOW, listing, said, source

SSHD = "etc__ssh__sshd_config"
NOWADAYS = int(NOW.timestamp())


def sshd(name, text, **files):
    return said(name, "linux", source("config/running", listing(**{SSHD: text}, **files)))


def test_the_first_line_counts_also_across_included_files():
    text = "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n"
    late = sshd("sshd-root-login", text)
    first = said(
        "sshd-root-login",
        "linux",
        source(
            "config/running",
            listing(**{SSHD: text}) + "=== etc/ssh/sshd_config.d/50-cloud.conf 0600 root:root\nPermitRootLogin yes\n",
        ),
    )

    assert late == []
    assert first == [
        "line 5: `permitrootlogin yes (etc/ssh/sshd_config.d/50-cloud.conf)`, expected: no",
    ]


def test_a_match_block_in_an_included_file_ends_with_the_file():
    included = "=== etc/ssh/a.conf 0644 root:root\nMatch User x\n  PermitRootLogin no\n"
    text = listing(**{SSHD: "Include a.conf\nPermitRootLogin yes\n"}) + included

    told = said("sshd-root-login", "linux", source("config/running", text))

    assert told == ["line 3: `permitrootlogin yes (etc/ssh/sshd_config)`, expected: no"]


def test_match_all_is_for_everybody_again():
    text = "Match User x\nX11Forwarding yes\nMatch all\nPermitRootLogin no\n"

    assert sshd("sshd-root-login", text) == []


def test_files_that_include_one_another_end():
    text = listing(**{SSHD: "Include /etc/ssh/sshd_config\n"})

    assert said("sshd-root-login", "linux", source("config/running", text))[0].startswith("?")


@pytest.mark.parametrize(
    "line", ["PermitRootLogin no", "permitrootlogin=no", "PermitRootLogin = no", '  PermitRootLogin "no"  # so']
)
def test_a_setting_is_read_as_sshd_reads_it(line):
    assert sshd("sshd-root-login", f"{line}\n") == []


def test_the_largest_count_of_any_match_block_is_reckoned_with():
    text = "ClientAliveInterval 100\nMatch Group slow\n  ClientAliveCountMax 30\n"

    assert len(sshd("sshd-dead-clients", text)) == 1


def pam(name, **files):
    return said(name, "linux", source("config/running", listing(**files)))


def test_arguments_of_a_module_win_over_its_file_and_later_files_over_earlier():
    stack = "password requisite pam_pwquality.so"
    strict, weak = "minlen = 14\nminclass = 4\n", "minlen = 8\n"

    base = {"etc__pam.d__common-password": stack, "etc__security__pwquality.conf": strict}
    assert pam("pam-password-quality", **base) == []
    assert len(pam("pam-password-quality", **base, **{"etc__security__pwquality.conf.d__90-x.conf": weak})) == 1
    assert len(pam("pam-password-quality", **base | {"etc__pam.d__common-password": f"{stack} minlen=6"})) == 1


def test_an_optional_module_proves_nothing():
    assert len(pam("pam-lockout", **{"etc__pam.d__common-auth": "auth optional pam_faillock.so preauth deny=3"})) == 1


def test_a_stack_that_we_may_not_read_is_not_an_empty_one():
    assert pam("pam-lockout", etc__hostname="x")[0].startswith("? the account of dcops may not read")


def chains(*found):
    return {"chains": [{"family": family, "name": "x", "drops": drops} for family, drops in found]}


def firewall(nftables, iptables=None, ip6tables=None, *, reason="Operation not permitted"):
    sources = [
        source(f"state/{name}", content or {}, problem="" if content is not None else f"nft: {reason}")
        for name, content in (("nftables", nftables), ("iptables", iptables), ("ip6tables", ip6tables))
    ]
    return said("firewall-drops", "linux", *sources)


def test_each_family_is_guarded_by_any_of_the_three():
    assert firewall(chains(("inet", True)), chains(), chains()) == []
    assert firewall(chains(), chains(("ip", True)), chains(("ip6", True))) == []
    assert firewall(chains(("ip", True)), chains(), chains()) == ["`IPv6: input policy drop` is missing"]


def test_what_guards_is_enough_though_the_rest_may_not_be_read():
    assert firewall(chains(("inet", True))) == []


def test_rules_that_only_root_may_read_are_not_missing():
    assert firewall(None, chains(), chains()) == ["? state/nftables: nft: Operation not permitted"]
    assert firewall(chains(("ip", True)), chains())[0].startswith("?")


def test_old_lists_of_packages_know_of_no_update():
    none = source("state/updates", {"pending": 0, "security": []})
    old = source("state/package-lists", {"at": NOWADAYS - 8 * 86_400})

    assert said("security-updates", "linux", none, old)[0].startswith("? the lists of packages are 8 days old")
    assert said("security-updates", "linux", none)[0].startswith("? nothing was captured")


def test_an_account_that_is_not_told_of_does_not_hide_one_that_is_unused():
    files = source(
        "config/running", listing(etc__passwd="ghost:x:1:1::/:/bin/sh\nold:x:2:2::/:/bin/sh\nroot:x:0:0::/:/bin/sh")
    )
    seen = source("state/logins", {"accounts": {"old": NOWADAYS - 90 * 86_400}})

    assert said("idle-accounts", "linux", files, seen) == [
        "line 3: last login old: 90 days ago, 45 are allowed",
        "? the source could not tell lastlog ghost",
    ]


@pytest.mark.parametrize(
    ("line", "forwards"),
    [
        ("*.* @@192.0.2.64:6514", True),
        ("*.* @@[2001:db8::64]:6514", True),
        ("*.info @(z9)log.example.test", True),
        ("*.* @@[::1]:514", False),
        ("*.* @localhost", False),
        ("*.* @127.0.0.53:514", False),
        ("mail.* root@example.test", False),
        ("*.* /var/log/a@@b", False),
    ],
)
def test_a_line_of_rsyslog_forwards_to_another_machine_or_not(line, forwards):
    told = said("logs-forwarded", "linux", source("config/running", listing(**{"etc__rsyslog.conf": line})))

    assert (told == []) is forwards
