"""What an audit asks of a server: answers of several systems, and what it means when there is none."""

import json

import pytest

from dcops.devices.linux import listed, said, state
from dcops.devices.linux.session import Answer
from lab.linux import account, answers

SSHD = "port 22\npermitrootlogin no\nallowgroups ssh-users\nallowgroups sudo\nciphers a,b\nmacs c\n"
TRACKING = (
    "C0000235,192.0.2.53,3,1768438800.0,-0.000018339,0.000001,0.000021,-11.2,0.001,0.03,0.0009,0.0003,64.2,Normal\n"
)
APT = (
    "Reading package lists...\n3 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
    "Inst tzdata [2025b-0] (2025b-1 Debian:12.11/stable-updates [all])\n"
    "Inst openssl [3.0.15] (3.0.16 Debian-Security:12/stable-security [amd64])\n"
    "Inst libc6 [2.35] (2.36 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64]) []\n"
    "Conf tzdata (2025b-1 Debian:12.11/stable-updates [all])\n"
)


def answering(**known):
    """Answers by the program; `127` for all others."""

    def ask(command):
        words = command.split()
        program = words[2] if words[0] == "sudo" else words[0]
        asked.append(command)
        return known.get(f"sudo {program}" if words[0] == "sudo" else program, Answer(b"", b"", 127))

    asked = []
    ask.asked = asked
    return ask


def told(ask, *, sudo=False):
    return {each.name: each for each in state.learned(ask, sudo=sudo)}


def test_a_server_that_tells_nothing_says_so_question_by_question():
    found = told(answering())

    assert found["sshd"].reason == "sshd: not there"
    assert found["updates"].reason == "apt-get: not there"
    assert {each.name for each in found.values() if not each.reason} == {"nftables", "iptables", "ip6tables"}


def test_nobody_has_written_rules_with_a_command_that_is_not_there():
    assert told(answering())["nftables"].fact == {"chains": []}


def test_rules_that_only_root_may_see_are_not_none():
    denied = Answer(b"", b"Operation not permitted (you must be root)\n", 1)

    found = told(answering(nft=denied))["nftables"]

    assert (found.fact, found.reason) == ({}, "nft: Operation not permitted (you must be root)")


def test_sudo_is_asked_only_where_the_settings_allow_it():
    denied = Answer(b"", b"denied\n", 1)
    root = Answer(json.dumps({"nftables": []}).encode(), b"", 0)
    known = {"nft": denied, "sudo /usr/sbin/nft": root}
    without, with_it = answering(**known), answering(**known)

    assert told(without)["nftables"].reason
    assert not any("sudo" in command for command in without.asked)
    assert told(with_it, sudo=True)["nftables"].fact == {"by": "nftables", "chains": []}


def test_every_question_reads_and_nothing_is_left_to_the_shell():
    for question in state.QUESTIONS:
        for way in question.ways:
            assert not set(way.command) & set(";|&<>$`\n"), way.command


def test_the_lab_answers_every_question():
    def ask(command):
        program, words = account.allowed(f"env LC_ALL=C {command}")
        found = answers.said("srv-noc-1", words[words.index(program) :])
        return Answer(found.stdout.encode(), found.stderr.encode(), found.status)

    assert [each.reason for each in told(ask).values()] == [""] * len(state.QUESTIONS)


def test_settings_of_sshd_keep_what_may_stand_several_times():
    fact = said.sshd(SSHD)

    assert fact["allowgroups"] == ["ssh-users", "sudo"]
    assert fact["ciphers"] == ["a", "b"]
    assert fact["permitrootlogin"] == "no"


def test_an_offset_has_no_sign_and_a_free_clock_is_not_synchronised():
    assert said.chrony_time(TRACKING) == {"by": "chrony", "synchronised": True, "offset_seconds": 0.000018339}
    assert not said.chrony_time(TRACKING.replace("C0000235", "7F7F0101"))["synchronised"]
    assert not said.chrony_time(TRACKING.replace("Normal", "Not synchronised"))["synchronised"]
    assert said.ntp_time("leap_none, sync_ntp,\noffset=-2.500, x=1")["offset_seconds"] == 0.0025
    assert not said.ntp_time("leap_alarm, sync_unspec,\noffset=0.000")["synchronised"]
    timesyncd = "       Server: 192.0.2.53 (a)\nPoll interval: 34min\n       Offset: +1.5ms\n"
    assert said.timesyncd_time(timesyncd)["offset_seconds"] == pytest.approx(0.0015)
    assert said.timesyncd_time("Poll interval: 0\n") == {"by": "systemd-timesyncd", "synchronised": False}


def test_of_several_files_the_youngest_counts():
    assert said.newest("1700000000:/a\n1768438800:/b: c\n") == {"at": 1768438800}


def test_no_timeout_is_an_answer_and_an_unreadable_profile_is_none():
    nothing = Answer(b"", b"grep: /etc/bashrc: No such file or directory\n", 2)
    denied = Answer(b"", b"grep: /etc/profile: Permission denied\n", 2)

    assert told(answering(grep=nothing))["idle"].fact == {"seconds": []}
    assert told(answering(grep=denied))["idle"].reason == "grep: grep: /etc/profile: Permission denied"
    assert said.timeouts('readonly TMOUT=600\nexport TMOUT="300"\n') == {"seconds": [600, 300]}


def test_security_updates_are_told_from_others():
    assert listed.apt_updates(APT)["security"] == ["openssl 3.0.16", "libc6 2.36"]
    assert listed.apt_updates(APT)["pending"] == 3
    dnf = "RHSA-2026:1 Important/Sec. openssl-3.0.7-27.el9_4.x86_64\nFEDORA-2 security kernel-6\n"
    assert len(listed.dnf_updates(dnf)["security"]) == 2
    assert listed.dnf_updates("")["security"] == []


def chain(family, **changed):
    return {"chain": {"family": family, "table": "t", "name": "in", "hook": "input", "policy": "accept"} | changed}


def rule(family, *expressions):
    return {"rule": {"family": family, "table": "t", "chain": "in", "expr": list(expressions)}}


@pytest.mark.parametrize(
    ("entries", "drops"),
    [
        ([chain("inet", policy="drop")], True),
        ([chain("inet")], False),
        ([chain("inet"), rule("inet", {"counter": {}}, {"drop": None})], True),
        ([chain("inet"), rule("inet", {"reject": {}})], True),
        ([chain("inet"), rule("inet", {"match": {}}, {"drop": None})], False),
        ([chain("inet"), rule("inet", {"drop": None}), rule("inet", {"accept": None})], False),
        ([chain("inet"), rule("ip", {"drop": None})], False),
    ],
)
def test_a_chain_refuses_the_rest_by_its_policy_or_its_last_rule(entries, drops):
    (found,) = listed.nftables(json.dumps({"nftables": entries}))["chains"]

    assert found["drops"] is drops


def test_chains_that_do_not_see_what_comes_in_are_no_guard():
    assert listed.nftables(json.dumps({"nftables": [chain("inet", hook="forward", policy="drop")]}))["chains"] == []


@pytest.mark.parametrize(
    ("text", "drops"),
    [
        ("*filter\n:INPUT DROP [0:0]\nCOMMIT\n", True),
        (
            "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j ACCEPT\n"
            "-A INPUT -j REJECT --reject-with icmp-port-unreachable\n",
            True,
        ),
        ("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\n", False),
        ("*nat\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n", False),
    ],
)
def test_the_table_that_filters_is_the_one_that_counts(text, drops):
    assert [each["drops"] for each in listed.iptables(text)["chains"]] == [drops]


def test_an_empty_answer_of_iptables_is_no_rule_at_all():
    assert listed.iptables("") == {"by": "iptables", "chains": []}


def test_time_servers_that_do_not_answer_do_not_count():
    chrony = "^,*,192.0.2.53,2,6,377,21,0,0,0\n^,?,192.0.2.54,0,6,0,-,0,0,0\n#,x,PPS0,0,4,377,1,0,0,0\n"
    ntp = (
        "     remote           refid\n==============================\n*192.0.2.53 .GPS. 1\n 192.0.2.54 .INIT. 16\n"
        " 2.pool .POOL. 16\n"
    )

    assert listed.chrony_servers(chrony) == {"servers": ["192.0.2.53", "192.0.2.54"], "usable": 1}
    assert listed.ntp_servers(ntp) == {"servers": ["192.0.2.53", "192.0.2.54"], "usable": 1}
    assert listed.timesyncd_servers("LinkNTPServers=192.0.2.53 192.0.2.54\nServerName=192.0.2.53\n")["usable"] == 2


def test_logins_are_told_with_their_time_and_zero_for_never():
    text = (
        "Username         Port     From             Latest\n"
        "root                                       **Never logged in**\n"
        "lan.nguyen       pts/0    192.0.2.141      Thu Jan 15 08:00:00 +0700 2026\n"
    )

    assert listed.logins(text) == {"accounts": {"root": 0, "lan.nguyen": 1768438800}}


def test_states_of_passwords_come_without_their_hashes():
    text = "root L 2025-05-20 0 99999 7 -1\nlan P 2026-01-05 1 60 7 -1\nguest NP 2025-05-20 0 99999 7 -1\n"

    assert listed.passwords(text)["accounts"] == {
        "root": {"password": "locked", "days": 99999},
        "lan": {"password": "usable", "days": 60},
        "guest": {"password": "none", "days": 99999},
    }


READERS = (
    *(said.sshd, said.newest, said.chrony_time, said.ntp_time, said.timesyncd_time, said.kernel),
    *(listed.units, listed.nftables, listed.iptables, listed.apt_updates, listed.dnf_updates),
    *(listed.chrony_servers, listed.ntp_servers, listed.timesyncd_servers, listed.logins, listed.passwords),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize(
    "text", ["WARNING: Your password has expired.\n", "<html>busy</html>\n", '{"a": 1}\n', "\x00\xff\n"]
)
def test_words_in_place_of_an_answer_are_none(reader, text):
    with pytest.raises((ValueError, KeyError, IndexError, TypeError, AttributeError)):
        reader(text)
