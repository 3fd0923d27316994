"""The strip on everything that a training copy shows or hands out: nobody shall take it for the platform."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _


def words() -> str:
    """What the strip says, in the language of the reader; empty on a platform."""
    return _("培训副本：不是正式平台，办理的案件都是练习，随时可以复原") if settings.TRAINING else ""


def short() -> str:
    """The same in two letters, for a title, a name of a file and a text of seventy letters; empty on a platform."""
    return _("培训") if settings.TRAINING else ""


def named(name: str) -> str:
    """The name of a file that leaves by download."""
    return f"{short()}-{name}" if short() else name
