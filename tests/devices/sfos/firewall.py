"""A Sophos firewall of a few lines: it answers what a test gives it, tag by tag."""

from xml.sax.saxutils import escape

from lxml import etree

from dcops.devices.https import Reply

OK = "<Login><status>Authentication Successful</status></Login>"


def response(inside, login=OK, version="1905.1"):
    start = f'<?xml version="1.0" encoding="UTF-8"?><Response APIVersion="{version}" IPS_CAT_VER="1">'
    return f"{start}{login}{inside}</Response>"


def status(code, words="why"):
    return f'<Status code="{code}">{escape(words)}</Status>'


class FakePoster:
    """Stands where `FormPoster` stands. An entity that a test does not name has no records."""

    def __init__(self, entities=(), whole=None, spoiled_by=()):
        self.entities = dict(entities)
        self.whole = whole
        self.spoiled_by = set(spoiled_by)
        """Tags that make the firewall refuse the whole request."""
        self.requests = []
        self.closed = False

    def post(self, path, fields, secrets=()):
        request = etree.fromstring(fields["reqxml"])
        self.requests.append((path, fields["reqxml"]))
        asked = [element.tag for element in request.find("Get")]
        if self.whole is not None:
            return Reply(200, "application/xml", self.whole.encode())
        if self.spoiled_by & set(asked):
            body = response(status("529", "Input request module is Invalid"), login="")
        else:
            empty = "<{0}><Status>No. of records Zero.</Status></{0}>"
            body = response("".join(self.entities.get(tag, empty.format(tag)) for tag in asked))
        return Reply(200, "application/xml", body.encode("utf-8", "surrogateescape"))

    @property
    def asked(self):
        return [[element.tag for element in etree.fromstring(text).find("Get")] for _, text in self.requests]

    def close(self):
        self.closed = True

    def abort(self):
        self.closed = True


class RecordingTape:
    """Keeps what it is told."""

    def __init__(self):
        self.exchanges = []

    def greeting(self, text, prompt):
        raise AssertionError("HTTP greets nobody")

    def add(self, exchange):
        self.exchanges.append(exchange)

    def learned(self, secret):
        raise AssertionError("there is no session to learn")
