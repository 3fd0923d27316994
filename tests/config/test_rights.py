"""The matrix of rights, 权限矩阵: every page, form, operation of the interface and action of a case × every post and a stranger.

docs/rights.md is what is asked for, and tests/golden/page_role.txt for the exact answers of pages; UPDATE_GOLDEN=1 writes both anew, and
what changed is then read in the difference.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.api.paths import At
from tests.config import every_answer, page_role
from tests.config.every_answer import Answered
from tests.config.page_role import STRANGER, status_of
from tests.support.addresses import Address, every, sample
from tests.support.browser import enter
from tests.support.city import INSIDE, City, forget, picture, settle
from tests.support.desk import ROOT, desks
from tests.support.every_stage import Story, told
from tests.support.people import PASSWORD
from urbangrid.accounts import actions as accounts
from urbangrid.cases import words
from urbangrid.cases.actions import ACTIONS
from urbangrid.config.api import api
from urbangrid.config.command import places
from urbangrid.ui import pdf

DOCUMENT = places.CHECKOUT / "docs" / "rights.md"
COLUMNS: Final = {
    "seat_agent": "坐席员", "duty_director": "值班主任", "head": "部长", "dispatcher": "派遣员", "command_director": "指挥值班主任",
    "clerk": "部门内勤", "other_clerk": "别部门内勤", "station_clerk": "站所", "crew": "班组", "company_clerk": "企业",
    "company_crew": "企业班组", "inspector": "监督员", "far_inspector": "别片监督员",
    "squad_leader": "监督组长", "subdistrict_officer": "街道", "far_subdistrict_officer": "别街道", "leader": "领导",
    "system_admin": "系统管理员", "security_admin": "安全管理员", "audit_admin": "审计管理员", STRANGER: "未登录",
}  # fmt: skip
COLLEAGUES: Final = {
    "road_crew": "crew", "second_inspector": "inspector", "far_inspector": "inspector", "far_subdistrict_officer": "subdistrict_officer",
}  # fmt: skip
"""Who holds the same post: of an action, the post counts."""
ELSEWHERE: Final = {"other_clerk": "clerk", "far_inspector": "inspector", "far_subdistrict_officer": "subdistrict_officer"}
"""The same posts in another unit or area: asked for themselves only where the address names something."""
HEAD = """# 权限矩阵 Rights

由 tests/config/test_rights.py 生成并逐格核对：每个页面、表单、接口、办理步骤 × 每个岗位。改动权限后用
`UPDATE_GOLDEN=1 ./urbangrid test tests/config/test_rights.py` 重写，再看差异。

样例：市政所处置、西湖街道范围内的一件案件，一条待受理上报，一件诉求。“别部门、别片、别街道”与该案件无关。

| 记号 | 意思 |
|---|---|
| ✓ | 可用（表单：许可，填得不对时再退回说明） |
| 空 | 无权，明确告知（403） |
| · | 对该岗位如同不存在（404） |
| 登 | 须先登录 |

表单可用不等于动得了别人的：别人的登录、令牌、上传、岗位另有测试（tests/config/test_injection.py）。

"""


def _sign(status: str) -> str:
    """The cell of an answer."""
    return {"401": "登", "302-sign-in": "登", "403": "", "404": "·"}.get(status, "✓")


@dataclass(frozen=True, slots=True)
class Round:
    """The city with a sample of everything, and what every address answered to everybody."""

    city: City
    desk: At
    ids: dict[str, object]
    actions: dict[str, list[str]]
    """Per action the posts that may do it on some case, found before the sample gave anybody a right of her own."""
    answers: list[Answered]
    statuses: dict[tuple[str, str], str]
    """Of a person and an address, asked by a browser."""

    def status(self, who: str, address: Address) -> str:
        return self.statuses[who, address.pattern]


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """Everybody at every address, once for this file, in a transaction that is rolled back behind it."""
    files = override_settings(FILES_ROOT=tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), files, transaction.atomic(), _laid_out_once():
        city, story = told()
        desk = desks(city)
        actions = _actions(story)
        case, request = every_answer.call_and_case(city, desk)
        ids = sample(desk, city)
        settle()
        answers = every_answer.round_of(city, desk, ids | {"case_id": case, "ref": case, "request_id": request})
        yield Round(city, desk, ids, actions, answers, {(one.who, one.pattern): one.status for one in answers if one.by == "browser"})
        transaction.set_rollback(True)
    forget()


@contextmanager
def _laid_out_once() -> Iterator[None]:
    """The same pages for another post are the same file: laying the handbooks out for each of twenty was a third of this test."""
    lay_out, known = pdf.write, dict[tuple[Any, ...], bytes]()

    def write(pages: Iterable[str], **how: Any) -> bytes:
        texts = tuple(pages)
        key = (texts, frozenset(how.get("photos", ())))
        return known[key] if key in known else known.setdefault(key, lay_out(texts, **how))

    with mock.patch.object(pdf, "write", write):
        yield


@pytest.fixture
def made(asked: Round, db: None) -> Iterator[Round]:
    """The same; what a test adds is rolled back."""
    forget()
    yield asked
    forget()


class Sitting:
    """Every post with a session, or with a token where a program calls; what a request wrote is taken back."""

    def __init__(self, city: City) -> None:
        self.sessions = {name: enter(Client(), city, name).cookies["sessionid"].value for name in city.cast}
        self.tokens = {name: _token(city, name) for name in COLUMNS if name != STRANGER}

    def page(self, who: str, method: str, path: str, form: Mapping[str, Any]) -> str:
        browser = Client()
        browser.cookies["sessionid"] = self.sessions.get(who, "")
        return self._taken_back(getattr(browser, method.lower()), path, form)

    def call(self, who: str, method: str, path: str, body: Any) -> str:
        program = Client(headers={"authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {})
        if isinstance(body, bytes):
            return self._taken_back(program.post, path, {"file": SimpleUploadedFile("a.jpg", body)})
        if method == "GET":
            return self._taken_back(program.get, path, body)
        return self._taken_back(program.generic, method, path, json.dumps(body), "application/json")

    def _taken_back(self, ask: Callable[..., Any], *given: Any) -> str:
        """The status; whatever was written is taken back, so that each post meets the same city."""
        with transaction.atomic():
            answer = ask(*given)
            transaction.set_rollback(True)
        return status_of(answer)


def _token(city: City, name: str) -> str:
    one = city.acting(name)
    return accounts.issue_token(one.user_id, one.appointment_id, "test")


def _table(title: str, rows: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| | {' | '.join(COLUMNS.values())} |"
    yield f"|---|{'---|' * len(COLUMNS)}"
    yield from (f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())
    yield ""


def _pages(sitting: Sitting, addresses: Iterable[Address], made: Round) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for one in addresses:
        if one.pattern.startswith("/api/"):
            continue
        named = "<" in one.pattern
        read = _row(partial(made.status, address=one), named=named)
        write = _row(partial(_post, sitting, path=one.path, ids=made.ids, city=made.city), named=named)
        if read == write:
            rows[f"`{one.pattern}`"] = read  # a page that looks the same however it is asked
        else:
            rows |= {f"{method} `{one.pattern}`": row for method, row in (("GET", read), ("POST", write)) if row}
    return rows


def _post(sitting: Sitting, who: str, *, path: str, ids: Mapping[str, object], city: City) -> str:
    return sitting.page(who, "POST", path, _form(path, who, ids, city))


def _row(ask: Callable[[str], str], *, named: bool) -> list[str]:
    """The cells of an address; none where it takes no such request."""
    found: dict[str, str] = {}
    for who in COLUMNS:
        if who in ELSEWHERE and not named:
            found[who] = found[ELSEWHERE[who]]
            continue
        status = ask(who)
        if status == "405":
            return []
        found[who] = _sign(status)
    return list(found.values())


def _form(path: str, who: str, ids: Mapping[str, object], city: City) -> dict[str, Any]:
    """What the form asks for, where an empty one would hide whether the post may use it."""
    if path == "/sign-in/":
        return {"username": "seat_agent", "password": PASSWORD}
    if path == "/posts/" and who != STRANGER:
        return {"appointment": city.acting(who).appointment_id}
    return {"seq": ids["seq"], "reason": "below_condition", "person": city.acting("inspector").appointment_id,
            "appointment": city.acting("inspector").appointment_id, "purpose": "回访"}  # fmt: skip


def _operations(sitting: Sitting, ids: Mapping[str, object], city: City) -> dict[str, list[str]]:
    rows = {}
    for route, methods in api.get_openapi_schema()["paths"].items():
        path = re.sub(r"{(\w+)}", lambda place: str(ids[place[1]]), route)
        for method, operation in methods.items():
            name = f"{method} {route.removeprefix(ROOT)}"
            ask = partial(_call, sitting, method=method.upper(), path=path, body=_body(name, ids, city))
            rows[f"{operation['summary']} {method.upper()} `{route.removeprefix(ROOT)}`"] = _row(ask, named="{" in route)
    return rows


def _call(sitting: Sitting, who: str, *, method: str, path: str, body: Any) -> str:
    return sitting.call(who, method, path, body)


def _body(operation: str, ids: Mapping[str, object], city: City) -> Any:
    """What the operation asks for, so that its shape is no reason to refuse."""
    place = {"longitude": INSIDE[0], "latitude": INSIDE[1]}
    road = {"category_id": str(city.category().id), "place_text": "大柳树路", **place}
    known: dict[str, Any] = {
        "post /tokens": {"username": "seat_agent", "password": PASSWORD}, "post /uploads": picture(), "get /places/locate": place,
        "get /cases/near": place, "post /reports": {"source": "hotline", "client_id": "r-1", **road},
        "post /reports/{report_id}/accept": {}, "post /reports/{report_id}/refuse": {"reason": "below_condition"},
        "post /requests": {"source": "hotline", "client_id": "q-1", "text": "路面坑洼", **road},
        "post /requests/of-phone": {"phone": "13900001111"}, "post /requests/{request_id}/contact": {"purpose": "回访"},
        "post /items/{item_id}/assign": {"appointment": str(city.acting("inspector").appointment_id)},
        "post /items/{item_id}/claim": {"take_over": True}, "post /cases/{ref}/actions/{action}": {"seq": ids["seq"], "data": {}},
        "post /self-disposals": {"client_id": "s-1", "before": str(ids["file_id"]), "after": str(ids["file_id"]), **road},
        "post /self-disposals/{self_id}/judge": {}, "post /self-disposals/{self_id}/recheck": {"answer": "handled"},
    }  # fmt: skip
    return known.get(operation, {})


def _actions(story: Story) -> dict[str, list[str]]:
    """Per action the posts that may do it on some case of theirs, as ``moves`` says; ``cases.actions`` refuses by the same rule."""
    rows = {}
    for action in ACTIONS:
        may = {COLLEAGUES.get(turn.who, turn.who) for turn in story.turns.get(action, ())}
        rows[f"{words.ACTIONS[action]} `{action}`"] = ["登" if who == STRANGER else "✓" if who in may else "" for who in COLUMNS]
    return rows


@pytest.mark.requirement("HD-2.3.7g")
def test_every_post_may_do_what_the_matrix_says_and_nothing_else(made: Round) -> None:
    city, addresses = made.city, every(made.ids)
    opened = page_role.table(city.cast, addresses, made.status)
    sitting = Sitting(city)
    parts = (("页面与表单", _pages(sitting, addresses, made)), ("数据接口 /api/v1", _operations(sitting, made.ids, city)),
             ("案件办理步骤", made.actions))  # fmt: skip
    text = HEAD + "\n".join(line for title, rows in parts for line in _table(title, rows))
    if os.environ.get("UPDATE_GOLDEN"):
        DOCUMENT.write_text(text, encoding="utf-8")
        page_role.GOLDEN.write_text(opened, encoding="utf-8")
    assert text == DOCUMENT.read_text(encoding="utf-8")
    assert opened == page_role.GOLDEN.read_text(encoding="utf-8")


def test_every_answer_to_every_post_carries_the_policy_and_names_no_address_outside(made: Round) -> None:
    """HD-2.3.7b; errors and what is sent otherwise: tests/config/test_answer_headers.py."""
    assert [one for one in made.answers if one.faults] == []
    assert {one.who for one in made.answers} >= set(COLUMNS)


def test_no_page_print_or_export_of_any_post_shows_a_citizen_in_clear(made: Round) -> None:
    """Case-rules 24; the look with a purpose, which does: tests/config/test_masking.py."""
    assert [(one.pattern, one.who, one.by, one.clear) for one in made.answers if one.clear] == []
    people = {one.who for one in made.answers} - {STRANGER}
    assert {made.city.acting(name).post_code for name in people} == {who.post_code for who in made.city.cast.values()}
    assert sum(one.status == "200" for one in made.answers) > 600, "pages were read, not refused"
    assert any(one.by == "program" and one.status == "200" for one in made.answers)


def test_no_address_fails_for_anybody() -> None:
    statuses = {line.split()[0] for line in page_role.GOLDEN.read_text(encoding="utf-8").splitlines() if line.startswith("  ")}
    assert statuses <= {"200", "302", "302-sign-in", "400", "401", "403", "404", "405", "409", "422"}


def test_a_stranger_opens_the_sign_in_and_the_description_of_the_interface_alone() -> None:
    opened, pattern = [], ""
    for line in page_role.GOLDEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            pattern = line
        elif line.startswith("  200") and (STRANGER in line.split() or page_role.EVERYBODY in line.split()):
            opened.append(pattern)
    assert opened == ["/sign-in/", "/api/v1/openapi.json"]
