"""Rules from a few lines of YAML, and devices to hold them against."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent, indent

from dcops.audit.judge import Judge
from dcops.audit.parameters import Layer, Parameters
from dcops.audit.reading.rules import rules_of
from dcops.audit.subject import Subject
from dcops.model.source import Source, SourceKind
from dcops.yamlfile.sections import Mistakes

NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
HEAD = """\
rules:
  - id: TST-001
    title: {en: It is so, vi: Đúng như vậy}
    severity: high
    platforms: [PLATFORM]
    why: {en: Because., vi: Vì vậy.}
    fix: {en: "{{ block }} mend it", vi: "{{ block }} sửa"}
"""
SAMPLES = {
    "panos": 'samples: {pass: "<config/>", fail: "<config/>"}',
    "sfos": 'samples: {pass: "<Configuration/>", fail: "<Configuration/>"}',
    "ios": 'samples: {pass: "x", fail: "y"}',
    "nxos": 'samples: {pass: "x", fail: "y"}',
    "esxi": "samples: {pass: {a: 1}, fail: {a: 2}}",
    "linux": "samples: {pass: {a: 1}, fail: {a: 2}}",
}


def text_of(asked, platform="ios", samples=None):
    """The file with one rule that asks for this."""
    body = indent(dedent(asked).strip() + "\n" + (SAMPLES[platform] if samples is None else samples) + "\n", "    ")
    return HEAD.replace("PLATFORM", platform) + body


def read(text, folder):
    """The rules of a text, and the mistakes in it without the name of the file."""
    file = Path(folder) / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    mistakes = Mistakes(file)
    rules = rules_of(file, mistakes)
    return rules, [mistake.removeprefix(f"{file}:") for mistake in mistakes.found]


class Book:
    """Makes rules and judges with them."""

    def __init__(self, folder):
        self.folder = folder

    def rule(self, asked, platform="ios"):
        rules, mistakes = read(text_of(asked, platform), self.folder)
        assert mistakes == []
        return rules[0]

    def mistakes(self, asked, platform="ios", samples=None):
        return read(text_of(asked, platform, samples), self.folder)[1]

    def findings(self, asked, content, platform="ios", *, parameters=(), weak=frozenset(), name="", **subject):
        rule = self.rule(asked, platform)
        kind, wanted = rule.source
        source = Source("dev-1", kind, name or wanted, NOW, "read now", content, weak=weak)
        judging = Judge([rule], Parameters((Layer(dict(parameters)),)), whole=False)
        return judging.judge(Subject("dev-1", platform, **subject), [source], NOW)

    def status(self, asked, content, platform="ios", **given):
        """The statuses, each once, in the order of the findings."""
        found = self.findings(asked, content, platform, **given)
        return " and ".join(dict.fromkeys(finding.status.value for finding in found))

    def said(self, asked, content, platform="ios", **given):
        return [finding.evidence for finding in self.findings(asked, content, platform, **given)]


def config(content, device="dev-1", *, taken=NOW, problem="", name="running"):
    """A captured configuration."""
    return Source(device, SourceKind.CONFIG, name, taken, "read now", content, problem)
