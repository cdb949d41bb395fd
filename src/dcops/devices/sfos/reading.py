"""Reads many entities in few requests, so that one that is not known or not allowed does not spoil the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from dcops.devices.sfos import answers
from dcops.devices.sfos.answers import Refusal, Refused
from dcops.devices.sfos.client import SfosClient
from dcops.devices.sfos.entities import Entity
from dcops.errors import DeviceError, ErrorKind

BATCH = 8
"""Entities in one request: the management plane is slow, and what one bad tag may cost is asked again."""


@dataclass(slots=True)
class Reading:
    """What a firewall said of the entities it was asked for."""

    version: dict[str, str] = field(default_factory=dict)
    """Attributes of the answer: `APIVersion`, `IPS_CAT_VER`."""
    elements: dict[str, list[etree._Element]] = field(default_factory=dict)
    """By the tag that was asked for; an entity that was refused has the element that says so, or none."""
    refused: list[Refusal] = field(default_factory=list)

    def of(self, tag: str) -> list[etree._Element]:
        """The records of an entity: without those that only carry a status."""
        return [element for element in self.elements.get(tag, ()) if answers.is_data(element)]

    def why_not(self, tag: str) -> Refusal | None:
        """Why an entity was not given at all."""
        return next((each for each in self.refused if each.entity == tag), None)

    def document(self) -> bytes:
        """Everything that was answered as one XML document, refusals included: what is missing must not look empty."""
        root = etree.Element("Response", self.version)
        for elements in self.elements.values():
            for element in elements:
                element.tail = "\n"
                root.append(element)
        root.text = "\n"
        return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def read(client: SfosClient, entities: Sequence[Entity]) -> Reading:
    """Ask for entities; raises DeviceError when one that is needed is not given, or the firewall refuses everything."""
    reading = Reading()
    for start in range(0, len(entities), BATCH):
        batch = entities[start : start + BATCH]
        for tag in _ask(client, [entity.tag for entity in batch], reading):
            _ask_alone(client, tag, reading)
        for entity in batch:
            _settle(client, entity, reading)
    return reading


def _settle(client: SfosClient, entity: Entity, reading: Reading) -> None:
    refusal = reading.why_not(entity.tag)
    if refusal and entity.unset and not refusal.code and entity.unset in refusal.words:
        reading.refused.remove(refusal)
        return
    if refusal and refusal.is_unknown and entity.before:
        reading.refused.remove(refusal)
        reading.elements.pop(entity.tag, None)
        _ask_alone(client, entity.before, reading)
        refusal = reading.why_not(entity.before)
    if refusal and entity.needed:
        raise DeviceError(
            ErrorKind.UNSUPPORTED if refusal.is_unknown else ErrorKind.DENIED,
            f"it does not give {refusal}",
            next_step="Give the account's profile Read-Only on every area: Profiles > Device access",
        )


def _ask(client: SfosClient, tags: Sequence[str], reading: Reading) -> Sequence[str]:
    """One request; gives the tags that have to be asked for alone."""
    try:
        root = client.get(tags)
    except Refused as error:
        if error.is_final:
            raise
        # Which of them it does not like, the firewall does not say.
        return tags
    _take(root, reading)
    return [tag for tag in tags if tag not in reading.elements]


def _ask_alone(client: SfosClient, tag: str, reading: Reading) -> None:
    try:
        root = client.get((tag,))
    except Refused as error:
        if error.is_final:
            raise
        status = etree.Element("Status", {"code": error.code} if error.code else {})
        status.text = error.words
        element = etree.Element(tag)
        element.append(status)
        reading.elements[tag] = [element]
        reading.refused.append(Refusal(tag, error.code, error.words))
        return
    _take(root, reading)
    if tag not in reading.elements:
        reading.refused.append(Refusal(tag, "", "no answer"))


def _take(root: etree._Element, reading: Reading) -> None:
    reading.version = {str(name): str(value) for name, value in root.attrib.items()}
    for element in list(answers.entities(root)):
        tag = str(element.tag)
        reading.elements.setdefault(tag, []).append(element)
        reading.refused += [each for each in answers.refusals(element) if each not in reading.refused]
