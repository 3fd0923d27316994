"""The words of backup, restore, upgrade and bundle; ``parser`` adds them to its own."""

from __future__ import annotations

import argparse
from typing import Protocol

from urbangrid.config.command.words import _

Commands = argparse._SubParsersAction  # argparse has no public name for it


class Adder(Protocol):
    """``parser._command``."""

    def __call__(self, commands: Commands[argparse.ArgumentParser], name: str, target: str, text: str) -> argparse.ArgumentParser: ...


def add(commands: Commands[argparse.ArgumentParser], command: Adder) -> None:
    """Every command that keeps an installation safe."""
    _backup(commands, command)
    restore = command(commands, "restore", "urbangrid.config.command.restore:run", _("把备份恢复到空的数据文件夹，并验证办理经过"))
    restore.add_argument("folder", nargs="?", metavar=_("备份"), help=_("备份文件夹（或存放多份备份的文件夹：取最新的一份）"))
    restore.add_argument("--test", action="store_true", help=_("恢复演练：恢复到临时文件夹、验证、记下日期、删除"))
    restore.add_argument("--keys", metavar=_("文件"), help=_("密钥备份 keys-….enc（默认在备份旁边找）"))
    _with_faults(restore)
    _passphrase(restore)
    _upgrade(commands, command)
    _bundle(commands, command)


def _upgrade(commands: Commands[argparse.ArgumentParser], command: Adder) -> None:
    upgrade = command(commands, "upgrade", "urbangrid.config.command.upgrade:run", _("先备份，再把数据升级到这个版本；可以复原"))
    upgrade.add_argument("--from", dest="bundle", metavar=_("安装包"), help=_("先展开离线安装包，升级到其中的版本"))
    upgrade.add_argument("--bundle-key", metavar=_("公钥"), help=_("核对安装包签名的公钥（PEM）"))
    _with_faults(upgrade)
    upgrade.add_argument("--back", action="store_true", help=_("复原上一次升级之前的数据"))


def _with_faults(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--with-faults", action="store_true", help=_("核验发现的不符早已知道（如丢失的照片）：列出后照样完成"))


def _bundle(commands: Commands[argparse.ArgumentParser], command: Adder) -> None:
    bundle = command(commands, "bundle", "urbangrid.config.command.bundle:run", _("制作离线安装包：程序和全部软件包在一个文件里"))
    bundle.add_argument("--to", metavar=_("文件"), help=_("安装包文件，如 urbangrid.tar"))
    bundle.add_argument("--sign", metavar=_("私钥"), help=_("用这个 Ed25519 私钥（PEM）签名"))
    parts = bundle.add_subparsers(dest="action", metavar=_("动作"))
    verify = command(parts, "verify", "urbangrid.config.command.bundle:verify", _("核对安装包"))
    verify.add_argument("file", metavar=_("安装包"), help=_("安装包文件"))
    verify.add_argument("--key", metavar=_("公钥"), help=_("同时核对签名的 Ed25519 公钥（PEM）"))


def _backup(commands: Commands[argparse.ArgumentParser], command: Adder) -> None:
    backup = command(commands, "backup", "urbangrid.config.command.backup:run", _("备份数据库、文件、设置和密钥；平台可以同时运行"))
    backup.add_argument("--to", metavar=_("文件夹"), help=_("存放备份的文件夹（默认数据文件夹下的 backups）"))
    backup.add_argument("--keep", type=int, metavar="N", help=_("保留最新的几份（默认 7）"))
    backup.add_argument("--keys-to", metavar=_("文件夹"), help=_("密钥备份另存的文件夹（默认与备份同一文件夹）"))
    backup.add_argument("--without-keys", action="store_true", help=_("不备份密钥"))
    _passphrase(backup)
    parts = backup.add_subparsers(dest="action", metavar=_("动作"))
    verify = command(parts, "verify", "urbangrid.config.command.backup:verify", _("核对一份备份是否完整"))
    verify.add_argument("folder", metavar=_("备份"), help=_("备份文件夹"))


def _passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", metavar=_("文件"), help=_("从文件读口令（不给则在终端询问）"))
