# ruff: noqa: E501 it holds lines of pages
"""docs/checks/, a page for every rule and check, made of the rules themselves: `python -m tests.check_pages` writes them."""

import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from dcops.audit.catalog import functions
from dcops.audit.exceptions import Exempt, excused
from dcops.audit.kinds.python import Python
from dcops.audit.library import load
from dcops.audit.packs import CONFIDENCE
from dcops.audit.subject import Subject
from dcops.jobs.compliance.report.groups import parts as lines_of
from dcops.model.finding import Finding, Severity, Status

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/checks"
INDEX = "README.md"
TODAY = date(2026, 1, 15)
LANGUAGES = {"en": "English", "vi": "Tiếng Việt"}
FAMILIES = {
    "ACC": "Accounts against the approved list",
    "ADV": "The advisory file itself",
    "IOS": "Cisco IOS and IOS XE",
    "LNX": "Linux servers",
    "PAN": "Palo Alto PAN-OS",
    "PEP": "Peplink",
    "SFO": "Sophos SFOS",
    "SOF": "Software: weaknesses and support",
    "VSP": "VMware ESXi and vCenter",
    "EXC": "Exceptions themselves",
}
HEAD = """\
# Checks

Every rule that ships with dcops and every finding about exceptions, each on a page of its own: why, what to do, a right and a wrong sample. Made from
`compliance/` by `python -m tests.check_pages`; a test keeps it so. How rules are written: [the rule file](../reference/rules.md). How devices are judged by
them: [compliance](../how-to/compliance.md).

Rules are *mapped to* controls of standards in words of our own; nobody is certified by them. What no rule looks at, and why, stands in
[`compliance/not-checked.yaml`](../../compliance/not-checked.yaml) and in every report.
"""


@cache
def library():
    """Everything that ships."""
    return load(ROOT / "compliance", None, TODAY)


def pages():
    """Every page by its file name."""
    made = {f"{rule.id}.md": rule_page(rule) for rule in library().rules}
    made |= {f"{finding.id}.md": exception_page(finding) for finding in (*about_exceptions(), about_advisories())}
    return {INDEX: index(), **made}


def index():
    """The list of all."""
    rows = defaultdict(list)
    for rule in library().rules:
        controls = ", ".join(ref for ref in rule.refs if ref in library().controls)
        rows[rule.id.partition("-")[0]].append((rule.id, rule.severity.value, rule.title.en, rule.title.vi, controls))
    for one in (*about_exceptions(), about_advisories()):
        rows[one.id.partition("-")[0]].append(
            (one.id, one.severity.value, one.title, one.told["vi"].title, one.reference)
        )
    parts = [HEAD]
    for family in sorted(rows, key=lambda name: (name not in FAMILIES, name)):
        parts.append(
            f"\n## {FAMILIES.get(family, family)}\n\n| check | severity | title | tiêu đề | controls |\n|---|---|---|---|---|\n"
        )
        for id_, severity, title, vietnamese, controls in sorted(rows[family]):
            parts.append(f"| [{id_}]({id_}.md) | {severity} | {cell(title)} | {cell(vietnamese)} | {controls} |\n")
    return "".join(parts)


def rule_page(rule):
    """The page of one rule."""
    parts = [f"# {rule.id}: {rule.title.en}\n\n{rule.title.vi}\n\n", facts(rule)]
    for heading, words, form in (("Why", rule.why, str), ("What to do", rule.fix, steps)):
        parts.append(f"\n## {heading}\n")
        for language, title in LANGUAGES.items():
            parts.append(f"\n### {title}\n\n{form(words.of(language))}\n")
    parts += references(rule)
    parts += python(rule)
    sample = rule.samples[0]
    parts.append(f"\n## Right\n{circumstances(sample, rule)}{shown(sample.passing[0])}")
    parts.append(f"\n## Wrong\n{shown(sample.failing[0])}")
    return "".join(parts)


def facts(rule):
    """What it is about, in a table."""
    kind, name = rule.source
    rows = [
        ("severity", rule.severity.value),
        ("platforms", ", ".join(rule.platforms)),
        ("reads", f"`{kind}/{name}`" if name else f"`{kind}`"),
        ("packs", ", ".join(f"`{name}`" for name in packs_of(rule)) or "none"),
        ("stands in", f"[`compliance/rules/{rule.file.name}`](../../compliance/rules/{rule.file.name})"),
    ]
    if names := sorted(names_of(rule)):
        told = [f"`{name}` ({cell(values()[name])})" if name in values() else f"`{name}`" for name in names]
        rows.insert(3, ("parameters, as they ship", ", ".join(told)))
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)


def packs_of(rule):
    return [pack.name for pack in library().packs.values() if rule.id in {choice.rule for choice in pack.choices}]


def names_of(rule):
    return rule.names.union(*(one.names for one in rule.requirements))


@cache
def values():
    """The parameters that ship, as texts."""
    found = {}
    for layer in library().shipped.layers:
        for name, value in layer.values.items():
            listed = value if isinstance(value, list | tuple) else [value]
            found[name] = ", ".join(str(one) for one in listed)
    return found


def references(rule):
    """Controls with their titles, and numbers of benchmarks."""
    yield "\n## References\n\n"
    for ref in rule.refs:
        control = library().controls.get(ref)
        if control is None:
            yield f"- {ref}\n"
        else:
            sure = CONFIDENCE[control.confidence].en
            standards = ", ".join(control.standards)
            yield f"- **{ref}** {control.title.en} / {control.title.vi} (mapped to {standards}; {sure})\n"


def python(rule):
    """Where a check in Python looks."""
    for requirement in rule.requirements:
        if isinstance(requirement, Python):
            check = functions()[requirement.name]
            module = f"src/{check.function.__module__.replace('.', '/')}.py"
            yield (
                f"\n## In Python\n\n`{check.name}` of [`{module}`](../../{module}): {check.title}. {check.why}".rstrip()
                + "\n"
            )


def circumstances(sample, rule):
    """What has to be known to read a sample."""
    told = [
        f"{name} {value}"
        for name, value in (
            ("platform", sample.platform if len(rule.platforms) > 1 else ""),
            ("version", sample.version),
            ("role", sample.role),
            ("model", sample.model),
            ("level", sample.level),
            ("tags", ", ".join(sample.tags)),
            *((f"`{name}` =", value) for name, value in sample.parameters.items()),
        )
        if value not in ("", None, ())
    ]
    if sample.weak:
        told.append(f"well-known words behind {', '.join(f'`{mark}`' for mark in sample.weak)}")
    text = f"\n{'; '.join(told)[:1].upper()}{'; '.join(told)[1:]}.\n" if told else ""
    for (kind, name), content in sample.besides.items():
        text += f"\nBesides, `{kind}/{name}`:\n{shown(content)}" if name else f"\nBesides, `{kind}`:\n{shown(content)}"
    return text


def shown(content):
    """A sample as people read it."""
    if not isinstance(content, str):
        plain = yaml.safe_dump(_plain(content), allow_unicode=True, sort_keys=False, width=120)
        return f"\n```yaml\n{plain.rstrip()}\n```\n"
    if content.lstrip().startswith("<"):
        try:
            tree = ET.fromstring(content)  # noqa: S314  our own samples
        except ET.ParseError:
            return f"\n```text\n{content.rstrip()}\n```\n"
        ET.indent(tree)
        return f"\n```xml\n{ET.tostring(tree, encoding='unicode')}\n```\n"
    return f"\n```text\n{content.rstrip()}\n```\n"


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def steps(text):
    """What is to be done: words, and lines to be typed."""
    return "\n\n".join(f"```text\n{one.text.rstrip()}\n```" if one.typed else one.text for one in lines_of(text))


def cell(text):
    """A text in a table of Markdown."""
    return text.replace("|", "\\|")


@cache
def about_exceptions():
    """The findings that exceptions themselves give: ended, ending, covering nothing."""
    subject = Subject("rtr-lan-1", "ios")
    fault = Finding("IOS-021", Status.FAIL, Severity.HIGH, "rtr-lan-1", "", "", "")
    found = {}
    for days, seen in ((-1, [fault]), (10, [fault]), (100, [Finding("IOS-021", Status.PASS, *_REST)])):
        one = Exempt("IOS-021", "network-team", "r", "CHG-104", TODAY + timedelta(days=days), "rtr-lan-1", line=1)
        for finding in excused(seen, [one], [subject], TODAY)[len(seen) :]:
            found[finding.id] = finding
    return tuple(found[id_] for id_ in sorted(found))


_REST = (Severity.HIGH, "rtr-lan-1", "", "", "")
_WHY = {
    "EXC-001": "What was allowed for a time is not allowed any more, and fails again. Somebody has to decide anew.",
    "EXC-002": "Thirty days are left to mend what it allows, or to ask for more time.",
    "ADV-001": "From an old list, or from the example that ships, it does not follow that a device is well.",
    "EXC-003": "An exception that nobody needs would hide the fault when it comes back.",
}


READS = {"EXC": "exceptions.yaml", "ADV": "advisories.yaml"}


def about_advisories():
    """The finding that the file of published weaknesses gives."""
    aged = library().advisories.aged(TODAY, 30)
    assert aged is not None
    return aged


def exception_page(finding):
    """The page of a finding about a file of the site."""
    vietnamese, control = finding.told["vi"], library().controls[finding.reference]
    return (
        f"# {finding.id}: {finding.title}\n\n{vietnamese.title}\n\n"
        f"| | |\n|---|---|\n| severity | {finding.severity.value} |\n| reads | `compliance/{READS[finding.id[:3]]}` of the site |\n"
        f"\n## Why\n\n{_WHY[finding.id]}\n"
        f"\n## What to do\n\n### English\n\n{finding.fix}\n\n### Tiếng Việt\n\n{vietnamese.fix}\n"
        f"\n## References\n\n- **{control.id}** {control.title.en} / {control.title.vi}\n"
    )


def write():
    """Write every page, and remove those of rules that are no more."""
    made = pages()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for file in FOLDER.glob("*.md"):
        if file.name not in made:
            file.unlink()
    return len(made)


if __name__ == "__main__":
    sys.stdout.write(f"written: {write()} pages in docs/checks\n")
