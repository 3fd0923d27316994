"""The words of ``process``: versions of the workflow at the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from urbangrid.config.command.words import _

Commands = argparse._SubParsersAction
TARGET = "urbangrid.cases.commands_process:run"
ACTS = {
    "list": _("列出流程的各个版本和在办件数"),
    "check": _("检查一个流程文件，逐行说出不通的地方"),
    "export": _("导出一个版本（JSON，或 --bpmn 为 BPMN 2.0）"),
    "import": _("把流程文件读入为草稿"),
    "simulate": _("用最近三十天的案件模拟一个流程文件"),
    "publish": _("把流程文件发布为新的一版，只对新案件生效"),
    "take-back": _("撤回最新一版，前一版重新生效"),
    "migrate": _("把在办案件改用另一版；不加 --go 只试算"),
}
WITH_FILE = ("check", "import", "simulate", "publish")
WITH_CODE = ("export", "take-back", "migrate")
BY_SOMEBODY = ("import", "publish", "take-back", "migrate")


def add(commands: Commands[argparse.ArgumentParser], command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add ``process`` with its acts."""
    text = _("流程：查看、检查、导入导出、模拟、发布、撤回")
    acts = commands.add_parser("process", help=text, description=text).add_subparsers(dest="act", metavar=_("动作"), required=True)
    for name, words in ACTS.items():
        one = command(acts, name, TARGET, words, database=True)
        one.add_argument("--platform", metavar=_("代码"), help=_("平台代码（只有一个平台时不用写）"))
        if name in WITH_FILE:
            one.add_argument("file", metavar="FILE", help=_("导出的流程文件"))
        if name in WITH_CODE:
            one.add_argument("code", metavar="CODE", help=_("流程编号，如 model_a"))
        if name in ("export", "take-back"):
            one.add_argument("--version", metavar="N", help=_("版次（默认现行的一版）"))
        if name in BY_SOMEBODY:
            one.add_argument("--as", dest="who", required=True, metavar=_("账号"), help=_("以哪位系统管理员的名义"))
        if name == "export":
            one.add_argument("--to", required=True, metavar="FILE", help=_("写到哪个文件"))
            one.add_argument("--bpmn", action="store_true", help=_("BPMN 2.0 XML，供其他流程工具打开"))
        if name == "migrate":
            one.add_argument("old", type=int, metavar="FROM", help=_("原来的版次"))
            one.add_argument("new", type=int, metavar="TO", help=_("改用的版次"))
            one.add_argument("--map", action="append", metavar="STATE=STATE", help=_("新版没有的状态对应到哪个状态，可多次写"))
            one.add_argument("--go", action="store_true", help=_("真的改"))
