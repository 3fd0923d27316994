"""Every address of the platform, filled with ids that exist: for tests that must not forget a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from django.db import transaction
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City, photo
from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import ApiToken, Device, SignIn
from urbangrid.cases import handing_over, processes, saved
from urbangrid.cases.actions import authorising, daily_sheets, definitions, plans, self_disposal, weekly_sheets
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.cases.definitions import running
from urbangrid.cases.models import Export, WorkItem
from urbangrid.catalog import actions as catalog
from urbangrid.catalog import regulations_writing
from urbangrid.catalog.models import Company, CompanyKind, Responsibility
from urbangrid.companies.tokens import token_of
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry, ParkedDelivery
from urbangrid.courses import actions as courses
from urbangrid.courses import quizzes
from urbangrid.messaging.models import Notice
from urbangrid.organizations import handing, leaves
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import queries as requests
from urbangrid.service_requests.models import Phrase

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    """A pattern as it stands in the code, and the path with ids in it."""

    pattern: str
    path: str


def every(ids: Mapping[str, object]) -> list[Address]:
    """All addresses, once each, in the order of the code. Fails for a place in an address that ``ids`` does not know."""
    found = dict.fromkeys(patterns(get_resolver()))
    return [Address(f"/{one}", "/" + PLACE.sub(lambda place: str(ids[place[1]]), one)) for one in found]


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every pattern below ``resolver`` as it stands in the code, without the leading stroke."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern) and "^" not in route:  # the only regular expressions lead to the 404 answer
            yield route


def sample(at: At, city: City) -> dict[str, object]:
    """Ids of a small story: a case on its way to 市政所, a report and a citizen's request that wait for the seat."""
    case = paths.dispatched(at, city)
    report = paths.report(at, city)
    request = paths.request(at, city)
    item = WorkItem.objects.get(report_id=int(report["report_id"]), closed_at=None)
    story = at("seat_agent").get(f"/cases/{case}").body
    clerk = city.acting("clerk")
    return {
        "case_id": case, "ref": case, "seq": story["seq"], "text": story["number"],
        "report_id": report["report_id"], "request_id": request["request_id"],
        "item_id": item.pk, "file_id": report["files"][0]["file_id"] if "files" in report else at("inspector").send_photo(),
        "action": "receive", "kind": "dispatch", "name": "order", "category_id": city.category().id, "unit_id": clerk.unit_id,
        "token": token_of(int(case)), "user_id": clerk.user_id, "appointment_id": clerk.appointment_id, "retained": "photos", "lift_id": 13,
        "guide": "seat", "manual": "handling", "code": "hotline", "notice_id": _notice(clerk),
        **_of_a_process(city), **_of_the_clerk(clerk),
        "plan_id": _plan_in_force(city), "inspector_id": city.acting("inspector").appointment_id, "course_id": _course(city),
        **_shifts(city),
        "parked_id": _parked().pk, "job_id": 12, **_short_ways(city), "day": _daily_sheet(city),
        **_kept_by_the_seat(city.acting("seat_agent")),
        "document_id": _document(city),
        "row_id": Responsibility.objects.filter(platform=city.platform)[0].pk, "company_id": _company(city).pk,
        "phrase_id": Phrase.objects.create(platform=city.platform, use="reply", title="答复", text="{编号}已办结").pk,
    }  # fmt: skip



def _daily_sheet(city: City) -> str:
    """The day of the sheets that are made now, as addresses write it."""
    weekly_sheets.make(city.platform)
    made = daily_sheets.make(city.platform, requests.due_until)
    assert made is not None
    return made.day.isoformat()


def _shifts(city: City) -> dict[str, object]:
    """A leave that waits, a sheet of the seat's, and no draft to take."""
    seat, now = city.acting("seat_agent"), clock.now()
    asked = leaves.ask(seat, kind="sick", begins_at=now + timedelta(days=1), ends_at=now + timedelta(days=2), reason="")
    sheet = handing.give(seat, content=handing_over.content(seat), notes="")
    return {"leave_id": asked.pk, "sheet_id": sheet.pk, "draft_id": 13}


def _plan_in_force(city: City) -> int:
    """A storm that changes no limit, started by the duty director."""
    director = city.acting("duty_director")
    row = plans.save(director, plans.PlanInputs(name="样例", kind="storm", by_road=True))
    return plans.start(director, row.pk, row.version, "样例").pk


def _course(city: City) -> int:
    """A course with a quiz of one question, to which the inspector was invited."""
    head, now = city.acting("head"), clock.now()
    inputs = courses.CourseInputs("样例", "work", now.date(), Decimal(2))
    made = courses.save(head, inputs)
    courses.invite(head, made.pk, people=[city.acting("inspector").appointment_id])
    quizzes.set_quiz(head, made.pk, quizzes.QuizInputs(now, now + timedelta(days=7), 20, 80, 2))
    quizzes.add_question(head, made.pk, quizzes.QuestionInputs("one", "样例", ("甲", "乙"), (0,), "样例"))
    return made.pk


def _of_a_process(city: City) -> dict[str, object]:
    """The version in force, a draft of it and its simulation."""
    admin = city.acting("system_admin")
    version = processes.in_force(city.platform.pk)[0]
    draft = definitions.begin_draft(admin, version.pk)
    return {"definition_id": version.pk, "draft_id": draft.pk, "run_id": running.simulate(admin, draft).pk}


def _short_ways(city: City) -> dict[str, object]:
    """A 自处置 that waits to be judged, and an authorisation in force."""
    inspector, now = city.acting("inspector"), clock.now()
    with transaction.atomic():
        catalog.set_rule(city.platform, city.category().id, self_disposal=True, close_informed=False)
        pictures = photo(inspector, "navy"), photo(inspector, "teal")
        sent = self_disposal.send(inspector, self_disposal.SelfDisposalInputs("sample", city.category().id, *pictures, "大柳树路"))
        inputs = AuthorisationInputs(now, now + timedelta(days=1), "夜间", unit_id=city.acting("clerk").unit_id)
        given = authorising.authorise(city.acting("head"), inputs)
    return {"self_id": sent.pk, "authorisation_id": given.pk}


def _company(city: City) -> Company:
    """供电公司 in the register."""
    kind = CompanyKind.objects.get(platform=None, code="power")
    return Company.objects.create(platform=city.platform, unit_id=city.acting("company_clerk").unit_id, kind=kind)


def _document(city: City) -> int:
    """A text in the library, with one article."""
    pdf = ("样.pdf", BytesIO(b"%PDF-1.7"))
    inputs = regulations_writing.DocumentInputs("样城区道路管理办法", "regulation", "第一条　道路破损的，应当修复。", pdf=pdf)
    return regulations_writing.publish(city.acting("policy_officer"), inputs).row.pk


def _of_the_clerk(clerk: Acting) -> dict[str, object]:
    """A sign-in, a token and a terminal of hers, for addresses that end them."""
    now = clock.now()
    begun = SignIn.objects.create(user_id=clerk.user_id, begun_at=now, seen_at=now)
    accounts.issue_token(clerk.user_id, clerk.appointment_id, "sample")
    token = ApiToken.objects.filter(user_id=clerk.user_id, label="sample").latest("pk")
    asked = Device.objects.create(
        platform_id=clerk.platform_id, user_id=clerk.user_id, unit_id=clerk.unit_id, model="样机", public_key=b"", fingerprint="0" * 64,
        state=Device.ASKED, asked_at=now,
    )  # fmt: skip
    return {"sign_in_id": begun.pk, "token_id": token.pk, "device_id": asked.pk}


def _kept_by_the_seat(seat: Acting) -> dict[str, object]:
    """A search and an export of hers."""
    kept = saved.save(seat, "样例", "light=red")
    made = Export.objects.create(
        platform_id=seat.platform_id, appointment_id=seat.appointment_id, user_id=seat.user_id, kind="ledger", form="csv", name="样例.csv",
        asked={}, asked_at=clock.now(),
    )  # fmt: skip
    return {"saved_id": kept.pk, "export_id": made.pk}
def _notice(clerk: Acting) -> int:
    """What the clerk's desk was told."""
    row = Notice(platform_id=clerk.platform_id, unit_id=clerk.unit_id, duty="receive", event="dispatched", key="sample")
    row.created_at = clock.now()
    row.save()
    return row.pk


def _parked() -> ParkedDelivery:
    entry = OutboxEntry.objects.earliest("pk")
    return ParkedDelivery.objects.create(entry=entry, subscriber="sample", error="refused", parked_at=clock.now())
