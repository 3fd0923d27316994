"""The retention table of the installation: kinds of every package in one order, and those of packages that stand below ``audit``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.accounts.models import ApiToken, SignIn
from urbangrid.audit.retention import Kind
from urbangrid.cases import purging as cases
from urbangrid.core import clock, outbox
from urbangrid.core.models import IdempotencyKey, OutboxEntry, RateCount
from urbangrid.live import uploads
from urbangrid.messaging.models import Notice
from urbangrid.service_requests import purging as service_requests

Word: TypeAlias = str | Promise
SIX_MONTHS = 183
LAW = _("网络安全法：网络日志不少于六个月")


def _kept_rows(model: type[Model], before: datetime) -> QuerySet[Model]:
    wanted = {
        IdempotencyKey: Q(created_at__lt=before),
        RateCount: Q(began_at__lt=before),
        Notice: Q(created_at__lt=before),
        SignIn: Q(begun_at__lt=before),
        ApiToken: Q(expires_at__lt=before) | Q(revoked_at__lt=before),
    }[model]
    return model._default_manager.filter(wanted)


def _rows(name: str, label: Word, since: Word, basis: Word, days: int, least: int, model: type[Model]) -> Kind:
    """A kind that is simply deleted by age."""

    def drop(before: datetime, most: int) -> int:
        ids = list(_kept_rows(model, before).order_by("pk").values_list("pk", flat=True)[:most])
        return model._default_manager.filter(pk__in=ids).delete()[0]

    return Kind(name, label, since, basis, days, least, lambda before: _kept_rows(model, before).count(), drop)


def _delivered(before: datetime) -> int:
    return OutboxEntry.objects.filter(delivered_at__lt=before).count()


def _old_logs(before: datetime) -> Iterator[Path]:
    """Logs that were set aside; those that are written to stay."""
    folder = Path(settings.DATA) / "logs"
    for path in sorted(folder.glob("*.log.*")) if folder.is_dir() else ():
        if path.stat().st_mtime < (before - clock.shift()).timestamp():  # files have the machine's time
            yield path


def _remove_logs(before: datetime, most: int) -> int:
    gone = list(_old_logs(before))[:most]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _old_uploads(before: datetime) -> int:
    root = Path(settings.UPLOADS_ROOT)
    return sum(part.stat().st_mtime < (before - clock.shift()).timestamp() for part in root.glob("*/*.part")) if root.exists() else 0


def _remove_uploads(before: datetime, most: int) -> int:
    return uploads.remove_old((clock.now() - before).total_seconds())


KINDS = (
    *service_requests.KINDS,
    *cases.KINDS,
    _rows("sign_ins", _("登录记录（设备、地址）"), _("登录"), LAW, 365, SIX_MONTHS, SignIn),
    _rows("tokens", _("到期或收回的令牌"), _("到期"), LAW, SIX_MONTHS, 30, ApiToken),
    _rows("idempotency_keys", _("防止重复提交的编号"), _("提交"), _("网络重试不超过几天"), 30, 2, IdempotencyKey),
    _rows("rate_counts", _("频次计数"), _("计数"), _("窗口最长一小时"), 2, 1, RateCount),
    Kind(
        "outbox", _("已送达的内部消息"), _("送达"), _("只为排查差错"), 30, 7, _delivered, lambda before, most: outbox.purge(before)
    ),
    _rows("notices", _("通知"), _("发出"), _("只为提醒；办理经过另存"), 180, 30, Notice),
    Kind("uploads", _("没有传完的文件"), _("最后一段"), _("手机一天内会续传"), 1, 1, _old_uploads, _remove_uploads),
    Kind("logs", _("换下的日志文件"), _("换下"), LAW, SIX_MONTHS, SIX_MONTHS, lambda before: len(list(_old_logs(before))), _remove_logs),
)
