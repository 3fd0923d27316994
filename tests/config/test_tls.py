"""The certificate of ``up --tls``, seen by a client that verifies it, and a whole desk over HTTPS in a browser."""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.live.processes import environment, free_port
from tests.support.city import restore_city
from tests.support.patience import patient
from tests.support.people import PASSWORD
from urbangrid.config.command import processes, tls
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import Refused


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    made = Installation(tmp_path, 1, "127.0.0.1", None)
    made.secrets.mkdir(mode=0o700)
    return made


def shake_hands(pair: tls.Pair, name: str) -> None:
    """A client that trusts the authority alone meets a server with this certificate; raises what the client raises."""
    assert pair.authority is not None
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pair.certificate, pair.key)
    client = ssl.create_default_context(cafile=str(pair.authority))
    left, right = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(left, server_side=True):
                pass
        except OSError:
            left.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(right, server_hostname=name):
            pass
    finally:
        right.close()
        thread.join()


def test_a_client_that_trusts_the_authority_verifies_every_name_of_the_machine(place: Installation) -> None:
    pair = tls.prepare(place)
    for name in ("localhost", "127.0.0.1", socket.gethostname().lower()):
        shake_hands(pair, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(pair, "another.example")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (place.secrets / "tls").iterdir())


def test_a_second_start_makes_nothing_twice_and_an_old_certificate_is_made_anew(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = tls.prepare(place)
    assert pair.authority is not None
    before, authority = pair.certificate.read_bytes(), pair.authority.read_bytes()
    assert not tls.renew_if_due(place) and pair.certificate.read_bytes() == before
    monkeypatch.setattr(tls, "RENEW_DAYS", tls.SERVER_DAYS + 1)
    assert tls.renew_if_due(place)
    assert pair.certificate.read_bytes() != before and pair.authority.read_bytes() == authority, "phones keep their trust"
    assert 396 < tls.days_left(pair.certificate, datetime.now(UTC)) < 398


def test_the_authority_cannot_vouch_for_strangers(place: Installation) -> None:
    pair = tls.prepare(place)
    assert pair.authority is not None
    key = serialization.load_pem_private_key((place.secrets / "tls" / "authority.key").read_bytes(), None)
    authority = x509.load_pem_x509_certificate(pair.authority.read_bytes())
    tls._issue(pair, key, authority, ["bank.example"], [])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(pair, "bank.example")


def test_a_name_outside_the_authoritys_range_makes_a_new_authority(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tls.prepare(place)
    assert first.authority is not None
    before = first.authority.read_bytes()
    monkeypatch.setenv("URBANGRID_HOSTS", "grid.example,203.0.113.5")
    second = tls.prepare(place)
    assert second.authority is not None and second.authority.read_bytes() != before
    shake_hands(second, "grid.example")
    assert ipaddress.ip_address("203.0.113.5") in tls.own_addresses()


def test_a_citys_own_certificate_is_checked_before_it_is_used(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _time in range(2))
    name = x509.Name([])
    now = datetime.now(UTC)
    for file, days, signed in (("good.crt", 9, key), ("late.crt", -1, key)):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(signed.public_key()).serial_number(5)
        builder = builder.not_valid_before(now - timedelta(days=20)).not_valid_after(now + timedelta(days=days))
        (place.data / file).write_bytes(builder.sign(signed, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    for file, one in (("right.key", key), ("wrong.key", other)):
        (place.data / file).write_bytes(tls._pem(one))
    for certificate, used, word in (
        ("good.crt", "right.key", ""), ("good.crt", "wrong.key", "不是一对"),
        ("late.crt", "right.key", "到期"), ("no.crt", "right.key", "读不了"),
    ):  # fmt: skip
        monkeypatch.setenv("URBANGRID_TLS_CERT", str(place.data / certificate))
        monkeypatch.setenv("URBANGRID_TLS_KEY", str(place.data / used))
        if not word:
            assert tls.prepare(place).authority is None
            continue
        with pytest.raises(Refused) as refused:
            tls.prepare(place)
        assert word in refused.value.sentence


@contextmanager
def granian(data: Path, port: int, pair: tls.Pair, kind: str, *more: str) -> Iterator[None]:
    """A server of the platform over TLS on the test's database."""
    trusted = ssl.create_default_context(cafile=str(pair.authority))
    told = environment(data, port - (kind == "asgi")) | {"URBANGRID_HTTPS": "1", "URBANGRID_CERTIFICATE": str(pair.certificate)}
    command = [sys.executable, "-m", "granian", "--interface", kind, "--host", "127.0.0.1", "--port", str(port), "--no-ws", *more]
    command += ["--ssl-certificate", str(pair.certificate), "--ssl-keyfile", str(pair.key), f"urbangrid.config.{kind}:application"]
    process = subprocess.Popen(command, env=told, preexec_fn=processes.die_with_parent)
    try:
        until = time.monotonic() + 40
        while True:
            try:
                httpx.get(f"https://127.0.0.1:{port}/health", verify=trusted)
                break
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_sign_in_and_the_live_stream_work_over_https(transactional_db: None, place: Installation, settings: Any) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium: apt-get install chromium")
    restore_city()
    settings.STATIC_ROOT = place.data / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    pair, port = tls.prepare(place), free_port()
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    mounted = ("--static-path-mount", str(settings.STATIC_ROOT), "--workers", "1")
    with granian(place.data, port, pair, "wsgi", *mounted), granian(place.data, port + 1, pair, "asgi"), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(ignore_https_errors=True, base_url=f"https://127.0.0.1:{port}", locale="zh-CN")
        page = patient(context).new_page()
        page.goto("/sign-in/")
        page.fill("#username", "seat_agent")
        page.fill("#password", PASSWORD)
        with page.expect_response(lambda answer: answer.url.startswith(f"https://127.0.0.1:{port + 1}/events")) as stream:
            page.click("button.tall")
        assert stream.value.status == 200
        cookies = context.cookies()
        assert cookies and all(cookie["secure"] for cookie in cookies)
        trusted = ssl.create_default_context(cafile=str(pair.authority))
        downloaded = httpx.get(f"https://127.0.0.1:{port}/authority.crt", verify=trusted)
        assert pair.authority is not None
        shown = x509.load_der_x509_certificate(downloaded.content).fingerprint(hashes.SHA256()).hex(":").upper()
        assert shown == tls.fingerprint(pair.authority)
        browser.close()
