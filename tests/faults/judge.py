"""Compares what people were told with what the database holds. It asks in SQL, apart from the platform's own code."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import httpx

from tests.faults.installation import Platform, wait_for
from tests.faults.load import Ledger

ONCE = (
    "accept", "send_verification", "verify", "file", "hand_on", "dispatch", "receive", "feedback", "review", "send_check", "check", "close",
)  # fmt: skip
"""What happens to a case of these stories once at most."""

TWICE = {
    "a report": "SELECT client_id FROM cases_report GROUP BY client_id HAVING count(*) > 1",
    "a record's entry in the outbox": "SELECT subject_id, seq, topic FROM core_outboxentry GROUP BY 1, 2, 3 HAVING count(*) > 1",
    "a case of a report": "SELECT report_id FROM cases_casereport WHERE role = 'origin' GROUP BY report_id HAVING count(*) > 1",
    "a request's case": "SELECT request_id FROM service_requests_requestcase GROUP BY request_id HAVING count(*) > 1",
    "a key": "SELECT actor_id, key FROM core_idempotencykey GROUP BY 1, 2 HAVING count(*) > 1",
    "a file": "SELECT sha256 FROM core_storedfile GROUP BY sha256 HAVING count(*) > 1",
    "open work on a case": (
        "SELECT case_id FROM cases_workitem WHERE closed_at IS NULL AND case_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    ),
    "an open clock of a kind": (
        "SELECT case_id, kind, item_id FROM cases_clock WHERE ended_at IS NULL AND case_id IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1"
    ),
    "a case number": "SELECT number FROM cases_case WHERE number IS NOT NULL GROUP BY number HAVING count(*) > 1",
    "a report number": "SELECT number FROM cases_report GROUP BY number HAVING count(*) > 1",
}

WRONG = {
    "a case whose records do not end where it says": (
        "SELECT c.id, c.seq, count(r.seq) FROM cases_case c LEFT JOIN cases_caserecord r ON r.case_id = c.id GROUP BY c.id"
        " HAVING c.seq <> count(r.seq) OR c.seq <> max(r.seq)"
    ),
    "records of a case dated against their order": (
        "SELECT case_id, seq FROM (SELECT case_id, seq, at, lag(at) OVER (PARTITION BY case_id ORDER BY seq) AS before"
        " FROM cases_caserecord) r WHERE at < before"
    ),
    "a record that the outbox does not know": (
        "SELECT r.case_id, r.seq FROM cases_caserecord r LEFT JOIN core_outboxentry o ON o.topic = 'case' AND o.subject_id = r.case_id"
        " AND o.seq = r.seq WHERE o.id IS NULL"
    ),
    "open work of another kind than the case's state demands": (
        "SELECT c.id, c.state, i.kind FROM cases_case c JOIN cases_workitem i ON i.case_id = c.id AND i.closed_at IS NULL"
        " WHERE i.kind <> (%(work)s::jsonb ->> c.state) AND i.kind NOT IN ('fence', 'decide', 'assist', 'crew_task')"
    ),
    "a case in a state of work without open work": (
        "SELECT c.id, c.state FROM cases_case c WHERE %(work)s::jsonb ? c.state AND NOT EXISTS"
        " (SELECT 1 FROM cases_workitem i WHERE i.case_id = c.id AND i.closed_at IS NULL)"
    ),
    "open work on a case that ended": (
        "SELECT c.id FROM cases_case c JOIN cases_workitem i ON i.case_id = c.id AND i.closed_at IS NULL WHERE c.closed_at IS NOT NULL"
    ),
    "a running clock on a case that ended": (
        "SELECT c.id FROM cases_case c JOIN cases_clock k ON k.case_id = c.id AND k.ended_at IS NULL WHERE c.closed_at IS NOT NULL"
    ),
    "a waiting report that nobody is asked to accept": (
        "SELECT r.id FROM cases_report r WHERE r.state = 'waiting' AND NOT EXISTS"
        " (SELECT 1 FROM cases_workitem i WHERE i.report_id = r.id AND i.kind = 'accept' AND i.closed_at IS NULL)"
    ),
    "a request whose accepted report joined no case": (
        "SELECT q.id FROM service_requests_servicerequest q JOIN cases_casereport l ON l.report_id = q.report_id AND l.role = 'origin'"
        " WHERE NOT EXISTS (SELECT 1 FROM service_requests_requestcase x WHERE x.request_id = q.id AND x.case_id = l.case_id)"
    ),
    "a request without reply whose case is closed": (
        "SELECT q.id FROM service_requests_servicerequest q JOIN service_requests_requestcase x ON x.request_id = q.id"
        " JOIN cases_case c ON c.id = x.case_id WHERE c.closed_at IS NOT NULL"
        " AND (q.state NOT IN ('to_reply', 'replied', 'closed') OR q.reply = '')"
    ),
}


def judge(platform: Platform, ledger: Ledger, *, parked: bool = False) -> list[str]:
    """Everything that is wrong, in words; empty when the fault did no harm. ``parked``: deliveries may stand parked."""
    wait_for(lambda: platform.one("SELECT count(*) FROM core_outboxentry WHERE delivered_at IS NULL") == 0, "the outbox is drained")
    wait_for(lambda: not platform.strays(), "no process without its supervisor")
    found = list(ledger.faults)
    found += [f"twice: {what}: {rows[:3]}" for what, statement in TWICE.items() if (rows := platform.rows(statement))]
    found += _wrong(platform)
    found += _reports(platform, ledger) + _steps(platform, ledger) + _keys(platform, ledger) + _files(platform, ledger)
    if not parked:
        found += [f"parked: {row}" for row in platform.rows("SELECT subscriber, error FROM core_parkeddelivery WHERE resolved_at IS NULL")]
    return found


def _wrong(platform: Platform) -> list[str]:
    """State of the case → kind of its open work, from the published definition; a dispatched unit's work is to dispose."""
    (definition,) = platform.rows("SELECT definition FROM cases_processdefinition ORDER BY id LIMIT 1")[0]
    work = {wait["state"]: WORK_OF[wait["state"]] for wait in definition["waits"]}
    with platform.database() as connection:
        asked = {what: connection.execute(statement.encode(), {"work": json.dumps(work)}).fetchall() for what, statement in WRONG.items()}
    return [f"{what}: {rows[:3]}" for what, rows in asked.items() if rows]


WORK_OF = {
    "reported": "accept", "to_file": "file", "verifying": "verify", "to_confirm": "confirm_filing", "to_sign": "sign",
    "to_release": "release", "with_city": "city_answer", "filed": "hand_on", "to_dispatch": "dispatch", "to_receive": "receive",
    "disposing": "dispose", "to_review": "review", "to_send_check": "send_check", "checking": "check", "to_close": "close",
}  # fmt: skip


def _reports(platform: Platform, ledger: Ledger) -> list[str]:
    ids = dict(platform.rows("SELECT client_id, id::text FROM cases_report WHERE client_id = ANY(%s)", list(ledger.reports)))
    known = [(client, id, ids.get(client)) for client, id in ledger.reports.items()]
    lost = [f"report {client} was acknowledged as {id} and is {there}" for client, id, there in known if there != id]
    there = {row[0] for row in platform.rows("SELECT id::text FROM service_requests_servicerequest")}
    return lost + [f"request {id} is lost" for id in ledger.requests.values() if id not in there]


def _steps(platform: Platform, ledger: Ledger) -> list[str]:
    """Each acknowledged step has its record, and nothing stands there twice."""
    cases = sorted({step.case for step in ledger.steps})
    rows = platform.rows("SELECT case_id::text, seq, action FROM cases_caserecord WHERE case_id::text = ANY(%s)", cases)
    there = {(case, seq): action for case, seq, action in rows}
    counted = Counter((case, action) for case, _seq, action in rows)
    found = [f"{case}: {action} {times} times" for (case, action), times in counted.items() if times > 1 and action in ONCE]
    for step in ledger.steps:
        chained = step.action == "file"  # the definition lets hand_on follow at once; the answer carries the last seq
        action = there.get((step.case, step.seq - 1 if chained else step.seq))
        if action != step.action:
            found.append(f"{step.case}: acknowledged {step.action} at {step.seq}, found {action}")
    return found


def _keys(platform: Platform, ledger: Ledger) -> list[str]:
    """Whatever was asked with a key and answered is remembered under it."""
    users = platform.city["users"]
    known = {(actor, key) for actor, key in platform.rows("SELECT actor_id, key FROM core_idempotencykey")}
    return [f"no memory of {who}'s key {key}" for who, key in ledger.keys if (users[who], key) not in known]


def _files(platform: Platform, ledger: Ledger) -> list[str]:
    rows = platform.rows("SELECT id::text, sha256, size_bytes FROM core_storedfile WHERE id::text = ANY(%s)", list(ledger.files))
    known = {id: (digest, size) for id, digest, size in rows}
    found = []
    for id, sent in ledger.files.items():
        digest, size = known.get(id, ("", 0))
        path = platform.place.data / "files" / digest[:2] / digest
        if digest != sent or _content(path) != (sent, size):
            found.append(f"file {id} was acknowledged, is {digest} on record and {_content(path)} on disk")
    return found


def _content(path: Path) -> tuple[str, int]:
    try:
        data = path.read_bytes()
    except OSError:
        return "", 0
    return hashlib.sha256(data).hexdigest(), len(data)


def says(platform: Platform, name: str, *words: str) -> bool:
    """Whether /health tells of something wrong in this line, in these words, and what to do about it."""
    try:
        found = httpx.get(f"{platform.url}/health", timeout=20).json()
    except (httpx.TransportError, ValueError):
        return False
    line = next((one for one in found["checks"] if one["name"] == name), None)
    if line is None or line["level"] == "good":
        return False
    return bool(line["advice"]) and all(word in line["says"] for word in words)


def wait_for_health(platform: Platform, name: str, *words: str) -> None:
    """Until ``says``."""
    wait_for(lambda: says(platform, name, *words), f"the health page says {words} under {name}")
