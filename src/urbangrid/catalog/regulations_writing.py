"""Writing into 法规库: a new text, a new version, taking out, and which classes an article applies to (CY-10b, CY-2.9).

1. What is saved is always a new version; the former ends at that instant and stays to be read.
2. Articles of that title in the list of articles that are worded otherwise now end, and begin anew with the words of the new version:
   what a case page shows and what the library says are the same.
3. The platform's catalogue lock is held, so that two editors never make two current versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from urbangrid.audit.actions import note
from urbangrid.catalog import cache, law, regulations, responsibility
from urbangrid.catalog.models import LegalArticle, Regulation
from urbangrid.catalog.sections import clause, sections
from urbangrid.core import clock, files
from urbangrid.core.errors import Refusal
from urbangrid.core.models import StoredFile
from urbangrid.core.text import index_words
from urbangrid.organizations.acting import Acting

MOST_LETTERS = 200_000


@dataclass(frozen=True, slots=True)
class DocumentInputs:
    """What is known of a text; ``pdf``: name and bytes of a new attachment, None: that of the former version stays."""

    title: str
    kind: str
    text: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    pdf: tuple[str, BinaryIO] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The new version, and how many articles were worded anew."""

    row: Regulation
    reworded: int


@transaction.atomic
def publish(acting: Acting, inputs: DocumentInputs, *, replaces: int | None = None) -> Published:
    """A new text, or with ``replaces`` the next version of one.

    Raises Refusal ``catalog.document_twice``, ``catalog.document_moved_on``, ``catalog.document_days``, ``catalog.row_missing``,
    ``catalog.document_long``, and those of the file.
    """
    _check(inputs)
    platform_id = acting.cases_platform_id
    responsibility.lock(platform_id)
    current = Regulation.objects.filter(platform_id=platform_id, ended_at=None, title=inputs.title).defer("words").first()
    former = regulations.find(platform_id, replaces) if replaces is not None else None
    if former is not None and former.ended_at is not None:
        raise Refusal("catalog.document_moved_on", status=409)
    if current is not None and (former is None or current.pk != former.pk):
        raise Refusal("catalog.document_twice", status=422, field="title", title=inputs.title)
    now = clock.now()
    if former is not None:
        Regulation.objects.filter(pk=former.pk).update(ended_at=now)
    row = _row(acting, inputs, former)
    reworded = _reword(row, former.title if former is not None else row.title)
    note(acting, "document_published", subject=f"regulation:{row.pk}", values={"title": row.title, "version": row.version})
    cache.changed()
    return Published(row, reworded)


def _check(inputs: DocumentInputs) -> None:
    for field in ("title", "text"):
        if not getattr(inputs, field).strip():
            raise Refusal("catalog.document_missing", status=422, field=field)
    if inputs.kind not in regulations.KINDS:
        raise Refusal("catalog.document_missing", status=422, field="kind")
    if len(inputs.text) > MOST_LETTERS:
        raise Refusal("catalog.document_long", status=422, field="text", most=MOST_LETTERS, found=len(inputs.text))
    if inputs.valid_from and inputs.valid_to and inputs.valid_to < inputs.valid_from:
        raise Refusal("catalog.document_days", status=422, field="valid_to")


def _row(acting: Acting, inputs: DocumentInputs, former: Regulation | None) -> Regulation:
    platform_id = acting.cases_platform_id
    last = Regulation.objects.filter(platform_id=platform_id, title=inputs.title).order_by("-version").values_list("version", flat=True)
    version = max(last.first() or 0, former.version if former is not None else 0) + 1
    row = Regulation.objects.create(
        platform_id=platform_id, title=inputs.title, kind=inputs.kind, number=inputs.number, issuer=inputs.issuer,
        issued_on=inputs.issued_on, valid_from=inputs.valid_from, valid_to=inputs.valid_to, version=version, text=inputs.text,
        file=_file(acting, inputs, former), made_by=acting.appointment_id, made_at=clock.now(),
    )  # fmt: skip
    searched = index_words(" ".join((row.title, row.number, row.issuer, row.text)))
    Regulation.objects.filter(pk=row.pk).update(words=SearchVector(Value(searched), config="simple"))
    return row


def _file(acting: Acting, inputs: DocumentInputs, former: Regulation | None) -> StoredFile | None:
    if inputs.pdf is None:
        return former.file if former is not None else None
    name, stream = inputs.pdf
    return files.store_pdf(stream, name=name, platform_id=acting.cases_platform_id, owner_id=acting.user_id)


def _reword(row: Regulation, title: str) -> int:
    """Articles of the former title whose words or title are others now; those that name no section of the new text stay as they are."""
    text, now, changed = sections(row.text), clock.now(), 0
    for article in law.table(row.platform_id).filter(title=title):
        words = clause(text, article.number)
        if words is None or (words == article.text and row.title == article.title):
            continue
        law.replace(article, title=row.title, text=words, at=now)
        changed += 1
    return changed


@transaction.atomic
def take_out(acting: Acting, document_id: int) -> Regulation:
    """停用: the text leaves the library; what was read stays among the versions.

    Raises NotFound ``catalog.document_unknown``, Refusal ``catalog.document_applied`` while articles of it apply to classes.
    """
    platform_id = acting.cases_platform_id
    responsibility.lock(platform_id)
    row = regulations.find(platform_id, document_id)
    if row.ended_at is not None:
        raise Refusal("catalog.document_moved_on", status=409)
    applied = law.table(platform_id).filter(title=row.title).count()
    if applied:
        raise Refusal("catalog.document_applied", status=409, title=row.title, count=applied)
    Regulation.objects.filter(pk=row.pk).update(ended_at=clock.now())
    note(acting, "document_taken_out", subject=f"regulation:{row.pk}", values={"title": row.title, "version": row.version})
    cache.changed()
    return row


@transaction.atomic
def apply_to(acting: Acting, document_id: int, number: str, classes: Sequence[int] | None) -> None:
    """Article ``number`` (第九条, 第九条第二款) applies to these classes; an empty list: to every class; None: to none any more.

    Raises NotFound ``catalog.document_unknown``, Refusal ``catalog.article_unknown``, ``catalog.document_moved_on``.
    """
    platform_id = acting.cases_platform_id
    responsibility.lock(platform_id)
    row = regulations.find(platform_id, document_id)
    if row.ended_at is not None:
        raise Refusal("catalog.document_moved_on", status=409)
    words = clause(sections(row.text), number)
    if not words:
        raise Refusal("catalog.article_unknown", status=422, field="number", number=number)
    if len(words) > law.TEXT.most:
        raise Refusal("catalog.article_long", status=422, field="number", number=number, most=law.TEXT.most)
    there = law.table(platform_id).filter(title=row.title, number=number).first()
    if there is not None:
        LegalArticle.objects.filter(pk=there.pk).update(ended_at=clock.now())
    if classes is not None:
        made = law.add(platform_id, title=row.title, number=number, text=words, classes=classes, position=there.position if there else None)
        if there is not None:
            LegalArticle.objects.filter(pk=made.pk).update(valid_from=there.valid_from, valid_to=there.valid_to)
    note(acting, "article_applied", subject=f"regulation:{row.pk}", values={"number": number, "classes": len(classes or ())})
    cache.changed()
