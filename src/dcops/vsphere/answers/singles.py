"""Changes of a single value, taken out of an answer with a pattern before a parser makes four elements of each.

They are nine tenths of all changes. What is written in any other way stays where it is, for the parser.
"""

from __future__ import annotations

import re

from dcops.vsphere.answers.schema import Schema
from dcops.vsphere.answers.simple import text
from dcops.vsphere.managed import Value

_BEGIN, _END = "<objectSet>", "</objectSet>"
# Text without entities and line ends, which a parser would change, and without signs that XML does not allow. An empty
# array looks like an empty text.
_CHANGE = re.compile(
    r"<changeSet><name>([\w.]+)</name><op>assign</op>"
    r'<val(?: type="\w+")? xsi:type="(?:\w+:)?(?!ArrayOf)(\w+)"(?: type="\w+")?>'
    r"([^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*)</val></changeSet>",
    re.ASCII,
)
_UNUSUAL = ("<![CDATA[", "<!--", "<?", "<objectSet ")


def taken(body: bytes | bytearray, schema: Schema) -> tuple[bytes | bytearray | str, list[dict[str, Value]]]:
    """The answer without them, and those of each `objectSet` in turn; the answer as it is where it is unusual.

    Raises ValueError for a value that is none of its type.
    """
    try:
        whole = body.decode()
    except UnicodeDecodeError:
        return body, []
    head, *parts = whole.split(_BEGIN)
    # The declaration at the start is no surprise.
    if any(whole.find(sign, 2) >= 0 for sign in _UNUSUAL) or any(part.count(_END) != 1 for part in parts):
        return body, []
    found: list[dict[str, Value]] = []
    rest = [head]
    for part in parts:
        # What stands between them, and of each its name, type and value, in turn.
        pieces = _CHANGE.split(part)
        simples = [schema.simple(kind) for kind in pieces[2::4]]
        if None in simples:
            found.append({})
            rest.append(part)
        else:
            given = zip(pieces[1::4], simples, pieces[3::4], strict=True)
            found.append({text(name): simple(raw) for name, simple, raw in given if simple})
            rest.append("".join(pieces[::4]))
    return _BEGIN.join(rest), found
