"""``backup``: a consistent copy while the platform runs, and ``backup verify``.

1. Heads of the record's log and the settings, before the snapshot: a head must never speak of records that the dump has not.
2. A snapshot of the database is held; pg_dump writes it; rows are counted in it.
3. Stored files after it: they never change and lie on the disk before their row commits, so each that the snapshot names is
   there. What the previous backup has is linked, only new ones are copied.
4. The keys in a file of their own (``keys``).
5. The manifest, on disk, then the folder gets its name: until then it begins with a dot and is no backup.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from urbangrid.config.command import archive, dumps, file_hold, installation, keys, notes, releases, up
from urbangrid.config.command.archive import Entry, Manifest
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import Refused, _, refuse, say

KEPT = 7
"""Backups kept in a folder unless --keep or URBANGRID_BACKUP_KEEP say otherwise."""


def run(args: argparse.Namespace) -> int:
    """Make one backup; says where it is, what it holds and how long it took."""
    place = installation.find(args)
    folder = folder_of(place, args.to)
    if args.keep is not None and args.keep < 1:
        refuse(_("--keep 至少是 1。"))
    try:
        with up.database_available(place):
            made, manifest = make(place, folder, args)
    except (Refused, OSError) as failure:
        why = failure.sentence if isinstance(failure, Refused) else str(failure)
        with suppress(OSError):
            notes.write(place.data, "backup_failure", {"folder": str(folder), "why": why.splitlines()[0]})
        if isinstance(failure, OSError):
            refuse(_("备份没有完成：{failure}。原有的备份没有改动。"), failure=failure)
        raise
    removed = prune(folder, args.keep or int(os.environ.get("URBANGRID_BACKUP_KEEP", KEPT)))
    report(made, manifest, removed)
    return 1 if manifest.missing or manifest.damaged else 0


def folder_of(place: Installation, given: str | None) -> Path:
    """Where backups go: --to, or URBANGRID_BACKUP_FOLDER, or ``backups`` in the data folder."""
    return Path(given or os.environ.get("URBANGRID_BACKUP_FOLDER") or place.data / "backups").resolve()


def make(place: Installation, folder: Path, args: argparse.Namespace) -> tuple[Path, Manifest]:
    """One backup under ``folder``; gives its folder and manifest. The database must be running."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder), file_hold.copying(place.data):
        for torn in folder.glob(".new-*"):
            shutil.rmtree(torn)
        kept_keys = keys.contents(place.secrets)
        if not args.without_keys:
            keys.keep(place.secrets, Path(args.keys_to or folder).resolve(), args)
        draft = folder / f".new-{os.getpid()}"
        draft.mkdir(mode=0o700)
        parts = _heads_and_settings(place, draft)
        with dumps.snapshot(place.database_url) as held:
            _refuse_small_disk(folder, held.database_bytes // 2 + _new_bytes(place, folder))
            say(_("导出数据库（{size}）"), size=archive.human(held.database_bytes))
            dumps.dump(place.database_url, held, draft / archive.DUMP)
        (draft / archive.DUMP).chmod(0o600)
        parts[archive.DUMP] = archive.entry_of(draft / archive.DUMP)
        files = _files(place, draft, archive.whole(folder)[-1:])
        parts[archive.LIST] = archive.entry_of(draft / archive.LIST)
        missing = sorted(held.files - files.listed.keys())
        manifest = Manifest(
            held.made_at, releases.described(), held.server, held.migrations, held.tables, parts, len(files.listed),
            sum(entry.size_bytes for entry in files.listed.values()), missing, files.damaged, keys.digest(kept_keys),
            place.demonstration_mark.exists(), held.database_bytes, round(time.monotonic() - began, 1),
        )  # fmt: skip
        os.sync()  # thousands of files: one call instead of one per file
        archive.write_manifest(draft, manifest)
        made = _named(draft, folder / datetime.fromisoformat(held.made_at).strftime("%Y%m%dT%H%M%SZ"))
    _remember(place, made, manifest, folder, args)
    return made, manifest


def _named(draft: Path, target: Path) -> Path:
    """The rename that makes it a backup."""
    if target.exists():  # two within a second
        target = target.with_name(target.name + "-2")
    draft.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(_("另一次备份正在写 {folder}，请等它结束后重试。"), folder=folder)
        yield


def _heads_and_settings(place: Installation, draft: Path) -> dict[str, Entry]:
    """Small files copied as they are: ``settings.env``, PostgreSQL's settings, the log's heads."""
    parts = {}
    for origin in (place.settings_file, place.cluster / "postgresql.conf"):
        if origin.exists():
            parts[origin.name] = archive.copy(origin, draft / origin.name)
    if place.heads.is_dir():
        for path in sorted(path for path in place.heads.rglob("*") if path.is_file()):
            name = str(Path("heads") / path.relative_to(place.heads))
            parts[name] = archive.copy(path, draft / name)
    return parts


def _new_bytes(place: Installation, folder: Path) -> int:
    """Bytes of stored files that the last backup does not have."""
    before = _listed(archive.whole(folder)[-1:])
    return sum(path.stat().st_size for path in archive.stored(place.files) if path.name not in before)


def _listed(previous: list[Path]) -> dict[str, Entry]:
    return archive.read_list(previous[0] / archive.LIST) if previous else {}


def _refuse_small_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        refuse(
            _("磁盘空间不够，没有备份：{folder} 还有 {free}，大约需要 {needed}。请清理，或用 --to 换一个磁盘，或用 --keep 少留几份。"),
            folder=folder,
            free=archive.human(free),
            needed=archive.human(needed),
        )


@dataclass
class _Files:
    listed: dict[str, Entry]
    damaged: list[str]


def _files(place: Installation, draft: Path, previous: list[Path]) -> _Files:
    """Link what the previous backup has, copy what is new, write the list."""
    before = _listed(previous)
    found = _Files({}, [])
    progress = archive.Progress(_("备份文件"))
    for path in archive.stored(place.files):
        target = draft / archive.FILES / path.name[:2] / path.name
        old = previous[0] / archive.FILES / path.name[:2] / path.name if path.name in before else None
        try:
            if old is not None and old.stat().st_size == before[path.name].size_bytes:
                archive.link_or_copy(old, target)
                found.listed[path.name] = before[path.name]
            else:
                found.listed[path.name] = archive.copy(path, target)
        except FileNotFoundError:
            continue  # purged meanwhile; the snapshot may still name it: then it is told as missing
        if len(path.name) == 64 and found.listed[path.name].sha256 != path.name:
            found.damaged.append(path.name)
        progress.step()
    with (draft / archive.LIST).open("w", encoding="utf-8") as out:
        out.writelines(f"{entry.sha256} {entry.size_bytes} {name}\n" for name, entry in found.listed.items())
    (draft / archive.LIST).chmod(0o600)
    return found


def _remember(place: Installation, made: Path, manifest: Manifest, folder: Path, args: argparse.Namespace) -> None:
    kept = Path(args.keys_to or folder).resolve() / keys.file_name(manifest.keys_digest)
    content = {
        "folder": str(made), "bytes": manifest.size_bytes, "files": manifest.files, "seconds": manifest.seconds,
        "keys": kept.exists(), "missing": len(manifest.missing), "damaged": len(manifest.damaged),
        "same_disk": folder.stat().st_dev == place.data.stat().st_dev,
    }  # fmt: skip
    notes.write(place.data, "backup", content)


def prune(folder: Path, keep: int) -> int:
    """Remove the oldest whole backups beyond ``keep``; gives how many. The manifest goes first: a half removed one is none."""
    old = [path for path in archive.whole(folder) if path != folder][:-keep]
    for path in old:
        (path / archive.MANIFEST).unlink()
        path = path.rename(path.with_name(f".new-{path.name}"))
        shutil.rmtree(path)
    return len(old)


def report(made: Path, manifest: Manifest, removed: int) -> None:
    """What was made, in words."""
    say(
        _("备份完成：{folder}（{cases} 件案件、{records} 条办理经过、{files} 个文件，{size}），用时 {seconds:.1f} 秒"),
        folder=made,
        cases=manifest.tables.get("cases_case", 0),
        records=sum(count for name, count in manifest.tables.items() if name.startswith("cases_caserecord")),
        files=manifest.files,
        size=archive.human(manifest.size_bytes),
        seconds=manifest.seconds,
    )
    if removed:
        say(_("已删除最旧的 {count} 份备份"), count=removed)
    for name in manifest.missing[:5]:
        say(_("注意：数据库提到的文件 {name} 在数据文件夹里没有，备份里也没有。"), name=name)
    for name in manifest.damaged[:5]:
        say(_("注意：文件 {name} 的内容与它的校验值不符（磁盘损坏或被改动）；请从较早的备份取回。"), name=name)


def verify(args: argparse.Namespace) -> int:
    """``backup verify FOLDER``: read everything and compare with the manifest."""
    folder = chosen(Path(args.folder).resolve())
    began = time.monotonic()
    manifest = archive.read_manifest(folder)
    assert manifest is not None
    found = archive.faults(folder, manifest)
    for sentence in found[:20]:
        say(sentence)
    if found:
        say(_("备份 {folder} 不完整：{count} 处不符。请用另一份备份，并检查这块磁盘。"), folder=folder, count=len(found))
        return 1
    say(
        _("备份 {folder} 完整：{files} 个文件、{size} 全部相符，用时 {seconds:.1f} 秒（版本 {release}）"),
        folder=folder,
        files=manifest.files + len(manifest.parts),
        size=archive.human(manifest.size_bytes),
        seconds=time.monotonic() - began,
        release=manifest.release,
    )
    return 0


def chosen(folder: Path) -> Path:
    """The backup meant by a folder: itself, or the newest whole one in it; refuses where there is none."""
    found = archive.whole(folder)
    if found:
        return found[-1]
    if not folder.exists():
        refuse(_("没有文件夹 {folder}。"), folder=folder)
    if (folder / archive.MANIFEST).exists() or any(folder.glob(".new-*")) or (folder / archive.DUMP).exists():
        refuse(_("{folder} 里的备份不完整（清单缺失或损坏），不能使用。请换另一份备份。"), folder=folder)
    refuse(_("{folder} 里没有备份。"), folder=folder)
