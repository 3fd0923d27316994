"""Time stamps of an outside service, here openssl's own behind a tiny HTTP server of this test."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.log import heads_folder, intruder, notes
from urbangrid.audit import checks, stamps
from urbangrid.audit.models import HeadStamp, Leaf, Log, TreeHead
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands, commands_export
from urbangrid.core import clock
from urbangrid.core.health import Level

__all__ = ["heads_folder"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("heads_folder"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl: apt-get install openssl"),
]

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = test
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = authority
[authority]
dir = .
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
tsa_name = no
ess_cert_id_alg = sha256
"""


def _openssl(folder: Path, *words: str, **more: Any) -> bytes:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, timeout=60, **more)
    assert done.returncode == 0, done.stderr.decode()
    return bytes(done.stdout)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root and a time stamping certificate under it."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "ts.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "rsa:2048", "-nodes", "-config", "ts.cnf")
    _openssl(
        folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=Root", "-extensions", "ca"
    )
    _openssl(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamp")
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out", "tsa.pem",
             "-days", "20", "-extfile", "ts.cnf", "-extensions", "stamping")  # fmt: skip
    return folder


class _Answers(HTTPServer):
    folder: Path
    broken = ""


class _Handler(BaseHTTPRequestHandler):
    server: _Answers

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        folder = self.server.folder
        (folder / "asked.tsq").write_bytes(asked)
        if self.server.broken == "old" and (folder / "answer.tsr").exists():
            answer = (folder / "answer.tsr").read_bytes()
        elif self.server.broken == "nonsense":
            answer = b"<html>gateway</html>"
        else:
            answer = _openssl(folder, "ts", "-reply", "-config", "ts.cnf", "-section", "authority", "-queryfile", "asked.tsq")
            (folder / "answer.tsr").write_bytes(answer)
        self.send_response(502 if self.server.broken == "down" else 200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service(authority: Path, settings: Any) -> Iterator[_Answers]:
    with _Answers(("127.0.0.1", 0), _Handler) as server:
        server.folder = authority
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/"
        settings.TIMESTAMP_ROOTS = str(authority / "root.pem")
        yield server
        server.shutdown()
        thread.join()


def _sealed(count: int = 3) -> TreeHead:
    notes(count)
    Sealer().seal()
    return TreeHead.objects.latest("size")


def _verified() -> int:
    return commands.verify(argparse.Namespace(jobs=1))


def test_the_newest_head_is_stamped_and_the_stamp_is_proved(service: _Answers, capsys: pytest.CaptureFixture[str]) -> None:
    head = _sealed()
    assert stamps.stamp_newest() == f"head {head.size} stamped"
    row = HeadStamp.objects.get()
    assert row.head == head and abs(row.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert _verified() == 0
    assert "时间戳 1 个" in capsys.readouterr().out
    assert checks.stamped().level is Level.GOOD


def test_the_next_stamp_waits_for_its_time_and_for_a_new_head(service: _Answers, settings: Any) -> None:
    _sealed()
    assert stamps.stamp_newest()
    assert not stamps.stamp_newest()
    later = datetime.now(UTC) + timedelta(minutes=settings.TIMESTAMP_MINUTES, seconds=5)
    with clock.travel(later):
        assert not stamps.stamp_newest()  # the newest head has one
        _sealed()
        assert stamps.stamp_newest()


@pytest.mark.parametrize("broken", ["down", "nonsense", "old"])
def test_a_service_that_fails_is_shown_and_tried_again_and_stops_nothing(service: _Answers, broken: str) -> None:
    _sealed()
    if broken == "old":
        stamps.stamp_newest()
        intruder("DELETE FROM audit_headstamp")
    service.broken = broken
    assert stamps.stamp_newest() == ""
    failure = Log.objects.get().stamp_failure
    assert failure
    shown = checks.stamped()
    assert shown.level is Level.WATCH and failure in shown.says and "封存不受影响" in shown.advice
    before = Leaf.objects.count()
    _sealed()
    assert Leaf.objects.count() == before + 3
    service.broken = ""
    assert stamps.stamp_newest()
    assert Log.objects.get().stamp_failure == "" and checks.stamped().level is Level.GOOD


def test_a_service_that_is_not_there_is_shown(settings: Any) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    _sealed()
    assert stamps.stamp_newest() == ""
    assert "连不上" in checks.stamped().says
    settings.TIMESTAMP_URL = "file:///etc/passwd"
    assert stamps.stamp_newest() == ""
    assert "http://" in checks.stamped().says


def test_without_a_service_nothing_is_asked(settings: Any) -> None:
    settings.TIMESTAMP_URL = ""
    _sealed()
    assert stamps.stamp_newest() == ""
    assert checks.stamped().level is Level.GOOD


def test_a_stamp_of_another_head_and_one_of_a_strange_authority_are_named(
    service: _Answers, authority: Path, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _sealed()
    stamps.stamp_newest()
    _openssl(tmp_path, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "other.pem", "-subj", "/CN=Other")
    settings.TIMESTAMP_ROOTS = str(tmp_path / "other.pem")
    assert _verified() == 1
    assert "树头的时间戳不对（时间戳的签名或证书不对" in capsys.readouterr().out
    settings.TIMESTAMP_ROOTS = ""
    assert _verified() == 0
    assert "签名和证书未核验" in capsys.readouterr().out
    settings.TIMESTAMP_ROOTS = str(authority / "root.pem")
    assert _verified() == 0
    other = _sealed()
    intruder("UPDATE audit_headstamp SET size = %s", other.size)
    assert _verified() == 1
    assert "不是给这个树头的" in capsys.readouterr().out


def test_the_export_carries_the_stamp_and_openssl_agrees(service: _Answers, authority: Path, tmp_path: Path) -> None:
    head = _sealed()
    stamps.stamp_newest()
    folder = tmp_path / "export"
    assert commands_export.export(argparse.Namespace(to=str(folder), since=None, case=None)) == 0
    done = subprocess.run([sys.executable, "-I", "verify_log.py", "."], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    line = next(line for line in done.stdout.splitlines() if "openssl ts" in line).strip()
    assert f"stamps/{head.size}.tsr" in line and "时间戳 1 个" in done.stdout
    words = line.replace("ROOTS.pem", str(authority / "root.pem")).split()[1:]
    _openssl(folder, *words)

    answer = folder / "stamps" / f"{head.size}.tsr"
    answer.write_bytes(answer.read_bytes().replace(bytes(head.hash), bytes(32)))
    done = subprocess.run([sys.executable, "-I", "verify_log.py", "."], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "不是给该树头的" in done.stdout
