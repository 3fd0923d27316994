"""What a restore or an upgrade left that was cut off: finished where everything is verified, else refused with the way out.

Used by every command that opens the database, so that nothing half done is taken for an installation.
"""

from __future__ import annotations

import os
import shutil

from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import _, refuse, say

PLACES = ("secrets", "files", "heads", "settings.env", "demonstration", "restored", "operations.json", "postgres")
"""What a restore puts into the data folder, in this order."""
MARK = "verified"
"""In the folder of a restore: all of it is verified and on disk, only the moving is left."""


def begin_move(draft: Installation) -> None:
    """Everything of a restore is built and verified: from here on it is finished, not begun anew."""
    os.sync()
    (draft.data / MARK).touch()
    os.sync()


def finish_restore(place: Installation) -> bool:
    """Move a verified restore into place; safe to be cut off and called again. Says whether there was one. The caller holds the lock."""
    shutil.rmtree(place.data / "restored.done", ignore_errors=True)
    if not (place.restoring / MARK).exists():
        return False
    for name in PLACES:
        if (place.restoring / name).exists():
            (place.restoring / name).rename(place.data / name)
    place.restoring.rename(place.data / "restored.done")  # a half removed folder must not look like a restore
    shutil.rmtree(place.data / "restored.done", ignore_errors=True)
    return True


def look(place: Installation) -> None:
    """Finish or refuse, before the database is opened. The caller holds the lock."""
    if finish_restore(place):
        say(_("上一次恢复在最后一步被中断；数据已核验过，现已放到位。"))
    if place.restoring.exists():
        refuse(_("上一次恢复没有做完，{data} 里还没有可用的数据。请重新运行 ./urbangrid restore 备份"), data=place.data)
    if place.upgrade_phase() in ("migrating", "moving"):
        refuse(_("上一次升级没有做完。请再运行 ./urbangrid upgrade（先复原再升级），或 ./urbangrid upgrade --back（只复原）。"))
