"""``upgrade``: the data to this release, with a way back that is bit for bit; ``upgrade --back``.

The code of a release stands in a folder of its own (an unpacked bundle, or a checkout brought up to date by git); this command
is run from the new one and changes the data only:

1. The platform must be down. Nothing to do, a newer database and a small disk are said before anything is touched.
2. The stopped cluster and the heads of the record's log are copied to ``DATA/upgrade/before``. Stored files never change and keys
   are only added, so they need no copy.
3. Tables are brought to this release, the record is verified, cases and records are counted again.
4. When a step fails, the copy takes the place of what was tried.

``--back`` sets the present cluster aside (``DATA/upgrade/after``) and puts the copy back; the former program starts on it.
A database given by DATABASE_URL cannot be copied as a folder: a backup is made, and the way back is its restore.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from urbangrid.config.command import archive, backup, cluster, dumps, installation, notes, places, releases, restore, steps, unfinished, up
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import Refused, _, refuse, say

MOVED = ("postgres", "heads")
"""What an upgrade may change and its way back returns."""
NEVER_FEWER = ("cases_case", "cases_caserecord", "cases_report", "core_storedfile", "accounts_user")
"""Beginnings of the tables whose rows an upgrade must not lose."""
Counts = dict[str, int]


def run(args: argparse.Namespace) -> int:
    """Upgrade the data, or go back."""
    place = installation.find(args)
    if not place.external_database and not place.cluster.exists() and not (place.upgrade / "state.json").exists():
        refuse(_("{data} 里还没有安装，没有可升级的数据。请先运行 ./urbangrid up"), data=place.data)
    with up.locked(place) as held:
        if not held:
            refuse(_("平台正在运行，没有升级。请先运行 ./urbangrid down，升级后再启动。"))
        if place.external_database:
            return _outside(place, args)
        unfinished.finish_restore(place)
        server = cluster.Cluster(place.cluster, place.socket_folder, cluster.programs_for(place.cluster))
        server.clear_the_way()  # that of a killed upgrade may still be ending
        if args.back:
            return _go_back(place)
        if place.upgrade_phase() in ("migrating", "moving"):
            say(_("上一次升级被强行中断，先复原到它之前的数据"))
            _put_back(place)
        return _upgrade(place, with_faults=args.with_faults)


def _upgrade(place: Installation, *, with_faults: bool) -> int:
    began = time.monotonic()
    with up.database_started(place):
        before = _counts(place)
        missing = int(restore.step(place, "_pending"))
    if not missing:
        say(_("数据已是这个版本（{release}），不用升级。"), release=releases.described())
        return 0
    started = notes.read(place.data).get("started", {})
    about = {"from": started.get("release", ""), "code": started.get("code", ""), "to": releases.described(), "cases": before}
    _copy(place, about | {"at": datetime.now(UTC).isoformat(timespec="seconds")})
    _set_phase(place, "migrating")
    try:
        with up.database_started(place):
            say(_("更新数据表（{count} 步）"), count=missing)
            restore.step(place, "_tables")
            words = restore.verified(place, with_faults=with_faults)
            _compare(before, _counts(place))
    except (Refused, OSError, psycopg.Error):
        _put_back(place)
        say(_("升级没有成功（原因见上），数据已复原到升级之前；原来的程序可以照常启动。"))
        return 1
    _set_phase(place, "done")
    notes.write(place.data, "upgrade", {"to": releases.described(), "steps": missing})
    say(words)
    say(
        _("升级完成：{release}，{count} 步，用时 {seconds:.0f} 秒。请用这个版本启动：{folder}/urbangrid up"),
        release=releases.described(),
        count=missing,
        seconds=time.monotonic() - began,
        folder=os.environ.get("URBANGRID_COPIED_FROM") or places.CHECKOUT,
    )
    say(_("要复原：./urbangrid down，再 ./urbangrid upgrade --back（升级后新办的业务会另存，不在复原的数据里）"))
    return 0


def _state(place: Installation) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((place.upgrade / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _set_phase(place: Installation, phase: str) -> None:
    notes.replace(place.upgrade / "state.json", json.dumps(_state(place) | {"phase": phase}, ensure_ascii=False))


def _counts(place: Installation) -> Counts:
    """Rows of the tables that must not lose any, by their beginning."""
    with psycopg.connect(place.database_url) as connection:
        rows = dumps.counts(connection)
    return {begin: sum(count for name, count in rows.items() if name.startswith(begin)) for begin in NEVER_FEWER}


def _compare(before: Counts, after: Counts) -> None:
    if fewer := [name for name, count in before.items() if after[name] < count]:
        refuse(_("升级后 {names} 的行数变少了。请把这条消息报告给开发者。"), names=_("、").join(fewer))


def _copy(place: Installation, about: dict[str, Any]) -> None:
    """The stopped cluster and the heads, whole on the disk before anything changes."""
    size = sum(path.stat().st_size for path in place.cluster.rglob("*") if path.is_file())
    free = shutil.disk_usage(place.data).free
    if free < size + size // 4:
        refuse(
            _("磁盘空间不够，没有升级，也没有改动：{data} 还有 {free}，需要 {needed}。请清理后重试。"),
            data=place.data,
            free=archive.human(free),
            needed=archive.human(size + size // 4),
        )
    say(_("备份升级前的数据库（{size}）"), size=archive.human(size))
    _forget_earlier(place)
    draft = place.upgrade / "before.new"
    draft.mkdir(parents=True, mode=0o700)
    for name in MOVED:
        if name == "heads" and not place.heads.exists():  # a release that wrote none: the way back leaves none
            (draft / name).mkdir(mode=0o700)
        if (place.data / name).exists():
            command = ["cp", "-a", "--reflink=auto", str(place.data / name), str(draft / name)]
            steps.run(command, _("没有备份成功，没有升级，也没有改动。"))
    os.sync()
    draft.rename(place.upgrade / "before")
    notes.replace(place.upgrade / "state.json", json.dumps(about | {"phase": "copied"}, ensure_ascii=False))


def _forget_earlier(place: Installation) -> None:
    """Away with the upgrade before this one, under another name first: a half removed copy must not look like a way back."""
    old = place.upgrade.with_name("upgrade.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.upgrade.exists():
        place.upgrade.rename(old)
        shutil.rmtree(old, ignore_errors=True)


def _put_back(place: Installation) -> None:
    """The copy takes the place of what is there; safe to be cut off and done again."""
    _set_phase(place, "moving")
    aside = place.upgrade / "after"
    for name in MOVED:
        kept = place.upgrade / "before" / name
        if not kept.exists():  # moved already, or there was none
            continue
        if (place.data / name).exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            shutil.rmtree(aside / name, ignore_errors=True)
            (place.data / name).rename(aside / name)
        kept.rename(place.data / name)
    _set_phase(place, "back")


def _go_back(place: Installation) -> int:
    state = _state(place)
    whole = (place.upgrade / "before" / "postgres").exists() and state.get("phase") in ("done", "migrating")
    if not whole and state.get("phase") != "moving":
        refuse(_("没有可以复原的升级（{folder} 里没有升级前的数据）。"), folder=place.upgrade)
    if state.get("phase") == "done":  # the platform may have run on the upgraded data: heads of them may be elsewhere
        notes.leave_restoration(place.data, "upgrade", str(state.get("at", "")), str(state.get("from", "")))
    _put_back(place)
    _keep_heads(place)
    say(_("已复原到升级之前的数据（版本 {release}）。"), release=state.get("from") or _("未记录"))
    say(_("升级后的数据另存在 {folder}，确认不再需要后可以删除。"), folder=place.upgrade / "after")
    say(_("现在用原来的程序启动：{program}"), program=_former_program(state))
    return 0


def _keep_heads(place: Installation) -> None:
    """Heads of the data that were given up are kept beside the others, where ``audit verify`` names them."""
    given_up = place.upgrade / "after" / "heads"
    if found := sorted(given_up.glob("*.jsonl")):
        kept = place.heads / f"abandoned-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in found:
            shutil.copyfile(path, kept / path.name)


def _former_program(state: dict[str, Any]) -> str:
    code = str(state.get("code") or "")
    here = os.environ.get("URBANGRID_COPIED_FROM") or str(places.CHECKOUT)
    if code and code != here and Path(code, "urbangrid").exists():
        return f"{code}/urbangrid up"
    if code == here and "-" in str(state.get("from")):
        commit = str(state["from"]).partition("-")[2].removesuffix("-changed")
        return _("先 git checkout {commit}，再 {folder}/urbangrid up").format(folder=here, commit=commit)
    return _("在升级前的程序文件夹里运行 ./urbangrid up")


def _outside(place: Installation, args: argparse.Namespace) -> int:
    """A database of others: a backup, then the tables; the way back is the backup."""
    if args.back:
        refuse(_("数据库由 DATABASE_URL 给出：复原即恢复升级前的备份，步骤见 docs/topics/operations.md。"))
    if not int(restore.step(place, "_pending")):
        say(_("数据已是这个版本（{release}），不用升级。"), release=releases.described())
        return 0
    own = argparse.Namespace(**vars(args), without_keys=True, keys_to=None, passphrase_file=None)
    made, manifest = backup.make(place, backup.folder_of(place, None), own)
    backup.report(made, manifest, 0)
    before = _counts(place)
    try:
        restore.step(place, "_tables")
        words = restore.verified(place, with_faults=args.with_faults)
        _compare(before, _counts(place))
    except Refused:
        say(_("升级没有成功。请让数据库管理员建一个空数据库，用升级前的程序恢复 {folder}，步骤见 docs/topics/operations.md。"), folder=made)
        return 1
    say(words)
    say(_("升级完成：{release}。升级前的备份在 {folder}"), release=releases.described(), folder=made)
    return 0
