"""Judges one check that is written in Python by sources of a few lines."""

from datetime import UTC, datetime, timedelta

from dcops.audit.catalog import functions
from dcops.audit.look import Look
from dcops.audit.parameters import Values
from dcops.audit.pattern import Book
from dcops.audit.said import NotApplicable, Unknown
from dcops.audit.subject import Subject
from dcops.audit.wording import say
from dcops.model.source import Source, SourceKind

NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
PARAMETERS = {
    "login_attempts": "5",
    "exec_timeout_minutes": "5",
    "password_length": "14",
    "inactive_days": "45",
    "package_list_days": "7",
    "advisory_days": "30",
    "support_notice_days": "365",
}


def source(title, content, *, problem="", age=timedelta(0)):
    kind, _, name = title.partition("/")
    return Source("device", SourceKind(kind), name, NOW - age, "test", content, problem=problem)


def said(name, platform, *sources, version=""):
    """What a check says, one sentence for each; `?` before what it cannot tell, `-` before why it is not for this."""
    look = Look(
        Subject("device", platform, version=version),
        sources,
        NOW,
        book=Book(),
        values=Values(tuple(PARAMETERS.items())),
        whole=False,
    )
    told = []
    try:
        for each in functions()[name](look):
            told.append(say(each))
    except Unknown as unknown:
        told.append(f"? {say(unknown.said)}")
    except NotApplicable as answer:
        told.append(f"- {say(answer.said)}")
    return told


def listing(**files):
    """Files of a server, as a backup shows them; `__` in a name is a slash."""
    return "".join(
        f"=== {path.replace('__', '/')} 0644 root:root\n{text if text.endswith(chr(10)) else text + chr(10)}"
        for path, text in files.items()
    )
