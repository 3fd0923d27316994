"""Everything that people read stands in both languages (README.md, English beside Chinese)."""

from __future__ import annotations

import pytest
from babel.messages import Catalog

from urbangrid.config import messages


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return messages.joined(messages.said(), messages.known())


def test_every_text_of_code_and_templates_has_its_english(catalogue: Catalog) -> None:
    assert len(catalogue) > 3_000, "else the collector saw less than there is"
    assert [message.id for message in messages.untranslated(catalogue)] == []


def test_a_translation_has_the_placeholders_of_its_text_and_no_chinese(catalogue: Catalog) -> None:
    assert list(messages.faults(catalogue)) == []


def test_a_text_with_plural_forms_is_always_asked_for_with_its_number() -> None:
    counted: set[tuple[str, str | None]] = set()
    plain: set[tuple[str, str | None]] = set()
    for _where, message, context in messages.found():
        (counted if isinstance(message, tuple) else plain).add((message[0] if isinstance(message, tuple) else message, context))
    assert counted and not counted & plain, "gettext without a number finds none of the two forms"


def test_the_file_holds_no_text_that_nobody_says_any_more(catalogue: Catalog) -> None:
    said = {(message.id, message.context) for message in catalogue}
    assert [message.id for message in messages.known() if (message.id, message.context) not in said] == []
