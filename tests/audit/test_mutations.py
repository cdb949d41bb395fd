"""Whatever is done to a passing sample, its rule notices; whatever is put around any sample, its rule does not mind."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from dcops.audit import samples
from dcops.audit.reading.rules import load
from dcops.model.finding import Status
from tests.audit import mutations
from tests.audit.shipped import library
from tests.soak import sample

DRAWN = 600


@cache
def everything():
    parameters = library().parameters()
    rules = (*library().rules, *load([Path(__file__).with_name("every_kind.yaml")]))
    return [mutant for rule in rules for mutant in mutations.of(rule, parameters)]


def wrongly_judged(mutants):
    found = []
    for mutant in mutants:
        findings = samples.judged(mutant.rule, mutant.sample, mutant.content, library().parameters())
        statuses = {finding.status for finding in findings}
        if mutant.wanted == "noticed":
            well = bool(statuses & {Status.FAIL, Status.COULD_NOT_CHECK})
        elif mutant.wanted == "pass":
            well = statuses == {Status.PASS}
        else:
            well = Status.FAIL in statuses
        if not well:
            found.append(f"{mutant}: {mutant.wanted}, but {sorted(statuses)} of {mutant.content!r}")
    return found


def test_every_kind_of_harm_is_among_them():
    done = Counter(mutant.wanted for mutant in everything())
    words = " ".join(mutant.done for mutant in everything())

    assert done["noticed"] > 500
    assert done["pass"] > 200
    assert done["fail"] > 200
    for word in ("dropped", "negated", "widened", "another block", "banner", "macro", "comment", "reversed", "added",
                 "too few", "gone from"):  # fmt: skip
        assert word in words


def test_a_drawn_sample_is_judged_as_it_must_be():
    assert wrongly_judged(sample(everything(), DRAWN)) == []


@pytest.mark.soak
def test_all_are_judged_as_they_must_be():
    assert wrongly_judged(everything()) == []
