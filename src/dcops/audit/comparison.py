"""What a value has to be, in lines, XML and properties alike."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from dcops.audit.parameters import Values, names_in
from dcops.audit.pattern import compiled
from dcops.audit.said import Said, Unknown

_TRUE, _FALSE = ("true", "yes"), ("false", "no")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one value has to be, as it is written; what is empty is not asked."""

    at_most: str = ""
    at_least: str = ""
    equals: tuple[str, ...] = ()
    """One text, in a tuple so that an empty text can be asked for."""
    in_: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    matches: str = ""
    within: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether anything is asked at all."""
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def names(self) -> frozenset[str]:
        """The parameters in it."""
        texts = (self.at_most, self.at_least, *self.equals, *self.in_, *self.not_in, self.matches, *self.within)
        return names_in(*texts)

    def bound(self, values: Values) -> Bound:
        """The same with its parameters filled in; raises Undefined, and ValueError for one of the wrong kind."""
        return Bound(
            at_most=_number(values, self.at_most),
            at_least=_number(values, self.at_least),
            equals=values.list(self.equals),
            in_=values.list(self.in_),
            not_in=values.list(self.not_in),
            matches=values.pattern(self.matches) if self.matches else "",
            within=tuple(ip_network(each, strict=False) for each in values.list(self.within)),
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison that can be made."""

    at_most: float | None = None
    at_least: float | None = None
    equals: tuple[str, ...] = ()
    in_: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    matches: str = ""
    within: tuple[IPv4Network | IPv6Network, ...] = ()

    def holds(self, value: Any) -> bool:
        """Whether a value is so; raises Unknown for one that is of another kind."""
        if self.at_most is not None and not _as_number(value) <= self.at_most:
            return False
        if self.at_least is not None and not _as_number(value) >= self.at_least:
            return False
        if self.equals and not any(same(value, text) for text in self.equals):
            return False
        if self.in_ and not any(same(value, text) for text in self.in_):
            return False
        if any(same(value, text) for text in self.not_in):
            return False
        if self.matches and compiled(self.matches).fullmatch(text_of(value)) is None:
            return False
        return not self.within or _inside(value, self.within)

    @property
    def shown(self) -> str:
        """What is asked, for a reader of any language."""
        parts = []
        if self.at_least is not None:
            parts.append(f">= {self.at_least:g}")
        if self.at_most is not None:
            parts.append(f"<= {self.at_most:g}")
        if chosen := (*self.equals, *self.in_):
            parts.append(" | ".join(chosen))
        if self.not_in:
            parts.append(f"not {' | '.join(self.not_in)}")
        if self.matches:
            parts.append(f"~ {self.matches}")
        if self.within:
            parts.append(f"in {', '.join(map(str, self.within))}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Together:
    """What all values that were found have to be together; None: not asked."""

    set_: tuple[str, ...] | None = None
    """Just these, in any order."""
    all_of: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    sequence: tuple[str, ...] | None = None
    """Just these, in this order."""
    least: int | None = None
    most: int | None = None

    @property
    def asks(self) -> bool:
        """Whether anything is asked at all."""
        return any(getattr(self, each.name) is not None for each in fields(self))

    @property
    def names(self) -> frozenset[str]:
        """The parameters in it."""
        return names_in(*(self.set_ or ()), *(self.all_of or ()), *(self.only or ()), *(self.sequence or ()))

    def bound(self, values: Values) -> Together:
        """The same with its parameters filled in."""

        def filled(texts: tuple[str, ...] | None) -> tuple[str, ...] | None:
            return None if texts is None else values.list(texts)

        return Together(
            filled(self.set_), filled(self.all_of), filled(self.only), filled(self.sequence), self.least, self.most
        )

    def wrong(self, found: Sequence[Any], line: int = 0) -> Iterator[Said]:
        """What is wrong with all of them together."""
        seen = [text_of(value) for value in found]
        shown = ", ".join(seen) or "-"
        if self.set_ is not None and set(seen) != set(self.set_):
            yield Said("value", ", ".join(sorted(self.set_)), ", ".join(sorted(set(seen))) or "-", line)
        for text in self.all_of or ():
            if text not in seen:
                yield Said("missing", text, "", line)
        if self.only is not None:
            for text in dict.fromkeys(seen):
                if text not in self.only:
                    yield Said("value", " | ".join(self.only), text, line)
        if self.sequence is not None and seen != list(self.sequence):
            yield Said("value", ", ".join(self.sequence), shown, line)
        if not (self.least or 0) <= len(seen) <= (math.inf if self.most is None else self.most):
            yield Said("count", bounds_shown(self.least, self.most), str(len(seen)), line)


def bounds_shown(least: int | None, most: int | None) -> str:
    """A range of numbers for a reader of any language."""
    if least is not None and least == most:
        return str(least)
    parts = [f">= {least}" if least is not None else "", f"<= {most}" if most is not None else ""]
    return ", ".join(part for part in parts if part)


def same(value: Any, text: str) -> bool:
    """Whether a value is what somebody wrote: true is also `yes`, 5 is also 5.0."""
    if isinstance(value, bool):
        return text.lower() in (_TRUE if value else _FALSE)
    if isinstance(value, int | float):
        try:
            return float(text) == value
        except ValueError:
            return False
    return text_of(value) == text


def text_of(value: Any) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _as_number(value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if math.isnan(number):
        raise Unknown(Said("no number", "", text_of(value)))
    return number


def _number(values: Values, template: str) -> float | None:
    if not template:
        return None
    (text,) = (*values.texts(template),)
    return float(text)


def _inside(value: Any, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        network = ip_network(text_of(value), strict=False)
    except ValueError:
        raise Unknown(Said("no address", "", text_of(value))) from None
    return any(
        network.version == each.version and network.subnet_of(each)  # type: ignore[arg-type]  # of one version
        for each in networks
    )
