"""``replay FILE --mapping MAPPING --count N``: outside reports, driven to closure through the running platform's interface."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from urbangrid.cases import history, holding, outside, words
from urbangrid.catalog import outside as catalogue
from urbangrid.catalog import queries as catalog
from urbangrid.config.replay import Api, Player, Stuck
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform

SHOWN = 20
EVERY = 25


def replay(args: argparse.Namespace) -> int:
    """Print progress and the table by state, time and light; 1 when a report got stuck, 2 when nothing could begin."""
    platform = Platform.objects.order_by("pk").first()
    if platform is None:
        print(_("还没有平台。请先用 ./urbangrid up 建立。"))
        return 2
    try:
        player, listed, rows = _prepare(platform, Path(args.file), Path(args.mapping), args.count)
    except (Refusal, OSError) as fault:
        print(fault)
        return 2
    started, case_ids, stuck = time.monotonic(), [], []
    for done, row in enumerate(rows, 1):
        kind = listed.type_of(row.original.get(listed.column, ""))
        try:
            case_ids.append(player.play(row, (kind.kind, kind.code), listed.code))
        except Stuck as fault:
            stuck.append(f"{row.id}: {fault}")
        if done % EVERY == 0 or done == len(rows):
            print(_("已办 %(done)s / %(all)s") % {"done": done, "all": len(rows)}, flush=True)
    player.api.close()
    _tell(case_ids, stuck, player.api.calls, time.monotonic() - started)
    return 1 if stuck else 0


def _prepare(
    platform: Platform, path: Path, mapping_path: Path, count: int
) -> tuple[Player, catalogue.OutsideCatalogue, list[outside.OutsideRow]]:  # fmt: skip
    mapping = outside.read_mapping(mapping_path)
    version = catalogue.load(platform, mapping_path)
    classes = {key: option.id for key, option in catalog.version_classes(platform.pk, version.code).items()}
    rows: list[outside.OutsideRow] = []
    for row in outside.rows(path, mapping):
        if isinstance(row, outside.OutsideRow):
            rows.append(row)
        if len(rows) >= count:
            break
    player = Player(Api(settings.PORT), platform.pk, history.mover_for(platform, mapping_path), classes)
    return player, catalogue.read(mapping_path), rows


def _tell(case_ids: list[int], stuck: list[str], calls: int, seconds: float) -> None:
    """The table: state, how many, lights, on time, mean time from acceptance to closure."""
    lights = "  ".join(f"{words.LIGHTS[light]}" for light in words.LIGHTS)
    print(_("状态        件数    %(lights)s    按期    平均用时") % {"lights": lights})
    for row in holding.standings(case_ids):
        shown = "    ".join(f"{row.lights.get(light, 0):>4}" for light in words.LIGHTS)
        print(f"{row.word}    {row.count:>6}    {shown}    {row.on_time:>4}    {row.mean_seconds} s")
    print(_("共 %(count)s 次调用，%(seconds)s 秒") % {"count": calls, "seconds": round(seconds)})
    for line in stuck[:SHOWN]:
        print(_("未办到底：%(line)s") % {"line": line})
    if len(stuck) > SHOWN:
        print(_("……另有 %(count)s 件") % {"count": len(stuck) - SHOWN})
