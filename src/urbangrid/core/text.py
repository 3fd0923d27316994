"""Chinese text: bigrams for search (no database extension needed, stack.md §3) and pinyin initials for quick choice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.utils.functional import lazy
from django.utils.translation import gettext as _

_WORD = re.compile(r"[0-9a-z]+|[\u3400-\u9fff]+")


def normal(text: str) -> str:
    """Full-width letters and digits become ASCII, letters lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def plain_name(name: str, most: int = 120) -> str:
    """A file's name as people read it: no folders, no controls, nothing that turns the direction of writing."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()[:most] or "file"


def bigrams(text: str) -> list[str]:
    """Search words of ``text``: Chinese runs as overlapping pairs (a single character stays), Latin and digits as whole words."""
    found: dict[str, None] = {}
    for run in _WORD.findall(normal(text)):
        if run[0] < "\u3400" or len(run) == 1:
            found[run] = None
        else:
            found.update((run[i : i + 2], None) for i in range(len(run) - 1))
    return list(found)


def index_words(text: str) -> str:
    """The words to put into a ``simple`` tsvector: bigrams and also single Chinese characters, so that one character finds too."""
    singles = {c: None for run in _WORD.findall(normal(text)) if run[0] >= "\u3400" for c in run}
    return " ".join([*bigrams(text), *singles])


def initials(text: str) -> str:
    """Pinyin initials, lower case: 道路破损 -> ``dlps``; letters and digits stay."""
    from pypinyin import Style, lazy_pinyin  # here: its tables cost 0.15 s at the start of every process, and few ever write a name

    parts: list[str] = lazy_pinyin(normal(text), style=Style.FIRST_LETTER)
    return "".join(parts).replace(" ", "")


def beside(said: object, more: object) -> str:
    """``said（more）``, in the reader's signs; ``said`` alone where there is no more."""
    return _("%(said)s（%(more)s）") % {"said": said, "more": more} if more else str(said)


def labelled(label: object, text: object) -> str:
    """``label：text``; ``label`` alone where there is no text."""
    return _("%(label)s：%(text)s") % {"label": label, "text": text} if text else str(label)


def cited(title: str, number: str = "") -> str:
    """``《title》number``: a law and the number of an article of it."""
    return (_("《%(title)s》%(number)s") % {"title": title, "number": number}).strip()


def _joined(names: Sequence[str]) -> str:
    return _("、").join(names)


listed = lazy(_joined, str)
"""Names in a row, put together when read: a refusal is raised in the platform's language, while writing, and read in a person's."""


def lasting(seconds: float) -> str:
    """How long, in one unit that a person grasps: 40 秒, 12 分钟, 33 小时, 5 天; negative times count as none."""
    seconds = max(seconds, 0)
    if seconds < 120:
        return _("%(n)d 秒") % {"n": seconds}
    if seconds < 7_200:
        return _("%(n)d 分钟") % {"n": seconds / 60}
    if seconds < 172_800:
        return _("%(n)d 小时") % {"n": seconds / 3_600}
    return _("%(n)d 天") % {"n": seconds / 86_400}
