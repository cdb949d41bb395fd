"""Packs of rules, and the controls of standards that rules are mapped to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dcops.audit.parameters import Value
from dcops.audit.rule import Rule
from dcops.audit.words import Words
from dcops.model.finding import Severity

CONFIDENCE: Mapping[str, Words] = {
    "C": Words(
        "confirmed in a public copy of level-3 assessment items",
        "đã đối chiếu với bản công khai các mục đánh giá cấp độ 3",
    ),
    "T": Words("third-party summary of the standard", "theo bản tóm tắt của bên thứ ba"),
    "S": Words("topic stated in public documents", "chủ đề nêu trong tài liệu công khai"),
    "M": Words("mapped by good practice", "ánh xạ theo thông lệ tốt"),
}
"""How sure we are that a standard asks for a control."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that standards ask for, in our words."""

    id: str
    title: Words
    confidence: str
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule of a pack, with another severity where the pack wants one."""

    rule: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules that are mapped to a standard. A device that passes them is not certified by that."""

    name: str
    title: Words
    standard: str
    level: int | None
    choices: tuple[Choice, ...]
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def of(self, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        """Its rules out of all, in its order; a rule that there is not was refused when the pack was read."""
        known = {rule.id: rule for rule in rules}
        return tuple(
            replace(known[choice.rule], severity=choice.severity) if choice.severity else known[choice.rule]
            for choice in self.choices
        )
