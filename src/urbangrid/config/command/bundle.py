"""``bundle --to FILE``: everything for a bare machine without a network, in one file.

1. The source: what git would archive, or the tree without caches; the browser libraries, already copied.
2. Python wheels by the hashes of the lock.
3. Debian packages: the whole closure computed by apt against an **empty** list of installed packages, so that nothing of this
   machine is taken for granted; with an index of hashes that apt itself checks.
4. A manifest with the SHA-256 of every file, signed where a key is given; one tar file, not compressed: its packages are.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from urbangrid.config.command import archive, bundled, debian, places, releases, steps
from urbangrid.config.command.words import _, refuse, say

ALWAYS = ("python3", "python3-venv", *debian.SHEETS, debian.SHEET_FONT)
"""Debian packages besides the database; one small font, for sheets as PDF: pages use those of the browser's machine."""


def run(args: argparse.Namespace) -> int:
    """Make the file; says its size, contents and SHA-256."""
    if not args.to:
        refuse(_("请写明文件：./urbangrid bundle --to urbangrid.tar"))
    began = time.monotonic()
    target = Path(args.to).resolve()
    if shutil.which("apt-get") is None:
        refuse(_("制作离线安装包要用 apt（Debian 12）。请在与目标相同的系统上制作。"))
    name = f"urbangrid-{releases.described()}"
    with tempfile.TemporaryDirectory(prefix="urbangrid-bundle-", dir=target.parent) as scratch:
        home = Path(scratch) / name
        _source(home)
        wheels = _wheels(home / "bundle" / bundled.WHEELS)
        packages = _packages(home / "bundle" / bundled.PACKAGES, Path(scratch))
        _manifest(home, args.sign)
        draft = Path(scratch) / "bundle.tar"
        with tarfile.open(draft, "w") as out:
            out.add(home, name, filter=_plain)
        draft.chmod(0o644)
        draft.replace(target)
    entry = archive.entry_of(target)
    words = _("离线安装包：{file}（{size}，{wheels} 个 Python 软件包、{packages} 个 Debian 软件包），用时 {seconds:.0f} 秒")
    seconds = time.monotonic() - began
    say(words, file=target, size=archive.human(entry.size_bytes), wheels=wheels, packages=packages, seconds=seconds)
    say("SHA-256 {sha256}", sha256=entry.sha256)
    say(_("在没有网络的 Debian 12 上：tar xf {file} && cd {name} && ./urbangrid up"), file=target.name, name=name)
    return 0


def verify(args: argparse.Namespace) -> int:
    """``bundle verify FILE [--key PUBLIC]``: every hash, and the signature where a key is given."""
    file = Path(args.file).resolve()
    with tempfile.TemporaryDirectory(prefix="urbangrid-bundle-", dir=file.parent if os.access(file.parent, os.W_OK) else None) as scratch:
        home = bundled.unpack(file, Path(scratch))
        if args.key:
            _check_signature(home, Path(args.key))
        count = len(bundled.manifest_of(home)["files"])
    say(_("安装包完整：{count} 个文件全部相符{signed}"), count=count, signed=_("，签名相符") if args.key else "")
    return 0


def _check_signature(home: Path, key_file: Path) -> None:
    try:
        key = load_pem_public_key(key_file.read_bytes())
        assert isinstance(key, Ed25519PublicKey)
        key.verify((home / bundled.SIGNATURE).read_bytes(), (home / bundled.MANIFEST).read_bytes())
    except (OSError, ValueError, AssertionError, InvalidSignature):
        refuse(_("安装包的签名与公钥 {key} 不符或没有签名，没有使用。请向发布者核实。"), key=key_file)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of this machine in the file: no owner."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _source(home: Path) -> None:
    say(_("收集程序"))
    for path in _tree():
        into = home / path.relative_to(places.CHECKOUT)
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, into)
        into.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    shutil.copytree(places.VENDOR, home / places.VENDOR.relative_to(places.CHECKOUT), dirs_exist_ok=True)


def _tree() -> list[Path]:
    """The files of this release: those git knows, or all without caches where there is no git folder."""
    command = ["git", "-c", "safe.directory=*", "-C", str(places.CHECKOUT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (places.CHECKOUT / ".git").exists() and shutil.which("git"):
        asked = subprocess.run(command, capture_output=True, text=True, check=True)
        return [path for name in asked.stdout.split("\0") if name and (path := places.CHECKOUT / name).is_file()]
    found = []
    for folder, folders, names in os.walk(places.CHECKOUT):
        folders[:] = [name for name in folders if name not in places.NOT_COPIED and name != "bundle"]
        found += [Path(folder) / name for name in names if not name.endswith((".pyc", ".mo"))]
    return found


def _wheels(folder: Path) -> int:
    """Download what the lock names; wheels only, since the bare machine has no compiler."""
    say(_("下载 Python 软件包（按校验值锁定）"))
    folder.mkdir(parents=True)
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--progress-bar", "off"]
    locked = str(places.CHECKOUT / "requirements" / "base.txt")
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-r", locked, "-d", str(folder), *bundled.pip_options()]
    steps.run(command, _("Python 软件包没有取到，请检查网络后重试。"))
    return len(list(folder.iterdir()))


def _packages(folder: Path, scratch: Path) -> int:
    """Download the closure of Debian packages and write their index."""
    say(_("下载 Debian 软件包（全部依赖，不以本机已装的为准）"))
    (folder / "partial").mkdir(parents=True)
    empty = scratch / "status"
    empty.touch()
    own = {
        "Dir::State::status": empty, "Dir::Cache::archives": folder, "Dir::Cache::pkgcache": "", "Dir::Cache::srcpkgcache": "",
        "Debug::NoLocking": "1", "APT::Sandbox::User": "root" if places.is_root() else "",
    }  # fmt: skip
    options = [word for name, value in own.items() if value != "" or "cache" in name for word in ("-o", f"{name}={value}")]
    options += bundled.apt_options(scratch)  # a bundle made from an unpacked bundle takes what that one has
    major = _server_major(options)
    wanted = [*ALWAYS, f"postgresql-{major}", f"postgresql-{major}-postgis-3"]
    command = ["apt-get", "-qq", *options, "--yes", "--download-only", "--no-install-recommends", "install", *wanted]
    steps.run(command, _("Debian 软件包没有取到。请先运行 apt-get update，再重试。"), env=os.environ | {"LC_ALL": "C.UTF-8"})
    shutil.rmtree(folder / "partial")
    (folder / "lock").unlink(missing_ok=True)
    return _index(folder)


def _server_major(options: list[str]) -> str:
    command = ["apt-cache", *options, "show", "--no-all-versions", "postgresql"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    version = next((line.split()[1] for line in asked.stdout.splitlines() if line.startswith("Version:")), "")
    if not version:
        refuse(_("apt 不知道 postgresql。请先运行 apt-get update，再重试。"))
    return version.split("+")[0]


def _index(folder: Path) -> int:
    """``Packages``, as apt reads it: the fields of each package with its size and hash."""
    entries = []
    packages = sorted(folder.glob("*.deb"))
    for path in packages:
        fields = subprocess.run(["dpkg-deb", "--field", str(path)], capture_output=True, text=True, check=True).stdout
        entry = archive.entry_of(path)
        entries.append(f"{fields.rstrip()}\nFilename: ./{path.name}\nSize: {entry.size_bytes}\nSHA256: {entry.sha256}\n")
    text = "\n".join(entries).encode()
    (folder / "Packages").write_bytes(text)
    (folder / "Packages.gz").write_bytes(gzip.compress(text, mtime=0))
    return len(packages)


def _manifest(home: Path, signing_key: str | None) -> None:
    files = {str(path.relative_to(home)): archive.entry_of(path).sha256 for path in sorted(home.rglob("*")) if path.is_file()}
    content = {
        "format": bundled.FORMAT, "version": releases.version(), "commit": releases.commit(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": platform.machine(), "debian": bundled.debian_name(),
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}", "files": files,
    }  # fmt: skip
    written = json.dumps(content, ensure_ascii=False, indent=0).encode()
    (home / bundled.MANIFEST).write_bytes(written)
    if signing_key:
        key = load_pem_private_key(Path(signing_key).read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            refuse(_("{key} 不是 Ed25519 私钥。"), key=signing_key)
        (home / bundled.SIGNATURE).write_bytes(key.sign(written))
