"""What could happen to a configuration, made of the samples of a rule.

Harm is done to a passing sample, and the rule must notice: a line is dropped, negated, widened, moved to another
block, put into a banner, a macro or a comment; lines change places; a value leaves its bounds; an element goes away.
Disguise is put around any sample and changes nothing: the text of a banner, a macro or a comment speaks of the rule.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from dcops.audit import samples
from dcops.audit.kinds.count import BoundCount
from dcops.audit.kinds.must import BoundMust
from dcops.audit.kinds.must_in_order import BoundMustInOrder
from dcops.audit.kinds.must_not import BoundMustNot
from dcops.audit.kinds.must_one_of import BoundMustOneOf
from dcops.audit.kinds.property import BoundProperty
from dcops.audit.kinds.value import BoundValue
from dcops.audit.kinds.xpath_none import BoundXPathNone
from dcops.audit.kinds.xpath_one import BoundXPathOne
from dcops.audit.kinds.xpath_value import BoundXPathValue
from dcops.audit.look import Look
from dcops.audit.parameters import Layer, Parameters
from dcops.audit.pattern import Book, compiled
from dcops.audit.reading.missing import Meaning
from dcops.audit.requirement import Binding
from dcops.audit.subject import Subject
from dcops.audit.tree import Shape, properties, query, xml
from dcops.model.source import Source

OTHER_BLOCK = "interface Mutant0/99"


@dataclass(frozen=True)
class Mutant:
    """A sample to which something was done."""

    rule: object
    sample: object
    content: object
    done: str
    wanted: str
    """`noticed`, or the status that the sample had."""

    def __str__(self):
        return f"{self.rule.id} {self.done}"


class Lab:
    """A sample, parsed as the judge would, and the requirements that found their lines in it."""

    def __init__(self, rule, sample, content, parameters):
        values = Parameters((Layer(sample.parameters),)).over(parameters).of(_subject(sample))
        binding = Binding(values, Book())
        self.requirements = [each.bound(binding) for each in rule.requirements]
        scope = rule.scope.bound(binding)
        kind, name = rule.source
        source = Source(samples.DEVICE, kind, name, samples.NOW, "sample", content)
        self.look = Look(_subject(sample), [source], samples.NOW, book=binding.book, values=values, whole=False)
        self.tree = self.look.opened(kind, name, rule.shape)
        self.places = scope.places(self.look, self.tree)
        self.book = binding.book


def _subject(sample):
    return Subject(samples.DEVICE, sample.platform, role=sample.role, site=sample.site, tags=sample.tags,
                   model=sample.model, version=sample.version, level=sample.level)  # fmt: skip


def of(rule, parameters):
    """Every mutant of a rule."""
    for sample in rule.samples:
        for content in sample.passing:
            for done, mutated in _harmed(rule, sample, content, parameters):
                yield Mutant(rule, sample, mutated, done, "noticed")
        for wanted, contents in (("pass", sample.passing), ("fail", sample.failing)):
            for content in contents:
                for done, mutated in _disguised(rule, sample, content):
                    yield Mutant(rule, sample, mutated, done, wanted)


def _harmed(rule, sample, content, parameters):
    if rule.shape is None:
        return
    lab = Lab(rule, sample, content, parameters)
    harm = {Shape.LINES: _harmed_lines, Shape.XML: _harmed_xml, Shape.PROPERTIES: _harmed_properties}[rule.shape]
    yield from harm(rule, sample, content, lab)


# ---- lines -----------------------------------------------------------------------------------------------


def _harmed_lines(rule, sample, content, lab):
    rows = content.split("\n")
    anywhere = getattr(rule.scope, "deep", False) and not rule.scope.levels
    for place in lab.places:
        for requirement in lab.requirements:
            match requirement:
                case BoundMust():
                    for wanted in requirement.lines:
                        yield from _without(rows, place, wanted, sample.platform, anywhere)
                case BoundMustNot():
                    yield from _with_forbidden(rule, sample, rows, place, requirement, lab)
                case BoundMustOneOf():
                    found = [line for wanted in requirement.lines for line in wanted.among(place)]
                    yield "all of several dropped", _dropped(rows, found)
                case BoundMustInOrder():
                    found = [wanted.first(place) for wanted in requirement.lines]
                    for line in found:
                        yield "one of an order dropped", _dropped(rows, [line])
                    if len(found) > 1 and len({line.text for line in found}) == len(found):
                        yield "an order reversed", _reversed(rows, found)
                case BoundCount():
                    yield from _miscounted(rows, place, requirement)
                case BoundValue():
                    yield from _widened(rows, place, requirement)


def _without(rows, place, wanted, platform, anywhere):
    found = [*wanted.among(place)]
    if not found:
        return
    text = found[0].text
    opposite = text.removeprefix("no ") if text.startswith("no ") else f"no {text}"
    yield f"`{text}` negated", _replaced(rows, found, opposite)
    if wanted.absent is not None:
        return  # what it means that nothing is there hangs on the version
    dropped = _dropped(rows, found)
    yield f"`{text}` dropped", dropped
    if wanted.text:
        yield f"`{text}` widened", _replaced(rows, found, f"{text} mutant")
    if not anywhere:
        yield f"`{text}` in another block", f"{dropped}\n{OTHER_BLOCK}\n {text}\n"
    for done, hidden in _hidden(text, platform):
        yield f"`{text}` only in {done}", f"{dropped}\n{hidden}"


def _with_forbidden(rule, sample, rows, place, requirement, lab):
    """The lines that make failing samples fail, put into a passing one."""
    for unwanted in requirement.lines:
        texts = {unwanted.text} if unwanted.text else set()
        for content in sample.failing if not unwanted.text else ():
            lines = [line.strip() for line in content.split("\n")]
            texts |= {line for line in lines if line and _is(unwanted, " ".join(line.split()), lab.book)}
        for text in sorted(texts)[:3]:
            if not place.label:
                yield f"`{text}` added", "\n".join([text, *rows])
            elif place.lines:
                at = place.lines[-1].number
                yield f"`{text}` added", "\n".join([*rows[:at], _indent(rows[at - 1]) + text, *rows[at:]])


def _is(wanted, text, book):
    hits = book.of(text)
    return wanted.number in hits and wanted.unless not in hits


def _miscounted(rows, place, requirement):
    found = [line for matcher in requirement.lines for line in matcher.among(place)]
    if requirement.least:
        yield "too few", _dropped(rows, found[requirement.least - 1 :])
    if requirement.most is not None and found and not requirement.distinct:
        extra = requirement.most - len(found) + 1
        row = rows[found[-1].number - 1]
        yield "too many", "\n".join([*rows[: found[-1].number], *[row] * extra, *rows[found[-1].number :]])


def _widened(rows, place, requirement):
    compared = requirement.comparison
    beyond = [str(int(bound) + step) for bound, step in ((compared.at_most, 1), (compared.at_least, -1))
              if bound is not None and bound + step >= 0]  # fmt: skip
    if compared.within:
        beyond.append("192.88.99.99")
    for matcher in requirement.lines:
        for line in matcher.among(place):
            match = compiled(matcher.shown).fullmatch(line.text)
            group = match.re.groupindex.get("value", 1)
            start, stop = match.span(group)
            for value in beyond:
                mutated = line.text[:start] + value + line.text[stop:]
                if compiled(matcher.shown).fullmatch(mutated):
                    yield f"`{line.text}` with {value}", _replaced(rows, [line], mutated)
    if requirement.missing.meaning is Meaning.FAIL:
        found = [line for matcher in requirement.lines for line in matcher.among(place)]
        yield "a value dropped", _dropped(rows, found)


def _indent(row):
    return row[: len(row) - len(row.lstrip())]


def _dropped(rows, lines):
    numbers = {line.number for line in lines}
    return "\n".join(row for number, row in enumerate(rows, start=1) if number not in numbers)


def _replaced(rows, lines, text):
    numbers = {line.number for line in lines}
    return "\n".join(_indent(row) + text if n in numbers else row for n, row in enumerate(rows, start=1))


def _reversed(rows, lines):
    changed = [*rows]
    for line, other in zip(lines, reversed(lines), strict=True):
        changed[line.number - 1] = rows[other.number - 1]
    return "\n".join(changed)


def _hidden(text, platform):
    """The text where it is nobody's command."""
    yield "a comment", f"! {text}\n"
    if platform == "ios":
        yield "a banner", f"banner exec ^C\n{text}\n^C\n"
        yield "a macro", f"macro name MUTANT\n{text}\n@\n"
        yield "a description", f"{OTHER_BLOCK}\n description {text}\n shutdown\n"


# ---- XML -------------------------------------------------------------------------------------------------


def _harmed_xml(rule, sample, content, lab):
    for requirement in lab.requirements:
        for number, place in enumerate(lab.places):
            match requirement:
                case BoundXPathOne():
                    for path in requirement.paths:
                        found = xml.found(path, place, requirement.variables)
                        yield f"{path} gone from {number}", _pruned(lab, found, comment=False)
                        yield f"{path} a comment in {number}", _pruned(lab, found, comment=True)
                case BoundXPathValue():
                    yield from _rewritten(lab, requirement, place, number)
                case BoundXPathNone() if not place.label and not any(map(query.candidates, requirement.paths)):
                    for other in sample.failing:
                        yield "what fails beside what passes", _beside(content, other)


def _pruned(lab, found, *, comment):
    for item in found:
        element = item if xml.is_element(item) else item.getparent()
        element.set("mutant", "x")
    root = copy.deepcopy(lab.tree.root)
    for element in [*lab.tree.root.iter()]:
        element.attrib.pop("mutant", None)
    for element in root.xpath("//*[@mutant]"):
        parent = element.getparent()
        if parent is not None:
            if comment:
                del element.attrib["mutant"]
                inner = etree.tostring(element, encoding="unicode", with_tail=False)
                parent.insert(parent.index(element), etree.Comment(inner.replace("--", "- -")))
            parent.remove(element)
    return etree.tostring(root, encoding="unicode")


def _rewritten(lab, requirement, place, number):
    items = xml.found(requirement.path, place, requirement.variables)
    found = [item for item in items if xml.is_element(item) and not len(item)]
    together = requirement.together
    if found and (together.set_ is not None or together.all_of or together.sequence is not None):
        yield f"a member gone from {number}", _pruned(lab, found[:1], comment=False)
    compared = requirement.comparison
    for item in found:
        seen = xml.text_of(item)
        texts = ["mutant"] if compared.equals or compared.in_ else [*compared.not_in]
        texts += [""] if compared.matches else []
        texts += [str(int(compared.at_most) + 1)] if compared.at_most is not None else []
        texts += ["192.88.99.99"] if compared.within else []
        if together.only is not None or together.set_ is not None:
            texts.append("mutant")
        for text in texts:
            if text != seen:
                old, item.text = item.text, text
                yield f"{requirement.path} is {text} in {number}", etree.tostring(lab.tree.root, encoding="unicode")
                item.text = old


def _beside(content, other):
    root = xml.read(content, "panos", whole=False).root
    for child in xml.read(other, "panos", whole=False).root:
        root.append(child)
    return etree.tostring(root, encoding="unicode")


# ---- properties ------------------------------------------------------------------------------------------


def _harmed_properties(rule, sample, content, lab):
    for requirement in lab.requirements:
        if isinstance(requirement, BoundProperty):
            for number, place in enumerate(lab.places):
                yield from _harmed_property(content, requirement, place, number)


def _harmed_property(content, requirement, place, number):
    compared = requirement.comparison
    for spot in properties.found(place.value, requirement.parts):
        old = json.dumps(spot.value)
        values = [None]
        if compared.equals or compared.in_:
            values.append(not spot.value if isinstance(spot.value, bool) else "mutant")
        if compared.matches:
            values.append("")
        if compared.at_most is not None:
            values.append(compared.at_most + 1)
        for value in values:
            if json.dumps(value) != old:
                yield f"{spot.label} of {number} is {value}", _assigned(content, place, spot.label, value)
        if (
            requirement.missing.meaning is Meaning.FAIL
            and not requirement.together.asks
            and "*" not in requirement.parts
        ):
            yield f"{spot.label} of {number} gone", _assigned(content, place, spot.label, ...)


def _assigned(content, place, label, value):
    """A copy of the facts with one value changed; `...` takes it away."""
    changed = copy.deepcopy(content) if isinstance(content, Mapping) else json.loads(content)
    holder = _same_place(changed, content, place.value)
    *way, last = properties.split(label)
    for name in way:
        holder = holder[int(name)] if isinstance(holder, list) else holder[name]
    key = int(last) if isinstance(holder, list) else last
    if value is ...:
        del holder[key]
    else:
        holder[key] = value
    return changed


def _same_place(changed, original, wanted):
    """What stands in the copy where the wanted value stands in the original."""
    if original is wanted:
        return changed
    pairs = (
        original.items() if isinstance(original, Mapping) else enumerate(original) if isinstance(original, list) else ()
    )
    for key, value in pairs:
        found = _same_place(changed[key], value, wanted)
        if found is not None:
            return found
    return None


# ---- disguise --------------------------------------------------------------------------------------------


def _disguised(rule, sample, content):
    """What is nobody's command says the opposite, and nothing changes."""
    if not isinstance(content, str) or not content.strip():
        return
    if content.lstrip().startswith("<"):
        other = (sample.failing if content in sample.passing else sample.passing)[0]
        root = etree.fromstring(content.encode())
        inner = etree.tostring(etree.fromstring(other.encode()), encoding="unicode").replace("--", "- -")
        root.insert(0, etree.Comment(inner))
        yield "a comment that says the opposite", etree.tostring(root, encoding="unicode")
    elif sample.platform == "ios":
        others = sample.failing if content in sample.passing else sample.passing
        for other in others:
            if "^C" in other or "@" in other or "banner" in other or "macro" in other:
                continue
            yield "a macro that says the opposite", f"macro name MUTANT\n{other}\n@\n{content}"
            commented = "".join(f"! {row}\n!{row}\n" for row in other.split("\n"))
            yield "comments that say the opposite", commented + content
            if "banner" not in rule.id.lower() and not _about_banners(rule):
                yield "a banner that says the opposite", f"banner exec ^C\n{other}\n^C\n{content}"
        yield "blanks at the ends", "".join(f"{row}  \n" for row in content.split("\n"))
        yield "blank lines and marks", "\n!\n\n" + content.replace("\n", "\n!\n") + "\n!\n"


def _about_banners(rule):
    return any("banner" in text for sample in rule.samples for text in (*sample.passing, *sample.failing)
               if isinstance(text, str)) and "banner" in rule.title.en.lower() + rule.why.en.lower()  # fmt: skip
