"""核验导出的办理经过日志 · Verify an exported log of records. Needs Python 3.9 and the package ``cryptography``, nothing else.

    python -I verify_log.py FOLDER [--heads FILE]...

FOLDER: what ``urbangrid audit export`` wrote. FILE: tree heads (a JSON line each) that you took away earlier; whoever holds database and
key can make everything in FOLDER agree with itself, but not with them. Exit code 0: all holds; 1: it does not; 2: unusable.

All of it is computed again from the data:
- leaf = SHA-256(0x00, data). Data of a record: "urbangrid record 1" LF, SHA-256 of its body, its Ed25519 signature over that; of an audit
  row: "urbangrid audit 1" LF and its canonical JSON text as exported;
- tree (RFC 6962, 2.1): node = SHA-256(0x01, left, right), split at the largest power of two smaller than the size;
- tree head: canonical JSON (sorted, no spaces) of schema, log, size, root, at, previous, key; message = "urbangrid tree head 1" LF and that
  JSON, signed with Ed25519; its hash is the message's SHA-256 and stands as "previous" in the next head;
- chain of a case: the body of record n names as "prev" the SHA-256 of the body of record n - 1; seq runs 1, 2, 3 ...
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = {"altered": "改动 altered", "missing": "缺失 missing", "cut_off": "截断 cut off"}
MOST_SHOWN = 200
IMPRINTS = [bytes.fromhex("3031300d0609608648016503040201" + "05000420"), bytes.fromhex("302f300b0609608648016503040201" + "0420")]
"""What stands before a SHA-256 imprint in a time stamp (DER), with and without the NULL of its algorithm."""
say = print


class Report:
    """Faults by kind."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(KINDS, 0)

    def fault(self, kind: str, chinese: str, english: str) -> None:
        self.counts[kind] += 1
        if sum(self.counts.values()) <= MOST_SHOWN:
            say(f"[{KINDS[kind]}] {chinese} · {english}")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def append(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Append to the roots of the complete subtrees, largest first, of a tree of that size."""
    while size & 1:
        leaf, size = node_of(peaks.pop(), leaf), size >> 1
    peaks.append(leaf)


def fold(peaks: list[bytes]) -> bytes:
    """The root over them."""
    root = b""
    for peak in reversed(peaks):
        root = node_of(peak, root) if root else peak
    return root or sha256(b"")


def climb(place: int, last: int, path: list[bytes], before: bytes, after: bytes) -> tuple[bytes, bytes] | None:
    """Both roots at the end of a proof (RFC 9162, 2.1.3.2 and 2.1.4.2): of the older tree and of the whole one; None for a wrong length."""
    for part in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_of(part, before), node_of(part, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_of(after, part)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None


def included(leaf: bytes, number: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the leaf stands at that number under the root."""
    found = climb(number, size - 1, path, leaf, leaf) if 0 <= number < size else None
    return found is not None and found[1] == root


def continued(old: int, size: int, old_root: bytes, root: bytes, path: list[bytes]) -> bool:
    """Whether the tree under the root begins with the older one."""
    parts = ([old_root] if old > 0 and old & (old - 1) == 0 else []) + path
    if not 0 < old < size or not parts:
        return old == size and not path and old_root == root
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return climb(place, last, parts[1:], parts[0], parts[0]) == (old_root, root)


class Head:
    """A tree head. Raises ValueError for a line that is none."""

    def __init__(self, line: bytes) -> None:
        found = json.loads(line)
        names = {"schema", "log", "size", "root", "at", "previous", "key", "signature"}
        if not isinstance(found, dict) or set(found) != names or type(found["size"]) is not int or found["schema"] != 1:
            raise ValueError("no tree head")
        self.log, self.size, self.key, self.at = str(found["log"]), found["size"], str(found["key"]), str(found["at"])
        self.root, self.previous = bytes.fromhex(found["root"]), bytes.fromhex(found["previous"])
        self.signature = bytes.fromhex(found.pop("signature"))
        self.message = b"urbangrid tree head 1\n" + json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        self.hash = sha256(self.message)


class Keys:
    """Public keys by id: the first 16 hexadecimal digits of the SHA-256 of the raw key, which is its fingerprint."""

    def __init__(self, folder: Path) -> None:
        self.known: dict[str, Ed25519PublicKey] = {}
        for path in sorted(folder.glob("*.pem")):
            key = serialization.load_pem_public_key(path.read_bytes())
            if isinstance(key, Ed25519PublicKey):
                digest = sha256(key.public_bytes_raw()).hex()
                self.known[digest[:16]] = key
                say(f"  公钥 {digest[:16]} 指纹 {digest}，请与上次抄下的对照 · key, SHA-256 fingerprint: compare with your note")

    def good(self, key: str, signature: bytes, message: bytes) -> bool:
        with suppress(KeyError, InvalidSignature):
            return self.known[key].verify(signature, message) is None
        return False


def lines(path: Path, report: Report) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file; what is none is named by its line."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                found = dict(json.loads(line))
            except (ValueError, TypeError):
                report.fault("altered", f"{path.name} 第 {number} 行读不懂", f"{path.name}:{number} cannot be read")
                continue
            yield found


def heads_of(path: Path, keys: Keys, log: str, report: Report, chained: bool) -> Iterator[Head]:
    """Heads with a good signature, of this log; ``chained``: each must follow the one before, else it may be a selection."""
    before: Head | None = None
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            where = f"{path.name}:{number}"
            try:
                head = Head(line)
            except (ValueError, KeyError, TypeError):
                report.fault("altered", f"树头 {where} 读不懂", f"head {where} cannot be read")
                continue
            if not keys.good(head.key, head.signature, head.message):
                report.fault("altered", f"树头 {where} 签名无效", f"head {where}: bad signature or unknown key {head.key}")
            elif head.log != log:
                report.fault("altered", f"树头 {where} 属于另一个日志", f"head {where} is of another log")
            else:
                if chained and before is not None and head.previous != before.hash:
                    report.fault("missing", f"树头 {where} 与前一个不相接", f"head {where} does not follow the one before")
                before = head
                yield head


class Rows:
    """The records or audit rows of the export, read along with the leaves."""

    def __init__(self, path: Path, report: Report) -> None:
        self.name, self._report = path.name, report
        self._source = lines(path, report)
        self._next = self._take()

    def _take(self) -> dict[str, Any] | None:
        for found in self._source:
            if isinstance(found.get("n"), int):
                return found
            self._report.fault("altered", f"{self.name} 有一行没有叶子号", f"{self.name}: a line without a leaf number")
        return None

    def at(self, number: int) -> dict[str, Any] | None:
        """The row of that leaf; rows before it belong to no leaf."""
        while self._next is not None and self._next["n"] < number:
            stray, self._next = self._next["n"], self._take()
            self._report.fault("altered", f"{self.name} 中叶子 {stray} 的一行不在日志中", f"{self.name}: leaf {stray} is not in the log")
        if self._next is None or self._next["n"] != number:
            return None
        found, self._next = self._next, self._take()
        return found


class Chains:
    """Chains of cases. Rows of before the log came into it in any order, so what does not follow yet waits until the end."""

    def __init__(self, whole: bool, report: Report) -> None:
        self._last: dict[str, tuple[int, str]] = {}
        self._waiting: dict[str, dict[int, tuple[str, str, str]]] = {}
        self._whole, self._report = whole, report

    def add(self, name: str, case: str, seq: int, digest: str, previous: str) -> None:
        held = self._waiting.setdefault(case, {})
        held[seq] = (name, digest, previous)
        while self._whole and (after := self._last.get(case, (0, ""))[0] + 1) in held:
            self._follow(case, after)
        if not held:
            del self._waiting[case]

    def _follow(self, case: str, seq: int) -> None:
        name, digest, previous = self._waiting[case].pop(seq)
        known = self._last.get(case, (0, "") if self._whole else (seq - 1, previous))
        self._last[case] = (seq, digest)
        if seq != known[0] + 1:
            self._report.fault("missing", f"{name} 第 {known[0] + 1} 条不在", f"{name}: record {known[0] + 1} is missing")
        elif previous != known[1]:
            self._report.fault("altered", f"{name} 第 {seq} 条与前一条不相接", f"{name}: record {seq} does not follow the one before")

    def finish(self) -> None:
        for case, held in self._waiting.items():
            for seq in sorted(held):
                self._follow(case, seq)


def record_hash(row: dict[str, Any], keys: Keys, chains: Chains, report: Report) -> tuple[bytes, str, int]:
    """Leaf hash, case and seq of a record, all from its body; body, signature and chain are looked at."""
    body, signature, key = str(row["body"]), bytes.fromhex(row["signature"]), str(row["key"])
    held = json.loads(body)
    case, seq, name = str(held["case"]), int(held["seq"]), str(row.get("number") or held["case"])
    digest = sha256(body.encode())
    if not keys.good(key, signature, digest):
        report.fault("altered", f"{name} 第 {seq} 条签名无效", f"{name}: record {seq} has a bad signature")
    chains.add(name, case, seq, digest.hex(), str(held["prev"]))
    return sha256(b"\x00urbangrid record 1\n" + digest + signature), case, seq


def audit_hash(row: dict[str, Any]) -> tuple[bytes, str, int]:
    """Leaf hash and id of an audit row."""
    return sha256(b"\x00urbangrid audit 1\n" + str(row["content"]).encode()), str(json.loads(row["content"])["id"]), 0


class Verifier:
    """One export."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.folder, self.report = folder, report
        self.manifest = json.loads((folder / "manifest.json").read_bytes())
        self.size, self.first = int(self.manifest["size"]), int(self.manifest["first"])
        self.log, self.cases = str(self.manifest["log"]), self.manifest["cases"]
        self.keys = Keys(folder / "keys")
        self.chains = Chains(self.first == 0 or self.cases is not None, report)
        self.heads = {head.size: head for head in heads_of(folder / "heads.jsonl", self.keys, self.log, report, self.cases is None)}
        self.roots: dict[int, bytes] = {}
        self.seen = {"record": 0, "audit": 0}
        self.returns: list[dict[str, Any]] = []

    def whole(self, wanted: set[int]) -> None:
        """Every leaf from ``first`` on with its row; the root at every size somebody asks for."""
        wanted = wanted | set(self.heads) | {self.size}
        size, peaks = self.first, [bytes.fromhex(one) for one in self.manifest["peaks"]]
        rows = {"record": Rows(self.folder / "records.jsonl", self.report), "audit": Rows(self.folder / "audit.jsonl", self.report)}
        self.roots[size] = fold(peaks)
        for leaf in lines(self.folder / "leaves.jsonl", self.report):
            if leaf.get("n") != size or leaf.get("k") not in rows:
                return self.report.fault("missing", f"日志缺叶子 {size}，其后无法证明", f"leaf {size} and the rest are missing")
            append(peaks, size, self._leaf(leaf, size, rows[leaf["k"]].at(size)))
            size += 1
            if size in wanted:
                self.roots[size] = fold(peaks)
        for one in rows.values():
            one.at(sys.maxsize)
        if size < self.size:
            self.report.fault("cut_off", f"日志只有 {size} 条，应有 {self.size} 条", f"the log ends at {size} of {self.size}")

    def _leaf(self, leaf: dict[str, Any], number: int, row: dict[str, Any] | None) -> bytes:
        """The leaf's hash as the log states it; the row must give the same."""
        stated, name = bytes.fromhex(str(leaf["h"])), f"{leaf.get('s')} 第 {leaf.get('q')} 条"
        if row is None:
            self.report.fault("missing", f"叶子 {number}（{leaf['k']} {name}）的内容不在", f"the content of leaf {number} is missing")
        else:
            self.seen[leaf["k"]] += 1
            self._row(leaf["k"], row, number, stated, (str(leaf.get("s")), leaf.get("q")))
        return stated

    def _row(self, kind: str, row: dict[str, Any], number: int, stated: bytes, named: tuple[str, Any]) -> None:
        try:
            found, subject, seq = record_hash(row, self.keys, self.chains, self.report) if kind == "record" else audit_hash(row)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.report.fault("altered", f"叶子 {number} 的内容读不懂", f"the content of leaf {number} cannot be read")
        if kind == "audit" and '"record_restored"' in row["content"]:
            self.returns.append(json.loads(row["content"])["values"])
        if found != stated or (subject, seq) != named:
            name = f"{row.get('number') or subject} 第 {seq} 条" if kind == "record" else f"审计 {subject}"
            self.report.fault("altered", f"{name}（叶子 {number}）与封存时不同", f"leaf {number} is not what was sealed")

    def some(self) -> None:
        """An export of single cases: each record with its own proof to the newest head."""
        head = self.heads.get(self.size)
        if head is None:
            return self.report.fault("missing", f"没有条数 {self.size} 的树头", f"no head of size {self.size}")
        self.roots[self.size] = head.root
        for row in lines(self.folder / "records.jsonl", self.report):
            try:
                found, case, seq = record_hash(row, self.keys, self.chains, self.report)
                path = [bytes.fromhex(one) for one in row["path"]]
                if not included(found, int(row["n"]), self.size, path, head.root):
                    name = f"{row.get('number') or case} 第 {seq} 条"
                    self.report.fault("altered", f"{name}不在树头之下", f"record {seq} is not under the head")
                self.seen["record"] += 1
            except (ValueError, KeyError, TypeError, AttributeError):
                self.report.fault("altered", "有一条记录读不懂", "a record cannot be read")
        old = self.manifest.get("consistency")
        if old and old["from"] in self.heads:
            earlier = self.heads[old["from"]]
            if continued(earlier.size, self.size, earlier.root, head.root, [bytes.fromhex(one) for one in old["path"]]):
                self.roots[earlier.size] = earlier.root
            else:
                self.report.fault("altered", f"树头 {self.size} 不是树头 {earlier.size} 的延续", "the newest head does not continue it")

    def compare(self, heads: list[tuple[str, Head]], own: bool) -> int:
        """Heads against the tree; says how many could be compared. Behind one that differs the next would say the same."""
        done, good, bad = 0, self.first, False
        for where, head in sorted(heads, key=lambda one: one[1].size):
            if head.size > self.size:
                self.report.fault("cut_off", f"树头 {where} 有 {head.size} 条，导出只有 {self.size} 条", "the head has more leaves")
            elif head.size in self.roots:
                done += 1
                if self.roots[head.size] == head.root:
                    good, bad = head.size, False
                elif not bad:
                    bad = True
                    words = f"与树头 {where} 不符，改动在叶子 {good}–{head.size - 1} 中"
                    self.report.fault("altered", words, "not the tree of that head; something within these leaves was changed")
            elif not own:
                say(f"  树头 {where} 在这份导出中无从比对，请索取 --since {head.size} 的导出 · ask for an export --since {head.size}")
        return done

    def stamps(self) -> int:
        """RFC 3161 answers: the imprint must be the head's hash (SHA-256). Their signatures are checked by openssl."""
        done = 0
        for path in sorted((self.folder / "stamps").glob("*.tsr")):
            head = self.heads.get(int(path.stem)) if path.stem.isdecimal() else None
            if head is None or not any(form + head.hash in path.read_bytes() for form in IMPRINTS):
                self.report.fault("altered", f"时间戳 {path.name} 不是给该树头的", f"time stamp {path.name} is not of that head")
                continue
            done += 1
            say(f"  openssl ts -verify -data stamps/{path.stem}.data -in stamps/{path.name} -CAfile ROOTS.pem")
        return done


def run(folder: Path, files: list[Path], report: Report) -> int:
    checked = Verifier(folder, report)
    outside = [(f"{path.name} {head.at}", head) for path in files for head in heads_of(path, checked.keys, checked.log, report, False)]
    checked.whole({head.size for _where, head in outside}) if checked.cases is None else checked.some()
    checked.chains.finish()
    own = checked.compare([(str(head.size), head) for head in checked.heads.values()], own=True)
    if (newest := max(checked.heads, default=0)) < checked.size:
        report.fault("missing", f"最新的树头只到 {newest} 条", f"the newest head is of size {newest} only")
    compared = checked.compare(outside, own=False)
    stamps = checked.stamps()
    say(f"  办理经过 {checked.seen['record']} 条，审计 {checked.seen['audit']} 条 · records and audit rows read and hashed")
    say(f"  日志 {checked.size} 条，自有树头 {own} 个，带来的树头 {compared} 个，时间戳 {stamps} 个 · size, own and your heads, stamps")
    for one in (one for one in checked.returns if "put_back_at" in one):
        words = f"{one['put_back_at']} 恢复到 {one['made_at']} 的数据：叶子 {one['size']} 起是另一条线，此前取走的更大的树头已被放弃"
        say(f"  {words} · older data were put back: from that leaf on this is another line than heads taken away before")
    if checked.first:
        say(f"  叶子 {checked.first} 之前只核对了根 · before that leaf only the root was compared")
    if checked.cases is not None:
        say("  只含个别案件：不能证明其后没有更新的记录 · single cases: nothing says that no later record was left out")
    if not compared:
        say("  没有可比的外部树头：只能证明它与自己相符 · no head of yours could be compared: it only agrees with itself")
    return sum(report.counts.values())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="核验导出的日志 · verify an exported log")
    parser.add_argument("folder", type=Path, help="导出的文件夹 · exported folder")
    parser.add_argument("--heads", type=Path, action="append", default=[], metavar="FILE", help="以前取走的树头文件 · heads taken earlier")
    args = parser.parse_args(argv)
    report = Report()
    try:
        faults = run(args.folder, args.heads, report)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"导出不完整或读不懂 · the export is incomplete or cannot be read: {error!r}")
        return 2
    kinds = "，".join(f"{KINDS[kind]} {count}" for kind, count in report.counts.items() if count)
    say(f"不符 {faults} 处 · {faults} faults: {kinds}" if faults else "全部相符 · everything holds")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
