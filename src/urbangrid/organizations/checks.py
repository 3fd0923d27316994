"""Health lines about signing in and keeping data (desks.md A4)."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.accounts.models import SecondFactor, User
from urbangrid.audit import retention
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.health import Check, Finding, Level
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.security import rules, wants_second_step

WRONG = ("sign_in_failed", "sign_in_unknown", "sign_in_locked", "second_step_failed")
MANY_WRONG, VERY_MANY_WRONG = 30, 200
"""In an hour; a centre of some hundred people mistypes a few times a day."""


def failed_sign_ins() -> Finding:
    """Wrong tries of the last hour."""
    count = AuditRow.objects.filter(at__gt=clock.now() - timedelta(hours=1), action__in=WRONG).count()
    says = _("近一小时输错 %(count)s 次") % {"count": count}
    if count < MANY_WRONG:
        return Finding(Level.GOOD, says, gauge=count)
    level = Level.BAD if count >= VERY_MANY_WRONG else Level.WATCH
    return Finding(level, says, _("可能有人在猜密码：请审计管理员按“密码不对”查来自哪里，并在防火墙上拦住。"), count)


def locked_accounts() -> Finding:
    """Accounts locked at this moment."""
    count = User.objects.filter(locked_until__gt=clock.now()).count()
    says = _("锁定 %(count)s 个账号") % {"count": count}
    if not count:
        return Finding(Level.GOOD, says, gauge=0)
    return Finding(Level.WATCH, says, _("请安全管理员在“权限”页查看；本人输错的可以解锁，不是本人的请改密码。"), count)


def without_second_step() -> Finding:
    """People in posts that demand the second step who have not set it up; made people need none."""
    rows = Appointment.objects.filter(in_force(), user__simulated=False).select_related("user", "post", "platform")
    wanted = {
        row.user_id: row.user.name for row in rows
        if wants_second_step(rules(row.platform.settings.get("security")), row.post.code, row.post.duties, row.post.face)
    }  # fmt: skip
    have = set(SecondFactor.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    names = sorted(name for user_id, name in wanted.items() if user_id not in have)
    if not names:
        return Finding(Level.GOOD, _("须两步登录的人都已开通"), gauge=0)
    says = _("%(count)s 人未开通第二步：%(names)s") % {"count": len(names), "names": _("、").join(names[:5])}
    return Finding(Level.WATCH, says, _("他们下次登录时须先开通；长期不登录的账号请停用。"), len(names))


def overdue_purges() -> Finding:
    """Kinds of data that were not purged for two nights."""
    late = retention.overdue()
    if not late:
        return Finding(Level.GOOD, _("到期数据每夜清除"), gauge=0)
    names = _("、").join(str(one.kind.label) for one in late[:3])
    says = _("%(count)s 类数据两夜没有清除：%(names)s") % {"count": len(late), "names": names}
    return Finding(Level.WATCH, says, _("请看 worker 的日志里 purges 一行；夜里关机的，请让平台在凌晨 2:37 运行。"), len(late))


CHECKS = (
    Check("sign_in.failed_rows", gettext_lazy("输错密码"), failed_sign_ins),
    Check("sign_in.locked_rows", gettext_lazy("锁定的账号"), locked_accounts),
    Check("sign_in.without_second_step_rows", gettext_lazy("第二步"), without_second_step),
    Check("retention.overdue_rows", gettext_lazy("保存期限"), overdue_purges),
)
