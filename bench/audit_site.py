"""Configurations and rules for the benchmark of audits: every device differs, one line in fifty is missing."""

from __future__ import annotations

import random
from collections.abc import Iterator

LINES = 1000
INTERFACES = 96
GLOBAL = (
    "service tcp-keepalives-in",
    "service tcp-keepalives-out",
    "no service pad",
    "no ip source-route",
    "no ip bootp server",
    "ip ssh version 2",
    "no ip http server",
    "login on-failure log",
    "archive",
    "aaa new-model",
)
HOSTS = 60
"""Lines such as `logging host`, of which rules ask for one by one."""


def configuration(number: int) -> str:
    """One router of about 1,000 lines; one in fifty of the lines that rules ask for is missing."""
    chance = random.Random(number)
    rows = ["version 17.9", f"hostname rtr-{number:04d}"]
    rows += [row for row in GLOBAL if chance.random() > 0.02]
    rows += [f"logging host 192.0.2.{host}" for host in range(HOSTS) if chance.random() > 0.02]
    rows += ["banner login ^C", "interface fake", " no shutdown", "Authorised use only", "^C"]
    for port in range(INTERFACES):
        rows += [f"interface {_port(port)}", f" description to port {chance.randrange(10_000)}"]
        rows += [f" ip address 198.51.{port}.{chance.randrange(1, 250)} 255.255.255.0"]
        rows += [row for row in (" no ip redirects", " no ip proxy-arp", " ip verify unicast source reachable-via rx")
                 if chance.random() > 0.02]  # fmt: skip
        rows += ["!"]
    rows += ["router bgp 64512", " bgp log-neighbor-changes"]
    rows += [f" neighbor 203.0.113.{peer} remote-as 64513" for peer in range(20)]
    rows += [" !", " address-family ipv4"]
    rows += [f"  neighbor 203.0.113.{peer} maximum-prefix {chance.randrange(10, 900)}" for peer in range(20)]
    rows += [" exit-address-family", "!"]
    rows += ["ip access-list extended EDGE-IN"]
    rows += [
        f" {10 * n + 10} permit tcp any host 198.51.100.{n % 250} eq {chance.randrange(1, 65535)}" for n in range(150)
    ]
    rows += ["line vty 0 4", f" exec-timeout {chance.choice((3, 5, 5, 30))} 0", " transport input ssh"]
    rows += [
        f"ip route 198.51.{n}.0 255.255.255.0 192.0.2.{chance.randrange(1, 250)}" for n in range(LINES - len(rows) - 1)
    ]
    return "\n".join([*rows[: LINES - 1], "end"]) + "\n"


def rules(number: int) -> str:
    """So many rules as a file: a third asks for lines, a third looks into blocks, the rest counts and compares."""
    texts = (text for group in zip(_lines(), _blocks(), _values(), strict=False) for text in group)
    return "rules:\n" + "".join(_rule(n, next(texts)) for n in range(number))


def block_rules(number: int) -> str:
    """So many rules, each for a block of its own."""
    return "rules:\n" + "".join(
        _rule(n, f'in: {{block: "^interface {_port(n)}$"}}\n    must: [no ip redirects, no ip proxy-arp]')
        for n in range(number)
    )


def features(number: int) -> list[dict[str, object]]:
    """The same as netutils wants them."""
    return [{"name": f"B-{n}", "ordered": False, "section": [f"interface {_port(n)}"]} for n in range(number)]


def intended(number: int) -> str:
    """The same as netutils wants it: what each block should hold."""
    return "".join(f"interface {_port(n)}\n no ip redirects\n no ip proxy-arp\n" for n in range(number))


def _port(number: int) -> str:
    return f"Ethernet{100 + number}"  # all of one length: netutils takes whatever begins so


def _rule(number: int, asked: str) -> str:
    return f"""  - id: B-{number}
    title: Rule {number}
    severity: medium
    platforms: [ios]
    {asked}
    why: It is measured.
    fix: "{{{{ block }}}}"
    samples: {{pass: "x", fail: "y"}}
"""


def _lines() -> Iterator[str]:
    for number in range(10_000):
        if number % 3 == 0:
            yield f'must_not: [{{regex: "ip (http|ftp|rcmd) server {number}"}}, "service pad {number}"]'
        elif number % 3 == 1:
            yield f'must: ["logging host 192.0.2.{number % HOSTS}"]'
        else:
            yield f'must: ["{GLOBAL[number % len(GLOBAL)]}"]\n    in: {{deep: false}}'


def _blocks() -> Iterator[str]:
    for number in range(10_000):
        if number % 4 == 0:
            yield 'in: {block: "^interface ", without: [shutdown]}\n    must: [no ip redirects]'
        elif number % 4 == 1:
            yield (
                f'in: {{block: "^interface {_port(number % INTERFACES)}$"}}\n'
                f'    must: [{{regex: "description .*{number}.*"}}]'
            )
        elif number % 4 == 2:
            yield (
                'in: {block: ["^router bgp ", "^address-family ipv4"]}\n'
                f'    must: [{{regex: "neighbor 203.0.113.{number % 20} maximum-prefix .*"}}]'
            )
        else:
            yield f'in: {{block: "^interface "}}\n    must_not: [{{regex: "ip (redirects|proxy-arp|policy {number})"}}]'


def _values() -> Iterator[str]:
    for number in range(10_000):
        if number % 3 == 0:
            limits = '"<=": 10, missing: {value: 10}'
            yield f"in: {{block: '^line '}}\n    value: {{regex: 'exec-timeout (\\d+) \\d+', {limits}}}"
        elif number % 3 == 1:
            yield f"count: {{regex: 'logging host 192.0.2.{number % 10}', min: 1}}"
        else:
            yield f"in: {{deep: true}}\n    must_not: [{{regex: '.* eq {number}', unless: 'deny '}}]"
