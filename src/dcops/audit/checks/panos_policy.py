"""The security rules of a PAN-OS configuration, in the order in which the firewall asks them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown

ANY = "any"
_BASES = ("pre-rulebase", "rulebase", "post-rulebase")
"""In the order of asking. Panorama pushes what stands before and after the firewall's own rules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One security rule that is switched on."""

    element: Any
    holder: Any
    """The virtual system, device group or `shared` in which it stands: names of objects mean what they mean there."""

    @property
    def name(self) -> str:
        """As the administrator called it."""
        return str(self.element.get("name") or "")

    @property
    def line(self) -> int:
        """Of the source."""
        return int(self.element.sourceline or 0)

    @property
    def shown(self) -> str:
        """The rule and where it stands, for a reader."""
        return f"{self.holder.get('name') or self.holder.tag} / {self.name}"

    def members(self, field: str) -> frozenset[str]:
        """What one of its fields holds; their order means nothing. A field that is not there means any."""
        found = frozenset(text for each in self.element.iterfind(f"{field}/member") if (text := _text(each)))
        return found or frozenset((ANY,))

    def word(self, field: str) -> str:
        """The text of one of its fields; empty when it is not there."""
        return (self.element.findtext(field) or "").strip()

    @property
    def allows(self) -> bool:
        """Whether it lets traffic through."""
        return self.word("action") == "allow"


def sequences(root: Any) -> Iterator[Sequence[Rule]]:
    """The enabled rules of each virtual system, device group and of `shared`, in the order of asking."""
    by_holder: dict[tuple[str, str], dict[str, list[Rule]]] = {}
    for rules in root.iterfind(".//security/rules"):
        base = rules.getparent().getparent()
        holder = base.getparent() if base is not None else None
        if holder is None or base.tag not in _BASES:
            continue
        place = by_holder.setdefault((_kind(holder), str(holder.get("name") or holder.tag)), {})
        place.setdefault(str(base.tag), []).extend(
            Rule(entry, holder) for entry in rules.iterfind("entry") if entry.findtext("disabled") != "yes"
        )
    for place in by_holder.values():
        yield [rule for base in _BASES for rule in place.get(base, ())]


def rules_of(look: Look) -> Sequence[Rule]:
    """Every rule that is switched on."""
    return [rule for sequence in sequences(look.xml().root) for rule in sequence]


def refuse_unseen(look: Look) -> None:
    """Raise Unknown when Panorama pushes rules and settings that an export of the firewall does not hold.

    A check calls it last: what is wrong in the part that can be seen is told all the same.
    """
    root = look.xml().root
    if root.find(".//panorama-server") is not None and root.find("panorama") is None:
        raise Unknown(Said("pushed"))


def _kind(holder: Any) -> str:
    """A virtual system that Panorama pushes to stands apart in the document, and is the same one."""
    parent = holder.getparent()
    return str(parent.tag) if parent is not None else ""


def _text(element: Any) -> str:
    return (element.text or "").strip()
