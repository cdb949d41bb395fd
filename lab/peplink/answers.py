"""What the web admin answers with: the envelope of the API, files, and the login page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
HTML = "text/html"
BINARY = "application/octet-stream"
SERVER = {"Server": "Web Admin"}

# The vendor documents 401 and no other code; these are as plausible as any.
BAD_REQUEST, UNAUTHORISED, DENIED, FULL, NO_SUCH_FUNCTION, INTERNAL = 400, 401, 403, 503, 999, 500

LOGIN_PAGE = """<!DOCTYPE html>
<html><head><title>Web Admin</title></head>
<body><form method="post" action="/cgi-bin/MANGA/index.cgi">
<input name="username"/><input name="password" type="password"/><input type="submit" value="Login"/>
</form></body></html>
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    is_configuration: bool = False
    """Faults that spoil a configuration spoil this answer."""


class Refused(Exception):
    """The API will not."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.answer = failure(code, message)


def success(response: Any = None, *, is_configuration: bool = False, headers: dict[str, str] | None = None) -> Answer:
    """`stat` ok; an answer without data has no `response`."""
    envelope = {"stat": "ok"} if response is None else {"stat": "ok", "response": response}
    return Answer(_json(envelope), headers=headers or {}, is_configuration=is_configuration)


def failure(code: int, message: str, *, status: int = 200) -> Answer:
    """`stat` fail, with HTTP 200 as nearly always."""
    return Answer(_json({"stat": "fail", "code": code, "message": message}), status=status)


def expired(form: object) -> Answer:
    """A session or token that is over: in the body with HTTP 200, or as HTTP 401, as firmware differs."""
    return failure(UNAUTHORISED, "Unauthorized", status=401 if form == "http" else 200)


def login_page() -> Answer:
    """What somebody who is not logged in sees of the web admin."""
    return Answer(LOGIN_PAGE.encode(), content_type=HTML)


def file(content: bytes, name: str) -> Answer:
    """A download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(content, content_type=BINARY, headers=headers, is_configuration=True)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")
