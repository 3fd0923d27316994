"""From a bare checkout to a running interpreter: what ``./urbangrid`` does before the platform's code can be loaded.

1. The words of the command line are read: help is given and a mistake is told before anything is installed.
2. As root: make the system user; where that user cannot read the checkout (say /root), work on a copy under
   /var/lib/urbangrid.
3. Debian packages that are missing for this command.
4. An environment with the hash-locked requirements, the browser libraries, the translated messages; each has a stamp,
   so that a second run only compares hashes.
5. Become ``python -m urbangrid`` in that environment.

Standard library only; run by path, never imported by the platform.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from urbangrid.config.command import bundled, debian, frontend, parser, places, steps
from urbangrid.config.command.words import _, say

NOT_COPIED = places.NOT_COPIED
WITH_PAGES = {"up", "test", "bundle", "upgrade", "training"}
"""Commands that need the browser libraries."""
WITH_SHEETS = {"up", "test", "upgrade", "training"}
"""Commands that print sheets as PDF, or lead to those that do."""
WITHOUT_DATABASE = {"requirements", "down", "bundle"}


def make_service_user() -> None:
    """The system user as whom every process runs when root starts the platform."""
    if places.service_user() is not None:
        return
    say(_("建立系统用户 {name}（平台的所有进程以它运行）"), name=places.SERVICE_USER)
    home = str(places.SYSTEM_STATE)
    options = ["--system", "--user-group", "--home-dir", home, "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run(["/usr/sbin/useradd", *options, places.SERVICE_USER], check=True)


def served_from_copy() -> bool:
    """Whether the checkout cannot be used in place: unreadable for the system user, or not writable for this person."""
    if places.is_root():
        user = places.service_user()
        assert user is not None
        here = Path(__file__).resolve()
        return not places.readable_for(here, user.pw_uid, user.pw_gid)
    return not os.access(places.CHECKOUT, os.W_OK)


def copy_checkout(target: Path) -> None:
    """Mirror the checkout; only changed files are written, files gone from the checkout are removed."""
    kept: set[Path] = set()
    whole = (places.CHECKOUT / bundled.MANIFEST).exists()
    skipped = (NOT_COPIED - {"vendor"} if whole else NOT_COPIED) | {"wheels", "debian"}
    for folder, folders, names in os.walk(places.CHECKOUT):
        folders[:] = [name for name in folders if name not in skipped]
        into = target / Path(folder).relative_to(places.CHECKOUT)
        into.mkdir(parents=True, exist_ok=True)
        into.chmod(0o755)
        for name in names:
            kept.add(into / name)
            _copy_file(Path(folder) / name, into / name)
    for folder, folders, names in os.walk(target):
        folders[:] = [name for name in folders if name not in skipped]
        for name in names:
            if Path(folder) / name not in kept:
                (Path(folder) / name).unlink()


def _copy_file(origin: Path, target: Path) -> None:
    status = origin.stat()
    if target.exists():
        old = target.stat()
        if (old.st_size, old.st_mtime_ns) == (status.st_size, status.st_mtime_ns):
            return
    shutil.copy2(origin, target)
    target.chmod(0o755 if status.st_mode & 0o100 else 0o644)


def environment_folder() -> Path:
    """``.venv`` of the checkout, or one in the state folder where the system user could not use its interpreter."""
    own = places.CHECKOUT / ".venv"
    user = places.service_user() if places.is_root() else None
    interpreter = own / "bin" / "python"
    if user is None or not interpreter.exists() or places.readable_for(interpreter, user.pw_uid, user.pw_gid):
        return own
    return places.SYSTEM_STATE / "venv"


def make_environment(folder: Path, *, with_tests: bool) -> None:
    """Make the environment and install the locked requirements that its stamps do not show yet."""
    locks = ["base", "test"] if with_tests else ["base"]
    stale = [lock for lock in locks if not _stamp_matches(folder, lock)]
    if not stale:
        return
    if not _starts(folder):
        say(_("建立 Python 环境 {folder}"), folder=folder)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    for lock in stale:
        say(_("安装 Python 软件包（{lock}，按校验值锁定）"), lock=lock)
        locked = str(places.CHECKOUT / "requirements" / f"{lock}.txt")
        options = ["--require-hashes", "--no-deps", "--disable-pip-version-check", "--progress-bar", "off"]
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", *options, *bundled.pip_options(), "-r", locked]
        steps.run(command, _("Python 软件包没有装好，请检查网络后重试。"))
        (folder / f".stamp-{lock}").write_text(_lock_digest(lock))


def _starts(folder: Path) -> bool:
    """Whether the environment exists whole: an interrupted creation leaves one without pip."""
    python = folder / "bin" / "python"
    return python.exists() and subprocess.run([str(python), "-c", "import pip"], check=False).returncode == 0


def _lock_digest(lock: str) -> str:
    content = (places.CHECKOUT / "requirements" / f"{lock}.txt").read_bytes()
    return hashlib.sha256(content).hexdigest()


def _stamp_matches(folder: Path, lock: str) -> bool:
    stamp = folder / f".stamp-{lock}"
    return stamp.exists() and stamp.read_text() == _lock_digest(lock) and (folder / "bin" / "python").exists()


def compile_messages(python: Path) -> None:
    """Compile changed message catalogues with Babel: a bare Debian has no gettext tools."""
    locale = places.SOURCE / "urbangrid" / "config" / "locale"
    for source in locale.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            tool = [str(python), "-m", "babel.messages.frontend", "compile", "-i", str(source), "-o", str(target)]
            subprocess.run([*tool, "-l", source.parents[1].name], check=True, capture_output=True)


def compile_source() -> None:
    """Byte-compile as the owner of the tree: the system user may not write there and would compile at every start."""
    import compileall

    compileall.compile_dir(str(places.SOURCE), quiet=2, workers=1)


def prepare(command: str) -> Path:
    """Bring everything the command needs up to date; gives the interpreter to go on with."""
    testing = command == "test"
    folder = environment_folder()
    database = command not in WITHOUT_DATABASE and "DATABASE_URL" not in os.environ
    needs_environment = not (folder / "bin" / "python").exists()
    if needs_environment:
        print(_("第一次运行：先安装所需的软件包，通常一两分钟。"), file=sys.stderr, flush=True)
    debian.install(environment=needs_environment, database=database, browser=testing, sheets=command in WITH_SHEETS)
    python = folder / "bin" / "python"
    with_pages = command in WITH_PAGES and frontend.ICON_BUILDER.exists()
    if _everything_current(folder, testing=testing, with_pages=with_pages):
        compile_messages(python)
        return python
    places.CACHE.mkdir(exist_ok=True)
    with (places.CACHE / "lock").open("w") as lock:  # two first runs at once: the second waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_environment(folder, with_tests=testing)
        if with_pages:
            frontend.fetch(python)
    compile_messages(python)
    return python


def _everything_current(folder: Path, *, testing: bool, with_pages: bool) -> bool:
    environment = _stamp_matches(folder, "base") and (not testing or _stamp_matches(folder, "test"))
    return environment and (not with_pages or frontend.is_current())


def main() -> None:
    """Prepare, then become the platform's own command line (does not return)."""
    arguments = sys.argv[1:]
    os.umask(0o022)
    if other := bundled.go_on_from(arguments):
        os.environ.pop("URBANGRID_COPIED_FROM", None)
        os.execv(other[0], other)
    command = parser.parse(arguments).command  # ends here for --help and for what is no command
    bundled.refuse_other_machine()
    if places.is_root():
        make_service_user()
    if "URBANGRID_COPIED_FROM" not in os.environ and served_from_copy():
        target = places.state_folder() / "code"
        copy_checkout(target)
        os.environ["URBANGRID_COPIED_FROM"] = str(places.CHECKOUT)
        script = str(target / Path(__file__).resolve().relative_to(places.CHECKOUT))
        os.execv(sys.executable, [sys.executable, "-I", script, *arguments])
    python = prepare(command)
    if places.is_root() and command in ("up", "training"):
        compile_source()
    os.environ["PYTHONPATH"] = str(places.SOURCE)
    os.execv(python, [str(python), "-P", "-m", "urbangrid", *arguments])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(_("已中断；再次运行会从这里继续。"))
