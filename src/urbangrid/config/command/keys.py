"""The key backup: everything in ``secrets/`` in one file that opens with a passphrase only.

It is a file of its own: the private key of the record stands in neither database nor database backup (architecture §3.4). The
name carries a digest of the keys, so that it can be seen without the passphrase whether the present keys are kept. The digest
is over keys of 256 bits and more and tells nothing about them. Passphrase → key by scrypt (RFC 7914), content by AES-256-GCM.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import json
import os
import sys
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from urbangrid.config.command import notes
from urbangrid.config.command.words import _, refuse, say

FORMAT = "urbangrid-keys-1"
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
"""128 MiB and about half a second per try."""
SHORTEST_PASSPHRASE = 12


def contents(secrets: Path) -> dict[str, bytes]:
    """Path under ``secrets`` → bytes, for every key of the installation; the server's TLS key is made anew by ``up --tls``."""
    found = {}
    for path in sorted(secrets.rglob("*")):
        if path.is_file() and not path.name.endswith(".new") and path.name.partition(".")[0] not in ("server", "given"):
            found[str(path.relative_to(secrets))] = path.read_bytes()
    return found


def digest(kept: dict[str, bytes]) -> str:
    """First 16 hex digits of the SHA-256 over names and contents."""
    total = hashlib.sha256()
    for name, content in sorted(kept.items()):
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()[:16]


def file_name(of_digest: str) -> str:
    """Name of the key backup that holds the keys of that digest."""
    return f"keys-{of_digest}.enc"


def seal(kept: dict[str, bytes], passphrase: str) -> str:
    """The encrypted file."""
    salt, nonce = os.urandom(16), os.urandom(12)
    head = {"format": FORMAT, "n": SCRYPT_N, "r": SCRYPT_R, "p": SCRYPT_P, "salt": salt.hex(), "nonce": nonce.hex()}
    plain = json.dumps({name: base64.b64encode(content).decode() for name, content in kept.items()}).encode()
    box = AESGCM(_key(passphrase, head)).encrypt(nonce, plain, json.dumps(head, sort_keys=True).encode())
    return json.dumps(head | {"box": base64.b64encode(box).decode()}, indent=1)


def unseal(path: Path, passphrase: str) -> dict[str, bytes]:
    """The keys of a key backup; refuses a wrong passphrase and a damaged file."""
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
        box = base64.b64decode(head.pop("box"), validate=True)
        if head["format"] != FORMAT:
            raise ValueError(head["format"])
        key = _key(passphrase, head)
        plain = AESGCM(key).decrypt(bytes.fromhex(head["nonce"]), box, json.dumps(head, sort_keys=True).encode())
    except InvalidTag:
        refuse(_("口令不对，或密钥备份 {file} 已损坏：没有打开，也没有改动任何数据。请核对口令后重试。"), file=path)
    except OSError as failure:
        refuse(_("读不了密钥备份 {file}：{failure}。请用 --keys 指明它的位置。"), file=path, failure=failure)
    except (ValueError, KeyError, TypeError):
        refuse(_("{file} 不是完整的密钥备份文件。请换用另一份（keys-….enc）。"), file=path)
    found = {name: base64.b64decode(text) for name, text in json.loads(plain).items()}
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in found):
        refuse(_("{file} 不是完整的密钥备份文件。请换用另一份（keys-….enc）。"), file=path)
    return found


def write(secrets: Path, kept: dict[str, bytes]) -> None:
    """Put the keys into an empty ``secrets`` folder."""
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in kept.items():
        path = secrets / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _key(passphrase: str, head: dict[str, object]) -> bytes:
    n, r, p = (int(str(head[name])) for name in ("n", "r", "p"))
    if n > 2**20 or r > 16 or p > 4:  # a forged head must not eat the machine's memory
        raise ValueError("scrypt")
    return Scrypt(salt=bytes.fromhex(str(head["salt"])), length=32, n=n, r=r, p=p).derive(passphrase.encode())


def passphrase(args: argparse.Namespace, *, new: bool) -> str | None:
    """From ``--passphrase-file`` or URBANGRID_BACKUP_PASSPHRASE_FILE, or asked for at the terminal; None where nobody can be asked."""
    if given := getattr(args, "passphrase_file", None) or os.environ.get("URBANGRID_BACKUP_PASSPHRASE_FILE"):
        try:
            found = Path(given).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as failure:
            refuse(_("读不了口令文件 {file}：{failure}"), file=given, failure=failure)
    elif sys.stdin.isatty():
        found = getpass.getpass(_("密钥备份的口令："))
        if new and found != getpass.getpass(_("再输一遍：")):
            refuse(_("两次输入的口令不同，没有备份。请重试。"))
    else:
        return None
    if new and len(found) < SHORTEST_PASSPHRASE:
        refuse(_("口令太短：至少 {count} 个字符。没有备份。"), count=SHORTEST_PASSPHRASE)
    return found


def keep(secrets: Path, folder: Path, args: argparse.Namespace) -> str:
    """Write the key backup into ``folder`` unless it has the present keys already; gives the file's name or refuses."""
    kept = contents(secrets)
    target = folder / file_name(digest(kept))
    if target.exists():
        return target.name
    word = passphrase(args, new=True)
    if word is None:
        refuse(
            _(
                "备份要连同密钥才能恢复，而这里没有口令，没有备份。三种办法：\n"
                "1. 在终端里运行，输入口令；\n"
                "2. --passphrase-file 文件（或设置 URBANGRID_BACKUP_PASSPHRASE_FILE）；\n"
                "3. --without-keys 只备份数据，密钥另行保管（没有密钥，恢复后无法证明旧的办理经过）。"
            )
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    notes.replace(target, seal(kept, word))
    say(_("密钥已加密备份：{file}（口令请另处保管；没有口令谁也打不开）"), file=target)
    return target.name
