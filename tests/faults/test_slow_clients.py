"""Twenty telephones on a bad line send photos in trickles while the desks work: nobody waits for them."""

from __future__ import annotations

import hashlib
import io
import secrets
import statistics
import threading
from collections.abc import Iterator

import httpx
from PIL import Image

from tests.faults.installation import PATIENCE_SECONDS, Platform
from tests.faults.judge import judge
from tests.faults.load import Ledger, working

TELEPHONES = 20
TRICKLE_BYTES, TRICKLE_SECONDS = 512, 0.1
"""About 5 kB/s each."""
MOST_RATIO = 10
"""Generous, for a busy machine: a process that is held by an upload would make the lists wait for seconds."""


def large_photograph() -> bytes:
    """A JPEG of some 30 kB."""
    out = io.BytesIO()
    Image.frombytes("RGB", (160, 120), secrets.token_bytes(160 * 120 * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


def trickle(data: bytes, line_is_good: threading.Event) -> Iterator[bytes]:
    """Drop by drop, the last one only when the line is good again."""
    for begin in range(0, len(data), TRICKLE_BYTES):
        line_is_good.wait(TRICKLE_SECONDS if begin + TRICKLE_BYTES < len(data) else PATIENCE_SECONDS)
        yield data[begin : begin + TRICKLE_BYTES]


def send(platform: Platform, ledger: Ledger, sent: list[str], line_is_good: threading.Event) -> None:
    """One photo from beginning to end, as a page sends it in parts; on record as acknowledged."""
    taken, client_id, form_token = large_photograph(), secrets.token_hex(8), secrets.token_hex(16)
    headers = {
        "Authorization": f"Bearer {platform.city['tokens']['inspector']}", "X-CSRFToken": form_token, "Cookie": f"csrftoken={form_token}",
    }  # fmt: skip
    with httpx.Client(timeout=2 * PATIENCE_SECONDS, verify=False) as line:
        given = line.post(
            f"{platform.url}/uploads/start", headers=headers, data={"client_id": client_id, "name": "现场.jpg", "size": str(len(taken))}
        ).json()
        address, upload = f"{platform.live_url}/uploads", {"Authorization": f"Bearer {given['token']}"}
        assert line.post(address, headers=upload).status_code == 201
        part = {**upload, "Upload-Offset": "0", "Content-Length": str(len(taken))}
        assert line.patch(address, headers=part, content=trickle(taken, line_is_good)).status_code == 204
        kept = line.post(f"{platform.url}/uploads/finish", headers=headers, data={"client_id": client_id}).json()
    ledger.note(lambda: ledger.files.update({kept["file"]: hashlib.sha256(taken).hexdigest()}))
    sent.append(kept["file"])


def test_twenty_slow_uploads_hold_up_no_desk(platform: Platform) -> None:
    sent: list[str] = []
    line_is_good = threading.Event()
    with working(platform) as load:
        load.progress(80)
        alone = list(load.ledger.seconds)
        telephones = [threading.Thread(target=send, args=(platform, load.ledger, sent, line_is_good)) for _ in range(TELEPHONES)]
        for one in telephones:
            one.start()
        load.progress(80)
        beside = load.ledger.seconds[len(alone) :]
        assert all(one.is_alive() for one in telephones), "they were all still sending while the desks worked"
        line_is_good.set()
        for one in telephones:
            one.join(PATIENCE_SECONDS)
    assert len(sent) == TELEPHONES
    assert judge(platform, load.ledger) == []
    medians = statistics.median(alone) * 1000, statistics.median(beside) * 1000
    assert medians[1] < MOST_RATIO * medians[0]
    print(f"\nlist: {medians[0]:.0f} ms alone, {medians[1]:.0f} ms beside {TELEPHONES} slow uploads, ratio {medians[1] / medians[0]:.2f}")
