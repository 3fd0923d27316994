"""Names that the platform ships and a city may change: units and posts of the presets, stages and names of processes, reasons, sources.

They are data of the installation and are stored in Chinese. A reader of another language sees the translation of a name for as long as
the city has left it as it was shipped; what a city typed has none and stays (``config.messages`` collects the names).
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import lazy
from django.utils.translation import pgettext

CONTEXT: Final = "shipped"
"""A name is no word of a page: 主任 of a post and of a sentence are translated apart."""
LANGUAGE: Final = "zh-hans"
"""Of the names as they are stored."""


def shipped(name: str) -> str:
    """``name`` in the reader's language where it is one that is shipped; any other as it stands."""
    return pgettext(CONTEXT, name) if name else name


shipped_lazy = lazy(shipped, str)
"""The same when it is read: for names that are kept between requests."""
