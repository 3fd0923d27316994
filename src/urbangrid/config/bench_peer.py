"""The peer of an action: pgbench running the very statements that the action sends, with its values made variable.

1. One action is done in this process while Django keeps the text of every statement, BEGIN and COMMIT among them.
2. Numbers that belong to the case or were just made become variables; the case is another one of many at each run.
3. pgbench runs that as a prepared script. Text inside quotes stays; a colon there is written as ``\\x3a``, or pgbench would see a variable.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from urbangrid.config.command import debian

SEQ = 777_777
"""The captured action makes the record of this number: no other number in its statements is like it."""
NEAR = 4096
"""Ids of a case's own rows lie so near above its own."""
_STRING = re.compile(r"'(?:[^']|'')*'")
_NUMBER = re.compile(r"(?<![\w.])\d{2,19}(?![\w.])")
_RATE = re.compile(r"tps = ([0-9.]+) \(without")


def script(statements: list[str], case_id: int, key: str, fresh_from: int, first: int, gap: int, cases: int) -> str:
    """The pgbench script of captured ``statements`` on case ``case_id``, run over ``cases`` cases ``gap`` apart from ``first``."""
    fresh: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        value = int(found[0])
        if case_id <= value < case_id + NEAR:
            return f"(:case::bigint + {value - case_id})" if value > case_id else ":case::bigint"
        if value in (SEQ, SEQ - 1):
            return ":seq::integer"
        if value >= fresh_from:
            return f":{fresh.setdefault(found[0], f'new{len(fresh)}')}::bigint"
        return found[0]

    lines = [_varied(statement, key, number) for statement in statements]
    head = [f"\\set case {first} + {gap} * random(0, {cases - 1})", "\\set seq random(1000000, 2000000000)"]
    head.append("\\set key random(1, 9000000000000000000)")
    head += [f"\\set {name} random(1, 9000000000000000000)" for name in fresh.values()]
    return "\n".join([*head, *(f"{line};" for line in lines)]) + "\n"


def _varied(statement: str, key: str, number: object) -> str:
    parts, at = [], 0
    for string in _STRING.finditer(statement):
        parts.append(_NUMBER.sub(number, statement[at : string.start()]))  # type: ignore[call-overload]
        parts.append(_quoted(string[0], key))
        at = string.end()
    parts.append(_NUMBER.sub(number, statement[at:]))  # type: ignore[call-overload]
    return "".join(parts).replace("\n", " ")


def _quoted(string: str, key: str) -> str:
    if string == f"'{key}'":
        return "('k' || :key::text)"
    if re.search(r":\w", string) is None:
        return string
    return "E" + string.replace("\\", "\\\\").replace(":", "\\x3a")


def program() -> str | None:
    """pgbench of the newest server here; None where it is not installed."""
    for folder in debian.servers_with_postgis().values():
        if (folder / "pgbench").exists():
            return str(folder / "pgbench")
    return shutil.which("pgbench")


def rate(text: str, database_url: str, clients: int, seconds: int) -> float:
    """Transactions per second; raises RuntimeError with pgbench's words."""
    pgbench = program()
    assert pgbench is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "action.sql"
        path.write_text(text, encoding="utf-8")
        command = [pgbench, "-n", "-M", "prepared", "-f", str(path), "-c", str(clients), "-j", "2", "-T", str(seconds), database_url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _RATE.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench: {(done.stderr or done.stdout)[-1500:]}")
    return float(found[1])
