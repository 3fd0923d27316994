"""Rows in bulk that another process makes: they stand as if made here, and what goes wrong there is not lost."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.support.city import City
from urbangrid.audit.models import PersonalData
from urbangrid.cases.models import CaseAccess
from urbangrid.cases.volume_copies import Copies
from urbangrid.cases.volume_rows import Rows
from urbangrid.core.foreign_keys import checked_together
from urbangrid.core.ids import new_id
from urbangrid.core.models import Platform


def _people(city: City, *names: str) -> Rows:
    rows = Rows()
    for name in names:
        rows.put(PersonalData, id=new_id(), platform_id=city.platform.pk, name=name, phone="5550-1234", created_at=timezone.now())
    return rows


@pytest.mark.django_db
def test_rows_of_two_processes_stand_beside_each_other_whatever_their_text_holds(city: City) -> None:
    names = ("青\t澜\\市", "二\n行", 'x"y', "")
    under_way = [Copies(lambda: _people(city, *names)), Copies(lambda: _people(city, "五"))]
    for one in under_way:
        one.write()
    assert sorted(PersonalData.objects.values_list("name", flat=True)) == sorted([*names, "五"])
    assert PersonalData.objects.values("pk").distinct().count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("make", [lambda: 1 / 0, lambda: Rows(dict(Platform.objects.in_bulk()))], ids=["a fault", "a statement"])
def test_what_fails_there_is_told_here_and_nothing_stands(city: City, make: object, capfd: pytest.CaptureFixture[str]) -> None:
    under_way = Copies(make)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="ended with 1"):
        under_way.write()
    assert "Error" in capfd.readouterr().err
    assert Platform.objects.filter(pk=city.platform.pk).exists(), "the connection still answers"


@pytest.mark.django_db
def test_a_row_that_names_what_is_not_there_is_found_at_the_end_of_the_block(city: City) -> None:
    wrong = Rows()
    wrong.put(CaseAccess, id=new_id(), case_id=12_345, unit_id=city.acting("clerk").unit_id, since=timezone.now(), why="handler")
    with pytest.raises(IntegrityError, match="12345"), transaction.atomic(), checked_together([CaseAccess]):
        Copies(lambda: wrong).write()
    with pytest.raises(IntegrityError, match="12345"), transaction.atomic():
        Copies(lambda: wrong).write()
        transaction.get_connection().check_constraints()
