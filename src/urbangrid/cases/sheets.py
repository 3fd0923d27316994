"""Sheets on A4: filing form, dispatch order, hand-over to the city, case sheet; the same page on the screen and as PDF (case-rules 27).

No sheet carries a reporter's name or number: none is read for it, and free words are masked (case-rules 24).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from urbangrid.addresses import queries as addresses
from urbangrid.cases import detail, extensions
from urbangrid.cases.asked import AskedView
from urbangrid.cases.detail import CaseView, Line
from urbangrid.cases.in_brief import in_brief
from urbangrid.cases.models import RecordFile
from urbangrid.cases.processes import process_of
from urbangrid.core.errors import NotFound
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.ui import pdf

PHOTOS: Final = {"filing": 2, "order": 2, "handover": 2, "case": 6, "extension": 2, "suspension": 2, "deferral": 2, "supervision": 1}
"""Most photos of a sheet; before the work first, the others only where the sheet tells the whole story."""
AT_ONCE: Final = 20
"""Sheets that are made while one waits (desks.md C2: within 10 s); more become a job with progress."""
MOST: Final = 500
TITLES: Final = {
    "filing": _("案件立案表"), "order": _("任务派遣单"), "handover": _("市属问题交办单"), "case": _("案卷单"),
    "extension": _("延期审批表"), "suspension": _("挂账审批表"), "deferral": _("缓办审批表"), "supervision": _("督办单"),
}  # fmt: skip

BUTTONS: Final = {
    "filing": _("打印立案表"), "order": _("打印派遣单"), "handover": _("打印交办单"), "case": _("打印案卷单"),
    "extension": _("打印延期审批表"), "suspension": _("打印挂账审批表"), "deferral": _("打印缓办审批表"),
    "supervision": _("打印督办单"),
}  # fmt: skip


APPROVALS: Final = ("extension", "suspension", "deferral")
FORMS: Final = {**{kind: kind for kind in APPROVALS}, "order": "supervision"}
"""Kind of request → its form: 审批表, 督办单. It shows the request as it stands, decided and answered or not (case-rules 16, 27)."""


@dataclass(frozen=True, slots=True)
class SheetPhoto:
    """A photo as a sheet shows it; ``sha256`` is how the PDF names it, ``file_id`` how a page does."""

    file_id: int
    sha256: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything one sheet shows. ``drawing`` is an SVG of our own making (``grids.sketch``)."""

    name: str
    title: str
    platform: Platform
    head: str
    view: CaseView
    photos: tuple[SheetPhoto, ...]
    drawing: str
    seal: str
    story: tuple[str, ...]
    request: AskedView | None = None
    asked: Line | None = None
    decisions: tuple[Line, ...] = ()
    """Of a request: how it was asked, and what each approver said, in their order; of an order: the unit's replies and what became of
    them."""

    @property
    def template(self) -> str:
        return f"cases/sheets/{'approval' if self.name in APPROVALS else self.name}.html"


def offered(acting: Acting, view: CaseView) -> list[str]:
    """Names of the sheets that this case has for the acting post, in the order of their buttons."""
    if not view.case.number:
        return []
    released = view.case.city_owned and acting.may("release")
    dispatched = view.case.handler_unit_id is not None and view.case.dispatched_at is not None
    return [*(["handover"] if released else []), *(["order"] if dispatched else []), "filing", "case"]


def forms(view: CaseView) -> list[tuple[AskedView, str, str]]:
    """Requests and orders of the case that have a form, as far as the acting post sees them, with its name and the words of its button."""
    return [(one, FORMS[one.kind], str(BUTTONS[FORMS[one.kind]])) for one in view.requests if one.kind in FORMS]


def sheet(acting: Acting, case_id: int, name: str, request_id: int | None = None) -> Sheet:
    """One sheet of a readable case; ``request_id`` for the form of a request.

    Raises NotFound ``case_unknown``, ``sheet_unknown`` where the case has no such sheet (yet).
    """
    view = detail.view(acting, case_id)
    if request_id is not None:
        return _form(acting, view, name, request_id)
    if name not in offered(acting, view):
        raise NotFound("sheet_unknown", name=TITLES.get(name, name[:20]))
    return _sheet(acting, view, name)


ISSUED_BY: Final = {"order": ("dispatch", "redispatch"), "filing": ("file",)}
"""Sheet → the act whose unit it is the paper of; the others are the platform's."""
DECISIONS: Final = ("agree", "disagree", "answer_order", "return_answer", "accept_answer")


def _form(acting: Acting, view: CaseView, name: str, request_id: int) -> Sheet:
    """The request with its chain of decisions, from the lines of the record that name it."""
    asked = next((one for one, form, _word in forms(view) if one.request_id == request_id and form == name), None)
    if asked is None:
        raise NotFound("sheet_unknown", name=TITLES.get(name, name[:20]))
    (asked,) = extensions.with_days(view.case, [asked], acting.zone)
    of_it = [line for line in view.story if line.action in DECISIONS and line.inputs.get("request") == str(request_id)]
    first = next((line for line in view.story if line.seq == asked.asked_seq), None)
    issues = first if name == "supervision" else next((line for line in reversed(of_it) if line.action in ("agree", "disagree")), None)
    head = _head(acting, issues.unit_id if issues is not None else _first_approver(acting, view, asked.kind))
    return replace(_sheet(acting, view, name), head=head, request=asked, asked=first, decisions=tuple(of_it))


def _first_approver(acting: Acting, view: CaseView, kind: str) -> int | None:
    """The unit that a request goes to while nobody has decided it."""
    rule = process_of(view.case.process_id).requests.get(kind)
    return organizations.unit_for_duty(view.case.platform_id, rule.chain(False)[0].duty) if rule is not None else None


def _head(acting: Acting, unit_id: int | None) -> str:
    """Whose paper it is: the unit that issues it; a department of a centre, or the centre itself, issues under the platform's name."""
    platform = platform_of(acting.platform_id)
    unit = organizations.find_unit(platform.pk, unit_id) if unit_id is not None else None
    return platform.name if unit is None or unit.parent_id is not None or platform.name.endswith(unit.name) else unit.name


def _sheet(acting: Acting, view: CaseView, name: str) -> Sheet:
    case, platform = view.case, platform_of(acting.platform_id)
    drawing = ""
    gave = next((line.unit_id for line in reversed(view.story) if line.action in ISSUED_BY.get(name, ())), None)
    if case.point is not None:
        around = addresses.shapes_around(platform, case.point.x, case.point.y)
        drawing = grids.sketch_of(platform, case.point.x, case.point.y, around)
    return Sheet(
        name=name, title=str(TITLES[name]), platform=platform, view=view, photos=_photos(view, PHOTOS[name]),
        head=_head(acting, gave), drawing=drawing, seal=_seal(view), story=tuple(in_brief(view.story)),
    )  # fmt: skip


def _photos(view: CaseView, most: int) -> tuple[SheetPhoto, ...]:
    """The first photos before the work, then the others in their order, those that were refused last."""
    before = [one for one in view.photos if one.role == "before"]
    others = [one for one in view.photos if one.role not in ("before", "paper")]
    chosen = (before + sorted(others, key=lambda one: one.refused))[:most]
    digests = dict(RecordFile.objects.filter(file_id__in=[one.file_id for one in chosen]).values_list("file_id", "file__sha256"))
    return tuple(SheetPhoto(one.file_id, digests[one.file_id], one.role_word, one.at) for one in chosen)


def _seal(view: CaseView) -> str:
    """Beginning of the last record's hash and its number: who doubts a sheet compares them with 核验."""
    digest = bytes(view.case.last_hash).hex()[:12]
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def as_pdf(
    acting: Acting, name: str, case_ids: Iterable[int], *, done: Callable[[int], None] | None = None,
    skipped: Callable[[int], None] | None = None, request_id: int | None = None,
) -> bytes:  # fmt: skip
    """The sheets of these cases as one PDF, in their order.

    A case that moved out of sight or has no such sheet is told to ``skipped``; without it the refusal goes on. Raises those of
    ``pdf.write``; NotFound ``sheet_unknown`` when none is left.
    """
    found = []
    for case_id in case_ids:
        try:
            found.append(sheet(acting, case_id, name, request_id))
        except NotFound:
            if skipped is None:
                raise
            skipped(case_id)
    if not found:
        raise NotFound("sheet_unknown", name=TITLES.get(name, name[:20]))
    photos = {one.sha256 for page in found for one in page.photos}
    return pdf.write(map(partial(_html, acting), found), photos=photos, done=done)


def _html(acting: Acting, one: Sheet) -> str:
    return render_to_string("ui/pdf.html", {"sheets": [one], "acting": acting, "pdf": True})

