"""Resumable uploads over HTTP: POST /uploads begins, HEAD asks for the offset, PATCH adds a part of at most 256 kB.

All three carry the token that the web process signed for this one file; the address needs no id.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TypeAlias
from weakref import WeakValueDictionary

from urbangrid.core import outages
from urbangrid.core.errors import MovedOn, NotAllowed, Refusal
from urbangrid.live import tokens, uploads
from urbangrid.live.http import Call, Headers, TooLong

Locks: TypeAlias = WeakValueDictionary[tuple[int, str], asyncio.Lock]
"""Per file a lock, as long as some request holds or awaits it."""
PART_SECONDS = 300
"""For one part: slower than 1 kB/s is taken for gone, or forgotten telephones would fill the memory."""

_log = logging.getLogger(__name__)


async def upload(call: Call, locks: Locks) -> None:
    """One request of an upload; ``locks`` keeps two parts of the same file apart."""
    try:
        token = tokens.read_upload(call.token())
    except tokens.TokenWrong:
        await call.refuse(NotAllowed("upload_token_wrong"))
        return
    lock = locks.setdefault((token.owner_id, token.client_id), asyncio.Lock())
    try:
        if call.method == "PATCH":
            await _patch(call, token, lock)
        else:
            find = uploads.begin if call.method == "POST" else _known
            async with lock:
                found = await asyncio.to_thread(find, token)
            await call.answer(201 if call.method == "POST" else 200, _state(found.offset, found.size_bytes))
    except MovedOn as refusal:
        await call.refuse(refusal, _state(refusal.values["offset"], token.size_bytes))
    except Refusal as refusal:
        await call.refuse(refusal)
    except ConnectionError:
        pass  # the telephone went away in the middle of a part; it will ask for the offset
    except OSError as error:
        outage = outages.of(error)
        if outage is None:
            raise
        _log.warning("an upload was not kept: %s", error)
        await call.refuse(outage, [(b"retry-after", str(outage.retry_after_seconds).encode())])

async def _patch(call: Call, token: tokens.UploadToken, lock: asyncio.Lock) -> None:
    offset = call.header("upload-offset")
    try:
        async with asyncio.timeout(PART_SECONDS):
            data = await call.body(uploads.PART_BYTES)
    except TimeoutError as error:
        raise Refusal("upload_part_too_slow", status=408, minutes=PART_SECONDS // 60) from error
    except TooLong as error:
        raise Refusal("upload_part_too_large", status=413, limit_kb=uploads.PART_BYTES // 1024) from error
    async with lock:
        found = await asyncio.to_thread(uploads.find, token.owner_id, token.client_id)
        here = int(offset) if offset.isdecimal() and len(offset) < 16 else -1
        reached = await asyncio.to_thread(uploads.append, found, here, data)
    await call.answer(204, _state(reached, found.size_bytes))


def _known(token: tokens.UploadToken) -> uploads.Upload:
    return uploads.find(token.owner_id, token.client_id)


def _state(offset: int, size_bytes: int) -> Headers:
    return [(b"upload-offset", str(offset).encode()), (b"upload-length", str(size_bytes).encode())]
