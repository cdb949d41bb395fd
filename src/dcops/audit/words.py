"""A text in both languages."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "vi")


@dataclass(frozen=True, slots=True)
class Words:
    """English, and Vietnamese where somebody wrote it."""

    en: str
    vi: str = ""

    def of(self, language: str) -> str:
        """The text in a language; English where that is missing."""
        return (self.vi if language == "vi" else "") or self.en


NOTHING = Words("")
