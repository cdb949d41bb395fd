"""Comparisons as rules write them."""

from __future__ import annotations

from ipaddress import ip_network

from dcops.audit.comparison import Comparison, Together
from dcops.audit.parameters import malformed, names_in
from dcops.audit.pattern import BadPattern, compiled
from dcops.audit.reading.lines import PLACEHOLDER
from dcops.yamlfile.sections import Section

_MOST = 1_000_000


def comparison(section: Section, *, needed: bool = True) -> Comparison:
    """What one value has to be."""
    found = Comparison(
        at_most=_number(section, "<="),
        at_least=_number(section, ">="),
        equals=section.texts("equals"),
        in_=section.texts("in"),
        not_in=section.texts("not_in"),
        matches=_pattern(section, "matches"),
        within=section.texts("within"),
    )
    for network in found.within:
        if not names_in(network) and not _is_network(network):
            section.mistake(section.line_of("within"), f"{network!r} is no address or network")
    for key in ("equals", "in", "not_in", "within"):
        if key in section and not section.texts(key):
            section.mistake(section.line_of(key), f"{key} is empty")
        if any(malformed(text) for text in section.texts(key)):
            section.mistake(section.line_of(key), f"{key} holds braces that name no parameter")
    if needed and not found.asks:
        section.mistake(section.line, "says not what the value has to be: <=, >=, equals, in, not_in, matches, within")
    return found


def together(section: Section) -> Together:
    """What all values together have to be."""
    counted = section.section("count")
    least = most = None
    if counted is not None:
        least = int(counted.number("min", 0, 0, _MOST)) if "min" in counted else None
        most = int(counted.number("max", 0, 0, _MOST)) if "max" in counted else None
        if least is None and most is None:
            counted.mistake(counted.line, "needs min or max")
        counted.finish()
    return Together(
        set_=section.texts("set") if "set" in section else None,
        all_of=section.texts("all_of") if "all_of" in section else None,
        only=section.texts("only") if "only" in section else None,
        sequence=section.texts("sequence") if "sequence" in section else None,
        least=least,
        most=most,
    )


def _number(section: Section, key: str) -> str:
    text = section.text(key, "")
    if text and not names_in(text):
        try:
            float(text)
        except ValueError:
            section.mistake(section.line_of(key), f"{key} must be a number, not {text!r}")
            return ""
    return text


def _pattern(section: Section, key: str) -> str:
    text = section.text(key, "")
    if text:
        try:
            compiled(PLACEHOLDER.pattern(text))
        except BadPattern as error:
            section.mistake(section.line_of(key), f"{key} {text!r} {error}")
            return ""
    return text


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
