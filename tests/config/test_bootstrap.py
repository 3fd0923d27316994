"""What ./urbangrid does before the platform's own code can be loaded."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from urbangrid.config.command import bootstrap, bundle, debian, frontend, places
from urbangrid.ui import pdf

STRANGER = 65534


def test_a_file_behind_a_closed_folder_is_not_readable_for_another_user(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("x")
    assert places.readable_for(closed / "file", os.getuid(), os.getgid())
    assert not places.readable_for(closed / "file", STRANGER, STRANGER)


def test_the_copy_of_an_unreadable_checkout_follows_changes_and_removals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout, copy = tmp_path / "checkout", tmp_path / "copy"
    (checkout / "src").mkdir(parents=True)
    (checkout / ".git").mkdir()
    for name in ("urbangrid", "src/kept.py", "src/removed.py", ".git/config"):
        (checkout / name).write_text("one")
        (checkout / name).chmod(0o600)
    (checkout / "urbangrid").chmod(0o700)
    monkeypatch.setattr(places, "CHECKOUT", checkout)
    bootstrap.copy_checkout(copy)
    assert not (copy / ".git").exists()
    assert (copy / "src/kept.py").stat().st_mode & 0o777 == 0o644
    assert (copy / "urbangrid").stat().st_mode & 0o777 == 0o755

    (copy / ".venv").mkdir()
    (checkout / "src/kept.py").write_text("two")
    (checkout / "src/removed.py").unlink()
    bootstrap.copy_checkout(copy)
    assert (copy / "src/kept.py").read_text() == "two"
    assert not (copy / "src/removed.py").exists()
    assert (copy / ".venv").is_dir(), "what was installed in the copy stays"


def test_a_changed_lock_file_makes_the_environment_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "base.txt"
    lock.write_text("django==1\n")
    environment = tmp_path / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(places, "CHECKOUT", tmp_path)
    (environment / ".stamp-base").write_text(bootstrap._lock_digest("base"))
    assert bootstrap._stamp_matches(environment, "base")
    lock.write_text("django==2\n")
    assert not bootstrap._stamp_matches(environment, "base")


def test_lock_files_are_hashed_and_name_no_address() -> None:
    for name in ("base", "test", "frontend"):
        text = (places.CHECKOUT / "requirements" / f"{name}.txt").read_text()
        pinned = len(re.findall(r"^\S+==", text, re.MULTILINE))
        assert pinned and len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", text, re.MULTILINE)) == pinned, name
        assert "://" not in text and "--index" not in text, name
    assert '"resolved"' not in (places.CHECKOUT / "package-lock.json").read_text()


def test_every_dependency_states_its_reason() -> None:
    for listed in (places.CHECKOUT / "requirements").glob("*.in"):
        for line in listed.read_text().splitlines():
            if line and not line.startswith(("#", "-c ")):
                assert re.search(r"  # .{10,}\[.+\]$", line), f"{listed.name}: {line}"


def test_copied_libraries_do_not_ask_for_source_maps(tmp_path: Path) -> None:
    for ending in ("//# sourceMappingURL=ol.js.map", "/*# sourceMappingURL=tabler.min.css.map */\n"):
        (tmp_path / "from").write_text("body" + "\n" + ending)
        frontend._copy(tmp_path / "from", tmp_path / "to")
        assert (tmp_path / "to").read_text().strip() == "body"


def test_the_second_run_takes_less_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    if not bootstrap._everything_current(bootstrap.environment_folder(), testing=False, with_pages=True):
        pytest.skip("nothing is installed here by ./urbangrid")
    began = time.process_time()
    assert bootstrap._everything_current(bootstrap.environment_folder(), testing=False, with_pages=True)
    assert time.process_time() - began < 0.3, "seconds of processor time to see that nothing is to be done"


def test_the_state_folder_of_a_person_is_in_their_own_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", pwd.getpwuid(os.getuid()).pw_dir)
    assert places.state_folder() == Path.home() / ".local/share/urbangrid"
    monkeypatch.setattr(places, "is_root", lambda: True)
    assert places.state_folder() == Path("/var/lib/urbangrid")


@pytest.mark.parametrize(("words", "code", "said"), [
    (["--help"], 0, "停止正在运行的平台"), (["down", "--help"], 0, "./urbangrid down"), (["nonsense"], 2, "--help 说明各命令和选项"),
])  # fmt: skip
def test_help_and_mistakes_are_answered_by_a_fresh_clone_that_has_nothing_installed(
    words: list[str], code: int, said: str, tmp_path: Path
) -> None:  # fmt: skip
    own = Path(bootstrap.__file__).relative_to(places.SOURCE)
    for folder in ("__init__.py", "config/__init__.py"):
        copied = tmp_path / "src" / "urbangrid" / folder
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.touch()
    shutil.copytree(places.SOURCE / own.parent, tmp_path / "src" / own.parent, ignore=shutil.ignore_patterns("__pycache__"))
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [sys.executable, "-I", "-S", "-B", str(tmp_path / "src" / own), *words]
    answer = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=30, check=False)
    assert answer.returncode == code and said in answer.stdout + answer.stderr, answer.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["src"], "nothing was made"


def test_the_packages_of_printed_sheets_are_named_when_missing_and_never_stop_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lib, fonts = tmp_path / "lib", tmp_path / "fonts"
    for folder in (lib / "x86_64-linux-gnu", fonts / "truetype"):
        folder.mkdir(parents=True)
    monkeypatch.setattr(debian, "LIBRARIES", lib)
    monkeypatch.setattr(debian, "FONT_FOLDERS", (fonts,))
    assert list(debian.missing_for_sheets()) == [*debian.SHEETS, debian.SHEET_FONT]
    monkeypatch.setattr("shutil.which", lambda name: None)
    debian.install(environment=False, database=False, browser=False, sheets=True)
    said = capsys.readouterr()
    assert debian.SHEET_FONT in said.out and "网页打印不受影响" in said.out
    for name in debian.SHEETS.values():
        (lib / "x86_64-linux-gnu" / name).touch()
    (fonts / "truetype" / debian.FONT_FILES[0]).touch()
    assert debian.missing_for_sheets() == {}


def test_what_is_installed_for_sheets_is_what_the_sheets_look_for() -> None:
    assert tuple(debian.SHEETS) == pdf.LIBRARIES and debian.SHEET_FONT == pdf.FONT_PACKAGE
    assert tuple(pdf.FONTS.values()) == debian.FONT_FILES and pdf.FONT_FOLDERS == debian.FONT_FOLDERS
    assert {*debian.SHEETS, debian.SHEET_FONT} <= set(bundle.ALWAYS), "a machine without a network has them too"
