"""What an auditor takes away, and the program that verifies it without our code: run as he runs it, on good and on damaged exports."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from tests.api import paths
from tests.api.paths import At
from tests.cases.test_sealed_record import _rebuild, _rewrite
from tests.support.city import City
from tests.support.log import heads_folder, last_head, notes
from urbangrid.audit import outside, personal
from urbangrid.audit.models import AuditRow, Leaf, PersonalData, TreeHead
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands_export
from urbangrid.cases.models import Case, CaseRecord

__all__ = ["heads_folder"]
Checked = Callable[..., tuple[int, str]]


@pytest.fixture
def case(desk: At, city: City, heads_folder: Path) -> int:
    """A sealed case among audit rows; three heads."""
    found = paths.dispatched(desk, city)
    Sealer().seal()
    paths.fed_back(desk, found)
    Sealer().seal()
    paths.request(desk, city)
    notes(20)
    Sealer().seal()
    return int(found)


def _export(to: Path, **given: Any) -> Path:
    connection.check_constraints()
    assert commands_export.export(argparse.Namespace(**{"to": str(to), "since": None, "case": None} | given)) == 0
    return to


@pytest.fixture
def exported(case: int, tmp_path: Path) -> Path:
    return _export(tmp_path / "export")


@pytest.fixture
def taken(case: int, tmp_path: Path) -> Path:
    """The heads file that the auditor copied before."""
    return Path(shutil.copy(outside.files(outside.folders()[0])[0], tmp_path / "taken.jsonl"))


def check(folder: Path, *heads: Path) -> tuple[int, str]:
    """The program as shipped, isolated from this source tree."""
    command = [sys.executable, "-I", "verify_log.py", ".", *(word for one in heads for word in ("--heads", str(one)))]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def test_a_good_export_holds_and_says_how_much_was_read(exported: Path, taken: Path) -> None:
    code, text = check(exported, taken)
    assert code == 0, text
    records, rows = CaseRecord.objects.count(), Leaf.objects.filter(kind=2).count()
    assert f"办理经过 {records} 条，审计 {rows} 条" in text
    assert "自有树头 3 个，带来的树头 3 个" in text and "全部相符 · everything holds" in text
    code, text = check(exported)
    assert code == 0 and "没有可比的外部树头" in text


def test_the_fingerprint_of_each_key_is_said_so_that_an_exchanged_one_shows(exported: Path) -> None:
    (pem,) = (exported / "keys").glob("*.pem")
    raw = serialization.load_pem_public_key(pem.read_bytes())
    assert isinstance(raw, Ed25519PublicKey)
    fingerprint = hashlib.sha256(raw.public_bytes_raw()).hexdigest()
    assert f"公钥 {pem.stem} 指纹 {fingerprint}" in check(exported)[1] and fingerprint.startswith(pem.stem)


def test_the_program_imports_nothing_of_ours() -> None:
    from urbangrid.audit import verify_log

    source = Path(verify_log.__file__).read_text()
    assert "import urbangrid" not in source and "from urbangrid" not in source and "django" not in source


def test_an_export_is_an_audited_act_and_holds_no_contact_data(exported: Path) -> None:
    assert AuditRow.objects.get(action="audit_exported").values == {"cases": [], "since": None, "leaves": last_head().size}
    contact = PersonalData.objects.get(name="秦素珍")
    everything = "".join(path.read_text() for path in exported.glob("*.json*"))
    for private in (contact.name, contact.phone, contact.address, "13900001111", "请尽快修补"):
        assert private not in everything


def test_erased_data_leave_a_later_export_valid(case: int, city: City, tmp_path: Path, taken: Path) -> None:
    personal.erase(city.acting("duty_director"), PersonalData.objects.get(name="秦素珍").pk)
    Sealer().seal()
    assert check(_export(tmp_path / "later"), taken)[0] == 0


def _body(folder: Path) -> None:
    rows = _lines(folder / "records.jsonl")
    rows[2]["body"] = rows[2]["body"].replace('"seq":3', '"seq": 3')
    _write(folder / "records.jsonl", rows)


def _audit(folder: Path) -> None:
    rows = _lines(folder / "audit.jsonl")
    rows[1]["content"] = rows[1]["content"].replace('"action":"', '"action":"x')
    _write(folder / "audit.jsonl", rows)


def _drop(name: str, place: int) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        rows = _lines(folder / name)
        del rows[place]
        _write(folder / name, rows)

    return damage


def _signature(folder: Path) -> None:
    rows = _lines(folder / "records.jsonl")
    rows[0]["signature"] = "00" * 64
    _write(folder / "records.jsonl", rows)


def _tear(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:-40])

    return damage


def _repeat(folder: Path) -> None:
    rows = _lines(folder / "records.jsonl")
    _write(folder / "records.jsonl", [rows[0], *rows])


def _swap(folder: Path) -> None:
    rows = _lines(folder / "records.jsonl")
    rows[0]["n"], rows[1]["n"] = rows[1]["n"], rows[0]["n"]
    _write(folder / "records.jsonl", [rows[1], rows[0], *rows[2:]])


def _leaf(folder: Path) -> None:
    rows = _lines(folder / "leaves.jsonl")
    rows[1]["h"] = "11" * 32
    _write(folder / "leaves.jsonl", rows)


def _key(folder: Path) -> None:
    for path in (folder / "keys").iterdir():
        path.unlink()


def _cut(folder: Path) -> None:
    """Everything of the last head taken away, and the manifest made to match."""
    size = _lines(folder / "heads.jsonl")[1]["size"]
    for name in ("records.jsonl", "audit.jsonl", "leaves.jsonl"):
        _write(folder / name, [row for row in _lines(folder / name) if row["n"] < size])
    (folder / "heads.jsonl").write_bytes(b"".join((folder / "heads.jsonl").read_bytes().splitlines(keepends=True)[:2]))
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"size": size}))


def _middle_head(folder: Path) -> None:
    whole = (folder / "heads.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "heads.jsonl").write_bytes(whole[0] + whole[2])


def _renumber(folder: Path) -> None:
    rows = _lines(folder / "records.jsonl")
    _write(folder / "records.jsonl", [*rows, rows[0] | {"n": 10_000}])


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a body": (_body, "altered"),
    "an audit row": (_audit, "altered"),
    "a signature": (_signature, "altered"),
    "a leaf": (_leaf, "altered"),
    "the keys": (_key, "altered"),
    "records exchanged": (_swap, "altered"),
    "a record twice": (_repeat, "altered"),
    "a record that the log does not have": (_renumber, "altered"),
    "a record gone": (_drop("records.jsonl", 3), "missing"),
    "the last record gone": (_drop("records.jsonl", -1), "missing"),
    "an audit row gone": (_drop("audit.jsonl", 0), "missing"),
    "a leaf gone": (_drop("leaves.jsonl", 4), "missing"),
    "the last leaf gone": (_drop("leaves.jsonl", -1), "cut off"),
    "a head between gone": (_middle_head, "missing"),
    "the last head gone": (_drop("heads.jsonl", -1), "missing"),
    "records torn": (_tear("records.jsonl"), "altered"),
    "heads torn": (_tear("heads.jsonl"), "altered"),
    "cut off everywhere": (_cut, "cut off"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_export_is_found_out_and_the_kind_is_named(exported: Path, taken: Path, damage: str) -> None:
    act, kind = DAMAGES[damage]
    act(exported)
    code, text = check(exported, taken)
    assert code == 1, text
    assert f" {kind}]" in text, text
    assert "Traceback" not in text


def test_an_altered_record_is_named_by_case_number_and_seq(exported: Path, case: int) -> None:
    rows = _lines(exported / "records.jsonl")
    place = next(place for place, row in enumerate(rows) if row["seq"] == 4)
    rows[place]["body"] = rows[place]["body"].replace("市政所", "园林所")
    _write(exported / "records.jsonl", rows)
    code, text = check(exported)
    assert code == 1
    assert f"{Case.objects.get(pk=case).number} 第 4 条签名无效" in text and "与封存时不同" in text


def test_without_its_manifest_an_export_is_none(exported: Path) -> None:
    (exported / "manifest.json").unlink()
    code, text = check(exported)
    assert code == 2 and "导出不完整" in text


def test_an_export_made_consistent_by_the_holder_of_the_key_is_caught_by_the_older_head(case: int, taken: Path, tmp_path: Path) -> None:
    """Rewritten, chained and signed anew, the log rebuilt and its heads signed: all of it with our own code."""
    _rewrite(case, 4, "市政所", "园林所")
    _rebuild()
    folder = _export(tmp_path / "forged")
    code, text = check(folder)
    assert code == 0, text  # it agrees with itself …
    assert "没有可比的外部树头" in text
    code, text = check(folder, taken)
    assert code == 1  # … but not with what was taken away before
    first, second = (head["size"] for head in _lines(taken)[:2])
    assert "改动在叶子 0–" in text and first < second
    everything = (folder / "records.jsonl").read_text()
    assert "园林所" in everything and hashlib.sha256(everything.encode()).digest()


def test_a_key_that_is_not_the_auditors_does_not_pass(exported: Path, taken: Path) -> None:
    """Another key in place of the known one: heads taken earlier then have no good signature."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = (
        Ed25519PrivateKey.generate().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    for path in (exported / "keys").iterdir():
        path.write_bytes(pem)
    code, text = check(exported, taken)
    assert code == 1 and "taken.jsonl:1 签名无效" in text


# --- parts ---


def test_since_a_head_the_older_part_is_proved_by_its_root_alone(case: int, desk: At, city: City, taken: Path, tmp_path: Path) -> None:
    since = TreeHead.objects.order_by("size")[1]
    later = paths.filed(desk, city)
    Sealer().seal()
    folder = _export(tmp_path / "since", since=str(since.size))
    assert {row["case"] for row in _lines(folder / "records.jsonl")} >= {later}
    assert all(row["n"] >= since.size for row in _lines(folder / "leaves.jsonl"))
    code, text = check(folder, taken)
    assert code == 0, text
    assert f"叶子 {since.size} 之前只核对了根" in text and "带来的树头 2 个" in text
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["peaks"][0] = "00" * 32
    (folder / "manifest.json").write_text(json.dumps(manifest))
    code, text = check(folder, taken)
    assert code == 1 and "altered" in text


def test_one_case_comes_with_a_proof_for_each_record_and_a_link_to_an_older_head(
    case: int, desk: At, city: City, taken: Path, tmp_path: Path
) -> None:
    other = paths.filed(desk, city)
    Sealer().seal()
    number, since = str(Case.objects.get(pk=case).number), TreeHead.objects.order_by("size")[0]
    folder = _export(tmp_path / "one", case=[number], since=str(since.size))
    rows = _lines(folder / "records.jsonl")
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6] and other not in (folder / "records.jsonl").read_text()
    assert not (folder / "audit.jsonl").exists()
    code, text = check(folder, taken)
    assert code == 0, text
    assert "带来的树头 1 个" in text and "请索取 --since" in text and "只含个别案件" in text

    for damage in (_body, _drop("records.jsonl", 2), _signature):
        spoilt = shutil.copytree(folder, tmp_path / "spoilt", dirs_exist_ok=True)
        damage(spoilt)
        assert check(spoilt, taken)[0] == 1
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["consistency"]["path"][0] = "00" * 32
    (folder / "manifest.json").write_text(json.dumps(manifest))
    code, text = check(folder, taken)
    assert code == 1 and "不是树头" in text


def test_an_unknown_case_head_or_a_full_folder_is_refused(case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for given, sentence in (({"case": ["样00000000-9999"]}, "没有这些案件"), ({"since": "999999"}, "没有找到树头"), ({}, "不是空的")):
        asked = {"to": str(tmp_path / "full"), "since": None, "case": None} | given
        assert commands_export.export(argparse.Namespace(**asked)) == 2
        assert sentence in capsys.readouterr().out
    assert not AuditRow.objects.filter(action="audit_exported").exists()
