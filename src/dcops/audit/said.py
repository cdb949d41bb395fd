"""What a check has to say, before it is put into a language."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECRET = re.compile(r"<secret:[0-9A-Za-z]+>")


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: a key of `wording`, and what is filled in."""

    key: str
    expected: str = ""
    seen: str = ""
    line: int = 0
    """Of the source; 0: it stands at no line."""

    @property
    def normal(self) -> str:
        """The same at the next look, though lines moved, secrets were changed or a limit was set otherwise."""
        return without_secrets(f"{self.key}\n{self.seen or self.expected}")


def without_secrets(text: str) -> str:
    """The text with one mark for every secret: it changes with the secret, and when the site key is renewed."""
    return _SECRET.sub("<secret>", text) if "<secret:" in text else text


class Unknown(Exception):
    """It cannot be told; never a pass."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.key)
        self.said = said


class NotApplicable(Exception):
    """A condition that was read from the data says that the rule is not for this."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.key)
        self.said = said
