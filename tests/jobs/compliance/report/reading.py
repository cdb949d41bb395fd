"""What a report says, read back from its forms as a person or a machine would read it."""

import csv
import io
import re
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from dcops.jobs.compliance.report import content, page, sheet
from dcops.templates.find import data_folder
from dcops.templates.render import Texts

COUNTS = ("fail", "could not check", "exception", "pass", "not applicable")
ENGLISH = {"Fail": "fail", "Could not check": "could not check", "Exception": "exception", "Pass": "pass"}
ENGLISH["Not applicable"] = "not applicable"


def texts(language="en"):
    return Texts([data_folder("templates")], language=language, zone=ZoneInfo("Asia/Ho_Chi_Minh"))


def report_of(done, **words):
    return content.report_of(done, **{"site": "Site A", "lab": False, "made": done.result.finished, **words})


def html(done, language="en"):
    return page.html(report_of(done), texts(language))


def rows(done, language="en"):
    return list(csv.DictReader(io.StringIO(sheet.csv_text(report_of(done), texts(language)))))


def counts_of_row(row):
    """The five numbers of a row of the CSV."""
    return {status: int(row[status.replace(" ", "_")]) for status in COUNTS}


class Page(HTMLParser):
    """Numbers of a page, by the part that they stand in."""

    def __init__(self, text):
        super().__init__()
        self.counts = {}
        self.tiles = {}
        self.severities = {}
        self.attributes = []
        self.tags = []
        self._row = self._tile = self._severity = None
        self._cells = []
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append(tag)
        self.attributes += attrs
        for kind in ("pack", "device", "control", "rule", "run"):
            if f"data-{kind}" in known:
                self._row, self._cells = (kind, known[f"data-{kind}"]), []
        self._tile = known.get("data-status", self._tile)
        self._severity = known.get("data-severity", self._severity)
        if tag in ("td", "dd", "b"):
            self._text = ""

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        number = re.sub(r"[.,]", "", self._text.strip())
        if tag == "td" and self._row:
            self._cells.append(number)
        elif tag == "tr" and self._row:
            self.counts[self._row] = dict(zip(COUNTS, map(int, self._cells[-5:]), strict=True))
            self._row = None
        elif tag == "dd" and self._tile:
            self.tiles[self._tile] = int(number)
            self._tile = None
        elif tag == "b" and self._severity:
            self.severities[self._severity] = int(number)
            self._severity = None
