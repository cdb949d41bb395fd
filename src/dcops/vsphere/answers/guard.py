"""What is refused before any parser sees it."""

from __future__ import annotations

from dcops.vsphere.answers.malformed import Malformed

_DECLARATION = 200
_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii")


def checked(body: bytes | bytearray) -> bytes | bytearray:
    """The same bytes, which hold no document type and so no entity that could grow; raises Malformed.

    SOAP 1.1 forbids document types, and vSphere sends none.
    """
    # Bytes are searched, so they have to be in an encoding in which that finds something.
    start = bytes(body[:_DECLARATION]).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"<") or b"\0" in start:
        raise Malformed("it is not XML")
    if start.startswith(b"<?xml"):
        said = start[: start.find(b"?>")].lower()
        if b"encoding" in said and not any(encoding in said for encoding in _ENCODINGS):
            raise Malformed("it is in another encoding than UTF-8")
    if b"<!DOCTYPE" in body:
        raise Malformed("it has a document type, which SOAP forbids")
    return body
