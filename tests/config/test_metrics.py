"""/metrics: what a monitor scrapes, from where it may, and that processes count together."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from tests.support.browser import enter
from tests.support.city import City
from urbangrid.cases import actions
from urbangrid.config import probe
from urbangrid.config.command import places
from urbangrid.core import beats, metrics
from urbangrid.core.errors import Refusal

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA, settings.HEALTH_ROOT, settings.LOGS_ROOT = tmp_path, tmp_path / "health", tmp_path / "logs"
    monkeypatch.setattr(probe, "_lanes", (probe._Lane(list), probe._lanes[1]))  # the city stands in this test's transaction
    probe.forget()
    yield
    probe.forget()


def scraped() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Samples by name and labels; fails where the text is not what Prometheus reads."""
    answer = Client().get("/metrics", **HERE)  # type: ignore[arg-type]
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(name: str, **labels: str) -> float:
    return scraped().get((name, tuple(sorted(labels.items()))), 0.0)


def test_requests_are_counted_by_view_method_and_class_never_by_path_or_person(city: City) -> None:
    labels = {"view": "workbench:search", "method": "GET", "status": "2xx"}
    before = value("urbangrid_request_seconds_count", **labels)
    assert enter(Client(), city, "seat_agent").get("/search/", {"words": "柳荫里"}).status_code == 200
    assert value("urbangrid_request_seconds_count", **labels) == before + 1
    assert value("urbangrid_request_statements_total", view="workbench:search") >= 3
    text = Client().get("/metrics", **HERE).content.decode()  # type: ignore[arg-type]
    assert "柳荫里" not in text and "/search/" not in text and "周岚" not in text


def test_an_address_that_does_not_exist_makes_no_counter_of_its_own(city: City) -> None:
    for number in range(3):
        Client().get(f"/made-up-{number}/")
    assert not [name for name in scraped() if any("made-up" in label for _key, label in name[1])]


def test_actions_are_counted_by_how_they_end(city: City) -> None:
    before = value("urbangrid_actions_total", action="dispatch", outcome="refused")
    with pytest.raises(Refusal):
        actions.perform(city.acting("dispatcher"), 7, "dispatch", 1, {})
    assert value("urbangrid_actions_total", action="dispatch", outcome="refused") == before + 1
    with pytest.raises(Refusal):
        actions.perform(city.acting("dispatcher"), 7, "made_up", 1, {})
    assert not [name for name in scraped() if ("action", "made_up") in name[1]]


def test_what_health_sees_is_there_too(city: City) -> None:
    beats.beat("live", at_once=True, streams=17)
    assert value("urbangrid_live_streams") == 17
    assert value("urbangrid_health_level", check="disk.free_bytes") == 0
    assert value("urbangrid_health_value", check="disk.free_bytes", part="") > 0


@pytest.mark.parametrize("headers", [{"HTTP_HOST": "grid.example"}, HERE | {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}])
def test_it_is_no_open_page(city: City, headers: dict[str, str], settings: Any) -> None:
    assert Client().get("/metrics", **headers).status_code == 403  # type: ignore[arg-type]
    assert enter(Client(), city, "system_admin").get("/metrics", **headers).status_code == 403  # type: ignore[arg-type]
    allowed = headers | {"HTTP_AUTHORIZATION": f"Bearer {settings.METRICS_TOKEN}"}
    assert Client().get("/metrics", **allowed).status_code == 200  # type: ignore[arg-type]
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", **headers | {"HTTP_AUTHORIZATION": "Bearer "}).status_code == 403  # type: ignore[arg-type]


COUNTING = "from urbangrid.core import metrics; metrics.jobs.labels('{name}', 'done').inc(); {then}"
READING = "from prometheus_client import generate_latest as text; print(text(metrics.registry()).decode())"


def _process(folder: Path, name: str, then: str = "") -> str:
    own = {"PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": str(places.SOURCE)}
    command = [sys.executable, "-c", COUNTING.format(name=name, then=then)]
    return subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=True).stdout


def test_processes_count_together(tmp_path: Path) -> None:
    _process(tmp_path / "metrics", "old_entries")
    text = _process(tmp_path / "metrics", "old_entries", READING)
    assert 'urbangrid_jobs_total{job="old_entries",outcome="done"} 2.0' in text


def test_room_is_taken_before_a_file_is_mapped_so_that_a_full_disk_kills_nobody(tmp_path: Path) -> None:
    _process(tmp_path / "metrics", "one")
    for path in (tmp_path / "metrics").iterdir():
        assert path.stat().st_blocks * 512 >= path.stat().st_size == metrics.FILE_BYTES[path.name.split("_")[0]]
    (tmp_path / "taken").write_text("a file stands where the folder should be")
    assert 'job="one"' in _process(tmp_path / "taken", "one", READING), "without room it counts for itself"


def test_crash_after_crash_does_not_fill_the_disk(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    for pid in range(4_000_001, 4_000_001 + metrics.MOST_DEAD + 1):  # above the kernel's highest number
        (folder / f"counter_{pid}.db").write_bytes(b"")
    _process(folder, "one")
    assert len(list(folder.iterdir())) == len(metrics.FILE_BYTES)
