"""The administrator's pages of the catalogue, and the list that every desk's combobox loads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from openpyxl import load_workbook

from tests.catalog.makers import national_class
from tests.catalog.test_handbook_table import REST, RUBBISH, book
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import actions, handbook, queries
from urbangrid.catalog.views import handbook as views
from urbangrid.catalog.views import responsibility as duties
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting

ADMINISTRATOR = Acting(
    platform_id=0,
    platform_code="110108",
    user_id=1,
    user_name="系统管理员",
    appointment_id=1,
    post_code="system_admin",
    post_name="系统管理员",
    face="administration",
    desk="system_admin",
    unit_id=1,
    unit_name="监督中心",
    unit_kind="supervision",
    director_unit_id=None,
    division_id=None,
    duties=frozenset({"administer_system", "administer_business"}),
)


def request(platform: Platform, address: str = "/", *, file: bytes | None = None, duties: bool = True) -> HttpRequest:
    """A request of the system administrator, or of a person without that duty; with a file it is a POST."""
    made = RequestFactory()
    sent = made.get(address) if file is None else made.post(address, {"file": SimpleUploadedFile("t.xlsx", file)})
    acting = replace(ADMINISTRATOR, platform_id=platform.id)
    sent.acting = acting if duties else replace(acting, duties=frozenset({"accept"}))  # type: ignore[attr-defined]
    return sent


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_the_handbook_page_shows_conditions_limits_and_closing_and_lists_the_faults_of_an_import(
    national: Platform,
) -> None:
    shown = text(views.handbook_page(request(national, "/?kind=event&typed=暴露")))
    assert "1 个小类" in shown
    assert "公共场所有未入容器的生活垃圾" in shown
    assert "4 工作时" in shown
    assert "清理完毕" in shown
    refused = views.handbook_import(request(national, file=book([*RUBBISH[:6], "两", "工作时", *REST])))
    assert refused.status_code == 422
    assert "第 2 行“处置时限”列" in text(refused)
    assert "未写入任何数据" in text(refused)
    taken = views.handbook_import(request(national, file=book([*RUBBISH[:6], 2, "工作时", *REST])))
    assert "变更 1" in text(taken)
    trail = AuditRow.objects.filter(platform=national, action="import_handbook").order_by("id")
    assert [(row.values["faults"], row.values["changed"]) for row in trail] == [(1, 0), (0, 1)]
    option = national_class(national, "event", "0110")
    part = text(views.category(request(national), option.id))
    assert "2 工作时" in part
    out = views.handbook_file(request(national))
    assert load_workbook(BytesIO(out.content))[handbook.SHEET].max_row == 589
    assert out["Content-Disposition"].startswith("attachment")


def test_a_post_without_a_file_and_a_text_file_named_xlsx_get_a_sentence(national: Platform) -> None:
    bare = RequestFactory().post("/")
    bare.acting = replace(ADMINISTRATOR, platform_id=national.id)  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="没有选择文件"):
        views.handbook_import(bare)
    foreign = views.handbook_import(request(national, file=b"plain words"))
    assert foreign.status_code == 422
    assert "不是 .xlsx" in text(foreign)


@pytest.mark.parametrize(
    "view",
    [
        views.handbook_page,
        views.handbook_file,
        duties.table,
        duties.file,
    ],
)
def test_only_a_system_administrator_opens_these_pages(national: Platform, view: Callable[[HttpRequest], HttpResponse]) -> None:
    with pytest.raises(Refusal) as refused:
        view(request(national, duties=False))
    assert refused.value.status == 403


def test_text_of_a_table_is_never_markup(national: Platform) -> None:
    evil = "<script>alert(1)</script>"
    views.handbook_import(request(national, file=book([*RUBBISH[:5], evil, 2, "工作时", *REST])))
    shown = text(views.handbook_page(request(national, "/?typed=暴露")))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_every_desk_gets_the_list_once_and_again_only_after_a_change(national: Platform) -> None:
    first = views.categories(request(national, duties=False))
    assert len(json.loads(first.content)) == 204
    asked = request(national, duties=False)
    asked.META["HTTP_IF_NONE_MATCH"] = first["ETag"]
    assert views.categories(asked).status_code == 304
    actions.load_chaoyang(national)
    asked = request(national, duties=False)
    asked.META["HTTP_IF_NONE_MATCH"] = first["ETag"]
    changed = views.categories(asked)
    assert len(json.loads(changed.content)) == len(queries.category_options(national.id)) == 204 + 56
