"""Rules of a PAN-OS firewall that are never asked, because one before them takes all of their traffic.

One rule before is looked at at a time: that several together take everything is not noticed. What is known only while
the firewall runs (names in DNS, dynamic groups, external lists) covers itself alone, so that what is told is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dcops.audit.check import check
from dcops.audit.checks.panos_objects import Objects, Span, covers
from dcops.audit.checks.panos_policy import ANY, Rule, refuse_unseen, sequences
from dcops.audit.look import Look
from dcops.audit.said import Said
from dcops.model.finding import Severity

_SETS = ("source-user", "category", "hip-profiles", "source-hip", "destination-hip")
_DEFAULT_PORTS = "application-default"
_UNIVERSAL = "universal"


@check("PAN-068", severity=Severity.MEDIUM, platforms=["panos"])
def shadowed_rules(look: Look) -> Iterator[Said]:
    """No security rule is hidden behind another one."""
    known: dict[int, Objects] = {}
    for rules in sequences(look.xml().root):
        traffic = [_traffic(rule, known) for rule in rules]
        for at, inner in enumerate(traffic):
            outer = next((each for each in traffic[:at] if each.covers(inner)), None)
            if outer is not None:
                yield Said("shadowed", f"`{outer.rule.name}`", f"`{inner.rule.shown}`", inner.rule.line)
    refuse_unseen(look)


def _traffic(rule: Rule, known: dict[int, Objects]) -> _Traffic:
    objects = known.get(id(rule.holder))
    if objects is None:
        objects = known[id(rule.holder)] = Objects(rule.holder)
    applications = frozenset[str]().union(*(objects.applications(each) for each in rule.members("application")))
    return _Traffic(
        rule,
        objects,
        rule.members("from"),
        rule.members("to"),
        rule.members("source"),
        rule.members("destination"),
        applications,
        rule.members("service"),
        tuple(rule.members(field) for field in _SETS),
        rule.word("rule-type") or _UNIVERSAL,
        # Neither a time nor a choice of firewalls lets a rule hide another one.
        always=not rule.word("schedule") and rule.element.find("target/devices/entry") is None,
    )


@dataclass(frozen=True, slots=True)
class _Traffic:
    """What a rule is asked for."""

    rule: Rule
    objects: Objects
    from_: frozenset[str]
    to: frozenset[str]
    source: frozenset[str]
    destination: frozenset[str]
    applications: frozenset[str]
    services: frozenset[str]
    sets: tuple[frozenset[str], ...]
    kind: str
    always: bool

    def covers(self, other: _Traffic) -> bool:
        """Whether everything that the other is asked for comes to this one first."""
        return (
            self.always
            and _covers(self.from_, other.from_)
            and _covers(self.to, other.to)
            and self.kind in (_UNIVERSAL, other.kind)
            and _covers(self.applications, other.applications)
            and all(_covers(mine, its) for mine, its in zip(self.sets, other.sets, strict=True))
            and self._covers_ports(other)
            and self._covers_addresses(other, "source")
            and self._covers_addresses(other, "destination")
        )

    def _covers_ports(self, other: _Traffic) -> bool:
        mine, its = self.services, other.services
        if _DEFAULT_PORTS in its and ANY not in mine:
            # The ports of an application are the firewall's to know.
            return mine == its
        return _covers(mine, its) or _contains(mine, its, self.objects.services, other.objects.services)

    def _covers_addresses(self, other: _Traffic, field: str) -> bool:
        mine, its = getattr(self, field), getattr(other, field)
        negated = [each.rule.word(f"negate-{field}") == "yes" for each in (self, other)]
        if any(negated):
            return mine == its and negated[0] is negated[1]
        return _covers(mine, its) or _contains(mine, its, self.objects.addresses, other.objects.addresses)


def _covers(outer: frozenset[str], inner: frozenset[str]) -> bool:
    return ANY in outer or inner <= outer


def _contains(
    outer: frozenset[str],
    inner: frozenset[str],
    outer_spans: Callable[[str], Sequence[Span] | None],
    inner_spans: Callable[[str], Sequence[Span] | None],
) -> bool:
    """Whether what is not there by its name is inside of what the others stand for."""
    if ANY in inner:
        return False
    room = [span for name in outer for span in outer_spans(name) or ()]
    for name in inner - outer:
        spans = inner_spans(name)
        if spans is None or not covers(room, spans):
            return False
    return True
