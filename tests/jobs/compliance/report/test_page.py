"""The page of an audit: worst first, what nobody knows in plain sight, and nothing from outside."""

import re
from dataclasses import replace

import pytest

from dcops.audit.limits import Limit, Limits
from dcops.audit.words import Words
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.compliance.report import page, wording
from dcops.jobs.compliance.report.content import Mood
from tests.jobs.compliance.audits import GOOD, NO_AAA, TELNET, device
from tests.jobs.compliance.report.reading import Page, html, report_of, texts

HOSTILE = TELNET.replace("line vty 0 4", "line vty 0 4\n description <script>alert(1)</script>\x1b[31m")


def audit(site, **found):
    site.texts = {name.replace("_", "-"): text.format(name=name) for name, text in found.items()}
    return site.audit()


def order(text, *words):
    places = [text.index(word) for word in words]
    return places == sorted(places)


def test_what_fails_comes_worst_first_with_why_evidence_and_what_to_do(site):
    text = html(audit(site, rtr_1=NO_AAA, rtr_2=TELNET))

    assert order(text, 'data-check="T-002"', 'data-check="T-001"')
    article = text[text.index('data-check="T-002"') : text.index("</article>")]
    for said in ("Critical", "No telnet", "because", "rtr-2", "transport input telnet ssh", "mend it", "N-MGT-1 Safe"):
        assert said in article
    assert "rtr-1" not in article


def test_vietnamese_says_it_in_vietnamese(site):
    text = html(audit(site, rtr_2=TELNET), "vi")

    assert '<html lang="vi">' in text
    for said in ("Báo cáo tuân thủ", "Nghiêm trọng", "No telnet (vi)", "bởi vì", "sửa", "An toàn", "Ánh xạ theo"):
        assert said in text
    assert "Could not check" not in text


def test_it_needs_nothing_from_outside_and_runs_nothing(site):
    text = html(audit(site, rtr_2=HOSTILE))
    seen = Page(text)

    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(seen.tags)
    assert [value for name, value in seen.attributes if name in ("src", "href") and not value.startswith("#")] == []
    assert [name for name, _ in seen.attributes if name.startswith("on")] == []
    assert not re.search(r"@import|url\((?!#)", text)
    assert "default-src 'none'" in text


def test_what_a_device_wrote_is_shown_and_not_obeyed(site):
    site.texts = {"rtr-2": TELNET.replace("transport input telnet ssh", "transport input telnet <b>\x1b[31m")}

    text = html(site.audit())

    assert "telnet &lt;b&gt;" in text
    assert "\x1b" not in text


def test_a_silent_device_is_in_plain_sight_and_never_well(site):
    site.texts = {"rtr-1": GOOD.format(name="rtr-1"), "rtr-2": DeviceError(ErrorKind.TIMEOUT, "no answer in 60 s")}
    done = site.audit()
    report, text = report_of(done), html(done)

    assert report.mood is Mood.LOOK
    assert 'class="verdict look"' in text
    unknown = text[text.index('id="unknown"') : text.index('id="findings"')]
    assert "no answer in 60 s" in unknown
    assert "rtr-2" in unknown
    assert "None of this counts as passed." in unknown
    assert "Nothing fails." not in text
    assert "Nothing is known to fail." in text


def test_an_audit_of_nobody_is_not_well(site):
    site.texts = {}
    report = report_of(site.audit(device("ups-1", None)))

    assert report.mood is Mood.LOOK
    assert wording.headline(report, texts()) == "No device was judged"
    assert "its platform is not known" in page.html(report, texts())


def test_when_all_is_well_it_says_so(site):
    done = audit(site, rtr_1=GOOD)

    assert report_of(done).mood is Mood.WELL
    assert "Nothing fails." in html(done)


def test_before_service_it_is_titled_so_and_can_be_signed(site):
    site.texts = {"rtr-1": GOOD.format(name="rtr-1")}
    one = replace(device("rtr-1"), in_service_from=site.now.date().replace(year=2027))

    for language, title, ready in (
        ("en", "Pre-service report", "nothing speaks against going into service"),
        ("vi", "Báo cáo trước khi đưa vào vận hành", "không có gì cản trở việc đưa vào vận hành"),
    ):
        text = html(site.audit(one), language)
        assert f"<h1>{title}</h1>" in text
        assert ready in text
        assert 'class="sign"' in text
    site.texts = {"rtr-1": TELNET.format(name="rtr-1")}
    assert "Not ready for service." in html(site.audit(one))


@pytest.mark.parametrize(
    ("until", "said"),
    [("2026-01-15", "ends today"), ("2026-02-10", "ends in 26 days"), ("2026-01-10", "ended 5 days ago")],
)
def test_exceptions_stand_in_it_with_owner_and_end(site, until, said):
    site.allow(f"- {{rule: T-002, device: rtr-2, owner: network-team, reason: old, ticket: C-104, until: {until}}}\n")
    text = html(audit(site, rtr_2=TELNET))

    part = text[text.index('<section id="exceptions">') : text.index('<section id="trend">')]
    assert "network-team" in part
    assert "C-104" in part
    assert said in part


def test_what_no_rule_looks_at_is_said_with_its_reason(site):
    done = audit(site, rtr_1=GOOD)
    limits = Limits(
        {"N-MGT-1": Limit("N-MGT-1", whole=False, reason=Words("Only a part is seen.", "Chỉ thấy một phần."))},
        {"ios": Words("It shows only `half`.", "Chỉ cho thấy một nửa."), "peplink": Words("Not here.", "Không có.")},
    )
    text = html(replace(done, result=replace(done.result, limits=limits)))

    part = text[text.index('id="not-covered"') : text.index('id="by-rule"')]
    assert "Only a part is seen." in part
    assert "It shows only <code>half</code>." in part
    assert "Not here." not in part
    assert 'data-control="N-MGT-1" data-standing="in part"' in text


def test_it_says_mapped_to_and_that_it_certifies_nothing(site):
    text = html(audit(site, rtr_1=GOOD))

    assert "Mapped to TCVN 1:2026, level 3" in text
    assert "This page certifies nothing" in text
    assert not re.search(r"\bcertified\b|\bcompliant\b", text)


def test_many_places_are_cut_short_and_the_rest_is_counted(site, monkeypatch):
    monkeypatch.setattr(page, "PLACES", 3)
    found = {f"rtr_{number}": TELNET for number in range(1, 6)}

    text = html(audit(site, **found))

    assert "and 2 more findings on 2 devices" in text
    assert 'data-findings="5"' in text


def test_what_is_new_is_marked_and_only_that_is_told_when_asked(site):
    audit(site, rtr_1=GOOD, rtr_2=TELNET)
    site.texts["rtr-1"] = NO_AAA.format(name="rtr-1")

    told = html(site.audit())
    text = html(site.audit(baseline=site.ledger.audits("compliance", limit=2)[1].run))

    assert re.search(r"aaa new-model.*class=\"chip new\"", told)
    assert "1 new finding<" in text
    assert 'data-check="T-001"' in text
    assert 'data-check="T-002"' not in text


def test_paper_repeats_headings_and_numbers_pages(site):
    text = html(audit(site, rtr_1=GOOD))

    assert "counter(page)" in text
    assert text.count("<table") == text.count("<thead>") + text.count('<table class="small"><tbody>')


def test_a_status_is_a_word_and_a_sign_and_never_a_colour_alone(site):
    text = html(audit(site, rtr_2=TELNET))

    for chip in re.findall(r'<span class="chip [^"]*">([^<]*)</span>', text):
        assert re.search(r"[^\W\d_]{2}", chip), chip
