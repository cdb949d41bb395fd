"""A mistake in an inventory file, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.errors import InvalidInput

SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """What is wrong, and where. Never holds a value that looks like a secret."""

    file: str
    line: int
    message: str
    hint: str = ""
    """The nearest right word, or what to do: `did you mean main?`."""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.message}"
        return f"{text} ({self.hint})" if self.hint else text


class InvalidInventory(InvalidInput):
    """The inventory has mistakes; nothing is done on the strength of half an inventory."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        shown = [f"  {mistake}" for mistake in mistakes[:SHOWN]]
        if len(mistakes) > SHOWN:
            shown.append(f"  and {len(mistakes) - SHOWN} more")
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__(
            "\n".join((f"the inventory has {count}:", *shown)) + "\n",
            next_step="Mend them and look again with: dcops inventory check",
        )
        self.mistakes = mistakes

    def __str__(self) -> str:
        return f"{self.message}{self.next_step}"
