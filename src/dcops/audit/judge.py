"""Judges devices by rules: a result for every rule and device, and one finding for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcops.audit.fingerprint import fingerprint
from dcops.audit.look import FRESH, Look
from dcops.audit.parameters import Parameters, Undefined, Values
from dcops.audit.pattern import BadPattern, Book
from dcops.audit.requirement import Binding, Judged
from dcops.audit.rule import Rule
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.audit.scope.common import BoundScope
from dcops.audit.subject import Subject
from dcops.audit.tree.lines import Block
from dcops.audit.tree.xml import XPathFailed
from dcops.audit.when import BoundWhen
from dcops.audit.wording import say
from dcops.errors import InvalidInput
from dcops.model.finding import Finding, Status, Told
from dcops.model.source import Source, SourceKind

MOST_TOLD = 500
"""So many faults of one rule on one device are told one by one."""


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule with the parameters of some devices filled in."""

    rule: Rule
    requirements: tuple[Judged, ...]
    scope: BoundScope | None
    when: BoundWhen | None
    reference: str
    passed: Mapping[str, Told]


class Judge:
    """Rules, ready to be held against any number of devices."""

    def __init__(
        self,
        rules: Sequence[Rule],
        parameters: Parameters = Parameters(),  # noqa: B008  frozen
        *,
        whole: bool = True,
        fresh: Mapping[SourceKind, timedelta] = FRESH,
    ) -> None:
        self._rules = rules
        self._parameters = parameters
        self._whole = whole
        self._fresh = fresh
        self._book = Book()
        self._bound: dict[tuple[object, ...], tuple[tuple[BoundRule, ...], Values]] = {}

    def prepare(self, subjects: Iterable[Subject]) -> None:
        """Fill in the parameters for all devices; raises InvalidInput that names every one that nobody defined.

        A run stops at that before it looks at anything.
        """
        undefined: dict[str, None] = {}
        for subject in subjects:
            try:
                self._rules_for(subject)
            except _AllUndefined as error:
                undefined.update(dict.fromkeys(error.told))
        if undefined:
            raise InvalidInput(
                f"rules ask for parameters that nobody defined: {'; '.join(undefined)}",
                next_step="Define them in compliance/parameters.yaml of the site root",
            )

    def judge(self, subject: Subject, sources: Iterable[Source], now: datetime) -> tuple[Finding, ...]:
        """Everything that the rules say of one device; raises InvalidInput for a parameter that nobody defined."""
        try:
            rules, values = self._rules_for(subject)
        except _AllUndefined:
            self.prepare([subject])
            raise
        look = Look(subject, sources, now, book=self._book, values=values, whole=self._whole, fresh=self._fresh)
        return tuple(finding for rule in rules for finding in _findings(rule, look))

    def _rules_for(self, subject: Subject) -> tuple[tuple[BoundRule, ...], Values]:
        values = self._parameters.of(subject)
        key = (subject.platform, values.items)
        found = self._bound.get(key)
        if found is None:
            bound: list[BoundRule] = []
            undefined: list[str] = []
            binding = Binding(values, self._book)
            for rule in self._rules:
                try:
                    bound.append(_bound(rule, binding, fits=subject.platform in rule.platforms))
                except Undefined as error:
                    undefined.append(f"{error.name} ({rule.id})")
                except ValueError as error:
                    raise InvalidInput(f"{rule.where}: {rule.id} cannot be used with its parameters: {error}") from None
            if undefined:
                raise _AllUndefined(undefined)
            try:
                self._book.ready()
            except BadPattern as error:
                raise InvalidInput(f"the rules cannot be used: {error}") from None
            found = self._bound[key] = (tuple(bound), values)
        return found


_NOWHERE = Block("", ())


class _AllUndefined(Exception):
    def __init__(self, told: Sequence[str]) -> None:
        super().__init__()
        self.told = told


def _bound(rule: Rule, binding: Binding, *, fits: bool) -> BoundRule:
    passed = {"vi": Told(rule.title.of("vi"), say(Said("holds"), "vi"), "")}
    if not fits:
        return BoundRule(rule, (), None, None, ", ".join(rule.refs), passed)
    for name in sorted(rule.names):
        binding.values.of(name)
    return BoundRule(
        rule,
        tuple(each.bound(binding) for each in rule.requirements),
        rule.scope.bound(binding) if rule.scope is not None else None,
        rule.when.bound(binding) if rule.when is not None else None,
        ", ".join(rule.refs),
        passed,
    )


def _findings(bound: BoundRule, look: Look) -> Iterator[Finding]:
    rule, subject = bound.rule, look.subject
    if subject.platform not in rule.platforms:
        said = Said("other platform", ", ".join(rule.platforms), subject.platform)
        yield _finding(bound, look, Status.NOT_APPLICABLE, said)
        return
    told = 0
    unknown: list[tuple[str, Said]] = []
    try:
        for block, said in _wrong(bound, look, unknown):
            if told == MOST_TOLD:
                yield _finding(bound, look, Status.FAIL, Said("more", "", str(MOST_TOLD)))
                break
            told += 1
            yield _finding(bound, look, Status.FAIL, said, block)
    except NotApplicable as answer:
        yield _finding(bound, look, Status.NOT_APPLICABLE, answer.said)
        return
    except Unknown as answer:
        unknown.append(("", answer.said))
    except XPathFailed as error:
        unknown.append(("", Said("xpath failed", rule.id, str(error))))
    except Exception as error:  # noqa: BLE001  a mistake in one check must not end the audit, and is no pass
        unknown.append(("", Said("check failed", "", type(error).__name__)))
    for block, said in unknown[:MOST_TOLD]:
        yield _finding(bound, look, Status.COULD_NOT_CHECK, said, block)
    if not told and not unknown:
        yield Finding(
            rule.id,
            Status.PASS,
            rule.severity,
            subject.device,
            rule.title.en,
            say(Said("holds")),
            "",
            bound.reference,
            source=look.origin(bound.rule.source),
            told=bound.passed,
        )


def _wrong(bound: BoundRule, look: Look, unknown: list[tuple[str, Said]]) -> Iterator[tuple[str, Said]]:
    """What is wrong, with its block; what cannot be told of one block does not hide what is wrong in another."""
    rule = bound.rule
    rule.applies.refuse(look.subject)
    if bound.scope is None or rule.shape is None:
        for requirement in bound.requirements:
            for said in requirement.wrong(_NOWHERE, look):
                yield "", said
        return
    tree = look.opened(*rule.source, rule.shape)
    if bound.when is not None:
        bound.when.refuse(look, tree)
    for place in bound.scope.places(look, tree):
        for requirement in bound.requirements:
            try:
                for said in requirement.wrong(place, look):
                    yield place.label, said
            except Unknown as answer:
                unknown.append((place.label, answer.said))


def _finding(bound: BoundRule, look: Look, status: Status, said: Said, block: str = "") -> Finding:
    rule = bound.rule
    failed = status is Status.FAIL
    english, vietnamese = say(said), say(said, "vi")
    if block:
        english, vietnamese = f"{block}: {english}", f"{block}: {vietnamese}"
    return Finding(
        rule.id,
        status,
        rule.severity,
        look.subject.device,
        rule.title.en,
        english,
        look.values.shown(rule.fix.en, block) if failed else "",
        bound.reference,
        fingerprint(rule.id, look.subject.device, block, said.normal) if status.open else "",
        block,
        look.origin(rule.source),
        told={
            "vi": Told(rule.title.of("vi"), vietnamese, look.values.shown(rule.fix.of("vi"), block) if failed else "")
        },
    )
