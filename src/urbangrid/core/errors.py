"""Errors are codes with values; the Chinese sentence of each stands in one catalogue per package (style.md, rule 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.utils.functional import Promise

from urbangrid.core.shipped import shipped

Sentence: TypeAlias = str | Promise

_sentences: dict[str, Sentence] = {}


def declare(sentences: Mapping[str, Sentence]) -> None:
    """Add a package's catalogue: code -> sentence with ``%(name)s`` places; says what happened and who acts next.

    Raises ValueError when a code is declared twice with different words.
    """
    for code, sentence in sentences.items():
        if code in _sentences and _sentences[code] is not sentence:
            raise ValueError(f"error code {code} is declared twice")
        _sentences[code] = sentence


class Refusal(Exception):
    """The platform refuses; nothing was changed. ``status`` is the HTTP status for pages and API alike.

    ``field`` names the input at fault, when there is one, so that a form shows the sentence there.
    """

    status = 400

    def __init__(self, code: str, /, *, status: int | None = None, field: str = "", **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values
        if status is not None:
            self.status = status

    def sentence(self) -> str:
        """The sentence in the reader's language, and so the names in it that are shipped: a post, a unit."""
        said = {name: shipped(value) if isinstance(value, str) else value for name, value in self.values.items()}
        return str(_sentences[self.code]) % said

    def __str__(self) -> str:
        return self.sentence() if self.code in _sentences else f"{self.code} {self.values}"


class NotAllowed(Refusal):
    """The acting post has no right to this."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or none that the acting post may know of: both look the same from outside."""

    status = 404


class MovedOn(Refusal):
    """Somebody else was first: the values say who, when and what, and what was typed is to be kept."""

    status = 409
