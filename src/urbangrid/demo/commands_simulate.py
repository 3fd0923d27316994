"""The command line of the robots."""

from __future__ import annotations

import argparse
import random
import time

from django.utils.translation import gettext as _

from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.demo import commands, day, town
from urbangrid.demo.robots import LEFT, Robots

BREATH_SECONDS = 1.0


def simulate(args: argparse.Namespace) -> int:
    """``simulate [--speed N] [--hours H] [--posts CODE,CODE] [--all]``; 2 where this is no demonstration city. Ctrl-C ends it between two
    acts."""
    made = town.standing()
    if made is None or Platform.objects.exclude(code=town.CODE).exclude(parent__code=town.CODE).exists():
        print(_("这里不是演示平台，演练只在演示城市里进行，没有改动。"))
        return 2
    chance = random.Random(time.time_ns())  # noqa: S311 - a demonstration
    scale, _seed = commands.made_from(made.platform)
    posts = frozenset(filter(None, (args.posts or "").split(",")))
    left = 0 if args.all else LEFT
    robots = Robots(day.begin(made, clock.now()), args.speed, scale, posts, chance, left)
    ends = time.monotonic() + args.hours * 3600 / args.speed
    print(_("演练开始：%(speed)s 倍速。访客办理过的案件不动。按 Ctrl-C 停止。") % {"speed": f"{args.speed:g}"}, flush=True)
    if left:
        print(_("登录页列出的岗位，每个队列最新的 %(count)s 件留给访客；全部都办请加 --all。") % {"count": left}, flush=True)
    try:
        last = time.monotonic()
        while (now := time.monotonic()) < ends:
            robots.turn(now - last)
            last = now
            time.sleep(BREATH_SECONDS)
    except KeyboardInterrupt:
        print()
    print(_("演练结束：办理 %(acts)s 步，让给访客或被规则挡下 %(refused)s 步。") % {"acts": robots.acts.total(), "refused": robots.refused})
    return 0
