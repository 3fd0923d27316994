"""The commands ``import divisions`` and ``grids generate``: arguments in, sentences and an exit code out; the work is
done in actions.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.grids import actions
from urbangrid.grids.importing import ImportResult
from urbangrid.grids.layers import DEFAULT_SIZE_M, LayerResult, Progress
from urbangrid.grids.mapping import DivisionMapping, read_mapping
from urbangrid.grids.models import UNIT_LAYER, Level
from urbangrid.grids.reading import read_features

DONE: Final = 0
LEFT_OUT: Final = 1
"""Something was loaded, and something was left out and is listed."""
REFUSED: Final = 2
COMMUNITY_LAYER: Final = "community"


def import_divisions(args: argparse.Namespace) -> int:
    """``import divisions FILE --mapping M [--codes FOLDER] [--platform CODE]``: 0 all in, 1 something left out, 2
    refused.
    """
    codes = getattr(args, "codes", None)
    try:
        mapping = read_mapping(Path(args.mapping))
        with transaction.atomic():  # a platform made for an import that is then refused would be half in
            result = actions.import_divisions(
                platform=_platform(getattr(args, "platform", None), mapping),
                path=Path(args.file),
                mapping=mapping,
                codes_folder=Path(codes) if codes else None,
            )
    except Refusal as refusal:
        return _refused(refusal)
    _print_import(result)
    return LEFT_OUT if result.left_out else DONE


def generate(args: argparse.Namespace) -> int:
    """``grids generate --size METRES [--district NAME …] [--layer NAME] [--one-cell] [--drawn FILE] [--platform
    CODE]``.

    ``--one-cell``: each community is one cell; ``--drawn``: code the cells of a boundary file instead of cutting
    squares.
    """
    drawn, one_cell = getattr(args, "drawn", None), getattr(args, "one_cell", False)
    layer = getattr(args, "layer", None) or (COMMUNITY_LAYER if one_cell else UNIT_LAYER)
    started = time.monotonic()
    try:
        platform = _platform(getattr(args, "platform", None), None)
        if drawn:
            cells = read_features(Path(drawn), "").geometries
            result = actions.code_drawn_cells(
                platform=platform,
                layer=layer,
                geometries=[cell for cell in cells if cell is not None],
                source=Path(drawn).name,
                progress=_progress(),
            )
        else:
            result = actions.generate(
                platform=platform,
                size_m=None if one_cell else DEFAULT_SIZE_M if args.size is None else args.size,
                districts=getattr(args, "district", None) or (),
                layer=layer,
                progress=_progress(),
            )
    except Refusal as refusal:
        return _refused(refusal)
    _print_layer(result, time.monotonic() - started)
    return DONE


def _platform(code: str | None, mapping: DivisionMapping | None) -> Platform:
    """The platform named, or the only one; an import into an empty installation makes the mapping's."""
    platforms = list(Platform.objects.order_by("code"))
    codes = _("、").join(platform.code for platform in platforms)
    if code:
        named = [platform for platform in platforms if platform.code == code]
        if not named:
            raise Refusal("grids.platform_unknown", number=code, codes=codes)
        return named[0]
    if len(platforms) > 1:
        raise Refusal("grids.platform_unclear", count=len(platforms), codes=codes)
    if platforms:
        return platforms[0]
    if mapping is None:
        raise Refusal("grids.no_division")
    return Platform.objects.create(
        code=mapping.platform_code,
        name=mapping.city_name,
        short_name=mapping.city_name[:2],
        zone_name=mapping.zone_name,
        metric_srid=mapping.metric_srid,
    )


def _refused(refusal: Refusal) -> int:
    print(refusal.sentence(), file=sys.stderr)
    return REFUSED


def _print_import(result: ImportResult) -> None:
    for fault in result.faults:
        print(fault.line())
    for level in Level:
        new, changed, unchanged = (result.counts[level.value, kind] for kind in ("new", "changed", "unchanged"))
        if new or changed or unchanged:
            print(
                _("%(level)s：新增 %(new)s，变更 %(changed)s，未变 %(unchanged)s")
                % {"level": level.label, "new": new, "changed": changed, "unchanged": unchanged}
            )
    print(
        _("未载入 %(left_out)s 项，提示 %(notices)s 项。") % {"left_out": result.left_out, "notices": len(result.faults) - result.left_out}
    )


def _progress() -> Progress:
    """One line that moves on a terminal; in a file a line for each tenth."""
    shown = -1

    def show(done: int, total: int, name: str, cells: int) -> None:
        nonlocal shown
        text = _("正在生成：%(done)s/%(total)s %(name)s，已写入 %(cells)s 个单元网格") % {
            "done": done, "total": total, "name": name, "cells": cells,
        }  # fmt: skip
        if sys.stdout.isatty():
            print(f"\r\033[K{text}", end="" if done < total else "\n", flush=True)
        elif done * 10 // total > shown:
            shown = done * 10 // total
            print(text, flush=True)

    return show


def _print_layer(result: LayerResult, seconds: float) -> None:
    if result.without_border:
        names = _("、").join(result.without_border)
        print(_("没有边界，未生成：%(names)s。取得边界后请先导入再生成。") % {"names": names})
    print(
        _("写入 %(written)s 个单元网格，停用 %(closed)s 个；暂设社区 %(provisional)s 个；未变区划 %(unchanged)s 个；用时 %(seconds)s 秒。")
        % {
            "written": result.written,
            "closed": result.closed,
            "provisional": result.provisional,
            "unchanged": result.patches_unchanged,
            "seconds": f"{seconds:.1f}",
        }
    )
