"""No name and no number of a citizen leaves the centre (case-rules 24, HD-2.3.6b)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.cases.models import CaseRecord, RecordSecret
from urbangrid.core.confidential import HIDDEN, cleaned

NAME, PHONE = "秦素珍", "13900001111"


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [
        ("请打13800138000", f"请打{HIDDEN}"),
        ("电话 138-0013-8000，谢谢", f"电话 {HIDDEN}，谢谢"),
        ("座机010-65123456", f"座机{HIDDEN}"),
        ("+86 13800138000", HIDDEN),
        ("身份证11010819620101123X", f"身份证{HIDDEN}"),
        ("门牌138号，井盖编号1101080001000123", "门牌138号，井盖编号1101080001000123"),
        ("2026年11月20日下午3点", "2026年11月20日下午3点"),
    ],
)
def test_numbers_are_hidden_and_other_digits_stay(said: str, passed_on: str) -> None:
    assert cleaned(said) == passed_on


def test_the_callers_own_name_is_hidden_also_as_a_form_of_address() -> None:
    text = cleaned(f"我是{NAME}，秦女士，家住秦家胡同", name=NAME, phone=PHONE)
    assert NAME not in text and "秦女士" not in text
    assert "秦家胡同" in text


@given(st.text(max_size=200), st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.text(alphabet="坑洼路面，。 a", max_size=20))
def test_a_mobile_number_never_passes_wherever_it_stands(before: str, phone: str, after: str) -> None:
    if before and before[-1].isdigit():
        before += " "
    assert phone not in cleaned(before + phone + after)


def test_units_companies_sub_districts_and_inspectors_never_see_the_caller(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    looked = 0
    for name in ("inspector", "clerk", "subdistrict_officer", "squad_leader", "dispatcher", "command_director"):
        who = desk(name)
        for path in (f"/cases/{case}", "/cases", f"/cases/{case}/moves", "/queues", "/queues/receive", "/queues/verify", "/reports",
                     f"/reports/{call['report_id']}"):  # fmt: skip
            answer = who.get(path)
            words = json.dumps(answer.body, ensure_ascii=False)
            looked += answer.status == 200
            for secret in (NAME, "秦女士", PHONE, "139 0000 1111", "柳荫里3号"):
                assert secret not in words, (name, path)
    assert looked > 30
    shown = desk("seat_agent").get(f"/requests/{call['request_id']}").body["text"]
    assert HIDDEN in shown and NAME not in shown and PHONE not in shown  # the centre too, until it says why


def _commented(desk: At, case: str, who: str, text: str, **more: str) -> str:
    """What is kept of a comment."""
    desk(who).done(case, "comment", text=text, **more)
    row = CaseRecord.objects.filter(case_id=case, action="comment").order_by("-seq")[0]
    return str(RecordSecret.objects.get(case_id=case, seq=row.seq, name="text").value)


def test_a_comment_on_a_case_keeps_no_number_and_no_callers_name(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    said = f"来报人{NAME}（秦女士）电话139 0000 1111，身份证11010819620101123X，请先电话联系，门牌138号"
    kept = _commented(desk, case, "seat_agent", said)
    assert kept == f"来报人{HIDDEN}（{HIDDEN}）电话{HIDDEN}，身份证{HIDDEN}，请先电话联系，门牌138号"
    assert _commented(desk, case, "clerk", f"已打{PHONE}联系秦女士") == f"已打{HIDDEN}联系{HIDDEN}"
    assert _commented(desk, case, "clerk", "秦家胡同口也有坑") == "秦家胡同口也有坑"


def test_who_was_joined_to_the_case_later_is_covered_too_and_strangers_names_stay(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    assert _commented(desk, case, "clerk", f"{NAME}说不急") == f"{NAME}说不急", "she has not called about this one"
    later = paths.request(desk, city)
    desk("seat_agent").done(case, "join_report", report_id=later["report_id"])
    assert _commented(desk, case, "clerk", f"{NAME}说不急") == f"{HIDDEN}说不急"
