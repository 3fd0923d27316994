"""Which release this code is, and whether a database or a backup comes from a newer one. Standard library only."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Iterable

from urbangrid.config.command import places
from urbangrid.config.command.words import _, refuse

LIBRARIES = frozenset(("contenttypes", "sessions", "procrastinate"))
"""Apps of libraries that have migrations: their versions are fixed by the lock, not by our folders."""


def version() -> str:
    """Version of this code."""
    project = tomllib.loads((places.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def commit() -> str:
    """Commit of this code: of the bundle it came from, or of the checkout (with a mark where files differ); else empty."""
    if (manifest := places.CHECKOUT / "bundle" / "manifest.json").exists():
        return str(json.loads(manifest.read_text(encoding="utf-8")).get("commit", ""))
    if not (found := _git("rev-parse", "--short=12", "HEAD")):
        return ""
    return f"{found}-changed" if _git("status", "--porcelain") else found


def _git(*words: str) -> str:
    command = ["git", "-c", "safe.directory=*", "-C", str(places.CHECKOUT), *words]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def described() -> str:
    """Version and commit in one word."""
    return f"{version()}-{found}" if (found := commit()) else version()


def unknown(applied: Iterable[str]) -> list[str]:
    """Which applied migrations (``app.name``) this code does not have: a newer release made them."""
    folder = places.SOURCE / "urbangrid"
    found = []
    for one in applied:
        app, _dot, name = one.partition(".")
        if app not in LIBRARIES and not (folder / app / "migrations" / f"{name}.py").exists():
            found.append(one)
    return sorted(found)


def refuse_newer(applied: Iterable[str], what: str) -> None:
    """Stop when a newer release made ``what`` (a database, a backup)."""
    if newer := unknown(applied):
        refuse(
            _(
                "{what}来自更新的版本（本程序 {release} 没有其中的 {count} 步：{names}），没有改动任何数据。\n"
                "请改用那个版本的程序；若要回到本版本，请在新版本的文件夹里运行 ./urbangrid upgrade --back"
            ),
            what=what,
            release=described(),
            count=len(newer),
            names=_("、").join(newer[:3]),
        )
