"""What the live process accepts: tokens of the web process, unchanged, of the right kind, for ten minutes."""

from __future__ import annotations

import pytest

from urbangrid.live import tokens
from urbangrid.live.tokens import TokenWrong

NOW = 1_800_000_000.0


def _stream(now: float = NOW) -> str:
    return tokens.stream_token(user_id=1, appointment_id=2, topics=["queue:5:file", "tasks:2"], now=now)


def test_a_token_names_its_post_and_topics_for_ten_minutes() -> None:
    found = tokens.read_stream(_stream(), now=NOW + 599)
    assert (found.user_id, found.appointment_id, found.topics) == (1, 2, ("queue:5:file", "tasks:2"))
    assert found.ends_at == NOW + 600


def test_an_ended_token_opens_nothing_but_may_be_renewed_within_a_shift() -> None:
    with pytest.raises(TokenWrong):
        tokens.read_stream(_stream(), now=NOW + 600)
    assert tokens.read_stream(_stream(), now=NOW + 3_000, grace_seconds=tokens.RENEWABLE_SECONDS).appointment_id == 2


def test_a_changed_cut_or_foreign_token_is_refused(settings: object) -> None:
    good = _stream()
    payload, _, signature = good.rpartition(":")
    for bad in ("", "x", good[:-1], good + "a", payload, ":" + signature, good.replace(good[3], "A", 1), "é" + good):
        with pytest.raises(TokenWrong):
            tokens.read_stream(bad, now=NOW)
    settings.LIVE_KEY = "another installation"  # type: ignore[attr-defined]
    with pytest.raises(TokenWrong):
        tokens.read_stream(good, now=NOW)


def test_a_token_for_listening_uploads_nothing_and_the_other_way_round() -> None:
    upload = tokens.upload_token(owner_id=1, platform_id=1, client_id="a", name="b.jpg", size_bytes=5, now=NOW)
    assert tokens.read_upload(upload, now=NOW).size_bytes == 5
    with pytest.raises(TokenWrong):
        tokens.read_stream(upload, now=NOW)
    with pytest.raises(TokenWrong):
        tokens.read_upload(_stream(), now=NOW)
