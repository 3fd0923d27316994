"""The figures of ``bench`` as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from urbangrid.config.bench_budgets import BUDGETS, LEAST_PERCENT, MOST_GROWTH, kind_of


def table(found: dict[str, Any]) -> str:
    """Of ``bench cases``."""
    lines = [head(found)]
    for rows, one in found["sizes"].items():
        lines += ["", _("%(rows)s 件案件，每件六条签名的办理经过") % {"rows": rows}]
        lines.append(_("语句  处理器毫秒（网页＋数据库）  预算  中位／九五分位毫秒  项目"))
        for name, figures in one["cpu"].items():
            budget = BUDGETS[kind_of(name)]
            lines.append(
                f"{one['queries'][name]:>4}  {figures['cpu_ms']:>7} ({figures['web_ms']} + {figures['database_ms']})"
                f"  ≤{budget[0]}, ≤{budget[1]:g}  {figures['p50_ms']} / {figures['p95_ms']}  {names().get(name, name)}"
            )
        words = _("同一段程序的处理器时间：最快 %(best_ms)s 毫秒，测量期间平均 %(mean_ms)s 毫秒（机器忙时上面的数偏大）")
        lines.append(words % one["loop"])
        lines += _ratio(one["ratio"], LEAST_PERCENT)
    if found["growth"]:
        lines += ["", _("案件最多时与最少时的处理器时间之比（预算 ≤ %(most)s）") % {"most": MOST_GROWTH}]
        lines += [f"{times:>6}  {names().get(name, name)}" for name, times in found["growth"].items()]
    lines += [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]]
    return "\n".join(lines)


def head(found: dict[str, Any]) -> str:
    """The machine and how busy it was."""
    return _("%(cores)d 核，负载 %(before).1f → %(after).1f") % {
        "cores": found["machine"]["cores"], "before": found["load_before"][0], "after": found["load_after"][0],
    }  # fmt: skip


def _ratio(ratio: dict[str, Any], least: float) -> list[str]:
    if "percent" not in ratio:
        return [_("没有安装 pgbench，未测比值")]
    words = _("pgbench 同样语句：每秒 %(pgbench)s 次；中位数之比 %(percent)s%%（预算 ≥ %(least)s%%）")
    return [_("签收，%(clients)d 个客户端：每秒 %(http)s 次") % ratio, words % {**ratio, "least": least}]


def names() -> dict[str, str]:
    """What is measured, in words."""
    return {
        "list, seat agent": _("列表 50 件，坐席员"), "list, unit without a case": _("列表，没有案件的单位"),
        "list, unit": _("列表，处置单位"),
        "list, person with five posts": _("列表，任五岗的人"), "list, sub-district": _("列表，街道"), "list by words": _("列表，按字词"),
        "list by rare words": _("列表，按少见的字词"),
        "queue of 300 reports": _("待办队列 50 件（共 300 件）"), "queues, counts": _("待办数"), "case": _("案件详情"),
        "dispatch": _("派遣"), "receive": _("签收"),
    }  # fmt: skip
