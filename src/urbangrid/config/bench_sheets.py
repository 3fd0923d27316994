"""``bench sheets``: twenty dispatch orders as one PDF (desks.md C2: within 10 s), and the ledger of all cases as .xlsx and CSV.

1. On a copy of the filled database twenty cases of one unit each get a photo of twelve megapixels, as phones take them.
2. The department's clerk asks for the orders by the form of her desk, in a browser of this process; twice: the first time the layout
   libraries are loaded too.
3. The ledger is written by the worker's own code in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.test import Client
from django.utils.translation import gettext as _
from PIL import Image

from urbangrid.cases import exports, ledger
from urbangrid.cases.search import Asked
from urbangrid.config import bench_city, bench_people, bench_words
from urbangrid.config.bench_ground import STEP, ground, machine, step
from urbangrid.core import clock, files
from urbangrid.core.ids import new_id
from urbangrid.organizations.acting import Acting

SHEETS: Final = 20
MOST_SECONDS: Final = 10.0
"""desks.md C2."""
MOST_MIB: Final = 500
"""Of the process that writes the ledger, however long it is."""


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when twenty sheets take longer than ten seconds or a ledger more memory than its bound."""
    rows = args.rows[0] if args.rows else 100_000
    before = os.getloadavg()
    found: dict[str, Any] = {"rows": rows}
    with ground(args, [rows]) as place:
        for what in ("orders", "xlsx", "csv"):
            out = place.folder / f"{what}.json"
            step([STEP, "sheets", what, str(out)], place.at(rows))
            found[what] = json.loads(out.read_text())
    found |= {"machine": machine(), "load_before": before, "load_after": os.getloadavg()}
    found["broken"] = broken(found)
    print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else _table(found))
    return 1 if found["broken"] else 0


def broken(found: dict[str, Any]) -> list[str]:
    """The bounds that were not kept."""
    slow = [f"orders: {one['seconds']} s > {MOST_SECONDS:g} s" for one in found["orders"] if one["seconds"] > MOST_SECONDS]
    return slow + [f"{form}: {found[form]['mib']} MiB > {MOST_MIB} MiB" for form in ("xlsx", "csv") if found[form]["mib"] > MOST_MIB]


def _table(found: dict[str, Any]) -> str:
    lines = [bench_words.head(found)]
    for name, one in zip((_("第一次"), _("再一次")), found["orders"], strict=True):
        words = _("%(sheets)d 张派遣单，%(name)s：%(seconds)s 秒（处理器 %(cpu)s 秒），%(kib)d KB")
        lines.append(words % {"sheets": SHEETS, "name": name, **one})
    for form in ("xlsx", "csv"):
        words = _("台账 %(rows)d 行 %(form)s：%(seconds)s 秒（处理器 %(cpu)s 秒），内存峰值 %(mib)d MB，%(kib)d KB")
        lines.append(words % {"form": form, **found[form]})
    return "\n".join(lines + [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]])


def main(argv: list[str]) -> int:
    """Measure one thing on the database of DATABASE_URL and write the figures to the file that ``argv`` names."""
    what, out = argv
    cast = bench_city.load().cast
    found = _orders(cast["clerk"]) if what == "orders" else _ledger(cast["seat_agent"], what)
    Path(out).write_text(json.dumps(found))
    return 0


def _timed(act: Callable[[], int]) -> dict[str, float]:
    """Seconds by the wall and of the processor, and KiB of what ``act`` made (it gives bytes)."""
    began, cpu = time.monotonic(), time.process_time()
    size_bytes = act()
    return {"seconds": round(time.monotonic() - began, 2), "cpu": round(time.process_time() - cpu, 2), "kib": size_bytes // 1024}


def _orders(clerk: Acting) -> list[dict[str, float]]:
    cases = _with_photos(clerk)
    cookie = bench_people.cookie(clerk)["Cookie"].partition("=")
    browser = Client()
    browser.cookies[cookie[0]] = cookie[2]

    def ask() -> int:
        answer = browser.post("/desk/print/", {"case": [f"{case}:0" for case in cases]})
        if answer.status_code != 200 or not answer.content.startswith(b"%PDF"):
            raise SystemExit(answer.content.decode(errors="replace")[:500])
        return len(answer.content)

    return [_timed(ask), _timed(ask)]


_CASES = (
    "SELECT case_id FROM cases_workitem WHERE unit_id = %s AND kind IN ('receive', 'dispose') AND closed_at IS NULL ORDER BY id LIMIT %s"
)


def _with_photos(clerk: Acting) -> list[int]:
    """Open cases of her unit, each with a large photo of its own before the work."""
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [clerk.unit_id, SHEETS])
        cases = [int(row[0]) for row in cursor.fetchall()]
        if len(cases) < SHEETS:
            raise SystemExit(_("测量用的数据库里没有二十件处置中的案件，请用更多案件数。"))
        for number, case in enumerate(cases):
            cursor.execute(
                "INSERT INTO cases_recordfile (id, case_id, seq, role, file_id, position) VALUES (%s, %s, 1, 'before', %s, 0)",
                [new_id(), case, _photo(clerk, number)],
            )
    return cases


@transaction.atomic
def _photo(clerk: Acting, number: int) -> int:
    """Twelve megapixels with the grain of a real picture (about 5 MB)."""
    out = io.BytesIO()
    grain = Image.effect_noise((4000, 3000), 30 + number)
    Image.merge("RGB", (grain, grain, grain)).save(out, "JPEG", quality=85)
    out.seek(0)
    return files.store_photo(out, name="现场.jpg", platform_id=clerk.platform_id, owner_id=clerk.user_id, zone=clerk.zone).pk


def _ledger(seat: Acting, form: str) -> dict[str, float]:
    path = Path(os.environ["URBANGRID_DATA"]) / f"ledger.{form}"
    rows = 0

    def write() -> int:
        nonlocal rows
        rows = exports.write_ledger(seat, ledger.ids(seat, Asked()), form, path, clock.now())
        return path.stat().st_size

    found = _timed(write)
    return found | {"rows": rows, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
