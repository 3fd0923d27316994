"""法规库: brought in by who keeps it, found by words and class, read by everybody, one truth with the articles on case pages (CY-10b)."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from tests.workbench.test_legal_basis import EVERYTHING, ROADS, bring_in, table
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import law
from urbangrid.catalog.document_text import text_of
from urbangrid.catalog.models import LegalArticle, Regulation
from urbangrid.catalog.sections import clause, excerpt, marked, sections
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import StoredFile

TITLE = "样城区道路管理办法"
TEXT = """样城区道路管理办法
第一章　总则
第一条　为加强道路管理，保障道路完好，制定本办法。
第二章　养护
第九条　道路破损的，养护单位应当及时修复。
修复前应当设置围护和警示标志。
第十条　未经批准，不得占用或者挖掘道路；依照第九条的规定处理的除外。"""
AFTER = TEXT.replace("应当及时修复。", "应当在三日内修复。")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(*lines: str, head: str = "") -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    return made.getvalue()


def form(**more: Any) -> dict[str, Any]:
    return {
        "title": TITLE, "kind": "regulation", "text": TEXT, "number": "样政发〔2026〕3号", "issuer": "样城区人民政府", "issued_on": "",
        "valid_from": "2026-03-01", "valid_to": "",
    } | more  # fmt: skip


def keep(city: City, *, who: str = "policy_officer", replaces: int | None = None, **more: Any) -> Any:
    """The form sent as somebody, the answer after the redirect."""
    address = reverse("catalog:new_document") if replaces is None else reverse("catalog:revise_document", args=[replaces])
    return enter(Client(), city, who).post(address, form(**more), follow=True)


def current() -> Regulation:
    return Regulation.objects.get(ended_at=None, title=TITLE)


@pytest.mark.requirement("CY-10b")
def test_a_text_from_a_word_processor_is_found_by_its_words_and_by_the_class_that_an_article_applies_to(city: City) -> None:
    with clock.travel(WORKDAY):
        sent = SimpleUploadedFile("办法.docx", docx(*TEXT.splitlines()))
        assert "第 1 版已存入法规库" in keep(city, text="", source=sent).content.decode()
        document = reverse("catalog:document_classes", args=[current().pk])
        policy = enter(Client(), city, "policy_officer")
        answer = policy.post(document, {"number": "第九条第一款", "classes": "事件0113", "how": "listed"}, follow=True)
        assert "0113 道路破损" in answer.content.decode()
        clerk = enter(Client(), city, "clerk")
        found = clerk.get(reverse("catalog:regulations"), {"typed": "警示标志 围护"}).content.decode()
        assert "<mark>围护</mark>" in found
        assert "<mark>警示标志</mark>" in found
        assert f"《{TITLE}》" in clerk.get(reverse("catalog:regulations"), {"typed": "道路破损"}).content.decode()
        assert "没有找到" in clerk.get(reverse("catalog:regulations"), {"typed": "道路标志"}).content.decode(), "its pairs stand apart"
        by_class = clerk.get(reverse("catalog:regulations"), {"typed": "0113"}).content.decode()
        assert f"《{TITLE}》" in by_class
        (article,) = law.articles(city.platform.pk, city.category().id, WORKDAY.date())
        assert (article.number, article.text) == ("第九条第一款", "道路破损的，养护单位应当及时修复。")
        assert article.document_id == current().pk


@pytest.mark.requirement("CY-14-2")
def test_an_inspector_searches_the_handbook_on_her_phone_by_word_and_by_class(city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        keep(city, title="监督员工作手册", kind="manual", text="一、上报\n先拍近景，再拍远景。\n二、道路\n第三条　道路破损，量出长宽。")
        number = Regulation.objects.get().pk
        enter(Client(), city, "policy_officer").post(
            reverse("catalog:document_classes", args=[number]), {"number": "第三条", "classes": "事件0113", "how": "listed"}
        )
        phone = screen("inspector")
        assert "法规手册" in phone.get("/phone/")
        assert "监督员工作手册" in phone.get("/catalog/regulations/?kind=manual")
        assert 'class="ph-bar"' in phone.html
        assert "监督员工作手册" in phone.get("/catalog/regulations/?typed=近景")
        assert "监督员工作手册" in phone.get("/catalog/regulations/?typed=道路破损")
        assert "再拍远景" in phone.get(f"/catalog/regulations/{number}/?typed=近景")


def test_a_revision_is_a_version_and_articles_on_case_pages_are_worded_by_the_library_alone(city: City) -> None:
    with clock.travel(WORKDAY):
        keep(city)
        refused = bring_in(city, table(ROADS))
        assert refused.status_code == 422
        assert "请以法规库为准" in refused.content.decode()
        whole = "道路破损的，养护单位应当及时修复。\n修复前应当设置围护和警示标志。"
        assert bring_in(city, table([*ROADS[:2], whole, *ROADS[3:]], EVERYTHING)).status_code == 200
        first = current()
        assert "1 条法规依据随之更新" in keep(city, replaces=first.pk, text=AFTER).content.decode()
        (article,) = [one for one in law.articles(city.platform.pk, city.category().id, WORKDAY.date()) if one.number == "第九条"]
        assert article.text.startswith("道路破损的，养护单位应当在三日内修复。")
        history = LegalArticle.objects.filter(number="第九条").order_by("id")
        assert [row.ended_at is not None for row in history] == [True, False], "what a case page showed yesterday can be told"
        former = enter(Client(), city, "clerk").get(reverse("catalog:document", args=[first.pk])).content.decode()
        assert "不是现行版本" in former
        assert "应当及时修复" in former


def test_what_is_not_in_force_is_read_and_is_no_basis(city: City) -> None:
    with clock.travel(WORKDAY):
        keep(city, valid_to="2026-11-30")
        number = current().pk
        policy = enter(Client(), city, "policy_officer")
        policy.post(reverse("catalog:document_classes", args=[number]), {"number": "第九条", "how": "all"})
        assert law.articles(city.platform.pk, city.category().id, WORKDAY.date())
        assert not law.articles(city.platform.pk, city.category().id, WORKDAY.date() + timedelta(days=30))
        kept = policy.post(reverse("catalog:take_out_document", args=[number]))
        assert kept.status_code == 409
        assert "请先取消适用" in kept.content.decode()
        policy.post(reverse("catalog:document_classes", args=[number]), {"number": "第九条", "how": "none"})
        assert policy.post(reverse("catalog:take_out_document", args=[number])).status_code == 302
        assert "法规库还是空的" in policy.get(reverse("catalog:regulations")).content.decode()
    with clock.travel(WORKDAY + timedelta(days=30)):
        keep(city, valid_to="2026-11-30")
        assert "已失效" in enter(Client(), city, "clerk").get(reverse("catalog:regulations")).content.decode()
    acts = list(AuditRow.objects.filter(subject__startswith="regulation:").order_by("id").values_list("action", flat=True))
    assert acts == ["document_published", "article_applied", "article_applied", "document_taken_out", "document_published"]


def test_of_two_editors_the_second_is_told_and_keeps_what_she_typed(city: City) -> None:
    keep(city)
    number = current().pk
    keep(city, replaces=number, text=AFTER)
    late = keep(city, replaces=number, text=TEXT + "\n第十一条　另一稿。", who="system_admin")
    assert late.status_code == 409
    assert "已有新版本" in late.content.decode()
    assert "另一稿" in late.content.decode()
    twice = keep(city)
    assert twice.status_code == 422
    assert "法规库中已有" in twice.content.decode()
    assert [row.version for row in Regulation.objects.order_by("version")] == [1, 2]


def test_a_pdf_comes_along_as_a_download_and_what_is_none_is_refused_with_the_form_kept(city: City) -> None:
    refused = keep(city, pdf=SimpleUploadedFile("扫描.pdf", b"<html>"))
    assert refused.status_code == 422
    assert "不是 PDF" in refused.content.decode()
    assert "警示标志" in refused.content.decode()
    keep(city, pdf=SimpleUploadedFile("扫描.pdf", b"%PDF-1.7 sample"))
    first = current()
    keep(city, replaces=first.pk, text=AFTER)
    answer = enter(Client(), city, "inspector").get(reverse("catalog:document_file", args=[current().pk]))
    assert b"".join(answer) == b"%PDF-1.7 sample", "the attachment stays with the next version"
    assert answer["Content-Disposition"].startswith("attachment")
    assert StoredFile.objects.get(media_type="application/pdf").state == "kept", "the purge of photos takes none of state held"
    assert Client().get(reverse("catalog:document_file", args=[first.pk])).status_code == 302


def test_faults_stand_at_their_field(city: City) -> None:
    faulty: tuple[tuple[dict[str, Any], str], ...] = (
        ({"title": " "}, "这一项不能为空"),
        ({"text": ""}, "这一项不能为空"),
        ({"valid_to": "2026-02-01"}, "失效日期早于施行日期"),
        ({"issued_on": "去年"}, "发布日期不是日期"),
        ({"number": "号" * 61}, "不能超过 60 个字"),
        ({"text": "字" * 200_001}, "现有 200001 个"),
    )
    for wrong, sentence in faulty:
        answer = keep(city, **wrong)
        assert answer.status_code == 422, wrong
        assert sentence in answer.content.decode(), wrong
    assert not Regulation.objects.exists()


def test_everybody_reads_a_company_too_and_only_who_keeps_it_writes(city: City) -> None:
    keep(city)
    number = current().pk
    company = enter(Client(), city, "company_clerk")
    assert "警示标志" in company.get(reverse("companies:document", args=[number])).content.decode()
    assert "编入一篇" not in company.get(reverse("companies:regulations")).content.decode()
    assert company.get(reverse("catalog:regulations")).status_code == 404
    for name in ("clerk", "seat_agent", "inspector", "security_admin"):
        browser = enter(Client(), city, name)
        assert browser.get(reverse("catalog:document", args=[number])).status_code == 200
        for address in ("new_document", "revise_document", "take_out_document", "document_classes"):
            args = [] if address == "new_document" else [number]
            assert browser.post(reverse(f"catalog:{address}", args=args), form()).status_code == 403, (name, address)
    unknown = enter(Client(), city, "policy_officer")
    assert unknown.post(reverse("catalog:document_classes", args=[number]), {"number": "第八条", "how": "all"}).status_code == 422
    assert unknown.post(reverse("catalog:document_classes", args=[number]), {"number": "第九条", "classes": "事件2999"}).status_code == 422
    assert unknown.get(reverse("catalog:document", args=[13])).status_code == 404


def test_a_file_is_read_by_what_it_is_and_a_hostile_one_is_refused() -> None:
    assert text_of(docx("第一条　甲", "乙")) == "第一条　甲\n乙"
    assert text_of("第一条　甲\r\n乙".encode("gb18030")) == "第一条　甲\n乙"
    assert text_of("\ufeff第一条".encode()) == "第一条"
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * 50_000_000)
    entities = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    for hostile in (docx("x", head=entities), bomb.getvalue(), b"PK\x03\x04broken", b"\0\1\2\xff\xfe", docx("<w:p>")):
        with pytest.raises(Refusal, match="读不出文字"):
            text_of(hostile)


SAID = ("第一条　甲乙", "第二条", "第三条规定的事项", "第一章　总则", "一、上报", "　丙丁", "", "2 附则", "戊")
LINES = st.lists(st.sampled_from(SAID), max_size=12)
WORDS = st.lists(st.sampled_from(["甲", "甲乙", "丙", "条", "x"]), max_size=3, unique=True)


@given(LINES)
def test_every_line_of_a_text_is_in_exactly_one_section(lines: list[str]) -> None:
    parts = sections("\n".join(lines))
    said = "".join(part.number + part.heading + "".join(part.paragraphs) for part in parts)
    assert said.replace("　", "") == "".join(lines).replace("　", "").strip()
    assert all(not one.number or one.number in ("第一条", "第二条") for one in parts), "第三条规定的 begins nothing"


@given(st.text("甲乙丙条x。", max_size=60), WORDS)
def test_marking_loses_nothing_and_marks_what_was_typed(text: str, words: list[str]) -> None:
    pieces = marked(text, words)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text in words for piece in pieces if piece.found)
    rest = "\n".join(piece.text for piece in pieces if not piece.found)
    assert not any(word in rest for word in words)
    assert bool(excerpt(text, words)) == any(word in text for word in words)


def test_a_clause_is_a_paragraph_of_its_article() -> None:
    parts = sections(TEXT)
    assert clause(parts, "第九条第二款") == "修复前应当设置围护和警示标志。"
    assert clause(parts, "第九条第三款") is None
    assert clause(parts, "第十一条") is None
