"""Root hands over to the system user before anything of the platform is loaded.

Commands that read a person's files keep one capability, reading, so that a file under /root can be imported while
everything they write belongs to the system user. Where the capability is not granted (a restricted container), reading
then fails with the importer's own message.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from pathlib import Path

from urbangrid.config.command import places
from urbangrid.config.command.words import _, refuse

READ_EVERYTHING = 2  # CAP_DAC_READ_SEARCH
KEEP_CAPABILITIES = 8  # PR_SET_KEEPCAPS
AMBIENT, AMBIENT_RAISE, AMBIENT_CLEAR = 47, 2, 4  # PR_CAP_AMBIENT and its operations
READ = ("file", "mapping", "folder", "keys", "passphrase_file", "bundle_key")
"""Arguments that name what a person gives to read."""
WRITTEN = ("to", "keys_to")
"""Arguments that name folders for backups."""
CAPABILITY_VERSION = 0x20080522


def hand_over(args: argparse.Namespace, argv: list[str]) -> None:
    """Prepare the data folder and become the system user, running the same command again (does not return)."""
    user = places.service_user()
    if user is None:
        refuse(_("没有系统用户 {name}。请用 ./urbangrid 启动，它会建立该用户。"), name=places.SERVICE_USER)
    data = Path(args.data or os.environ.get("URBANGRID_DATA") or places.SYSTEM_STATE / "data").resolve()
    _make_data_folder(data, user.pw_uid, user.pw_gid)
    files = {value for name in READ if (value := getattr(args, name, None))}
    written = {value for name in WRITTEN if (value := getattr(args, name, None))}
    for folder in written:
        _make_writable(Path(folder).resolve(), user.pw_uid, user.pw_gid)
    argv = [str(Path(word).resolve()) if word in files | written else word for word in argv]
    _drop(user.pw_uid, user.pw_gid, keep_reading=bool(files))
    own = {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name, "URBANGRID_DATA": str(data)}
    environment = os.environ | own
    for name in ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    os.execve(sys.executable, [sys.executable, "-P", "-m", "urbangrid", *argv], environment)


def _make_data_folder(data: Path, uid: int, gid: int) -> None:
    if data.exists() and data.stat().st_uid != uid and any(data.iterdir()):
        refuse(_("{data} 不是空文件夹，也不属于用户 {name}；请换一个 --data。"), data=data, name=places.SERVICE_USER)
    data.mkdir(parents=True, exist_ok=True)
    os.chown(data, uid, gid)
    data.chmod(0o700)
    if not places.readable_for(data, uid, gid):
        refuse(
            _("用户 {name} 进不了 {data}：请放开其上级文件夹的进入权限（chmod o+x），或换一个 --data。"),
            name=places.SERVICE_USER,
            data=data,
        )


def _make_writable(folder: Path, uid: int, gid: int) -> None:
    """A folder for backups: made here for the system user where it does not exist yet."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        os.chown(folder, uid, gid)
    status = folder.stat()
    if status.st_uid != uid or not places.readable_for(folder, uid, gid):
        refuse(
            _("用户 {name} 不能写 {folder}。请让它属于这个用户（chown {name} {folder}），其上级文件夹要能进入；或换一个文件夹。"),
            name=places.SERVICE_USER,
            folder=folder,
        )


def _drop(uid: int, gid: int, *, keep_reading: bool) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if keep_reading:
        library.prctl(KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if keep_reading:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
        mask = 1 << READ_EVERYTHING
        sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        if library.capset(ctypes.byref(header), ctypes.byref(sets)) == 0:
            library.prctl(AMBIENT, AMBIENT_RAISE, READ_EVERYTHING, 0, 0)


def forget_capabilities() -> None:
    """A process started by a command keeps none of the command's capabilities."""
    ctypes.CDLL(None).prctl(AMBIENT, AMBIENT_CLEAR, 0, 0, 0)
