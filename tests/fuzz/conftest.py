"""A city with a case in every stage, told once for this folder: what an example or a test adds is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.support import every_stage
from tests.support.city import City, forget, settle
from tests.support.every_stage import Story


@pytest.fixture(scope="package")
def told(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[City, Story]]:
    """In a transaction that is rolled back behind the folder."""
    with django_db_blocker.unblock(), override_settings(FILES_ROOT=tmp_path_factory.mktemp("files")), transaction.atomic():
        found = every_stage.told()
        settle()
        yield found
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def story(told: tuple[City, Story], db: None) -> Story:
    forget()
    return told[1]


@pytest.fixture
def cast(told: tuple[City, Story]) -> City:
    """The city of the story."""
    return told[0]
