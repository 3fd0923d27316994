"""Every committed row gets one leaf, whatever transactions, sealers and machines do meanwhile."""

from __future__ import annotations

import json
import stat
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.audit.test_merkle import naive_root
from tests.support.log import elsewhere, heads_folder, insert, intruder, last_head, notes, sealed_subjects, the_log
from urbangrid.audit import heads, leaves, outside, proofs, sealer, sources
from urbangrid.audit.models import AuditRow, Leaf, Node, TreeHead
from urbangrid.audit.sealer import Sealer
from urbangrid.core import clock

__all__ = ["heads_folder"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heads_folder")]
really_committed = pytest.mark.django_db(transaction=True)


def _data() -> list[bytes]:
    """Leaf data of all audit rows, computed here from what the log says."""
    rows = {row.pk: row for row in AuditRow.objects.all()}
    found = []
    for pk in sealed_subjects():
        row = rows[pk]
        text = json.dumps(
            {
                "action": row.action, "address": row.address, "appointment": None, "at": f"{row.at:%Y-%m-%dT%H:%M:%S.%fZ}", "id": str(pk),
                "platform": None, "purpose": row.purpose, "schema": 1, "subject": row.subject, "user": None, "values": row.values,
            },
            ensure_ascii=False, separators=(",", ":"), sort_keys=True,
        )  # fmt: skip
        found.append(b"urbangrid audit 1\n" + text.encode())
    return found


def test_rows_become_leaves_once_and_the_head_states_the_root_of_rfc_6962(heads_folder: Path) -> None:
    notes(5)
    work = Sealer()
    assert work.seal() == 5
    assert work.seal() == 0
    notes(3)
    assert work.seal() == 3
    assert sealed_subjects() == list(AuditRow.objects.order_by("pk").values_list("pk", flat=True))
    assert [row.size for row in TreeHead.objects.order_by("size")] == [5, 8]
    data = _data()
    for row in TreeHead.objects.all():
        assert bytes(row.root) == naive_root(data[: row.size])


@really_committed
def test_nothing_new_writes_nothing_and_takes_no_transaction_number() -> None:
    notes(2)
    work = Sealer()
    _settle(work)
    # numbers are the whole server's: its own upkeep may take some in between, but not in each of ten looks
    assert any(_numbers_taken(work) == 0 for _ in range(10))


def _numbers_taken(work: Sealer) -> int:
    """How many transaction numbers went while nothing was there to be sealed."""
    with connection.cursor() as cursor:
        before = _next_number(cursor)
        assert [work.seal() for _ in range(5)] == [0] * 5
        return _next_number(cursor) - before


def _next_number(cursor: Any) -> int:
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    return int(cursor.fetchone()[0])


def _settle(work: Sealer) -> int:
    """Seal until the mark has passed every position; says how many rows that were. Waits only for transactions of others on this server."""
    done = 0
    for _ in range(400):
        done += work.seal()
        if the_log().low_water == _last_position():
            return done
        time.sleep(0.05)
    raise AssertionError("the low-water mark stays behind")


def _last_position() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sequence_last_value('audit_position')")
        return int(cursor.fetchone()[0])


@really_committed
def test_a_row_that_commits_late_is_sealed_late_and_once() -> None:
    work = Sealer()
    with elsewhere() as slow:
        insert(slow, 1, "slow")
        notes(4)
        assert work.seal() == 4
        low = the_log().low_water
        for _ in range(4):
            assert work.seal() == 0
        assert the_log().low_water == low  # the mark waits for the open transaction
        notes(2)
        assert work.seal() == 2
        slow.commit()
    assert work.seal() == 1
    assert sealed_subjects()[-1] == 1
    assert _settle(work) == 0
    assert Leaf.objects.count() == AuditRow.objects.count() == 7


@really_committed
def test_a_transaction_that_began_between_two_looks_is_waited_for_too() -> None:
    """The newest running transaction has a number that no snapshot's upper end shows; the mark must not pass its position."""
    work = Sealer()
    with elsewhere() as slow:
        insert(slow, 1, "newest number of all")
        for _ in range(3):
            assert work.seal() == 0
        assert the_log().low_water < _last_position()
        slow.commit()
    assert work.seal() == 1


@really_committed
def test_a_rolled_back_gap_does_not_hold_the_mark() -> None:
    work = Sealer()
    with elsewhere() as other:
        for number in range(10):
            insert(other, number)
        other.rollback()
    notes(1)
    assert _settle(work) == 1
    assert Leaf.objects.count() == 1


def test_a_transaction_number_is_taken_before_the_position() -> None:
    with elsewhere() as other:
        other.execute("SELECT 1")
        for table in ("audit_auditrow", "cases_caserecord"):
            (default,) = other.execute(
                "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
                " WHERE a.attname = 'position' AND d.adrelid = %s::regclass",
                [table],
            ).fetchone() or ("",)
            assert default.index("pg_current_xact_id") < default.index("nextval('audit_position'"), default


@really_committed
def test_two_sealers_at_once_seal_each_row_once() -> None:
    notes(300)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            one = Sealer()
            for _ in range(30):
                one.seal(batch=7)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Leaf.objects.count() == 300
    assert list(Leaf.objects.order_by("number").values_list("number", flat=True)) == list(range(300))
    assert bytes(last_head().root) == naive_root(_data())


@really_committed
def test_while_one_sealer_holds_the_lock_another_passes_by() -> None:
    notes(1)
    with elsewhere() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [sealer.LOCK])
        assert Sealer().seal() == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [sealer.LOCK])  # a connection that ends lets go of it a moment later
    assert Sealer().seal() == 1


def test_a_crash_inside_a_batch_leaves_nothing_half_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    notes(3)

    def broken(*args: object) -> None:
        raise OSError("no key")

    with monkeypatch.context() as patched:
        patched.setattr(heads, "signed", broken)
        with pytest.raises(OSError, match="no key"):
            Sealer().seal()
    assert not Leaf.objects.exists()
    assert Sealer().seal() == 3


def test_a_head_committed_before_a_crash_is_written_to_the_file_by_the_next_run(
    heads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(2)
    with monkeypatch.context() as patched:
        patched.setattr(outside, "write_out", lambda: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            Sealer().seal()
    assert not heads_folder.exists()
    assert Sealer().seal() == 0
    written = outside.newest(heads_folder)
    assert written is not None and written.hash() == bytes(last_head().hash)


def test_a_restarted_sealer_goes_on_where_the_last_one_stopped() -> None:
    for size in (3, 300, 2):
        notes(size)
        Sealer().seal(batch=50)
    assert Leaf.objects.count() == 305
    assert bytes(last_head().root) == naive_root(_data())
    assert Sealer().seal() == 0


@really_committed
def test_rows_of_long_ago_are_caught_up_with_in_batches_and_the_mark_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Sealer()
    notes(1)
    _settle(work)
    notes(250)
    looked: list[int] = []
    read = sources.unsealed

    def watched(low_water: int, at_most: int) -> list[sources.Row]:
        looked.append(low_water)
        return read(low_water, at_most)

    monkeypatch.setattr(sources, "unsealed", watched)
    monkeypatch.setattr(sealer, "_none_older_than", lambda number: True)  # a server that others use may have old transactions
    assert work.seal(batch=20) == 250
    assert TreeHead.objects.count() == 14
    assert looked[-1] >= looked[0] + 200  # otherwise each batch would read all before it again


def test_values_that_canonical_json_refuses_do_not_stop_the_sealer() -> None:
    AuditRow.objects.create(at=clock.now(), action="odd", values={"f": 1.5, "big": 2**60, "deep": [{"x": 0.1}], "字": "值\n"})
    assert Sealer().seal() == 1
    row = AuditRow.objects.get(action="odd")
    text = sources.audit_text([getattr(row, name) for name in sources.AUDIT_COLUMNS])
    assert json.loads(text)["values"] == {"big": str(2**60), "deep": [{"x": "0.1"}], "f": "1.5", "字": "值\n"}
    assert bytes(Leaf.objects.get().hash) == naive_root([leaves.of_audit(text)])


def test_a_position_that_somebody_wrote_twice_does_not_stop_the_sealer() -> None:
    notes(2)
    intruder("UPDATE audit_auditrow SET position = (SELECT min(position) FROM audit_auditrow)")
    notes(1)
    work = Sealer()
    assert work.seal() == 2
    assert work.seal() == 0


@pytest.mark.parametrize("table", ["audit_auditrow", "audit_leaf", "audit_treehead", "audit_node"])
def test_the_platform_itself_can_neither_edit_nor_delete(table: str) -> None:
    notes(300)
    Sealer().seal()
    column = {"audit_auditrow": "subject", "audit_leaf": "seq", "audit_treehead": "size", "audit_node": "level"}[table]
    for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="appended, never edited"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


# --- outside the database ---


def test_the_file_holds_every_head_in_a_line_that_its_signature_covers(heads_folder: Path) -> None:
    work = Sealer()
    for count in (1, 2, 3):
        notes(count)
        work.seal()
    (path,) = outside.files(heads_folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = [heads.parse(line) for line in path.read_bytes().splitlines()]
    assert [head.size for head in found] == [1, 3, 6]
    assert [head.previous for head in found] == [b"", found[0].hash(), found[1].hash()]
    assert all(head.is_signed() for head in found)
    assert len(path.read_bytes()) / 3 < 450
    altered = path.read_bytes().replace(b'"size":3', b'"size":4').splitlines()[1]
    assert not heads.parse(altered).is_signed()


def test_each_month_has_its_file_and_a_clock_set_back_does_not_go_back_a_file(heads_folder: Path) -> None:
    for month, day in ((10, 31), (11, 1), (10, 31), (12, 5)):
        notes(1)
        with clock.travel(datetime(2026, month, day, 23, 59, tzinfo=UTC)):
            Sealer().seal()
    assert [path.name for path in outside.files(heads_folder)] == ["2026-10.jsonl", "2026-11.jsonl", "2026-12.jsonl"]
    assert [len(path.read_bytes().splitlines()) for path in outside.files(heads_folder)] == [1, 2, 1]
    newest = outside.newest(heads_folder)
    assert newest is not None and newest.size == 4


def test_a_line_torn_by_a_crash_is_written_whole_again(heads_folder: Path) -> None:
    notes(1)
    Sealer().seal()
    notes(1)
    Sealer().seal()
    (path,) = outside.files(heads_folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    Sealer().seal()
    assert path.read_bytes() == whole


def test_a_second_folder_that_was_away_is_brought_up_when_it_is_back(heads_folder: Path, tmp_path: Path, settings: Any) -> None:
    copy = tmp_path / "mount" / "heads"
    settings.HEADS_COPY = str(copy)
    (tmp_path / "mount").write_text("not a folder: the disk is not there")
    notes(1)
    assert Sealer().seal() == 1
    assert outside.newest(heads_folder) is not None
    (tmp_path / "mount").unlink()
    notes(1)
    Sealer().seal()
    (mine,), (theirs,) = outside.files(heads_folder), outside.files(copy)
    assert mine.read_bytes() == theirs.read_bytes()


def test_a_database_older_than_the_file_leaves_the_file_alone(heads_folder: Path) -> None:
    notes(2)
    Sealer().seal()
    notes(2)
    Sealer().seal()
    (path,) = outside.files(heads_folder)
    before = path.read_bytes()
    intruder("DELETE FROM audit_treehead WHERE size = 4")
    intruder("DELETE FROM audit_leaf WHERE number >= 2")
    frontier = proofs.peaks(2)
    intruder("UPDATE audit_log SET size = 2, frontier = %s", b"".join(frontier))
    notes(1)
    assert Sealer().seal() == 3
    assert path.read_bytes() == before
    with pytest.raises(outside.CutOff):
        outside.append_missing(heads_folder)


# --- proofs from what is stored ---


def test_proofs_come_from_kept_subtrees_and_few_leaves(django_assert_max_num_queries: Any) -> None:
    from urbangrid.audit import merkle

    notes(5)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditrow (id, at, action, subject, purpose, values, address)"
            " SELECT n, now(), 'sign_out', '', '', '{}', '' FROM generate_series(1, 1500) n"
        )
    Sealer().seal(batch=333)
    size = Leaf.objects.count()
    assert Node.objects.filter(level=sealer.KEPT_LEVEL).count() == size >> sealer.KEPT_LEVEL
    hashes = [bytes(one) for one in Leaf.objects.order_by("number").values_list("hash", flat=True)]
    root = bytes(last_head().root)
    for number in (0, 1, 255, 256, 700, 1279, 1280, size - 1):
        with django_assert_max_num_queries(2):
            path = proofs.inclusion(number, size)
        assert merkle.check_inclusion(hashes[number], number, size, path, root)
    for row in TreeHead.objects.all():
        with django_assert_max_num_queries(2):
            path = proofs.consistency(row.size, size)
        assert merkle.check_consistency(row.size, size, bytes(row.root), root, path)
        assert merkle.fold(proofs.peaks(row.size)) == bytes(row.root)
