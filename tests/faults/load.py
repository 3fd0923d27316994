"""People at work while something breaks: they report, file, dispatch, dispose, check and close over HTTP, and write down every answer.

Whoever gets no answer, or one that says "not now", asks again with the same key, as a phone does. What was answered with 2xx is
acknowledged: the judge (``judge.py``) compares it with the database afterwards.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from tests.faults.installation import PATIENCE_SECONDS, Platform

PAUSE_SECONDS = 0.2
"""Between two tries of the same call."""
CAST = ("inspector", "second_inspector", "far_inspector", "seat_agent", "dispatcher", "clerk")
"""Who appears in the stories."""
NOT_NOW = {429, 502, 503, 507}
"""Answers after which the same call with the same key is tried again."""


@dataclass(frozen=True, slots=True)
class Step:
    """An acknowledged action on a case."""

    case: str
    action: str
    seq: int


@dataclass
class Ledger:
    """What the people were told."""

    reports: dict[str, str] = field(default_factory=dict)
    """client id → report id."""
    steps: list[Step] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """file id → SHA-256 of what was sent."""
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    """(who, key) → how often it was sent."""
    requests: dict[str, str] = field(default_factory=dict)
    """client id → request id of calls by citizens."""
    faults: list[str] = field(default_factory=list)
    """What nobody should ever be told."""
    not_now: list[dict[str, Any]] = field(default_factory=list)
    """Answers of 503 and its like, with their sentence."""
    unanswered: int = 0
    acknowledged: int = 0
    heard: int = 0
    """Events of the live stream."""
    seconds: list[float] = field(default_factory=list)
    """Of each list read, when it was answered with 200."""
    pages_not_now: list[str] = field(default_factory=list)
    """Pages shown instead of a desk while the database was away."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, change: Callable[[], None]) -> None:
        with self.lock:
            change()


class GaveUp(Exception):
    """The platform did not come back in time."""


@dataclass
class Person:
    """Somebody of the cast with a line to the platform."""

    platform: Platform
    name: str
    ledger: Ledger

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.platform.city['tokens'][self.name]}", "Accept": "application/json"}
        self.line = httpx.Client(headers=headers, timeout=30, verify=False)  # no certificates to load: it is plain HTTP

    def ask(self, method: str, path: str, key: str = "", **content: Any) -> Any:
        """Ask until answered. Raises GaveUp; an answer that is wrong in itself goes to ``ledger.faults``."""
        until = time.monotonic() + PATIENCE_SECONDS
        headers = {"Idempotency-Key": key} if key else {}
        while time.monotonic() < until:
            if key:
                with self.ledger.lock:
                    self.ledger.keys[self.name, key] = self.ledger.keys.get((self.name, key), 0) + 1
            try:
                answer = self.line.request(method, f"{self.platform.url}/api/v1{path}", headers=headers, **content)
            except httpx.TransportError:
                self.ledger.note(lambda: setattr(self.ledger, "unanswered", self.ledger.unanswered + 1))
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.status_code < 300:
                self.ledger.note(lambda: setattr(self.ledger, "acknowledged", self.ledger.acknowledged + 1))
                return answer.json() if answer.content else None
            self._note(method, path, answer)
            time.sleep(PAUSE_SECONDS)
        raise GaveUp(f"{self.name}: {method} {path}")

    def _note(self, method: str, path: str, answer: httpx.Response) -> None:
        """A refusal: "not now" with its sentence is right while something is broken; everything else is a fault."""
        with self.ledger.lock:
            told = {"status": answer.status_code, "retry_after": answer.headers.get("Retry-After", "")}
            with suppress(ValueError):
                told |= answer.json()
            if answer.status_code in NOT_NOW and told.get("sentence"):
                self.ledger.not_now.append(told)
                return
            self.ledger.faults.append(f"{self.name}: {method} {path}: {answer.status_code} {answer.text[:300]}")
        if answer.status_code not in {*NOT_NOW, 500}:
            raise GaveUp(self.ledger.faults[-1])

    def photo(self) -> str:
        """Send a photo of one's own; its id."""
        taken = photograph()
        found = self.ask("POST", "/uploads", key=secrets.token_hex(8), files={"file": ("现场.jpg", taken, "image/jpeg")})
        self.ledger.note(lambda: self.ledger.files.update({found["file_id"]: hashlib.sha256(taken).hexdigest()}))
        return str(found["file_id"])

    def act(self, case: dict[str, Any], action: str, **data: Any) -> dict[str, Any]:
        """One step on a case as it was last answered."""
        path = f"/cases/{case['case_id']}/actions/{action}"
        done: dict[str, Any] = self.ask("POST", path, key=secrets.token_hex(8), json={"seq": case["seq"], "data": data})
        self.ledger.note(lambda: self.ledger.steps.append(Step(done["case_id"], action, done["seq"])))
        return done


def photograph() -> bytes:
    """A small JPEG like no other."""
    out = io.BytesIO()
    Image.frombytes("RGB", (32, 24), secrets.token_bytes(32 * 24 * 3)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Load:
    """The people of one fault. ``progress`` waits until so many more calls were acknowledged."""

    platform: Platform
    ledger: Ledger = field(default_factory=Ledger)
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    lines: list[httpx.Client] = field(default_factory=list)

    def person(self, name: str) -> Person:
        found = Person(self.platform, name, self.ledger)
        self.lines.append(found.line)
        return found

    def start(self, stories: int = 3) -> None:
        for number in range(stories):
            self._run(self._stories, number)
        self._run(self._desk)
        self._run(self._listen)

    def _run(self, work: Callable[..., None], *values: object) -> None:
        def guarded() -> None:
            try:
                work(*values)
            except GaveUp as reason:
                said = f"gave up: {reason}"
                self.ledger.note(lambda: self.ledger.faults.append(said))

        thread = threading.Thread(target=guarded, daemon=True)
        self.threads.append(thread)
        thread.start()

    def progress(self, calls: int) -> None:
        """Until so many more calls were acknowledged. Raises AssertionError after the patience."""
        wanted, until = self.ledger.acknowledged + calls, time.monotonic() + PATIENCE_SECONDS
        while self.ledger.acknowledged < wanted:
            assert time.monotonic() < until, f"no progress: {self.ledger.faults[-3:]} {self.ledger.not_now[-3:]}"
            time.sleep(0.05)

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS + 60)
            assert not thread.is_alive(), "somebody still waits for an answer"
        for line in self.lines:
            line.close()

    def _stories(self, number: int) -> None:
        """One case after the other; a story ends where the whistle blows, its case stays open there."""
        people = {name: self.person(name) for name in CAST}
        turn = number
        while not self.stopping.is_set():
            turn += 1
            steps = _life(people, self.platform.city, by_citizen=turn % 3 == 0)
            while not self.stopping.is_set() and next(steps, None) is not None:
                pass

    def _desk(self) -> None:
        """A seat whose lists are always on the screen."""
        seat, browser = self.person("second_seat_agent"), httpx.Client(timeout=30, verify=False)
        self.lines.append(browser)
        paths = ("/queues/accept", "/queues", "/cases?most=50")
        turn = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            seat.ask("GET", paths[turn % len(paths)])
            self.ledger.note(lambda began=began: self.ledger.seconds.append(time.monotonic() - began))  # type: ignore[misc]
            turn += 1
            self._page(browser)
            self.stopping.wait(0.02)

    def _page(self, browser: httpx.Client) -> None:
        """The sign-in page, as a browser opens it."""
        try:
            answer = browser.get(f"{self.platform.url}/sign-in/", headers={"Accept": "text/html"})
        except httpx.TransportError:
            return
        with self.ledger.lock:
            if answer.status_code == 503:
                self.ledger.pages_not_now.append(answer.text)
            elif answer.status_code != 200:
                self.ledger.faults.append(f"page: {answer.status_code} {answer.text[:200]}")

    def _listen(self) -> None:
        """A browser's stream, opened again whenever it ends."""
        seat = self.person("seat_agent")
        while not self.stopping.is_set():
            with suppress(httpx.TransportError, KeyError, ValueError):
                given = seat.line.get(f"{self.platform.url}/live/token").json()
                params = {"token": given["token"]}
                with httpx.stream("GET", f"{self.platform.live_url}/events", params=params, timeout=2) as stream:
                    for line in stream.iter_lines():
                        if line.startswith("data: "):
                            self.ledger.note(lambda: setattr(self.ledger, "heard", self.ledger.heard + 1))
                        if self.stopping.is_set():
                            return
            self.stopping.wait(PAUSE_SECONDS)


def _life(people: dict[str, Person], city: dict[str, Any], *, by_citizen: bool) -> Iterator[bool]:
    """From report to closing; yields after each acknowledged step."""
    seat, dispatcher, clerk = people["seat_agent"], people["dispatcher"], people["clerk"]
    report = _call(people, city) if by_citizen else _find(people, city)
    yield True
    case = seat.ask("POST", f"/reports/{report}/accept", key=secrets.token_hex(8), json={"then": "", "data": {}})
    seat.ledger.note(lambda: seat.ledger.steps.append(Step(case["case_id"], "accept", case["seq"])))
    yield True
    if by_citizen:
        case = seat.act(case, "send_verification")
        yield True
        case = _holder(people, case, "verify").act(case, "verify", answer="true", files=[_photo_of_holder(people, case, "verify")])
        yield True
    case = seat.act(case, "file", condition_id=city["condition"])
    yield True
    case = dispatcher.act(case, "dispatch", unit_id=city["unit"])
    yield True
    case = clerk.act(case, "receive")
    yield True
    case = clerk.act(case, "feedback", text="已修补", handled_by="何建", files=[clerk.photo()])
    yield True
    case = dispatcher.act(case, "review")
    yield True
    case = seat.act(case, "send_check")
    yield True
    case = _holder(people, case, "check").act(case, "check", answer="handled", files=[_photo_of_holder(people, case, "check")])
    yield True
    seat.act(case, "close", reply="路面已修复，谢谢您的反映。" if by_citizen else "")
    yield True


def _find(people: dict[str, Person], city: dict[str, Any]) -> str:
    """The inspector's own report with a photo."""
    who, client_id = people["inspector"], secrets.token_hex(8)
    longitude, latitude = city["place"]
    body = {
        "source": "inspector", "client_id": client_id, "category_id": city["category"], "condition_id": city["condition"],
        "longitude": longitude, "latitude": latitude, "description": f"路面破损 {client_id}", "files": [who.photo()],
    }  # fmt: skip
    made = who.ask("POST", "/reports", key=f"report-{client_id}", json=body)
    who.ledger.note(lambda: who.ledger.reports.update({client_id: made["report_id"]}))
    return str(made["report_id"])


def _call(people: dict[str, Person], city: dict[str, Any]) -> str:
    """A citizen's call, taken down by the seat."""
    seat, client_id = people["seat_agent"], secrets.token_hex(8)
    longitude, latitude = city["place"]
    body = {
        "source": "hotline", "client_id": client_id, "text": f"门前路面破损 {client_id}", "category_id": city["category"],
        "condition_id": city["condition"], "longitude": longitude, "latitude": latitude,
    }  # fmt: skip
    made = seat.ask("POST", "/requests", key=f"request-{client_id}", json=body)
    seat.ledger.note(lambda: seat.ledger.requests.update({client_id: made["request_id"]}))
    seat.ledger.note(lambda: seat.ledger.reports.update({client_id: made["report_id"]}))
    return str(made["report_id"])


def _holder(people: dict[str, Person], case: dict[str, Any], kind: str) -> Person:
    """The inspector who got the task."""
    for name in ("inspector", "second_inspector", "far_inspector"):
        if any(row["case_id"] == case["case_id"] for row in people[name].ask("GET", f"/queues/{kind}?most=200")):
            return people[name]
    raise GaveUp(f"nobody has the {kind} of {case}")


def _photo_of_holder(people: dict[str, Person], case: dict[str, Any], kind: str) -> str:
    return _holder(people, case, kind).photo()


@contextmanager
def working(platform: Platform, *, stories: int = 3) -> Iterator[Load]:
    """People at work for the length of the block, well on their way when it begins."""
    load = Load(platform)
    load.start(stories)
    try:
        load.progress(15)
        yield load
    finally:
        load.stop()
