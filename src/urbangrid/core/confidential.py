"""What a caller says passes to units without her number and name: free text is cleaned before it becomes a report (case-rules 24).

So are comments on a case.

Plain rules on text, without a database. The request keeps the words as they were said; it is read by the centre alone.
"""

from __future__ import annotations

import re

HIDDEN = "〔已隐去〕"
_NUMBERS = re.compile(
    r"(?<![0-9])(?:"
    r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]"  # identity card, 18 places
    r"|(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}"  # mobile
    r"|0[0-9]{2,3}[- ]?[0-9]{7,8}"  # fixed line with area code
    r")(?![0-9])"
)
_SURNAME_WORDS = "先生|女士|小姐|同志|老师|大爷|大妈|阿姨|师傅"


def cleaned(text: str, *, name: str = "", phone: str = "") -> str:
    """``text`` without telephone and identity-card numbers and without the caller's own name and number."""
    for own in (phone.strip(), name.strip()):
        if len(own) >= 2:
            text = text.replace(own, HIDDEN)
    surname = name.strip()[:1]
    if surname:
        text = re.sub(f"{re.escape(surname)}(?:{_SURNAME_WORDS})", HIDDEN, text)
    return _NUMBERS.sub(HIDDEN, text)
