"""Missing Debian packages: which, why, and their installation. Standard library only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from urbangrid.config.command import bundled, steps
from urbangrid.config.command.places import is_root
from urbangrid.config.command.words import Refused, _, refuse, say

SERVER_FOLDERS = Path("/usr/lib/postgresql")
SHEETS = {
    "libpango-1.0-0": "libpango-1.0.so.0", "libpangoft2-1.0-0": "libpangoft2-1.0.so.0", "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}  # fmt: skip
"""Packages that lay out printed sheets as PDF, by the library that each brings."""
SHEET_FONT = "fonts-wqy-microhei"
"""A Chinese font of 5 MB; any other one that is here will do (``urbangrid.ui.pdf.FONTS``)."""
LIBRARIES = Path("/usr/lib")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FONT_FILES = ("wqy-microhei.ttc", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf")
CLUSTER_CONFIGURATION = Path("/etc/postgresql-common/createcluster.conf")


def servers_with_postgis() -> dict[int, Path]:
    """Major version → folder of the programs, for every PostgreSQL here that has PostGIS; newest first."""
    found: dict[int, Path] = {}
    for programs in SERVER_FOLDERS.glob("*/bin"):
        extension = Path("/usr/share/postgresql") / programs.parent.name / "extension" / "postgis.control"
        if (programs / "initdb").exists() and extension.exists():
            found[int(programs.parent.name)] = programs
    if not found and (tool := shutil.which("pg_config")):
        asked = subprocess.run([tool, "--bindir", "--sharedir", "--version"], capture_output=True, text=True, check=False)
        lines = asked.stdout.splitlines()
        if len(lines) == 3 and (Path(lines[1]) / "extension" / "postgis.control").exists():
            found[int(re.findall(r"\d+", lines[2])[0])] = Path(lines[0])
    return dict(sorted(found.items(), reverse=True))


def _server_packages(options: Sequence[str]) -> list[str]:
    """The server this Debian carries, or PostGIS for the server that is already here."""
    installed = sorted((int(path.parent.parent.name) for path in SERVER_FOLDERS.glob("*/bin/initdb")), reverse=True)
    if installed:
        return [f"postgresql-{installed[0]}-postgis-3"]
    shown = subprocess.run(["apt-cache", *options, "show", "postgresql"], capture_output=True, text=True, check=False).stdout
    major = re.search(r"^Version: (\d+)", shown, re.MULTILINE)
    number = major.group(1) if major else "15"
    return [f"postgresql-{number}", f"postgresql-{number}-postgis-3"]


def _has_chinese_font() -> bool:
    return any(Path("/usr/share/fonts").rglob("*CJK*")) or any(Path("/usr/local/share/fonts").rglob("*CJK*"))


def missing_for_sheets() -> dict[str, str]:
    """Package → why, for what PDF needs and this machine lacks. The platform runs without; its sheets are then printed by the browser."""
    libraries = [name for name, file in SHEETS.items() if not any(LIBRARIES.glob(f"*/{file}")) and not (LIBRARIES / file).exists()]
    needed = {name: _("把单据排成 PDF") for name in libraries}
    if not any(next(folder.rglob(name), None) for name in FONT_FILES for folder in FONT_FOLDERS if folder.is_dir()):
        needed[SHEET_FONT] = _("PDF 单据中的汉字")
    return needed


def missing(*, environment: bool, database: bool, browser: bool, sheets: bool = False, options: Sequence[str] = ()) -> dict[str, str]:
    """Package → why it is needed, for what this machine lacks of the four."""
    needed: dict[str, str] = {}
    if environment and find_spec("ensurepip") is None:
        needed["python3-venv"] = _("建立独立的 Python 环境")
    if database and not servers_with_postgis():
        for package in _server_packages(options):
            needed[package] = _("平台自己的数据库和空间扩展")
    if browser and shutil.which("chromium") is None:
        needed["chromium"] = _("浏览器测试")
    if browser and not _has_chinese_font():
        needed["fonts-noto-cjk"] = _("浏览器测试中的汉字")
    if browser and not any(Path("/usr/lib").glob("**/libatomic.so.1")):
        needed["libatomic1"] = _("浏览器测试的驱动程序")
    if browser and not any(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")):
        needed["libfaketime"] = _("拨动时钟的故障测试")
    return needed | (missing_for_sheets() if sheets else {})


def install(*, environment: bool, database: bool, browser: bool, sheets: bool = False) -> None:
    """Install what is missing with apt, as root or by sudo; says which packages and why, or refuses with the steps.

    Where only the packages of printed sheets are missing and cannot be had, the command goes on: nothing else needs them.
    """
    if needed := missing(environment=environment, database=database, browser=browser):
        _install_all(needed, environment=environment, database=database, browser=browser, sheets=sheets)
    elif sheets and (wanted := missing_for_sheets()):
        try:
            _install_all(wanted, environment=False, database=False, browser=False, sheets=True)
        except Refused:
            say(_("没有这些软件包也能运行，只是不能生成 PDF 单据（网页打印不受影响）：{packages}"), packages=" ".join(wanted))


def _install_all(needed: dict[str, str], *, environment: bool, database: bool, browser: bool, sheets: bool) -> None:
    if shutil.which("apt-get") is None:
        refuse(_("这台机器缺少：{needed}。本系统没有 apt，请用其软件包管理工具安装后重试。"), needed="; ".join(needed))
    prefix = [] if is_root() else ["sudo"]
    if prefix and shutil.which("sudo") is None:
        command = "apt-get install --no-install-recommends " + " ".join(needed)
        refuse(_("缺少 Debian 软件包。请让管理员执行：{command}；然后重试。"), command=command)
    with tempfile.TemporaryDirectory(prefix="urbangrid-apt-") as scratch:
        options = bundled.apt_options(Path(scratch))  # a bundle's own packages, or what this machine is set up for
        _apt(prefix, ["update"], options)
        wanted = missing(environment=environment, database=database, browser=browser, sheets=sheets, options=options)
        _install(prefix, wanted, options)


def _install(prefix: list[str], needed: dict[str, str], options: list[str]) -> None:
    for package, reason in needed.items():
        say(_("安装 Debian 软件包 {package}（{reason}）"), package=package, reason=reason)
    if "postgresql" in " ".join(needed):
        _no_system_cluster(prefix)
    _apt(prefix, ["install", "--yes", "--no-install-recommends", *needed], options)


def _no_system_cluster(prefix: list[str]) -> None:
    """Debian would start a cluster of its own on port 5432; the platform runs a private one."""
    if CLUSTER_CONFIGURATION.exists():
        return
    subprocess.run([*prefix, "mkdir", "-p", str(CLUSTER_CONFIGURATION.parent)], check=True)
    writer = [*prefix, "tee", str(CLUSTER_CONFIGURATION)]
    subprocess.run(writer, input=b"create_main_cluster = false\n", stdout=subprocess.DEVNULL, check=True)


def _apt(prefix: list[str], arguments: list[str], options: list[str]) -> None:
    quiet = ["-qq", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *quiet, *options, *arguments]
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    steps.run(command, _("apt-get {step} 没有成功，请检查网络和软件源后重试。").format(step=arguments[0]), env=environment)
