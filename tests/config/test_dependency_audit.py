"""Clean, vulnerable and not looked at are told apart, against a service of our own in the form of OSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from urbangrid.config.command import dependency_audit as audit
from urbangrid.config.command import testing

Answer = Callable[[str, str], tuple[int, Any]]
"""(package, version) → status and body."""
KNOWN = {name for name, _ in audit.KNOWN_BAD.values()}


def _vulnerability(name: str) -> dict[str, Any]:
    affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": []}]
    told = {"id": f"TEST-{name}-1", "aliases": [], "details": "made for this test", "modified": "2026-01-01T00:00:00Z"}
    return told | {"affected": affected}


@pytest.fixture
def service() -> Iterator[Callable[[Answer], str]]:
    """``service(answer)``: the address of one that answers so."""
    running: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = answer(asked["package"]["name"], asked["version"])
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        running.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/v1/query"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def locks(tmp_path: Path) -> tuple[Path, Path]:
    python, browser = tmp_path / "base.txt", tmp_path / "package-lock.json"
    python.write_text("left-pad-py==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\nother-py==2.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    browser.write_text(json.dumps({"packages": {"": {}, "node_modules/left-pad": {"version": "1.3.0"}}}))
    return python, browser


def _knows(*vulnerable: str) -> Answer:
    return lambda name, _: (200, {"vulns": [_vulnerability(name)]} if name in {*KNOWN, *vulnerable} else {})


def test_a_source_that_knows_of_nothing_is_clean(service: Any, locks: tuple[Path, Path]) -> None:
    found = audit.look(service(_knows()), *locks)
    assert (found.outcome, found.count) == (audit.CLEAN, 3)
    assert "已查 3 个" in audit.report(found, "从未")


@pytest.mark.parametrize("name", ["left-pad-py", "left-pad"])
def test_a_known_vulnerability_fails_and_is_named(service: Any, locks: tuple[Path, Path], name: str) -> None:
    found = audit.look(service(_knows(name)), *locks)
    assert found.outcome == audit.VULNERABLE
    assert "有漏洞" in audit.report(found, "从未") and f"TEST-{name}-1" in audit.report(found, "从未")


def test_no_network_is_not_looked_at(locks: tuple[Path, Path]) -> None:
    found = audit.look("http://127.0.0.1:9/v1/query", *locks)
    assert (found.outcome, found.count) == (audit.NOT_LOOKED, 0)
    assert "未查：没有联网" in audit.report(found, "从未") and "从未" in audit.report(found, "从未")


@pytest.mark.parametrize(
    "answer",
    [lambda name, _: (200, {}), lambda name, _: (404, {}), lambda name, _: (200, b"<html>sign in to the network</html>"),
     lambda name, _: (200, []), lambda name, _: (500, {})],
    ids=["a mirror without the data", "no such address", "the page of a hotspot", "another form", "a failing source"],
)  # fmt: skip
def test_a_source_without_the_data_is_not_taken_for_clean(service: Any, locks: tuple[Path, Path], answer: Answer) -> None:
    assert audit.look(service(answer), *locks).outcome == audit.NOT_LOOKED


def test_a_source_that_goes_away_halfway_is_not_taken_for_clean(service: Any, locks: tuple[Path, Path]) -> None:
    def tires(name: str, _: str) -> tuple[int, Any]:
        return (200, {"vulns": [_vulnerability(name)]}) if name in KNOWN else (503, {})

    assert audit.look(service(tires), *locks).outcome == audit.NOT_LOOKED


def test_the_last_clean_look_is_told_with_its_age(tmp_path: Path) -> None:
    kept = tmp_path / "last.json"
    kept.write_text(json.dumps({"at": (datetime.now(UTC) - timedelta(days=12)).isoformat()}))
    assert "12 天前" in audit._last(kept)
    kept.write_text("{")
    assert audit._last(kept) == "从未"


@pytest.mark.parametrize(("outcome", "fails", "loud"), [(0, False, False), (1, True, True), (3, False, True)])
def test_the_test_command_fails_for_a_vulnerability_alone_and_is_never_silent_about_a_look_not_taken(
    outcome: int, fails: bool, loud: bool
) -> None:
    assert testing.verdict("dependency audit", outcome) == (fails, loud)
