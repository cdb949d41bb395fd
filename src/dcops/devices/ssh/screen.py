r"""What a terminal shows of what a device sent, for devices that paint their command line.

A ProCurve moves the cursor for every character that it echoes; a pager writes `--More--` and wipes it out again.
Here a line is what stood on it in the end: characters are written over, wiped with `ESC [ K`, and every other
sequence of ECMA-48 (colours, scroll regions, the row of the cursor) is dropped. Text without control characters
passes as it is. Used only where a platform's description says `screen: vt100`: elsewhere every byte is kept.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\x1b\[(?P<csi>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)"  # operating system command: a title
    r"|\x1b[ -/]+[0-~]"  # a character set
    r"|(?P<next>\x1bE)"
    r"|\x1b[0-Z\\^-~]"
    r"|(?P<newline>\r*\n)"
    r"|(?P<control>[\r\b\x00\x07])"
    r"|(?P<text>[^\x1b\r\n\b\x00\x07]+)"
    r"|."  # an escape that leads nowhere
)
_PAINTED = re.compile(r"[\x1b\b\x00\x07]|\r(?!\r*\n)")


def shown(text: str) -> str:
    """The lines that a terminal would show, ended by LF."""
    if not _PAINTED.search(text):
        return text.replace("\r\n", "\n").replace("\r", "")
    done: list[str] = []
    line = _Line()
    for token in _TOKEN.finditer(text):
        if token["text"] is not None:
            line.write(token["text"])
        elif token["newline"] is not None or token["next"] is not None:
            done.append(line.ended)
            line = _Line()
        elif token["control"] is not None:
            line.control(token["control"])
        elif token["final"] is not None:
            line.sequence(token["final"], token["csi"])
    return "".join(f"{row}\n" for row in done) + line.text


class _Line:
    """The line on which the cursor stands. The row is not followed: a command line scrolls at the last one."""

    __slots__ = ("_column", "_painted", "text")

    def __init__(self) -> None:
        self.text = ""
        self._column = 0
        self._painted = False

    @property
    def ended(self) -> str:
        """The line when it is done. Where something was wiped out with blanks, those that are left are no text."""
        return self.text.rstrip() if self._painted else self.text

    def write(self, text: str) -> None:
        """Characters, over those that stand there."""
        self._painted |= self._column < len(self.text)
        before = self.text[: self._column].ljust(self._column)
        self.text = before + text + self.text[self._column + len(text) :]
        self._column += len(text)

    def control(self, sign: str) -> None:
        """Carriage return and backspace move, the rest does nothing."""
        if sign == "\r":
            self._column = 0
        elif sign == "\b":
            self._column = max(0, self._column - 1)

    def sequence(self, final: str, parameters: str) -> None:
        """A control sequence: those that concern a line, the rest does nothing."""
        numbers = [int(part) for part in parameters.split(";") if part.isdigit() and len(part) < 5]
        first = numbers[0] if numbers else 0
        if final in "Hf":
            self._column = max(1, numbers[1] if len(numbers) > 1 else 1) - 1
        elif final == "G":
            self._column = max(1, first) - 1
        elif final == "C":
            self._column += max(1, first)
        elif final == "D":
            self._column = max(0, self._column - max(1, first))
        elif final == "K":
            self._wipe(first)

    def _wipe(self, which: int) -> None:
        if which == 0:
            self.text = self.text[: self._column]
        elif which == 1:
            self.text = " " * min(self._column, len(self.text)) + self.text[self._column :]
        else:
            self.text = ""
