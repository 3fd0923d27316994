"""``accounts first-administrators``, ``reset-second-step`` and ``any-device``: what only the operator at the machine may do."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _

from urbangrid.accounts import second_step
from urbangrid.accounts.models import User
from urbangrid.administration import beginning, devices
from urbangrid.config.command.words import table
from urbangrid.core.errors import Refusal


def first_administrators(args: argparse.Namespace) -> int:
    """The three administrators of a new installation; prints their one-time passwords once. 1 when refused."""
    people = {"system_admin": args.system, "security_admin": args.security, "audit_admin": args.audit}
    try:
        made = beginning.begin(
            code=args.code or "", name=args.name or "", short_name=args.short_name or "",
            people={post: name for post, name in people.items() if name}, model=f"model_{args.model}",
        )  # fmt: skip
    except Refusal as refusal:
        print(refusal.sentence())
        return 1
    print(_("三个管理员已建立。一次性密码只显示这一次，请当面交给本人，不要留在屏幕上："))
    table([[_("岗位"), _("账号"), _("一次性密码")], *([one.post, one.username, one.once] for one in made)])
    print(_("首次登录先改密码，再用手机验证器开通第二步。三个岗位须由不同的人担任。"))
    return 0


def reset_second_step(args: argparse.Namespace) -> int:
    """For the last security administrator, whose telephone and recovery codes are lost. 1 when refused."""
    user = User.objects.filter(username=args.username).first()
    if user is None:
        print(_("没有账号“%(name)s”。") % {"name": args.username})
        return 1
    try:
        second_step.reset(user.pk, None)
    except Refusal as refusal:
        print(refusal.sentence())
        return 1
    print(_("%(name)s的第二步已重设，已打开的页面和令牌同时失效；下次登录时重新开通。此事已记入审计。") % {"name": user.name})
    return 0


def any_device(args: argparse.Namespace) -> int:
    """Where posts want admitted terminals and none is left to sign in with. 1 when nothing wanted one."""
    if not devices.lift_rules():
        print(_("没有岗位要求准入的终端，没有改动。"))
        return 1
    print(_("各岗位又可在任何浏览器登录。请先准入新的终端，再到“终端”页恢复规则。此事已记入审计。"))
    return 0
