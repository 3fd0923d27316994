"""The web side of the live process: tokens for pages, the begin and the end of an upload."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tests.support.city import City, city, picture
from urbangrid.core import files
from urbangrid.core.errors import Refusal
from urbangrid.core.models import StoredFile
from urbangrid.live import context, tokens, topics, uploads, views
from urbangrid.organizations.acting import Acting

__all__ = ["city"]


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    settings.PORT = 8000
    settings.LIVE_URL = ""


def _get(acting: Acting | None, **values: str) -> dict[str, Any]:
    request = RequestFactory().get("/live/token", values, headers={"host": "grid.example:8000"})
    request.acting = acting  # type: ignore[attr-defined]
    return _json(views.token(request))


def _post(view: Any, acting: Acting | None, **values: Any) -> tuple[int, dict[str, Any]]:
    request = RequestFactory().post("/uploads", values, headers={"host": "grid.example:8000"})
    request.acting = acting  # type: ignore[attr-defined]
    answer = view(request)
    return answer.status_code, _json(answer)


def _json(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_a_page_gets_the_address_of_the_next_port_and_a_token_for_its_post(city: City) -> None:
    seat = city.acting("seat_agent")
    request = RequestFactory().get("/", headers={"host": "grid.example:8000"})
    request.acting = seat  # type: ignore[attr-defined]
    request.live_topics = [topics.case(77)]  # type: ignore[attr-defined]
    values = context.live(request)
    assert values["live_url"] == "http://grid.example:8001"
    found = tokens.read_stream(str(values["live_token"]))
    assert (found.user_id, found.appointment_id) == (seat.user_id, seat.appointment_id)
    assert set(found.topics) == {*topics.topics_for(seat), "case:77"}


def test_a_stranger_gets_no_token(city: City) -> None:
    request = RequestFactory().get("/")
    assert context.live(request) == {"live_url": "", "live_token": ""}
    assert _get(None)["code"] == "live_sign_in"
    assert _post(views.start_upload, None, client_id="a", name="b.jpg", size=3)[0] == 401


def test_a_renewed_token_keeps_the_page_s_case_but_only_for_the_same_post(city: City) -> None:
    seat, other = city.acting("seat_agent"), city.acting("second_seat_agent")
    an_hour_ago = time.time() - 3600
    listed = ["case:77", "board:999"]
    old = tokens.stream_token(user_id=seat.user_id, appointment_id=seat.appointment_id, topics=listed, now=an_hour_ago)
    assert "case:77" in tokens.read_stream(_get(seat, previous=old)["token"]).topics
    assert "board:999" not in tokens.read_stream(_get(seat, previous=old)["token"]).topics
    assert "case:77" not in tokens.read_stream(_get(other, previous=old)["token"]).topics
    assert "case:77" not in tokens.read_stream(_get(seat, previous=old + "x")["token"]).topics


def test_a_forty_megabyte_photo_is_refused_before_its_first_byte(city: City) -> None:
    status, answer = _post(views.start_upload, city.acting("inspector"), client_id="a", name="井盖.jpg", size=40 * 2**20)
    assert (status, answer["code"], answer["field"]) == (422, "file_too_large", "files")
    assert "40 MB" in answer["sentence"]
    assert "20 MB" in answer["sentence"]
    assert "井盖.jpg" in answer["sentence"]
    for size in ("", "0", "-5", "x", "9" * 40):
        assert _post(views.start_upload, city.acting("inspector"), client_id="a", name="b.jpg", size=size)[0] == 422


def _sent(acting: Acting, data: bytes, client_id: str = "photo-1") -> uploads.Upload:
    status, answer = _post(views.start_upload, acting, client_id=client_id, name="现场.jpg", size=len(data))
    assert status == 200
    upload = uploads.begin(tokens.read_upload(answer["token"]))
    uploads.append(upload, 0, data)
    return upload


def test_a_finished_upload_is_a_stored_photo_and_asking_twice_stores_one(city: City) -> None:
    inspector, data = city.acting("inspector"), picture("green")
    upload = _sent(inspector, data)
    status, answer = _post(views.finish_upload, inspector, client_id="photo-1")
    assert status == 200
    stored = StoredFile.objects.get(pk=answer["file"])
    assert (stored.owner_id, stored.name, stored.media_type) == (inspector.user_id, "现场.jpg", "image/jpeg")
    assert files.path_of(stored.sha256).exists()
    assert not upload.part.exists()
    assert _post(views.finish_upload, inspector, client_id="photo-1") == (200, answer)
    assert StoredFile.objects.count() == 1


def test_an_upload_that_is_not_complete_or_not_one_s_own_is_not_finished(city: City) -> None:
    inspector, data = city.acting("inspector"), picture()
    upload = _sent(inspector, data)
    assert _post(views.finish_upload, city.acting("second_inspector"), client_id="photo-1")[0] == 404
    with upload.part.open("r+b") as part:
        part.truncate(10)
    status, answer = _post(views.finish_upload, inspector, client_id="photo-1")
    assert (status, answer["code"]) == (409, "upload_incomplete")
    assert "10 字节" in answer["sentence"]
    assert upload.part.exists()


def test_a_text_named_jpg_is_refused_when_it_has_arrived_and_the_name_may_be_used_again(city: City) -> None:
    inspector = city.acting("inspector")
    _sent(inspector, b"this is a text")
    status, answer = _post(views.finish_upload, inspector, client_id="photo-1")
    assert (status, answer["code"]) == (422, "file_not_photo")
    assert not StoredFile.objects.exists()
    _sent(inspector, picture("red"))
    assert _post(views.finish_upload, inspector, client_id="photo-1")[0] == 200


def test_one_person_cannot_fill_the_disk_with_beginnings(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 3)
    inspector = city.acting("inspector")
    for number in range(3):
        _sent(inspector, b"x", f"photo-{number}")
    with pytest.raises(Refusal) as refused:
        _sent(inspector, b"x", "photo-3")
    assert "3 个文件" in refused.value.sentence()
    _sent(city.acting("second_inspector"), b"x", "photo-3")


def test_what_got_no_part_for_a_day_is_removed(city: City) -> None:
    inspector = city.acting("inspector")
    old, young = _sent(inspector, b"x", "old"), _sent(inspector, b"x", "young")
    yesterday = time.time() - uploads.KEEP_SECONDS - 60
    os.utime(old.part, (yesterday, yesterday))
    assert uploads.remove_old() == 1
    assert young.part.exists()
    assert not old.part.exists()
    assert [path.suffix for path in sorted(old.part.parent.iterdir())] == [".json", ".part"]


def test_the_first_upload_of_a_person_survives_a_power_failure_with_its_folder(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    true_sync = files.sync

    def sync(path: Path) -> None:
        true_sync(path)
        synced.append(path)

    monkeypatch.setattr(files, "sync", sync)
    folder = _sent(city.acting("inspector"), b"x").part.parent
    assert folder in synced and folder.parent in synced
    synced.clear()
    _sent(city.acting("inspector"), b"y", "photo-2")
    assert folder in synced and folder.parent not in synced
