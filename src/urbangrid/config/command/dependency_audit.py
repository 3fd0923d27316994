"""The locked packages looked up among published vulnerabilities (OSV), as part of ``./urbangrid test``. Three outcomes, never mixed up:

* 0 已查: every package was looked up and none is vulnerable; the moment is kept.
* 1 有漏洞: at least one is; each is named with what is known about it.
* 3 未查: the source did not answer, or not for every package, or does not know what it must know. The test command goes on, loudly.

An answer "nothing found" proves nothing by itself: a mirror that has no such data says the same. So each ecosystem is first asked for a
release known to be vulnerable; a source that does not know it is none. Python by pip-audit, browser libraries by the same service.
``URBANGRID_AUDIT_URL``: another service of that form, for a closed network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from urbangrid.config.command import places
from urbangrid.config.command.words import _, say

SOURCE: Final = "https://api.osv.dev/v1/query"
CLEAN, VULNERABLE, NOT_LOOKED = 0, 1, 3
LAST: Final = places.CACHE / "dependency-audit.json"
KNOWN_BAD: Final = {"PyPI": ("django", "2.0"), "npm": ("lodash", "4.17.0")}
"""Releases that every source of vulnerabilities knows."""
SECONDS: Final = 10
PYTHON_SECONDS: Final = 240


@dataclass(slots=True)
class Looked:
    """What came of it: vulnerable packages with the ids known, packages nobody answered for, and how many were looked up."""

    vulnerable: dict[str, list[str]] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def outcome(self) -> int:
        """A vulnerability found counts also where others could not be looked up."""
        return VULNERABLE if self.vulnerable else NOT_LOOKED if self.unanswered or not self.count else CLEAN


def main() -> int:
    """Look, say what came of it, keep the moment of a clean look."""
    url = os.environ.get("URBANGRID_AUDIT_URL", SOURCE)
    found = look(url, places.CHECKOUT / "requirements" / "base.txt", places.CHECKOUT / "package-lock.json")
    say(report(found, _last(LAST)))
    if found.outcome == CLEAN:
        LAST.parent.mkdir(exist_ok=True)
        LAST.write_text(json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds")}), encoding="utf-8")
    return found.outcome


def look(url: str, python_lock: Path, browser_lock: Path) -> Looked:
    """Ask the service at ``url`` for both locks."""
    found = Looked()
    for ecosystem, ask in (("PyPI", _python), ("npm", _browser)):
        name, version = KNOWN_BAD[ecosystem]
        if not _ids(url, ecosystem, name, version):
            found.unanswered.append(ecosystem)
        else:
            ask(url, python_lock if ecosystem == "PyPI" else browser_lock, found)
    return found


def report(found: Looked, last: str) -> str:
    """The outcome in words."""
    if found.outcome == VULNERABLE:
        lines = [f"  {name}: {', '.join(ids)}" for name, ids in sorted(found.vulnerable.items())]
        head = _("依赖审计：有漏洞（{count} 个软件包）。请升级 requirements 或 package.json 后重新锁定：").format(count=len(lines))
        return "\n".join([head, *lines])
    if found.outcome == NOT_LOOKED:
        missing = ", ".join(found.unanswered[:10]) or "-"
        words = _("依赖审计：未查：没有联网，或漏洞库没有回答（{missing}）。上次查清：{last}。请在能联网的机器上再运行一次。")
        return words.format(missing=missing, last=last)
    return _("依赖审计：已查 {count} 个软件包，没有已知漏洞。").format(count=found.count)


def _last(path: Path) -> str:
    """When it was last clean and how long ago that is, in days."""
    try:
        at = datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["at"])
    except (OSError, ValueError, KeyError):
        return _("从未")
    return _("{day}（{days} 天前）").format(day=at.date().isoformat(), days=(datetime.now(UTC) - at).days)


def _ids(url: str, ecosystem: str, name: str, version: str) -> list[str] | None:
    """Ids of the vulnerabilities of a release; None where nobody answered in the form of the service."""
    body = json.dumps({"package": {"name": name, "ecosystem": ecosystem}, "version": version}).encode()
    asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  the address is a setting
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            told = json.load(answer)
        return [str(one["id"]) for one in told.get("vulns", []) if "withdrawn" not in one]
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return None


def _browser(url: str, lock: Path, found: Looked) -> None:
    for place, row in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        name = place.rpartition("node_modules/")[2]
        if not name:
            continue
        ids = _ids(url, "npm", name, row["version"])
        _note(found, f"{name} {row['version']}", ids)
        if ids is None:
            return  # the source went away: the others would only wait as long


def _note(found: Looked, name: str, ids: list[str] | None) -> None:
    if ids is None:
        found.unanswered.append(name)
        return
    found.count += 1
    if ids:
        found.vulnerable[name] = ids


def _python(url: str, lock: Path, found: Looked) -> None:
    told = _pip_audit(url, lock)
    for row in told.get("dependencies", []) if told else []:
        ids = None if "skip_reason" in row else [str(one["id"]) for one in row["vulns"]]
        _note(found, f"{row['name']} {row.get('version', '')}".strip(), ids)
    if not told:
        found.unanswered.append("pip-audit")


def _pip_audit(url: str, lock: Path) -> Mapping[str, Any] | None:
    """Its JSON, or None where it gave up: it ends with the same status for that as for a vulnerability."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        command = [
            sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "-r", str(lock), "-s", "osv", "--osv-url", url,
            "--timeout", str(SECONDS), "--progress-spinner", "off", "--cache-dir", folder, "-f", "json", "-o", str(out),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, check=False, timeout=PYTHON_SECONDS)
            return dict(json.loads(out.read_text(encoding="utf-8")))
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None


if __name__ == "__main__":
    raise SystemExit(main())
