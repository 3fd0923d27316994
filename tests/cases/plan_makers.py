"""Cases put straight into the table, at random, for rules that are counted a second time by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.support.city import City
from urbangrid.cases import processes
from urbangrid.cases.models import Case
from urbangrid.catalog import queries as catalog
from urbangrid.grids.models import Division

CLASSES = ("道路破损", "暴露垃圾", "积水")


def classes(city: City) -> list[tuple[int, int]]:
    """Category and condition ids of a few classes that the city has."""
    options = [one for one in catalog.category_options(city.platform.pk) if catalog.conditions_of(one.id, city.platform.pk)][:4]
    return [(one.id, catalog.conditions_of(one.id, city.platform.pk)[0].id) for one in [city.category(), *options]]


def cases_at_random(city: City, at: datetime) -> st.SearchStrategy[list[Case]]:
    """Up to twelve filed cases opened within two weeks before ``at``: in any community, some closed, some confidential."""
    process_id = processes.in_force(city.platform.pk)[0].pk
    communities = list(Division.objects.filter(level="community").select_related("parent").defer("geom", "parent__geom"))
    kinds = classes(city)

    def make(place: Division, kind: tuple[int, int], minutes: int, closed: bool, confidential: bool, serial: int) -> Case:
        opened = at - timedelta(minutes=minutes)
        return Case(
            platform=city.platform, process_id=process_id, state="closed" if closed else "to_dispatch", source="inspector",
            source_class="inspector", category_id=kind[0], condition_id=kind[1], community=place, subdistrict_id=place.parent_id,
            district=city.district, opened_at=opened, filed_at=opened, closed_at=opened + timedelta(hours=1) if closed else None,
            due_at=opened + timedelta(days=1), confidential=confidential, limit_value=5, limit_unit="work_day",
        )  # fmt: skip

    one = st.builds(
        make, st.sampled_from(communities), st.sampled_from(kinds), st.integers(1, 14 * 24 * 60), st.booleans(),
        st.sampled_from([False, False, False, True]), st.just(0),
    )  # fmt: skip
    return st.lists(one, max_size=12)
