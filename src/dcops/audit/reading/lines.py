"""Lines as rules write them: a text, or a mapping with a regular expression."""

from __future__ import annotations

from dcops.audit.line import Absent, LineSpec
from dcops.audit.parameters import Values, malformed
from dcops.audit.pattern import BadPattern, checked, compiled
from dcops.audit.version import parsed
from dcops.yamlfile.sections import Section


class _Placeholder(Values):
    """Any parameter at all, when only the form of an expression counts."""

    def each(self, name: str) -> tuple[str, ...]:  # noqa: ARG002
        return ("x",)


PLACEHOLDER = _Placeholder()


def line_specs(section: Section, key: str) -> tuple[LineSpec, ...]:
    """A list of lines; one alone may stand without the list."""
    found = []
    for entry in section.entries(key):
        if isinstance(entry, Section):
            spec = line_spec(entry, finish=True)
        else:
            spec = exact(section, entry.start_mark.line + 1, entry.value)
        if spec is not None:
            found.append(spec)
    if not found:
        section.mistake(section.line_of(key), f"{key} names no line")
    return tuple(found)


def line_spec(section: Section, *, finish: bool = False) -> LineSpec | None:
    """A mapping with `line` or `regex`."""
    found = None
    if "line" in section and "regex" in section:
        section.mistake(section.line_of("regex"), "has line and regex: one of them is meant")
    elif "line" in section:
        found = exact(section, section.line_of("line"), section.text("line"))
        if found is not None:
            found = LineSpec(found.text, negated=pattern(section, "negated"), absent=_absent(section))
    else:
        found = pattern_spec(section)
    if finish:
        section.finish()
    return found


def pattern_spec(section: Section) -> LineSpec | None:
    """A mapping with `regex`."""
    regex = pattern(section, "regex", needed=True)
    found = LineSpec(
        "", regex, pattern(section, "unless"), pattern(section, "negated"), _absent(section, regex=bool(regex))
    )
    return found if regex else None


def exact(section: Section, line: int, text: str) -> LineSpec | None:
    """A line that has to be just so."""
    if not text.strip():
        section.mistake(line, "an empty line matches nothing")
        return None
    if "\n" in text.strip():
        section.mistake(line, "a line has no line end in it: write a list")
        return None
    if malformed(text):
        section.mistake(line, f"{text!r} holds braces that name no parameter")
        return None
    return LineSpec(" ".join(text.split()))


def pattern(section: Section, key: str, *, needed: bool = False) -> str:
    """A regular expression; empty when it is not there or wrong."""
    text = section.text(key, None if needed else "")
    return checked_pattern(section, section.line_of(key), key, text)


def checked_pattern(section: Section, line: int, key: str, text: str) -> str:
    """The same text if it is a regular expression of RE2 that does not match every line, or nothing."""
    if not text:
        return ""
    if malformed(text):
        section.mistake(line, f"{key} {text!r} holds braces that name no parameter")
        return ""
    try:
        checked(PLACEHOLDER.pattern(text))
    except BadPattern as error:
        section.mistake(line, f"{key} {text!r} {error}")
        return ""
    return text


def needs_group(section: Section, spec: LineSpec) -> bool:
    """Whether the expression has a group, which it must."""
    if compiled(PLACEHOLDER.pattern(spec.regex)).groups:
        return True
    section.mistake(section.line_of("regex"), f"regex {spec.regex!r} has no group (…) that says what is compared")
    return False


def _absent(section: Section, *, regex: bool = False) -> Absent | None:
    for entry in section.entries("absent"):
        if regex and "negated" not in section:
            section.mistake(section.line_of("absent"), "a regex with absent needs negated: what says the opposite")
        if isinstance(entry, Section):
            text = entry.text("safe")
            entry.finish()
            try:
                return Absent(False, parsed(text)) if text else None
            except ValueError as error:
                entry.mistake(entry.line_of("safe"), str(error))
                return None
        return Absent(section.choice("absent", ("safe", "unsafe"), "unsafe") == "safe")
    return None
