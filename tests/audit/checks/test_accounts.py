"""What the samples of the rules do not show: traps of names, rights and missing sources."""

from datetime import timedelta

from tests.audit.checks.told import listing, said, source


def approved(*names, rights="full", until="2026-06-30"):
    listed = [
        {"name": name, "owner": "noc", "role": "x", "until": until, "rights": rights, "optional": False}
        for name in names
    ]
    return source("inv/accounts", {"accounts": listed})


def ios(text):
    return source("config/running", f"hostname r1\n{text}")


def test_without_a_list_nothing_can_be_said():
    none = source("inv/accounts", {}, problem="nobody wrote it")

    assert said("approved-accounts", "ios", ios("username a secret 9 x\n"), none) == ["? inv/accounts: nobody wrote it"]
    assert said("approved-accounts", "ios", ios("username a secret 9 x\n"))[0].startswith("? nothing was captured")


def test_an_empty_list_approves_nobody():
    assert said("approved-accounts", "ios", ios("username a secret 9 x\n"), approved()) == [
        "line 2: account `a` is not on the approved list"
    ]


def test_a_stale_configuration_is_no_proof_of_anything():
    old = source("config/running", "hostname r1\n", age=timedelta(hours=27))

    assert said("approved-accounts", "ios", old, approved("a"))[0].startswith("? config/running is 27.0 h old")


def test_lines_of_one_user_are_one_account_with_the_highest_right():
    text = "username a privilege 1\nusername a secret 9 <secret:0123456789ab>\nusername a privilege 15\n"

    assert said("approved-accounts", "ios", ios(text), approved("a")) == []
    assert len(said("account-rights", "ios", ios(text), approved("a", rights="limited"))) == 1


def test_a_privilege_in_the_name_or_the_secret_is_no_right():
    text = "username privilege-15 secret 9 <secret:0123456789ab>\nusername b secret 9 <secret:0123456789ab>\n"

    assert said("account-rights", "ios", ios(text), approved("privilege-15", "b", rights="limited")) == []


def test_an_approval_counts_on_its_last_day_and_the_later_of_two_wins():
    text = ios("username a secret 9 x\n")

    assert said("account-approvals", "ios", text, approved("a", until="2026-01-15")) == []
    ended = said("account-approvals", "ios", text, approved("a", until="2026-01-14"))
    assert ended == ["line 2: the approval of account a (noc) ended on 2026-01-14"]
    both = source(
        "inv/accounts",
        {
            "accounts": [
                {"name": "a", "owner": "noc", "role": "x", "until": until, "rights": "full", "optional": False}
                for until in ("2027-01-01", "2025-01-01")
            ]
        },
    )
    assert said("account-approvals", "ios", text, both) == []


def test_an_ended_approval_asks_for_no_account():
    assert said("missing-accounts", "ios", ios(""), approved("gone", until="2026-01-14"))[0].startswith("-")


def test_an_administrator_of_a_firewall_with_superuser_no_is_none():
    text = (
        "<config><mgt-config><users><entry name='a'><permissions><role-based><superuser>no</superuser></role-based>"
        "</permissions></entry></users></mgt-config></config>"
    )

    assert said("account-rights", "panos", source("config/running", text), approved("a", rights="limited")) == []


PASSWD = "root:x:0:0::/root:/bin/bash\nlan:x:1000:1000::/home/lan:/bin/zsh\n+@staff::::::\nsvc:x:9:9::/:/bin/false"


def test_accounts_of_programs_and_of_directories_are_not_meant():
    server = source("config/running", listing(etc__group="root:x:0:\n", etc__passwd=PASSWD))

    assert said("approved-accounts", "linux", server, approved("root")) == [
        "line 5: account `lan` is not on the approved list"
    ]


def test_a_second_root_and_a_primary_group_give_full_rights():
    files = listing(
        etc__group="root:x:0:\nwheel:x:10:\n",
        etc__passwd="toor:x:0:0::/root:/bin/sh\nlan:x:1000:10::/home/lan:/bin/sh",
    )
    told = said("account-rights", "linux", source("config/running", files), approved("toor", "lan", rights="limited"))

    assert len(told) == 2


def test_a_listing_that_is_none_is_not_an_empty_server():
    assert said("approved-accounts", "linux", source("config/running", "hello\n"), approved("a"))[0].startswith("?")


def test_a_file_under_a_second_name_is_the_same_file():
    text = listing(etc__group="root:x:0:\n", etc__users="lan:x:1:1::/:/bin/sh") + "=== etc/passwd is etc/users\n"

    assert said("approved-accounts", "linux", source("config/running", text), approved("lan")) == []
