"""Small disks that can be filled up and made read-only: mounts of their own, for which the tests need root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from urbangrid.config.command import places

MEBIBYTE = 1024 * 1024


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def mounted(folder: Path, *, megabytes: int) -> Iterator[bool]:
    """A disk in memory at ``folder``, which belongs to the system user; gives whether this machine allows it."""
    user = places.service_user()
    if not places.is_root() or user is None or shutil.which("mount") is None:
        yield False
        return
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, user.pw_uid, user.pw_gid)
    options = f"size={megabytes}m,mode=700,uid={user.pw_uid},gid={user.pw_gid}"
    done = _run("mount", "-t", "tmpfs", "-o", options, "urbangrid-test", str(folder))
    try:
        yield done
    finally:
        if done:
            _run("umount", "--lazy", str(folder))


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """No byte is free on the disk of ``folder`` for the length of the block."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for size in (MEBIBYTE, 4096):  # whole pages first, then what is left between what others write
            with suppress(OSError):
                while True:
                    out.write(bytes(size))
    try:
        yield
    finally:
        ballast.unlink()


def remount(folder: Path, how: str) -> bool:
    """``ro`` or ``rw``; false while something is open for writing there."""
    return _run("mount", "-o", f"remount,{how}", str(folder))
