"""常用语: words for replies with placeholders, and texts of laws (CY-2.9: an agent can insert one in a reply)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_

from urbangrid.catalog.spreadsheets import Column, Faults, read_rows, write_book
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests.models import Phrase
from urbangrid.service_requests.rows import RequestRow

USES: Final = {"reply": _("答复"), "consult": _("咨询"), "legal": _("法规条文")}
USE_FROM_CHINESE: Final = {"答复": "reply", "咨询": "consult", "法规条文": "legal"}
USE_TO_CHINESE: Final = {code: word for word, code in USE_FROM_CHINESE.items()}
SHEET: Final = "常用语"
USE = Column("use", N_("用途"), required=True, most=4, width=10)
TITLE = Column("title", N_("标题"), required=True, most=40, width=24)
TEXT = Column("text", N_("内容"), required=True, most=2000, width=80)
COLUMNS: Final[Sequence[Column]] = (USE, TITLE, TEXT)
PLACES: Final = ("编号", "来源", "地点", "类别", "结果", "热线")
"""Placeholders as written in a phrase: {编号}."""


def phrases(platform_id: int) -> list[Phrase]:
    """All of a platform in their order; a city begins with none."""
    return list(Phrase.objects.filter(platform_id=platform_id).order_by("position", "pk"))


def put(acting: Acting, phrase_id: int, use: str, title: str, text: str) -> Phrase:
    """Add a phrase, or change one by its id. Raises Refusal ``phrase_twice`` (its title stands already), NotFound ``phrase_unknown``."""
    own = Phrase.objects.filter(platform_id=acting.platform_id)
    if own.filter(use=use, title=title).exclude(pk=phrase_id).exists():
        raise Refusal("phrase_twice", status=409, field="title", title=title)
    if not phrase_id:
        return Phrase.objects.create(platform_id=acting.platform_id, use=use, title=title, text=text, position=own.count())
    row = own.filter(pk=phrase_id).first()
    if row is None:
        raise NotFound("phrase_unknown")
    row.use, row.title, row.text = use, title, text
    row.save(update_fields=["use", "title", "text"])
    return row


def remove(acting: Acting, phrase_id: int) -> None:
    """Take one away. Raises NotFound ``phrase_unknown`` for one that is gone or another platform's."""
    deleted, _rows = Phrase.objects.filter(pk=phrase_id, platform_id=acting.platform_id).delete()
    if not deleted:
        raise NotFound("phrase_unknown")


def filled_text(phrase: Phrase, acting: Acting, row: RequestRow) -> str:
    """A phrase with the facts of a request put in; a placeholder there is not stays as it is written."""
    hotline = row.line or platform_of(acting.platform_id).hotline
    values = dict(zip(PLACES, (row.number, row.source, row.place, row.title.split("·")[-1], row.reply, hotline), strict=True))
    text = phrase.text
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def export_table(platform_id: int) -> bytes:
    """The phrases as a spreadsheet that imports unchanged."""
    return write_book(SHEET, COLUMNS, ([USE_TO_CHINESE[row.use], row.title, row.text] for row in phrases(platform_id)))


def import_table(platform: Platform, data: bytes) -> Faults:
    """Replace the platform's phrases by the file's; all or nothing: with faults nothing is written."""
    faults = Faults(SHEET)
    rows = read_rows(data, COLUMNS, faults)
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if row["use"] not in USE_FROM_CHINESE:
            faults.add("choice_unknown", row.number, USE.title, value=row["use"], offered=_("、").join(USE_FROM_CHINESE))
        elif (key := (row["use"], row["title"])) in seen:
            faults.add("entry_twice", row.number, TITLE.title, row=seen[key])
        else:
            seen[key] = row.number
    if not faults.found:
        with transaction.atomic():
            Phrase.objects.filter(platform=platform).delete()
            Phrase.objects.bulk_create(
                Phrase(platform=platform, use=USE_FROM_CHINESE[row["use"]], title=row["title"], text=row["text"], position=place)
                for place, row in enumerate(rows)
            )
    return faults
