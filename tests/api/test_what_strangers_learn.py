"""What an answer tells somebody whom a case does not concern: nothing."""

from __future__ import annotations

from tests.api import paths
from tests.api.paths import At
from tests.support.city import INSIDE, City


def test_a_company_gets_no_coordinates_from_the_interface_either(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    unit = desk("company_clerk").who.unit_id
    reason = desk("dispatcher").get("/reasons/other_unit").body[0]["code"]
    desk("dispatcher").done(case, "dispatch", unit_id=str(unit), reason=reason, opinion="管线所有")
    company = desk("company_clerk")
    seen = company.get(f"/cases/{case}").body["place"]
    assert (seen["longitude"], seen["latitude"]) == (None, None) and seen["text"] and seen["community"]
    assert "longitude" not in company.get("/cases").body["rows"][0]
    around = f"/cases/near?longitude={INSIDE[0]}&latitude={INSIDE[1]}&radius_m=1000"
    assert company.get(around).body == []
    assert [row["case_id"] for row in desk("dispatcher").get(around).body] == [case]
    assert desk("dispatcher").get(f"/cases/{case}").body["place"]["longitude"] is not None
