"""The retention table: what goes, what stays, who may change a term, and that every purge is on record."""

from __future__ import annotations

import argparse
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import WORKDAY, City, photo
from tests.support.log import heads_folder
from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import SignIn, User
from urbangrid.audit import personal, retention
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow, PersonalData, RetentionTerm
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands, purging, verification
from urbangrid.cases.models import Case, RecordFile, RecordSecret, Report
from urbangrid.core import clock, files
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import IdempotencyKey, StoredFile
from urbangrid.service_requests.models import ServiceRequest

__all__ = ["heads_folder"]
PAGE = "/admin/retention/"
YEARS = timedelta(days=365)


def _closed(desk: At, city: City) -> str:
    """A case that was closed just now, with photos before, after and of the check."""
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close", reply="已修补")
    return case


def _days(kind: str) -> timedelta:
    return timedelta(days=retention.term(kind).days)


def test_names_and_numbers_go_after_their_term_and_the_request_stays(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        call = paths.request(desk, city, original={"电话": "13900001111"})
        request = ServiceRequest.objects.get(pk=int(call["request_id"]))
        ServiceRequest.objects.update(state="closed", replied_at=WORKDAY, closed_at=WORKDAY)
    PersonalData.objects.update(created_at=WORKDAY)
    with clock.travel(WORKDAY + _days("contacts")):
        assert retention.purge("contacts") == 0
    with clock.travel(WORKDAY + _days("contacts") + timedelta(seconds=1)):
        assert retention.purge("contacts") == 1
    kept = PersonalData.objects.get()
    assert (kept.name, kept.phone, kept.phone_digest, kept.address) == ("", "", "", "") and kept.erased_at is not None
    request.refresh_from_db()
    assert request.report_id is not None
    assert "秦素珍" not in request.text and "13900001111" not in request.text and "大柳树路口" in request.text
    assert Report.objects.get(pk=request.report_id).original == {}
    row = AuditRow.objects.get(action="purged")
    assert (row.subject, row.values["count"], row.user_id) == ("retention:contacts", 1, None)


def test_contact_data_of_an_open_request_stay_however_old(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        paths.request(desk, city)
    PersonalData.objects.update(created_at=WORKDAY)
    with clock.travel(WORKDAY + 20 * YEARS):
        assert retention.purge("contacts") == 0


def test_words_of_a_closed_case_go_and_its_record_stays_valid(city: City, desk: At) -> None:
    case = _closed(desk, city)
    assert RecordSecret.objects.exclude(value="").exists()
    closed_at = Case.objects.get(pk=case).closed_at
    assert closed_at is not None
    with clock.travel(closed_at + _days("record_words") + timedelta(days=400)):
        gone = retention.purge("record_words")
    assert gone > 0 and not RecordSecret.objects.exclude(value="").exists()
    assert not RecordSecret.objects.exclude(salt="").exists()
    assert verification.verify_case(int(case)) == []
    assert retention.purge("record_words") == 0


def test_photos_of_a_closed_case_go_from_the_disk_and_the_page_says_so(city: City, desk: At) -> None:
    case = _closed(desk, city)
    held = list(StoredFile.objects.filter(state="held"))
    assert held and all(files.path_of(one.sha256).exists() for one in held)
    page = enter(Client(), city, "seat_agent")
    assert "已按期清除" not in page.get(f"/case/{case}/").content.decode()
    with clock.travel(clock.now() + _days("photos") + timedelta(days=2)):
        assert retention.purge("photos") == len(held)
    assert not any(files.path_of(one.sha256).exists() or files.thumb_of(one.sha256).exists() for one in held)
    assert set(StoredFile.objects.values_list("state", flat=True)) == {"erased"}
    shown = page.get(f"/case/{case}/").content.decode()
    assert f"{len(held)} 张照片已按期清除" in shown and "/files/" not in shown
    assert page.get(f"/files/{held[0].pk}/").status_code == 410
    assert page.get(f"/case/{case}/print/order/").status_code == 200
    assert verification.verify_case(int(case)) == []


def test_a_photo_that_an_open_case_or_another_file_needs_stays(city: City, desk: At) -> None:
    case = _closed(desk, city)
    Case.objects.filter(pk=case).update(closed_at=None)
    with clock.travel(clock.now() + 20 * YEARS):
        assert retention.purge("photos") == 0
    Case.objects.filter(pk=case).update(closed_at=WORKDAY)
    twin = photo(city.acting("seat_agent"))  # the same bytes, used by nothing yet
    digest = StoredFile.objects.get(pk=twin).sha256
    with clock.travel(clock.now() + _days("photos") + timedelta(days=2)):
        assert retention.purge("photos") > 0
    assert files.path_of(digest).exists()


def test_a_crash_between_the_commit_and_the_disk_is_finished_by_the_next_night(
    city: City, desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    _closed(desk, city)
    held = StoredFile.objects.filter(state="held").first()
    assert held is not None
    with clock.travel(clock.now() + _days("photos") + timedelta(days=2)):
        with monkeypatch.context() as broken:
            broken.setattr(Path, "unlink", lambda self, **_: (_ for _ in ()).throw(OSError("disk gone")))
            with pytest.raises(OSError, match="disk gone"):
                retention.purge("photos")
        held.refresh_from_db()
        assert held.state == purging.GOING and files.path_of(held.sha256).exists()
        assert retention.purge("photos") == 0
    held.refresh_from_db()
    assert held.state == purging.GONE and not files.path_of(held.sha256).exists()


def test_what_failed_to_be_recorded_has_not_gone(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    IdempotencyKey.objects.create(actor_id=1, key="x", body_hash="", result={}, created_at=WORKDAY)

    def broken(*args: object, **values: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(retention, "note", broken)
    with clock.travel(WORKDAY + YEARS), pytest.raises(OSError, match="disk full"):
        retention.purge("idempotency_keys")
    assert IdempotencyKey.objects.exists()


def test_a_kind_on_hold_keeps_everything_and_a_failing_kind_stops_no_other(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    IdempotencyKey.objects.create(actor_id=1, key="x", body_hash="", result={}, created_at=WORKDAY)
    guard = city.acting("security_admin")
    retention.change(guard, "idempotency_keys", 30, True)
    with clock.travel(WORKDAY + YEARS):
        assert retention.purge("idempotency_keys") == 0
        retention.change(guard, "idempotency_keys", 30, False)
        first = next(iter(retention._kinds))

        def fail(before: object, most: int) -> int:
            raise OSError("no")

        kind = retention._kinds[first]
        broken = retention.Kind(kind.name, kind.label, kind.since, kind.basis, kind.days, kind.least_days, kind.count, fail)
        monkeypatch.setitem(retention._kinds, first, broken)
        with pytest.raises(OSError, match="no"):
            retention.purge_all()
    assert not IdempotencyKey.objects.exists()


def test_more_rows_than_one_batch_go_in_several_recorded_acts(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    IdempotencyKey.objects.bulk_create(
        IdempotencyKey(actor_id=1, key=str(i), body_hash="", result={}, created_at=WORKDAY) for i in range(7)
    )
    with clock.travel(WORKDAY + YEARS):
        assert retention.purge_all() == {"idempotency_keys": 7}
    assert list(AuditRow.objects.filter(action="purged").order_by("pk").values_list("values__count", flat=True)) == [3, 3, 1]
    assert RetentionTerm.objects.get(kind="idempotency_keys").purged == 7


def test_a_term_is_changed_by_the_security_administrator_alone_never_below_its_floor_and_on_record(city: City) -> None:
    guard, system = enter(Client(), city, "security_admin"), enter(Client(), city, "system_admin")
    assert guard.post(f"{PAGE}photos/", {"days": "400"}).status_code == 302
    row = AuditRow.objects.get(action="retention_changed")
    assert (row.values["before"]["days"], row.values["after"]["days"]) == (1095, 400)
    assert system.get(PAGE).status_code == 200 and "400 天" in system.get(PAGE).content.decode()
    assert system.post(f"{PAGE}photos/", {"days": "500"}).status_code == 403
    low = guard.post(f"{PAGE}photos/", {"days": "30"})
    assert low.status_code == 422 and "照片至少保存 365 天" in low.content.decode()
    assert guard.post(f"{PAGE}cases/", {"days": "1"}).status_code == 404
    assert retention.term("photos").days == 400
    with pytest.raises(NotFound):
        retention.purge("cases")
    with pytest.raises(Refusal):
        retention.change(city.acting("security_admin"), "photos", 0, False)


def test_the_preview_says_how_many_go_tonight(city: City) -> None:
    with clock.travel(WORKDAY):
        for _ in range(3):
            accounts.begin_session(User.objects.get(username="clerk"), "192.0.2.1", "test")
    with clock.travel(WORKDAY + 2 * YEARS):
        assert "今夜将清除 3 项" in enter(Client(), city, "system_admin").get(PAGE, {"preview": "sign_ins"}).content.decode()
        assert retention.purge("sign_ins") == 3
    assert not SignIn.objects.filter(user__username="clerk").exists()


def test_logs_that_were_set_aside_go_and_those_in_use_stay(city: City, settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    (tmp_path / "logs").mkdir()
    for name in ("web.log", "web.log.1"):
        path = tmp_path / "logs" / name
        path.write_text("x")
        os.utime(path, (0, 0))
    assert retention.purge("logs") == 1
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["web.log"]


def test_what_was_not_purged_for_two_nights_is_overdue(city: City) -> None:
    assert retention.overdue() == []
    with clock.travel(WORKDAY):
        retention.purge_all()
        assert retention.overdue() == []
    with clock.travel(WORKDAY + timedelta(days=3)):
        assert {one.kind.name for one in retention.overdue()} == {one.kind.name for one in retention.terms()}
        retention.change(city.acting("security_admin"), "photos", 400, True)
        assert "photos" not in {one.kind.name for one in retention.overdue()}


def test_every_kind_says_since_when_why_and_has_a_floor() -> None:
    for one in retention._kinds.values():
        assert str(one.label) and str(one.since) and str(one.basis) and 1 <= one.least_days <= one.days, one.name


def _verify(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = commands.verify(argparse.Namespace(jobs=1))
    return code, capsys.readouterr().out


def test_purged_photos_and_words_are_counted_as_lawfully_gone(
    city: City, desk: At, heads_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _closed(desk, city)
    words, photos = RecordSecret.objects.exclude(value="").count(), StoredFile.objects.filter(state="held").count()
    with clock.travel(clock.now() + 12 * YEARS):
        retention.purge_all()
        Sealer().seal()
        code, said = _verify(capsys)
    assert code == 0 and f"按期清除的照片和附文 {words + photos} 项，审计中都有记录" in said
    for row in AuditRow.objects.filter(action="purged", subject__in=("retention:photos", "retention:record_words")):
        assert len(row.values["ids"]) == row.values["count"]


def test_a_photo_or_text_that_was_destroyed_under_the_mark_of_a_purge_is_missing_by_case_number_and_seq(
    city: City, desk: At, heads_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = _closed(desk, city)
    number = Case.objects.get(pk=case).number
    taken = RecordFile.objects.filter(case_id=case, role="after").select_related("file").get()
    StoredFile.objects.filter(pk=taken.file_id).update(state="erased", name="", taken_at=None)
    files.path_of(taken.file.sha256).unlink()
    secret = RecordSecret.objects.filter(case_id=case).exclude(value="").earliest("id")
    RecordSecret.objects.filter(pk=secret.pk).update(value="", salt="", erased_at=clock.now())
    note(None, "purged", subject="retention:photos", values={"kind": "photos", "count": 9, "ids": ["1", "x"]})
    Sealer().seal()
    code, said = _verify(capsys)
    assert code == 1
    assert f"[缺失] {number} 第 {taken.seq} 条  文件没有了，审计中没有清除它的记录（{taken.file.sha256[:12]}）" in said
    assert f"[缺失] {number} 第 {secret.seq} 条  附文没有了，审计中没有清除它的记录（{secret.name}）" in said
    assert "按期清除的" not in said


def test_a_loose_photo_or_a_contact_destroyed_without_a_recorded_act_is_missing_too(
    city: City, heads_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loose = photo(city.acting("seat_agent"))
    contacts = [personal.keep(city.platform.pk, name="秦素珍") for _ in range(2)]
    lawful, taken = (one.pk for one in contacts if one is not None)
    personal.erase(city.acting("duty_director"), lawful)
    Sealer().seal()
    assert _verify(capsys)[0] == 0
    PersonalData.objects.filter(pk=taken).update(name="", erased_at=clock.now())
    StoredFile.objects.filter(pk=loose).update(state="erased")
    code, said = _verify(capsys)
    assert code == 1 and said.count("[缺失]") == 2
    assert f"[缺失] 编号 {loose}  照片没有了" in said and f"[缺失] 编号 {taken}  来报人信息没有了" in said
