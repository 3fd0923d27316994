"""``check``: every health check on the terminal, while the platform is up or down (CY-27).

Down: the private database is started for the length of the command, and what only means something while the platform runs is left
out. A database that does not start is one failed line; the others are still looked at.
"""

from __future__ import annotations

import argparse
import logging
import os
from contextlib import ExitStack

from urbangrid.config.command import installation, processes, up
from urbangrid.config.command.words import _, refuse, say


def run(args: argparse.Namespace) -> int:
    """Print a line per check and what to do about each that is not good; 1 when one failed, 0 when none did. What has not had its time yet
    is told as such and is no fault."""
    place = installation.find(args)
    if not place.data.exists():
        refuse(_("{data} 里还没有安装。请先运行 ./urbangrid up"), data=place.data)
    state = place.state()
    running = state.get("phase") == "running" and processes.is_alive(state.get("pid", 0), state.get("started"))
    with ExitStack() as stack:
        try:
            stack.enter_context(up.database_available(place))
        except (SystemExit, Exception) as failure:  # the checks without a database follow, and the database is a failed line
            if not isinstance(failure, SystemExit):  # a refusal has said why already
                say(str(failure))
            say(_("数据库没有启动成功，其余检查继续。"))
        os.environ.update(place.environment())
        import django

        django.setup()
        logging.disable(logging.CRITICAL)  # a check that fails is a line with its error; the trace would bury the others
        return _tell(running)


def _tell(running: bool) -> int:
    from urbangrid.config import probe
    from urbangrid.core.health import Level

    words = {Level.GOOD: _("通过"), Level.WATCH: _("留意"), Level.BAD: _("不通过")}
    seen = probe.seen()
    asked = [(check, finding) for check, finding in seen.lines if running or not check.needs_running]
    failed = 0
    for check, finding in asked:
        failed += finding.level is Level.BAD
        word = _("尚未到时") if finding.early else words[finding.level]
        say("{level}  {label}：{says}", level=word, label=check.label, says=finding.says)
        if finding.advice:
            say("      {advice}", advice=finding.advice)
    if not running:
        say(_("平台没有运行：进程与送达的检查略去。"))
    say(_("共 {all} 项，{failed} 项不通过。"), all=len(asked), failed=failed)
    return 1 if failed else 0
