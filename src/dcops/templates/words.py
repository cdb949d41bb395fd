"""The words of one language: `templates/words/<language>.toml`, flat under dotted names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter

from dcops.errors import InvalidInput, UsageError

LANGUAGES = ("vi", "en")
FOLDER = "words"


class Words:
    """Looks words up. One that is missing is an error: a report must not show the name of a word."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self.language = language
        self.known = words

    @classmethod
    def load(cls, folders: Sequence[Path], language: str) -> Words:
        """Read the list of a language; a word in an earlier folder wins over the same one in a later."""
        if language not in LANGUAGES:
            raise UsageError(
                f"there are no words for language {language!r}", next_step=f"Languages are: {', '.join(LANGUAGES)}"
            )
        words: dict[str, str] = {}
        for folder in reversed(folders):
            file = folder / FOLDER / f"{language}.toml"
            if file.is_file():
                words.update(_read(file))
        return cls(language, words)

    def __call__(self, name: str, /, *, otherwise: str | None = None, **values: object) -> str:
        """The word with its values put in.

        With a value `n`, `NAME.one` is taken for 1 and `NAME.other` for the rest, where the list has them.
        `otherwise` is said when the list has no such word: for names that come from data.
        """
        text = self._form(name, values)
        if text is None:
            if otherwise is not None:
                return otherwise
            raise InvalidInput(f"the word {name!r} is missing in language {self.language}")
        try:
            return Formatter().vformat(text, (), values) if values else text
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise InvalidInput(
                f"the word {name!r} of language {self.language} cannot be filled in: {error!r}"
            ) from None

    def _form(self, name: str, values: Mapping[str, object]) -> str | None:
        if "n" in values:
            form = self.known.get(f"{name}.{'one' if values['n'] == 1 else 'other'}")
            if form is not None:
                return form
        return self.known.get(name)


def _read(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as stream:
            return dict(_flat(tomllib.load(stream)))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}") from None
    except TypeError as error:
        raise InvalidInput(f"{file}: {error} must be a text") from None


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    words = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            words += _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            words.append((f"{prefix}{key}", value))
        else:
            raise TypeError(f"{prefix}{key}")
    return words
