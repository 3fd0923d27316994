"""``messages``: collects the texts of the product and names those without English."""

from __future__ import annotations

import argparse
from typing import Final

from django.utils.translation import gettext as _

from urbangrid.config import messages

MOST_SHOWN: Final = 20


def run(args: argparse.Namespace) -> int:
    """0 when every text is translated, else 1; ``--check`` writes nothing."""
    catalogue = messages.joined(messages.said(), messages.known())
    if not args.check:
        messages.write(catalogue)
    missing = messages.untranslated(catalogue)
    for message in missing[:MOST_SHOWN]:
        print(f"  {messages.texts(message.id)[0]}  ({message.locations[0][0]})")
    total = sum(1 for message in catalogue if message.id)
    print(_("共 %(total)s 条，未译 %(missing)s 条") % {"total": total, "missing": len(missing)})
    return 1 if missing else 0
