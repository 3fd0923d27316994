"""A bundle on the machine that uses it: checked, unpacked once, and its packages installed without a network.

A bundle is a tar file with one folder: the source, and in ``bundle/`` the manifest, Python wheels and Debian packages. The
unpacked folder knows by its manifest that it is one. Standard library only: used before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from urbangrid.config.command import places
from urbangrid.config.command.words import _, refuse, say

FORMAT = "urbangrid-bundle-1"
MANIFEST = "bundle/manifest.json"
SIGNATURE = "bundle/manifest.sig"
WHEELS = "wheels"
PACKAGES = "debian"
BLOCK = 1024 * 1024
NAME = re.compile(r"urbangrid-[0-9A-Za-z.+-]+")


def folder() -> Path | None:
    """``bundle/`` of the folder this code runs from (or was copied from), or None where it is no unpacked bundle."""
    home = Path(os.environ.get("URBANGRID_COPIED_FROM") or places.CHECKOUT)
    return home / "bundle" if (home / MANIFEST).is_file() else None


def manifest_of(home: Path) -> dict[str, Any]:
    """The manifest of an unpacked bundle; refuses what is none."""
    try:
        found = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise ValueError(found["format"])
    except (OSError, ValueError, KeyError, TypeError):
        refuse(_("{folder} 不是完整的离线安装包。请重新取得安装包。"), folder=home)
    return dict(found)


def faults(home: Path) -> list[str]:
    """Names of files that are missing, altered or not in the manifest's list of a freshly unpacked bundle."""
    listed: dict[str, str] = manifest_of(home)["files"]
    found = [name for name, sha256 in listed.items() if not _is(home / name, sha256)]
    there = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    return found + sorted(there - listed.keys() - {MANIFEST, SIGNATURE})


def _is(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest() == sha256


def unpack(file: Path, into: Path) -> Path:
    """The bundle's folder under ``into``: unpacked and checked once, found again at the next call."""
    name = _name_of(file)
    home = into / name
    if (home / MANIFEST).exists():
        return home
    into.mkdir(parents=True, exist_ok=True)
    draft = into / f".new-{name}"
    shutil.rmtree(draft, ignore_errors=True)
    needed, free = file.stat().st_size, shutil.disk_usage(into).free
    if free < needed:
        refuse(
            _("磁盘空间不够，没有展开安装包：{folder} 还有 {free} MB，需要 {needed} MB。"),
            folder=into,
            free=free // BLOCK,
            needed=needed // BLOCK,
        )
    say(_("展开并核对安装包 {file}"), file=file)
    try:
        with tarfile.open(file) as archive:
            if hasattr(tarfile, "data_filter"):
                archive.extraction_filter = tarfile.data_filter
            archive.extractall(draft, _checked(archive, name))  # noqa: S202 - each member is checked
    except (tarfile.TarError, OSError) as failure:
        shutil.rmtree(draft, ignore_errors=True)
        refuse(_("安装包 {file} 不完整或已损坏（{failure}），没有安装。请重新取得。"), file=file, failure=failure)
    if wrong := faults(draft / name):
        shutil.rmtree(draft)
        refuse(_("安装包 {file} 与清单不符（{names}），没有安装。请重新取得。"), file=file, names=_("、").join(wrong[:5]))
    (draft / name).rename(home)
    draft.rmdir()
    return home


def _checked(archive: tarfile.TarFile, name: str) -> Iterator[tarfile.TarInfo]:
    """Plain files and folders under ``name``: Debian 12's first Pythons have no filter of their own."""
    for member in archive:
        inside = member.name == name or member.name.startswith(f"{name}/")
        if not inside or ".." in member.name.split("/") or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(member.name)
        yield member


def _name_of(file: Path) -> str:
    """Name of the one folder in the file."""
    try:
        with tarfile.open(file) as archive:
            first = archive.next()
    except (tarfile.TarError, OSError) as failure:
        refuse(_("打不开安装包 {file}：{failure}"), file=file, failure=failure)
    name = first.name.split("/")[0] if first else ""
    if not NAME.fullmatch(name):
        refuse(_("{file} 不是离线安装包。请用 ./urbangrid bundle --to 文件 制作。"), file=file)
    return name


def refuse_other_machine() -> None:
    """Stop where the packages of this bundle were made for another system."""
    if (found := folder()) is None:
        return
    made_for = manifest_of(found.parent)
    here = {"machine": platform.machine(), "debian": debian_name(), "python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
    different = [f"{name} {made_for[name]} ≠ {value}" for name, value in here.items() if made_for[name] != value]
    if different:
        refuse(
            _("这个安装包是为另一种系统制作的（{different}）。请在同样的系统上制作：./urbangrid bundle --to 文件"),
            different=_("、").join(different),
        )


def debian_name() -> str:
    """Code name of this Debian; empty elsewhere."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip('"') for line in lines if line.startswith("VERSION_CODENAME=")), "")


def pip_options() -> list[str]:
    """How pip finds its packages: in the bundle alone, or as this machine is set up."""
    found = folder()
    return ["--no-index", "--find-links", str(found / WHEELS)] if found else []


def apt_options(scratch: Path) -> list[str]:
    """How apt finds its packages: in the bundle alone (hashes by its index), or as this machine is set up."""
    found = folder()
    if found is None:
        return []
    (scratch / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (scratch / "sources.list").write_text(f"deb [trusted=yes] file:{found / PACKAGES} ./\n")
    chosen = {
        "Dir::Etc::SourceList": scratch / "sources.list", "Dir::Etc::SourceParts": "/dev/null", "Dir::State::Lists": scratch / "lists",
        "Dir::Cache::pkgcache": "", "Dir::Cache::srcpkgcache": "", "APT::Sandbox::User": "root",
    }  # fmt: skip
    return [word for name, value in chosen.items() for word in ("-o", f"{name}={value}")]


def go_on_from(arguments: Sequence[str]) -> list[str] | None:
    """For ``up --from FILE`` and ``upgrade --from FILE``: the command line of the unpacked bundle; None without ``--from``."""
    words = list(arguments)
    if not words or words[0] not in ("up", "upgrade"):
        return None
    given, rest = _taken(words, "--from")
    if given is None:
        return None
    key, rest = _taken(rest, "--bundle-key")
    file = Path(given).resolve()
    if not file.is_file():
        refuse(_("没有安装包 {file}。"), file=file)
    home = unpack(file, places.state_folder() / "releases")
    _check_signature(home, key or os.environ.get("URBANGRID_BUNDLE_KEY"))
    say(_("使用 {folder}"), folder=home)
    return [str(home / "urbangrid"), *rest]


def _taken(words: list[str], option: str) -> tuple[str | None, list[str]]:
    """The value of an option and the words without it."""
    for place, word in enumerate(words):
        if word == option and place + 1 < len(words):
            return words[place + 1], words[:place] + words[place + 2 :]
        if word.startswith(f"{option}="):
            return word.partition("=")[2], words[:place] + words[place + 1 :]
    return None, words


def _check_signature(home: Path, key: str | None) -> None:
    """Compare the manifest's signature where a public key is given; needs the environment of an installed release."""
    if not key:
        return
    interpreters = [path / "bin" / "python" for path in (places.CHECKOUT / ".venv", places.SYSTEM_STATE / "venv")]
    python = next((path for path in interpreters if path.exists()), None)
    if python is None:
        refuse(_("核对签名要用已安装的平台：请在那样的机器上运行 ./urbangrid bundle verify 安装包 --key 公钥，这里不带 --bundle-key。"))
    program = (
        "import sys, pathlib; from cryptography.hazmat.primitives.serialization import load_pem_public_key as load;"
        "key, manifest, signature = (pathlib.Path(word).read_bytes() for word in sys.argv[1:]); load(key).verify(signature, manifest)"
    )
    command = [str(python), "-I", "-c", program, str(Path(key).resolve()), str(home / MANIFEST), str(home / SIGNATURE)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        refuse(_("安装包的签名与公钥 {key} 不符或没有签名，没有使用。请向发布者核实。"), key=key)
