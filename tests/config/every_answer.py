"""Every address opened once by every post and by a stranger, and what was looked at in each answer.

Three promises are about every answer: who gets it (the golden table of pages), what it tells the browser (HD-2.3.7b), and that no citizen
stands in it in clear (case-rules 24). tests/config/test_rights.py makes the round once and asks each of them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.config.page_role import ELSEWHERE, SAME_AS_ANOTHER, STRANGER, status_of
from tests.support.addresses import Address, every
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.service_requests.models import RequestCase

NAME, PHONES, STREET = "秦素珍", ("139 0000 1111", "13900001111", "139-0000-1111"), "柳荫里3号"
CLEAR = (NAME, "秦女士", *PHONES, STREET)
"""What nobody reads without a look with a purpose."""
OUTSIDE = re.compile(rb"""(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s"'<>)]*""", re.I)
NAMES_ONLY = (b"http://www.w3.org/",)
"""Names of XML vocabularies; nobody fetches them."""
CODE = re.compile(rb"<script(?![^>]*\ssrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+\s*=\s*[\"']")


@dataclass(frozen=True, slots=True)
class Answered:
    """Who asked what in which way (browser or program), the status in words, and what should not be there."""

    pattern: str
    who: str
    by: str
    status: str
    clear: tuple[str, ...]
    faults: tuple[str, ...]


def call_and_case(city: City, desk: At) -> tuple[str, str]:
    """A citizen's call that became a case at 市政所; the ids of case and request."""
    call = paths.request(desk, city, original={"来电": PHONES[1], "姓名": NAME})
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    RequestCase.objects.get_or_create(request_id=int(call["request_id"]), case_id=int(case))
    return case, str(call["request_id"])


def round_of(city: City, desk: At, ids: Mapping[str, object]) -> list[Answered]:
    """Every address by a browser, those of the interface by a program too; what a request wrote is taken back."""
    addresses = every(ids)
    return [one for name in [*_names(city), STRANGER] for one in _asked(city, desk, name, addresses)]


def _names(city: City) -> list[str]:
    return [name for name in city.cast if name not in SAME_AS_ANOTHER]


def _asked(city: City, desk: At, name: str, addresses: Sequence[Address]) -> Iterator[Answered]:
    browser = Client() if name == STRANGER else enter(Client(), city, name)
    session = browser.cookies["sessionid"].value if name != STRANGER else ""
    for address in addresses:
        if name in ELSEWHERE and "<" not in address.pattern:
            continue
        fresh = Client()
        fresh.cookies["sessionid"] = session
        yield _looked_at(fresh, address, name, "browser")
        if address.pattern.startswith("/api/") and name != STRANGER:
            yield _looked_at(desk(name).client, address, name, "program")


def _looked_at(client: Client, address: Address, who: str, by: str) -> Answered:
    with transaction.atomic():
        answer: Any = client.get(address.path)
        body = b"".join(answer) if answer.streaming else bytes(answer.content)
        transaction.set_rollback(True)
    kind = answer.headers.get("Content-Type", "")
    words = "" if kind.startswith("image/") else _words(body, kind)
    clear = tuple(one for one in CLEAR if one in words)
    return Answered(address.pattern, who, by, status_of(answer), clear, (*header_faults(answer), *_page_faults(kind, body)))


def _words(content: bytes, kind: str) -> str:
    """The text of an answer; of a spreadsheet the text of all its parts."""
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return " ".join(book.read(name).decode() for name in book.namelist())
    return content.decode(errors="replace")


def header_faults(answer: Any) -> Iterator[str]:
    """What the headers of an answer should say and do not."""
    policy, kind = answer.headers.get("Content-Security-Policy", ""), answer.headers.get("Content-Type", "")
    if "unsafe" in policy or "*" in policy or "frame-ancestors 'none'" not in policy:
        yield f"policy {policy}"
    if not policy.startswith("default-src 'self'; img-src" if kind.startswith("text/html") else "default-src 'none'"):
        yield f"policy of {kind}: {policy}"
    wanted = {
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    yield from (f"{name}: {answer.headers.get(name)}" for name, value in wanted.items() if answer.headers.get(name) != value)
    if "microphone=()" not in answer.headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    yield from (name for name in ("Server", "X-Powered-By") if name in answer.headers)


def _page_faults(kind: str, body: bytes) -> Iterator[str]:
    """Addresses outside and code of its own in a page."""
    if not kind.startswith("text/html"):
        return
    for one in OUTSIDE.findall(body):
        if not one.startswith((b"http://testserver", b"//testserver", *NAMES_ONLY)):
            yield f"outside {one.decode(errors='replace')}"
    if found := CODE.search(body):
        yield f"code {found[0].decode(errors='replace')}"
