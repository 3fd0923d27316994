"""Sentences of refusals about the handbooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare({"guide_unknown": _("没有这本手册。请从左边的目录选一本。")})
