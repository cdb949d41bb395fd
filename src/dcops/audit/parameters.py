"""Values that rules ask for by `{{ name }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from dcops.audit.subject import Subject

Value = str | tuple[str, ...]
"""One value or several, as they were written: comparisons know numbers when they see them."""

_NAME = re.compile(r"\{\{\s*([A-Za-z_][\w-]*)\s*\}\}")
_OPEN = re.compile(r"\{\{|\}\}")


class Undefined(KeyError):
    """A parameter that nobody gave a value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Layer:
    """Values for some devices; for all when it names none."""

    values: Mapping[str, Value]
    sites: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()

    def fits(self, subject: Subject) -> bool:
        """Whether it is for this device."""
        return (
            (not self.sites or subject.site in self.sites)
            and (not self.roles or subject.role in self.roles)
            and (not self.tags or any(tag in self.tags for tag in subject.tags))
            and (not self.devices or subject.device in self.devices)
        )


@dataclass(frozen=True, slots=True)
class Parameters:
    """All layers; a later one wins."""

    layers: tuple[Layer, ...] = ()

    def over(self, other: Parameters) -> Parameters:
        """These laid over others."""
        return Parameters((*other.layers, *self.layers))

    def of(self, subject: Subject) -> Values:
        """What is in force for one device."""
        merged: dict[str, Value] = {}
        for layer in self.layers:
            if layer.fits(subject):
                merged.update(layer.values)
        return Values(tuple(sorted(merged.items())))


class Values:
    """The values for one device. Two devices with the same values share one way of judging."""

    def __init__(self, items: tuple[tuple[str, Value], ...] = ()) -> None:
        self.items = items
        self._by_name = dict(items)

    def of(self, name: str) -> Value:
        """One value; raises Undefined."""
        try:
            return self._by_name[name]
        except KeyError:
            raise Undefined(name) from None

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def each(self, name: str) -> tuple[str, ...]:
        """All of one parameter; raises Undefined."""
        value = self.of(name)
        return (value,) if isinstance(value, str) else value

    def texts(self, template: str) -> Iterator[str]:
        """The text with every value filled in; a list gives one text for each of its values."""
        names = list(dict.fromkeys(_NAME.findall(template)))
        for chosen in product(*(self.each(name) for name in names)):
            values = dict(zip(names, chosen, strict=True))
            yield _NAME.sub(lambda match, values=values: values[match[1]], template)  # type: ignore[misc]

    def list(self, texts: Iterable[str]) -> tuple[str, ...]:
        """All texts with their values filled in, one after the other."""
        return tuple(each for text in texts for each in self.texts(text))

    def pattern(self, template: str) -> str:
        """The regular expression with values as what they are, not as expressions; a list means any of them."""
        from dcops.audit.pattern import escaped

        def filled(match: re.Match[str]) -> str:
            return f"(?:{'|'.join(map(escaped, self.each(match[1])))})"

        return _NAME.sub(filled, template)

    def shown(self, template: str, block: str = "") -> str:
        """The text for a person: lists with commas, and the block that it is about."""
        if "{{" not in template:
            return template

        def filled(match: re.Match[str]) -> str:
            return block if match[1] == "block" else ", ".join(self.each(match[1]))

        return _NAME.sub(filled, template)


def names_in(*templates: str) -> frozenset[str]:
    """The parameters that texts ask for."""
    return frozenset(name for template in templates for name in _NAME.findall(template))


def malformed(template: str) -> bool:
    """Whether braces are left that name nothing: `{{ ntp servers }}`."""
    return bool(_OPEN.search(_NAME.sub("", template)))


def as_variables(template: str) -> str:
    """An XPath with `{{ name }}` as the variable `$name`."""
    return _NAME.sub(lambda match: f"${match[1]}", template)
