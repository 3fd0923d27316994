"""The limits of docs on size and content that no linter knows, over the whole tree."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from urbangrid.config.command import bootstrap, places

LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
GENERATED = {"package-lock.json"}


def sources() -> Iterator[Path]:
    for folder in ("src", "tests"):
        for path in (places.CHECKOUT / folder).rglob("*.py"):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def test_no_function_is_longer_than_60_lines() -> None:
    long = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(places.CHECKOUT)}:{node.lineno} {node.name}: {lines}")
    assert long == []


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(places.CHECKOUT)): path.read_text(encoding="utf-8").count("\n") for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_tracked_file_names_a_path_of_one_machine_or_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=places.CHECKOUT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    refused = re.compile(r"(?<![\w.])/(?:work|root/\.)[/\w]|registry\.npmjs|pypi\.org|files\.pythonhosted|deb\.debian\.org")
    wrong = []
    for name in listed.stdout.decode().split("\0"):
        path = places.CHECKOUT / name
        if not name or name in GENERATED or not path.is_file() or path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or another binary file
        wrong += [f"{name}: {hit.group()}" for hit in refused.finditer(text)]
    assert wrong == []


SECRETS = re.compile(
    r"-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/]|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\beyJ[\w-]{20,}\.eyJ|(?i:secret_key|api_key|passwd)\s*=\s*[\"'][^\"'\s{%(]{16,}[\"']"
    r"|postgres(?:ql)?://\w+:[^@\s{%*]{3,}@"
)
"""What keys, tokens and addresses with a password look like."""


def test_no_tracked_file_holds_a_key_or_a_password() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=places.CHECKOUT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    wrong = []
    for name in listed.stdout.decode().split("\0"):
        path = places.CHECKOUT / name
        if not name or not path.is_file() or path == Path(__file__):
            continue
        assert path.suffix not in (".pem", ".key", ".p12", ".pfx", ".jks"), name
        text = path.read_bytes().decode("utf-8", errors="ignore")
        wrong += [f"{name}: {hit.group()[:40]}" for hit in SECRETS.finditer(text)]
    assert wrong == []


def test_the_scan_for_keys_knows_one_when_it_sees_one() -> None:
    key, setting = "-----BEGIN PRIVATE " + "KEY-----\nMC4CAQ", 'SECRET_KEY = "' + "a1" * 12 + '"'
    for planted in (key, setting, "postgresql://u:geheim" + "@db/x", "AKIA" + "A" * 16):
        assert SECRETS.search(planted), planted


def test_the_copy_for_the_system_user_leaves_out_only_what_git_ignores_or_the_command_makes() -> None:
    ignored = (places.CHECKOUT / ".gitignore").read_text()
    for name in bootstrap.NOT_COPIED - {".git", "vendor"}:
        assert name in ignored, name
    assert "static/vendor/" in ignored
