"""A bundle on the machine that uses it: checked, unpacked once, and its packages taken from it alone.

The whole installation from a bundle with the network cut is tests/bare/run.sh.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from urbangrid.config.command import bundle, bundled, parser, places
from urbangrid.config.command.words import Refused

NAME = "urbangrid-9.9.9-abc"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A small bundle: the frame of a real one around a program of one file."""
    home = tmp_path / "making" / NAME
    (home / "bundle" / bundled.WHEELS).mkdir(parents=True)
    (home / "urbangrid").write_text("#!/bin/sh\n")
    (home / "bundle" / bundled.WHEELS / "one.whl").write_bytes(b"wheel")
    key = Ed25519PrivateKey.generate()
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    bundle._manifest(home, str(private))
    with tarfile.open(tmp_path / "bundle.tar", "w") as out:
        out.add(home, NAME, filter=bundle._plain)
    return tmp_path / "bundle.tar"


def test_it_is_unpacked_once_and_found_again(made: Path, tmp_path: Path) -> None:
    home = bundled.unpack(made, tmp_path / "releases")
    mark = home / ".venv"
    mark.mkdir()
    assert bundled.unpack(made, tmp_path / "releases") == home and mark.exists()
    assert bundled.manifest_of(home)["version"]


def test_one_changed_byte_or_one_added_file_is_refused_and_nothing_stays(made: Path, tmp_path: Path) -> None:
    whole = made.read_bytes()
    made.write_bytes(whole.replace(b"wheel", b"whee1", 1))
    with pytest.raises(Refused) as refused:
        bundled.unpack(made, tmp_path / "releases")
    assert "one.whl" in refused.value.sentence and not list((tmp_path / "releases").iterdir())
    made.write_bytes(whole)
    with tarfile.open(made, "a") as out:
        out.addfile(tarfile.TarInfo(f"{NAME}/src/added.py"), io.BytesIO())
    with pytest.raises(Refused):
        bundled.unpack(made, tmp_path / "releases")
    made.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(Refused):
        bundled.unpack(made, tmp_path / "releases")
    assert not list((tmp_path / "releases").iterdir())


@pytest.mark.parametrize("name", ["../outside", f"{NAME}/../../outside", "/outside"])
def test_a_file_that_would_lie_outside_is_refused(made: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(made, "a") as out:
        out.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(Refused):
        bundled.unpack(made, tmp_path / "releases" / "deep")
    assert not (tmp_path / "outside").exists() and not (tmp_path / "releases" / "outside").exists()


def test_the_signature_is_checked_where_a_key_is_given(made: Path, tmp_path: Path) -> None:
    good = parser.parse(["bundle", "verify", str(made), "--key", str(tmp_path / "public.pem")])
    assert bundle.verify(good) == 0
    other = Ed25519PrivateKey.generate().public_key()
    (tmp_path / "public.pem").write_bytes(other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(Refused) as refused:
        bundle.verify(good)
    assert "签名" in refused.value.sentence


def test_packages_come_from_the_bundle_alone(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = bundled.unpack(made, tmp_path / "releases")
    assert bundled.pip_options() == [] and bundled.apt_options(tmp_path) == [], "a checkout uses what the machine is set up for"
    monkeypatch.setenv("URBANGRID_COPIED_FROM", str(home))
    assert bundled.pip_options() == ["--no-index", "--find-links", str(home / "bundle" / "wheels")]
    options = bundled.apt_options(tmp_path)
    assert "Dir::Etc::SourceParts=/dev/null" in options
    assert (tmp_path / "sources.list").read_text() == f"deb [trusted=yes] file:{home}/bundle/debian ./\n"


def test_a_bundle_for_another_system_is_refused(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = bundled.unpack(made, tmp_path / "releases")
    content = json.loads((home / bundled.MANIFEST).read_text())
    monkeypatch.setenv("URBANGRID_COPIED_FROM", str(home))
    bundled.refuse_other_machine()
    (home / bundled.MANIFEST).write_text(json.dumps(content | {"machine": "sparc"}))
    with pytest.raises(Refused) as refused:
        bundled.refuse_other_machine()
    assert "sparc" in refused.value.sentence


def test_up_from_goes_on_with_the_program_of_the_bundle(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "state_folder", lambda: tmp_path / "state")
    home = tmp_path / "state" / "releases" / NAME
    assert bundled.go_on_from(["up", "--port", "8000"]) is None
    assert bundled.go_on_from(["up", "--from", str(made), "--port", "9"]) == [str(home / "urbangrid"), "up", "--port", "9"]
    assert bundled.go_on_from(["upgrade", f"--from={made}"]) == [str(home / "urbangrid"), "upgrade"]
    assert home.is_dir()
