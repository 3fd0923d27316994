"""A played city under every model for the stories of this folder; all of them use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.stories.stage import Stage, play
from tests.support.city import forget, settle


@pytest.fixture(scope="package", params=["a", "b", "c", "d", "e"])
def played(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """The city of a model with its cases, made once for this folder in a transaction that is rolled back behind it."""
    folder = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), override_settings(FILES_ROOT=folder), transaction.atomic():
        forget()
        made = play(request.param)
        settle()
        yield made
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def stage(played: Stage, db: None) -> Iterator[Stage]:
    """The same, as it was played: what a story adds is rolled back."""
    forget()
    yield played
    forget()
