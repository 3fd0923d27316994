"""The made city under each model, as random days are played in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.support.city import settle
from urbangrid.cases import processes
from urbangrid.cases.proof import world
from urbangrid.catalog import cache
from urbangrid.core import platforms, presets
from urbangrid.core.models import Platform
from urbangrid.demo import town
from urbangrid.organizations import queries as organizations

SEED = 20_261_121
SINCE = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
MODELS = presets.codes(processes.PRESETS)
in_model_a = pytest.mark.parametrize("city_of", ["model_a"], indirect=True)


def forget() -> None:
    for one in (cache.clear, platforms.forget, organizations.forget):
        one()


@pytest.fixture(scope="package", params=MODELS)
def city_of(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The made city under a model, once for this folder, in a transaction that is rolled back behind it."""
    folder = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), override_settings(FILES_ROOT=folder, DATA=folder), transaction.atomic():
        forget()
        town.build(lambda _text: None, SINCE, request.param, scale=0.05)
        settle()
        yield request.param
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def made(city_of: str, db: None) -> Iterator[world.World]:
    """The same, read anew: it remembers the photos that a test sent, and the days of a test are rolled back."""
    forget()
    yield world.read(Platform.objects.filter(parent=None).get())
    forget()
