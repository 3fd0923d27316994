"""``restore``: from a backup to an installation whose record verifies; ``restore --test`` proves it and throws it away.

1. Refuse what cannot end well before anything is written: a folder that is not empty, a newer release, a small disk, keys
   that do not open.
2. Build everything in ``DATA/restoring``: keys, the files with their hashes compared, a new cluster with the dump, its rows
   counted, tables of this release, ``audit verify``.
3. Only then move it into place (``unfinished.finish_restore``), the database last. Cut off before, the next restore begins anew; cut off
   while moving, the next command moves the rest.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from urbangrid.config.command import archive, backup, cluster, dumps, installation, keys, notes, processes, releases, unfinished, up
from urbangrid.config.command.archive import Manifest
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import Refused, _, refuse, say

HARMLESS = {"lock", "restoring", "restored.done", "run", "operations.json.lock"}
"""What may lie in a data folder that counts as empty."""


def run(args: argparse.Namespace) -> int:
    """Restore into an empty installation, or test that it would go (``--test``)."""
    place = installation.find(args)
    if args.test:
        return test(place, args)
    if args.folder is None:
        refuse(_("请写明备份所在的文件夹：./urbangrid restore 文件夹"))
    source = backup.chosen(Path(args.folder).resolve())
    place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with up.locked(place) as held:
        if not held:
            refuse(_("平台正在运行，或另一条命令正在使用 {data}。恢复只能写入空的数据文件夹，请换一个 --data。"), data=place.data)
        unfinished.finish_restore(place)
        _refuse_occupied(place)
        _clear(replace(place, data=place.restoring))
        began = time.monotonic()
        manifest = _checked(source, place.data)
        draft = replace(place, data=place.restoring)
        try:
            words = _build(draft, source, manifest, _keys(source, manifest, args), with_faults=args.with_faults)
        except BaseException:
            _clear(draft)
            raise
        notes.write(draft.data, "restored", {"from": str(source), "made_at": manifest.made_at})
        unfinished.begin_move(draft)
        unfinished.finish_restore(place)
    _say_done(source, manifest, words, began)
    say(_("数据已在 {data}。现在可以启动：./urbangrid up"), data=place.data)
    return 0


def _refuse_occupied(place: Installation) -> None:
    """Only an empty folder, or one in which an earlier restore was cut off, is written to."""
    found = sorted(path.name for path in place.data.iterdir() if path.name not in HARMLESS and not _is_empty(path))
    if found:
        refuse(
            _(
                "{data} 不是空的（有 {names}），没有恢复，也没有改动。两种办法：\n"
                "1. 恢复到另一个文件夹：./urbangrid restore 备份 --data 新文件夹；\n"
                "2. 把现有的数据改名保留：mv {data} {data}.old，然后重试。"
            ),
            data=place.data,
            names=_("、").join(found[:5]),
        )
    if place.external_database and dumps.migrations_of(place.external_database):
        refuse(_("DATABASE_URL 所指的数据库里已有平台的数据，没有恢复。请让数据库管理员建一个空的数据库，再改 DATABASE_URL。"))


def _is_empty(path: Path) -> bool:
    """An empty folder: ``up`` makes some before it sees that there is nothing to start."""
    return path.is_dir() and not any(path.iterdir())


def _checked(source: Path, target: Path) -> Manifest:
    """The manifest of a backup that this release can restore onto this disk."""
    manifest = archive.read_manifest(source)
    assert manifest is not None
    releases.refuse_newer(manifest.migrations, _("这份备份"))
    needed = manifest.database_bytes + manifest.files_bytes + manifest.database_bytes // 4
    free = shutil.disk_usage(target).free
    if free < needed:
        refuse(
            _("磁盘空间不够，没有恢复：{data} 所在的磁盘还有 {free}，需要 {needed}。请清理，或用 --data 换一个磁盘。"),
            data=target,
            free=archive.human(free),
            needed=archive.human(needed),
        )
    say(
        _("恢复 {folder}：{made_at} 的备份，版本 {release}，{files} 个文件，{size}"),
        folder=source,
        made_at=manifest.made_at,
        release=manifest.release,
        files=manifest.files,
        size=archive.human(manifest.size_bytes),
    )
    return manifest


def _keys(source: Path, manifest: Manifest, args: argparse.Namespace) -> dict[str, bytes]:
    """The keys of that backup, opened with the passphrase."""
    name = keys.file_name(manifest.keys_digest)
    near = [source.parent / name, source / name]
    found = Path(args.keys).resolve() if args.keys else next((path for path in near if path.exists()), None)
    if found is None:
        refuse(_("没有找到密钥备份 {name}（在 {folder} 旁边）。请用 --keys 指明它的位置；没有密钥不能恢复。"), name=name, folder=source)
    if found.is_dir():
        found = found / name
    word = keys.passphrase(args, new=False)
    if word is None:
        refuse(_("密钥备份需要口令：请在终端里运行，或用 --passphrase-file 给出口令文件。没有改动任何数据。"))
    kept = keys.unseal(found, word)
    if keys.digest(kept) != manifest.keys_digest:
        refuse(_("{file} 里的密钥不属于这份备份（需要 {name}）。没有改动任何数据。"), file=found, name=name)
    return kept


def _build(
    draft: Installation, source: Path, manifest: Manifest, kept: dict[str, bytes], *, throwaway: bool = False, with_faults: bool = False
) -> str:
    """Everything of the backup under ``draft``, verified; gives the words of ``audit verify``."""
    draft.make_folders()
    keys.write(draft.secrets, kept)
    _parts(source, manifest, draft)
    _files(source, draft)
    if not throwaway and manifest.demonstration:
        draft.demonstration_mark.touch(mode=0o600)
    if draft.external_database is None:
        server = cluster.Cluster(draft.cluster, draft.socket_folder, cluster.programs_for(draft.cluster), throwaway=throwaway)
        server.create()
    with up.database_available(draft):
        say(_("装入数据库（{size}）"), size=archive.human(manifest.database_bytes))
        outside = draft.external_database is not None
        if outside:
            cluster.check_external(draft.database_url)
        dumps.load(draft.database_url, source / archive.DUMP, at_once=outside, scratch=draft.data)
        _compare_counts(draft, manifest)
        alone = {"URBANGRID_HEADS_COPY": ""}  # newer heads elsewhere tell what was lost since; they do not make the backup wrong
        if not throwaway:
            notes.leave_restoration(draft.data, "backup", manifest.made_at, manifest.release)
        step(draft, "_tables", more=alone)
        return verified(draft, with_faults=with_faults, more=alone)


def _parts(source: Path, manifest: Manifest, draft: Installation) -> None:
    """Every part is read once and compared; the small ones are copied."""
    progress = archive.Progress(_("核对备份"), len(manifest.parts))
    for name, entry in manifest.parts.items():
        if ".." in Path(name).parts or Path(name).is_absolute():
            refuse(_("备份清单里的名称 {name} 不可用，没有恢复。请换另一份备份。"), name=name)
        path = source / name
        if not path.is_file() or archive.entry_of(path) != entry:
            refuse(_("备份损坏：{name} 缺失或与清单不符，没有恢复任何数据。请换另一份备份。"), name=name)
        progress.step()
        if name.startswith("heads/") or name == draft.settings_file.name:
            archive.copy(path, draft.data / name)
        elif name == "postgresql.conf":  # made for the former machine: kept to look at
            archive.copy(path, draft.data / "restored" / name)


def _compare_counts(draft: Installation, manifest: Manifest) -> None:
    with psycopg.connect(draft.database_url) as connection:
        found = dumps.counts(connection)
    if found != manifest.tables:
        different = sorted(name for name in manifest.tables.keys() | found.keys() if manifest.tables.get(name) != found.get(name))
        refuse(_("装入的行数与备份清单不同（{names}），没有恢复。请换另一份备份。"), names=_("、").join(different[:5]))


def _files(source: Path, draft: Installation) -> None:
    """Copy every stored file, its hash compared on the way."""
    listed = archive.read_list(source / archive.LIST)
    progress = archive.Progress(_("恢复文件"), len(listed))
    for name, entry in listed.items():
        origin = source / archive.FILES / name[:2] / name
        if not archive.STORED_NAME.fullmatch(name) or not origin.is_file():
            refuse(_("备份损坏：文件 {name} 缺失，没有恢复任何数据。请换另一份备份。"), name=name)
        if archive.copy(origin, draft.files / name[:2] / name) != entry:
            refuse(_("备份损坏：文件 {name} 与清单不符，没有恢复任何数据。请换另一份备份。"), name=name)
        progress.step()


def step(place: Installation, *words: str, more: Mapping[str, str] | None = None) -> str:
    """Run one command of this platform on an installation whose database is running; gives what it printed or refuses."""
    command = [sys.executable, "-P", "-m", "urbangrid", *words]
    done = subprocess.run(
        command, env=place.environment() | dict(more or {}), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        cwd=place.data, preexec_fn=processes.die_with_parent,
    )  # fmt: skip
    output = (done.stdout + done.stderr).strip()
    if done.returncode != 0:
        refuse(_("“{words}”没有通过：\n{output}"), words=" ".join(words), output=output[-3000:])
    return done.stdout.strip()


def verified(place: Installation, *, with_faults: bool, more: Mapping[str, str] | None = None) -> str:
    """``audit verify``; faults refuse, unless the administrator knows them already: one lost photo must not keep a whole city down."""
    say(_("验证办理经过"))
    try:
        return step(place, "audit", "verify", more=more)
    except Refused as failure:
        if not with_faults:
            say(_("若这些不符早已知道（上次 ./urbangrid audit verify 已列出，或备份清单已写明），加 --with-faults 可照样完成。"))
            raise
        return _("{sentence}\n已按 --with-faults 照样完成；以上不符以后每次核验都会列出。").format(sentence=failure.sentence)


def _clear(draft: Installation) -> None:
    """Away with what was built; a server of a restore that was killed may still be ending."""
    if draft.cluster.exists():
        cluster.Cluster(draft.cluster, draft.socket_folder, draft.cluster).clear_the_way()
    shutil.rmtree(draft.data, ignore_errors=True)
    shutil.rmtree(draft.socket_folder, ignore_errors=True)


def _say_done(source: Path, manifest: Manifest, words: str, began: float) -> None:
    say(words)
    say(
        _("恢复完成：{folder} 的 {rows} 行、{files} 个文件全部相符，用时 {seconds:.1f} 秒"),
        folder=source,
        rows=sum(manifest.tables.values()),
        files=manifest.files,
        seconds=time.monotonic() - began,
    )


def test(place: Installation, args: argparse.Namespace) -> int:
    """Restore the newest backup into a folder that is thrown away and remember how it went; the platform may run meanwhile."""
    source = backup.chosen(Path(args.folder).resolve() if args.folder else backup.folder_of(place, None))
    began = time.monotonic()
    remembered: dict[str, Any] = {"backup": source.name, "ok": False, "why": _("中断，没有做完")}
    pid = os.getpid()  # while it lives, the health page says that the test is going on
    with _alone(place), _remembering(place, remembered | {"pid": pid, "started": processes.start_time(pid)}):
        with _scratch(place) as draft:
            manifest = _checked(source, draft.data)
            opened = args.passphrase_file or args.keys or "URBANGRID_BACKUP_PASSPHRASE_FILE" in os.environ
            kept = _keys(source, manifest, args) if opened else keys.contents(place.secrets)
            words = _build(draft, source, manifest, kept, throwaway=True)
        seconds = round(time.monotonic() - began, 1)
        content = {"backup": source.name, "ok": True, "seconds": seconds, "with_keys": bool(opened), "words": words.splitlines()[0]}
        notes.write(place.data, "restore_test", content)
    say(words)
    say(_("恢复演练通过：{folder} 可以恢复，用时 {seconds} 秒；演练的数据已删除。"), folder=source, seconds=seconds)
    if not opened:
        say(_("这次用的是本机现有的密钥；要连密钥备份一起演练，请加 --passphrase-file。"))
    return 0


@contextmanager
def _alone(place: Installation) -> Iterator[None]:
    with (place.data / "restore-test.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(_("另一次恢复演练正在进行，请等它结束后重试。"))
        yield


@contextmanager
def _remembering(place: Installation, begun: dict[str, Any]) -> Iterator[None]:
    """A test that fails, or is killed, is known on the health page."""
    notes.write(place.data, "restore_test", begun)
    try:
        yield
    except (Refused, OSError) as failure:
        why = failure.sentence if isinstance(failure, Refused) else str(failure)
        notes.write(place.data, "restore_test", {"backup": begun["backup"], "ok": False, "why": why.splitlines()[0]})
        raise


@contextmanager
def _scratch(place: Installation) -> Iterator[Installation]:
    """An installation of its own beside the real one, gone at the end."""
    for old in place.data.glob("restore-test-*/"):  # of a test that was killed
        _clear(Installation(old, place.port, place.host, None))
    draft = Installation(Path(tempfile.mkdtemp(prefix="restore-test-", dir=place.data)), place.port, place.host, None)
    try:
        yield draft
    finally:
        _clear(draft)
