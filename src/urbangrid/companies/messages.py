"""Sentences of refusals at the entry of companies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare({"evidence_missing": _("“不属本单位”须附权属依据：图纸、照片或移交单，至少一张。")})
