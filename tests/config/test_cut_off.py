"""Restore and upgrade cut off between any two steps, and disks that are too small: nothing half done is taken for whole."""

from __future__ import annotations

import argparse
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from urbangrid.config.command import archive, backup, restore, unfinished, upgrade
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import Refused

Disk = namedtuple("Disk", "total used free")


class Killed(BaseException):
    """Stands for kill -9: no handler of the code runs on."""


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    found = Installation(tmp_path / "data", 0, "", None)
    found.data.mkdir()
    return found


def _kill_at(number: int, patch: pytest.MonkeyPatch) -> None:
    """The process ends before the renaming of that number."""
    left = [number]
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return real(self, target)

    patch.setattr(Path, "rename", rename)


def _put(folder: Path, names: tuple[str, ...], content: str) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "content").write_text(content)


@pytest.mark.parametrize("step", range(len(unfinished.PLACES) + 1))
def test_a_verified_restore_that_is_killed_while_it_moves_is_finished_by_the_next_command(place: Installation, step: int) -> None:
    draft = Installation(place.restoring, 0, "", None)
    _put(draft.data, unfinished.PLACES, "of the backup")
    with pytest.raises(Refused) as refused:
        unfinished.look(place)
    assert "恢复没有做完" in refused.value.sentence and not place.cluster.exists()
    unfinished.begin_move(draft)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        _kill_at(step, patch)
        unfinished.finish_restore(place)
    unfinished.look(place)
    assert {path.name for path in place.data.iterdir()} == set(unfinished.PLACES)
    unfinished.look(place)


@pytest.mark.parametrize("step", range(4))
def test_a_way_back_that_is_killed_is_finished_when_it_is_asked_for_again(place: Installation, step: int) -> None:
    _put(place.data, upgrade.MOVED, "after the upgrade")
    _put(place.upgrade / "before", upgrade.MOVED, "before it")
    upgrade._set_phase(place, "done")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        real = upgrade._set_phase
        patch.setattr(upgrade, "_set_phase", lambda where, phase: real(where, phase) if phase == "moving" else None)
        _kill_at(step, patch)
        upgrade._put_back(place)
    with pytest.raises(Refused) as refused:
        unfinished.look(place)
    assert "./urbangrid upgrade --back" in refused.value.sentence
    assert upgrade._go_back(place) == 0
    for name in upgrade.MOVED:
        assert (place.data / name / "content").read_text() == "before it"
        assert (place.upgrade / "after" / name / "content").read_text() == "after the upgrade"
    unfinished.look(place)
    with pytest.raises(Refused):
        upgrade._go_back(place)


def test_a_half_removed_copy_of_an_earlier_upgrade_is_no_way_back(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(place.upgrade / "before", upgrade.MOVED, "of last year")
    upgrade._set_phase(place, "done")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):

        def remove(path: Path, **_how: object) -> None:
            if path.exists():
                raise Killed

        patch.setattr(shutil, "rmtree", remove)
        upgrade._forget_earlier(place)
    with pytest.raises(Refused) as refused:
        upgrade._go_back(place)
    assert "没有可以复原的升级" in refused.value.sentence


def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(10**12, 10**12 - 5 * 2**20, 5 * 2**20))


def test_a_backup_onto_a_small_disk_is_refused_with_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _small(monkeypatch)
    with pytest.raises(Refused) as refused:
        backup._refuse_small_disk(tmp_path, 20 * 2**20)
    assert "5.0 MB" in refused.value.sentence and "20.0 MB" in refused.value.sentence and "--to" in refused.value.sentence


def test_a_restore_onto_a_small_disk_is_refused_before_anything_is_written(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "backups" / "20260101T000000Z"
    made.mkdir(parents=True)
    content = archive.Manifest("2026-01-01T00:00:00+00:00", "1", "15", [], {}, {}, 0, 8 * 2**20, [], [], "", False, 16 * 2**20, 1.0)
    archive.write_manifest(made, content)
    _small(monkeypatch)
    given = argparse.Namespace(data=str(place.data), folder=str(made), test=False, keys=None, passphrase_file=None)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(Refused) as refused:
        restore.run(given)
    assert "5.0 MB" in refused.value.sentence and "28.0 MB" in refused.value.sentence and "--data" in refused.value.sentence
    assert [path.name for path in place.data.iterdir()] == ["lock"]


def test_an_upgrade_on_a_small_disk_is_refused_and_the_former_way_back_stays(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(place.data, upgrade.MOVED, "now")
    _put(place.upgrade / "before", upgrade.MOVED, "before")
    with (place.cluster / "content").open("wb") as file:
        file.truncate(16 * 2**20)
    _small(monkeypatch)
    with pytest.raises(Refused) as refused:
        upgrade._copy(place, {})
    assert "5.0 MB" in refused.value.sentence and "20.0 MB" in refused.value.sentence and "没有改动" in refused.value.sentence
    assert (place.upgrade / "before" / "postgres" / "content").read_text() == "before"


def test_faults_that_are_known_keep_no_city_down_but_only_when_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def faulty(*_words: object, **_more: object) -> str:
        raise Refused("“audit verify”没有通过：案卷 12 的照片缺失")

    monkeypatch.setattr(restore, "step", faulty)
    place = Installation(tmp_path, 1, "127.0.0.1", None)
    with pytest.raises(Refused):
        restore.verified(place, with_faults=False)
    assert "案卷 12 的照片缺失" in restore.verified(place, with_faults=True)
