"""Driving outside reports through the JSON interface as the posts would, from the citizen's words to closure.

1. The seat registers the row as a public request, accepts the report and sends the verification.
2. The inspector (assigned by the duty director where nobody covers the place) answers "true" with a photo.
3. The seat files; the duty director where the category asks for it.
4. The dispatcher follows the proposal; the unit receives and feeds back with a photo; the dispatcher reviews.
5. The seat sends the check; an inspector finds it handled; the seat closes with a reply.

Every step is a request over HTTP with a token of the appointment that holds the work; nothing is written past the interface.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from PIL import Image, ImageDraw

from urbangrid.accounts import actions as accounts
from urbangrid.cases import holding
from urbangrid.cases.outside import Mover, OutsideRow
from urbangrid.organizations import queries as organizations

MOST_STEPS = 30
"""Steps of one report before it counts as stuck; the longest way takes twelve."""


class Stuck(Exception):
    """A report that could not be driven on: where and why, in the platform's own words."""


@dataclass(slots=True)
class Api:
    """The interface over one kept connection; a token per appointment, made when it is first needed."""

    port: int
    host: str = "127.0.0.1"
    _line: HTTPConnection | None = None
    _tokens: dict[int, str] = field(default_factory=dict)
    calls: int = 0

    def call(self, method: str, path: str, appointment: int, body: Any = None, *, key: str = "") -> Any:
        """JSON in, JSON out. Raises Stuck with the sentence of a refusal."""
        content = b"" if body is None else json.dumps(body).encode()
        return self._send(method, path, appointment, content, "application/json", key)

    def photo(self, appointment: int, picture: bytes) -> str:
        """Upload a photo; returns its id."""
        border = uuid.uuid4().hex
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        content = head.encode() + picture + f"\r\n--{border}--\r\n".encode()
        found = self._send("POST", "/uploads", appointment, content, f"multipart/form-data; boundary={border}", "")
        return str(found["file_id"])

    def _send(self, method: str, path: str, appointment: int, content: bytes, kind: str, key: str) -> Any:
        headers = {"Authorization": f"Bearer {self._token(appointment)}", "Content-Type": kind, "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        self.calls += 1
        try:
            self._line = self._line or HTTPConnection(self.host, self.port, timeout=60)
            self._line.request(method, f"/api/v1{path}", content, headers)
            answer = self._line.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            self.close()
            raise Stuck(f"{method} {path}: {error}") from error
        if answer.status >= 400:
            fault = json.loads(text) if text.startswith("{") else {}
            raise Stuck(f"{method} {path}: {answer.status} {fault.get('sentence', text[:200])}")
        return json.loads(text) if text else None

    def close(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _token(self, appointment: int) -> str:
        if appointment not in self._tokens:
            user_id = organizations.user_of(appointment)
            self._tokens[appointment] = accounts.issue_token(user_id, appointment, "replay")
        return self._tokens[appointment]


@dataclass(slots=True)
class Player:
    """Plays all posts for one report after the other."""

    api: Api
    platform_id: int
    mover: Mover | None
    classes: Mapping[tuple[str, str], int]

    def play(self, row: OutsideRow, kind: tuple[str, str], source: str) -> int:
        """Drive one row to closure; the case's id. Raises Stuck."""
        seat = self._holder("register")
        made = self.api.call("POST", "/requests", seat, self._request(row, kind, source), key=f"replay-{source}-{row.id}")
        report = self.api.call("GET", f"/reports/{made['report_id']}", seat)
        if report["state"] == "waiting":
            done = self.api.call("POST", f"/reports/{made['report_id']}/accept", seat, {"then": "send_verification", "data": {}})
            case_id = int(done["case_id"])
        else:
            case_id = int(self.api.call("GET", f"/requests/{made['request_id']}", seat)["cases"][0]["case_id"])
        for _step in range(MOST_STEPS):
            work = holding.open_work(case_id)
            if work is None:
                return case_id
            self._answer(case_id, work)
        raise Stuck(f"case {case_id}: {MOST_STEPS} steps and still open")

    def _request(self, row: OutsideRow, kind: tuple[str, str], source: str) -> dict[str, Any]:
        words = " ".join(value for name, value in row.original.items() if name in ("case_title", "type"))
        body: dict[str, Any] = {
            "source": "web", "client_id": f"{source}:{row.id}"[:64], "line": source[:40], "outside_number": row.id[:40],
            "text": words or row.id, "category_id": str(self.classes[kind]), "place_text": row.place[:256] or row.id,
            "original": dict(row.original),
        }  # fmt: skip
        if row.longitude is not None and row.latitude is not None and self.mover is not None:
            moved = self.mover.move(row.longitude, row.latitude)
            if moved is not None:
                body["longitude"], body["latitude"] = moved
        return body

    def _answer(self, case_id: int, work: holding.Work) -> None:
        """Do what the open work item asks, as who holds it."""
        if work.duty == "nobody_responsible":
            self._assign(work)
            return
        holder = work.appointment_id or self._holder(work.duty, work.unit_id)
        action, data = self._decision(case_id, work, holder)
        seq = int(self.api.call("GET", f"/cases/{case_id}/moves", holder)["seq"])
        self.api.call("POST", f"/cases/{case_id}/actions/{action}", holder, {"seq": seq, "data": data}, key=f"replay-{case_id}-{seq}")

    def _assign(self, work: holding.Work) -> None:
        """Nobody covers the place: the duty director names an inspector."""
        director, inspector = self._holder("nobody_responsible"), self._holder(work.kind)
        self.api.call("POST", f"/items/{work.item_id}/assign", director, {"appointment": str(inspector)})

    def _decision(self, case_id: int, work: holding.Work, holder: int) -> tuple[str, dict[str, Any]]:
        if work.kind == "verify":
            return "verify", {"answer": "true", "note": "现场属实", "files": [self._photo(holder, "before")]}
        if work.kind == "check":
            return "check", {"answer": "handled", "note": "现场已处置", "files": [self._photo(holder, "check")]}
        if work.kind == "fence":
            return "fence", {"text": "已围挡并设警示标志", "files": [self._photo(holder, "before")]}
        if work.kind == "dispose":
            return "feedback", {"text": "已到场处置完毕", "handled_by": "班组", "files": [self._photo(holder, "after")]}
        if work.kind == "dispatch":
            return "dispatch", self._unit(case_id, holder)
        if work.kind == "close":
            return "close", {"reply": "您好，您反映的问题已处置完毕，现场核查属实。谢谢您。"}
        if work.kind == "file":
            return ("propose_filing", {}) if work.needs_director else ("file", {})
        same = {"confirm_filing": "file", "receive": "receive", "review": "review", "send_check": "send_check", "sign": "sign"}
        if work.kind not in same:
            raise Stuck(f"case {case_id}: {work.kind}")
        return same[work.kind], {}

    def _unit(self, case_id: int, holder: int) -> dict[str, Any]:
        proposed = self.api.call("GET", f"/cases/{case_id}/proposals", holder)
        if proposed:
            chosen = {"unit_id": str(proposed[0]["unit_id"])}
            return chosen if proposed[0]["proposed"] else chosen | {"reason": "other", "opinion": "回放：清单未定，取第一家"}
        units = [one for one in self.api.call("GET", "/units", holder) if one["has_desk"]]
        if not units:
            raise Stuck("no unit can receive")
        return {"unit_id": str(units[case_id % len(units)]["unit_id"])}

    def _photo(self, holder: int, role: str) -> str:
        return self.api.photo(holder, picture(role))

    def _holder(self, duty: str, unit_id: int | None = None) -> int:
        found = organizations.holder_of(self.platform_id, duty, unit_id)
        if found is None:
            raise Stuck(f"nobody holds {duty}")
        return found


def picture(role: str) -> bytes:
    """A drawn stand-in for a photo, different each time so that no two are the same file."""
    shade = {"before": "#8a8f98", "after": "#9aa8a0", "check": "#a7b0ba"}[role]
    image = Image.new("RGB", (640, 480), shade)
    ImageDraw.Draw(image).text((20, 440), f"replay {role} {uuid.uuid4().hex[:12]}", fill="#ffffff")
    out = io.BytesIO()
    image.save(out, format="JPEG", quality=80)
    return out.getvalue()
