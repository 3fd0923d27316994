"""Log lines and the number of a request: what a clerk reads out is found in the log, and nothing of a person is."""

from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.support.browser import enter
from tests.support.city import City
from urbangrid.core import logs
from urbangrid.core.logs import JsonLines


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_every_request_leaves_a_line_with_its_number_and_without_what_was_typed(city: City, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "urbangrid.access"):
        answer = enter(Client(), city, "seat_agent").get("/search/", {"words": "王建国 13912345678"})
    (line,) = lines_of(caplog)
    assert line["request"] == answer["X-Request-Id"] and re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", line["request"])
    assert (line["logger"], line["view"], line["method"], line["status"]) == ("urbangrid.access", "workbench:search", "GET", 200)
    assert line["statements"] >= 3 and line["ms"] >= line["database_ms"] > 0
    who = city.acting("seat_agent")
    assert (line["platform"], line["user"]) == (str(who.platform_id), str(who.user_id))
    text = json.dumps(line, ensure_ascii=False)
    assert not [word for word in ("王建国", "13912345678", "周岚", "words") if word in text]


@pytest.mark.parametrize(("given", "kept"), [("from-the-proxy.0001", True), ("a b; Set-Cookie: x", False), ("x" * 65, False), ("", False)])
def test_a_number_given_from_outside_is_kept_if_it_is_sane(city: City, given: str, kept: bool) -> None:
    assert (Client().get("/sign-in/", headers={"X-Request-Id": given})["X-Request-Id"] == given) is kept


def test_a_failure_shows_its_number_and_the_log_has_the_trace_under_it(
    city: City, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("no such luck for 13912345678")

    browser = enter(Client(raise_request_exception=False), city, "seat_agent")
    monkeypatch.setattr("urbangrid.cases.queues.counts", broken)
    with caplog.at_level(logging.INFO):
        answer = browser.get("/desk/")
    assert answer.status_code == 500
    found = re.search(r"错误编号 <b class=\"number\">(\w+)</b>", answer.content.decode())
    assert found and found[1] == answer["X-Request-Id"]
    traces = [line for line in lines_of(caplog) if line["request"] == found[1] and "exc_info" in line]
    assert traces and "no such luck for (号码)" in traces[0]["exc_info"]
    assert "13912345678" not in json.dumps(lines_of(caplog))


def test_monitors_fill_no_log(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    with caplog.at_level(logging.INFO, "urbangrid.access"):
        Client().get("/metrics", REMOTE_ADDR="127.0.0.1", HTTP_HOST="localhost")
    assert not [record for record in caplog.records if record.name == "urbangrid.access"]


def test_a_command_at_a_terminal_shows_problems_and_keeps_every_line_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, path, root = io.StringIO(), tmp_path / "logs" / "commands.log", logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(screen)])
    logs.keep(path)
    try:
        logging.getLogger(logs.SLOW).warning("slow statement")
        logging.getLogger("urbangrid.demo").info("a step")
        logging.getLogger("urbangrid.core.outbox").warning("not delivered")
    finally:
        for handler in root.handlers:
            handler.close()
    assert screen.getvalue() == "not delivered\n"
    assert [json.loads(line)["message"] for line in path.read_text().splitlines()] == ["slow statement", "a step", "not delivered"]


def test_where_no_file_can_be_kept_everything_stays_on_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, root = io.StringIO(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(screen)])
    (tmp_path / "logs").write_text("a file in the way")
    logs.keep(tmp_path / "logs" / "commands.log")
    logging.getLogger(logs.SLOW).warning("slow statement")
    assert screen.getvalue() == "slow statement\n"
