"""A second district below the city of model D, and the ways of a case by one district."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.paths import At
from tests.models import ways
from tests.support.city import SINCE
from tests.support.model_city import ModelCity, person
from urbangrid.administration import opening
from urbangrid.catalog import cache
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import queries
from urbangrid.organizations.installing import Body

WEST = ("west_dispatcher:dispatcher DC", "west_head:head DC", "west_clerk:department_clerk ROADS", "west_system:system_admin DC")


def opened(city: ModelCity) -> Platform:
    """西山区 beside 东湖区, with a dispatcher, a duty leader and a department; its people join the cast."""
    with clock.travel(SINCE):
        division = Division.objects.create(
            platform=city.platform, level="district", code="990102", name="西山区", parent=city.district.parent, valid_from=clock.now(),
            source="",
        )  # fmt: skip
        made = opening.open_district(
            city.platform, division=division, name="西山区", short_name="西山", departments=(Body("ROADS", "西山区市政所"),), companies=(),
            people=(),
        ).platform  # fmt: skip
        city.cast.update(person(made, row) for row in WEST)
    cache.changed()
    queries.forget()
    return made


def centre(at: At, who: str = "district_dispatcher") -> str:
    return str(at(who).who.unit_id)


def handed_down(at: At, city: ModelCity, who: str = "district_dispatcher", **more: Any) -> str:
    """Filed and given to a district, the one of the place where none is named."""
    case = ways.accepted(at, ways.inspector_reports(at, city))
    ways.filed(at, city, case)
    if who != "district_dispatcher":
        more = {"reason": "other", "opinion": "该处由西山区管理", **more}
    at("dispatcher").done(case, "dispatch", unit_id=centre(at, who), **more)
    return case


def with_unit(at: At, city: ModelCity, clerk: str = "district_clerk", *, received: bool = True) -> str:
    """In the hand of a district's unit."""
    who = "west_dispatcher" if clerk == "west_clerk" else "district_dispatcher"
    case = handed_down(at, city, who)
    at(who).done(case, "dispatch", unit_id=str(at(clerk).who.unit_id))
    if received:
        at(clerk).done(case, "receive")
    return case


def asked(at: At, who: str, case: str) -> str:
    """Id of the newest request of a case that somebody sees."""
    return str(at(who).get(f"/cases/{case}").body["requests"][-1]["request_id"])


def until(days: int) -> str:
    return (clock.now() + timedelta(days=days)).isoformat()


def queue(at: At, who: str, kind: str) -> list[str]:
    return [row["case_id"] for row in at(who).get(f"/queues/{kind}").body]
