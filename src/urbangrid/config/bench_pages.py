"""``bench pages``: what whole pages cost that people have open all day: desks, the case page, lists, the board, the phone.

Each page is asked for by a browser with a session, 200 times after 30; statements are counted in process with warm caches, as in
``bench cases``. HTMX takes its part out of the same answer, so that a fragment costs what its page costs.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from urbangrid.config import bench_city, bench_people, bench_words
from urbangrid.config.bench_effort import effort
from urbangrid.config.bench_ground import STEP, ground, machine, step
from urbangrid.config.bench_measure import capture, is_query
from urbangrid.config.bench_server import Call, Server
from urbangrid.organizations.acting import Acting

BUDGETS = {"list": 10, "case": 12, "desk": 20}
"""Statements (architecture §8); a desk draws a list and a case on one page."""


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when a page needs more statements than it may."""
    rows = args.rows[0] if args.rows else 100_000
    before = os.getloadavg()
    with ground(args, [rows]) as place:
        out = place.folder / "figures.json"
        step([STEP, "pages", str(out), str(rows)], place.at(rows))
        found = {"pages": json.loads(out.read_text())}
    found |= {"rows": rows, "machine": machine(), "load_before": before, "load_after": os.getloadavg()}
    found["broken"] = broken(found["pages"])
    print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else _table(found))
    return 1 if found["broken"] else 0


def broken(pages: dict[str, Any]) -> list[str]:
    """The budgets of statements that were not kept; §8 names no processor time for pages."""
    most = {name: BUDGETS[name.partition(",")[0]] for name in pages}
    return [f"{name}: {one['queries']} > {most[name]}" for name, one in pages.items() if one["queries"] > most[name]]


def _table(found: dict[str, Any]) -> str:
    lines = [bench_words.head(found), _("语句  处理器毫秒（网页＋数据库）  中位／九五分位毫秒  KB  网页")]
    for name, one in found["pages"].items():
        lines.append(
            f"{one['queries']:>4}  {one['cpu_ms']:>7} ({one['web_ms']} + {one['database_ms']})  {one['p50_ms']} / {one['p95_ms']}"
            f"  {one['kib']:>5}  {bench_words.names().get(name, name)}"
        )
    return "\n".join(lines + [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]])


def main(argv: list[str]) -> int:
    """Measure the database of DATABASE_URL, of so many cases as ``argv`` says, and write the figures to the file it names."""
    pages, much = _pages(bench_city.load().cast), effort(int(argv[1]))
    counts = {name: _counted(call) for name, call in pages.items()}
    server, found = Server(), {}
    server.start()
    try:
        for name, call in pages.items():
            figures = asdict(server.measure([call] * (much.page_requests + much.warm), much.warm))
            found[name] = figures | {"queries": counts[name][0], "kib": counts[name][1]}
    finally:
        server.stop()
    Path(argv[0]).write_text(json.dumps(found))
    return 0


def _pages(cast: dict[str, Acting]) -> dict[str, Call]:
    director = bench_people.with_post(cast["seat_agent"], "duty_director")
    item, case = _one("SELECT min(id) FROM cases_workitem WHERE kind = 'accept' AND closed_at IS NULL"), _one(_CASE)
    task = _one(_TASK, [cast["west_inspector"].appointment_id])
    asked = {
        "desk, seat agent": (cast["seat_agent"], "/desk/?tab=accept"),
        "desk, seat agent with a report": (cast["seat_agent"], f"/desk/?tab=accept&item={item}"),
        "desk, dispatcher": (cast["dispatcher"], "/desk/"), "desk, unit": (cast["clerk"], "/desk/"),
        "desk, board": (director, "/board/"), "desk, leader": (bench_people.with_post(cast["seat_agent"], "leader"), "/leader/"),
        "list, search page": (cast["seat_agent"], "/search/"), "list, statistics": (director, "/statistics/"),
        "list, area page": (cast["officer"], "/area/"), "list, done": (cast["seat_agent"], "/done/"),
        "list, arrivals": (cast["seat_agent"], f"/desk/arrivals/?only={item}"),
        "case, page": (cast["seat_agent"], f"/case/{case}/"),
        "list, phone": (cast["west_inspector"], "/phone/"), "case, phone task": (cast["west_inspector"], f"/phone/task/{task}/"),
    }  # fmt: skip
    cookies = {who.appointment_id: bench_people.cookie(who) for who, _path in asked.values()}
    return {name: Call(path, cookies[who.appointment_id]) for name, (who, path) in asked.items()}


_CASE = "SELECT max(id) FROM cases_case WHERE closed_at IS NOT NULL"
_TASK = "SELECT max(case_id) FROM cases_workitem WHERE kind = 'check' AND closed_at IS NULL AND appointment_id = %s"


def _one(statement: str, values: list[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def _counted(call: Call) -> tuple[int, float]:
    """Statements and KiB of the second answer."""
    capture(call)
    logged = capture(call)
    return sum(map(is_query, logged.statements)), round(logged.size_bytes / 1024, 1)
