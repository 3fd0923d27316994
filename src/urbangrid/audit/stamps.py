"""Time stamps of an outside service on tree heads (RFC 3161): from then on not even the holder of our key can say "this came later".

The stamp's imprint is the head's hash, because what is stamped is the head's signed message. Nothing waits for the service: a failure is
kept for the health page and tried again by the next job.
"""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from urbangrid.audit import heads
from urbangrid.audit.heads import Head
from urbangrid.audit.models import HeadStamp, Log, TreeHead
from urbangrid.core import clock

TIMEOUT_SECONDS = 20
MOST_BYTES = 200_000

_log = logging.getLogger(__name__)


class StampFailure(Exception):
    """The service gave no usable stamp; the text says why."""


def stamp_newest() -> str:
    """The job: stamp the newest head if the last stamp is old enough; says which, or nothing. Never raises for the service."""
    log = Log.objects.filter(pk=1).first()
    newest = TreeHead.objects.order_by("-size").first()
    last = HeadStamp.objects.order_by("-head_id").first()
    if not settings.TIMESTAMP_URL or log is None or newest is None:
        return ""
    pause = timedelta(minutes=settings.TIMESTAMP_MINUTES)
    if last is not None and (last.head_id == newest.size or clock.now() - last.at < pause):
        return ""
    tried = {"stamp_tried_at": clock.now(), "stamp_failure": ""}
    try:
        response, raw = ask(heads.of_row(newest, log.log_id))
    except StampFailure as failure:
        _log.warning("no time stamp for head %s: %s", newest.size, failure)
        Log.objects.filter(pk=1).update(**tried | {"stamp_failure": str(failure)[:200]})
        return ""
    HeadStamp.objects.create(head=newest, at=response.tst_info.gen_time, response=raw)
    Log.objects.filter(pk=1).update(**tried)
    return f"head {newest.size} stamped"


def ask(head: Head) -> tuple[TimeStampResponse, bytes]:
    """Ask the service, check its answer; the answer and its bytes. Raises StampFailure."""
    question = TimestampRequestBuilder().hash_algorithm(HashAlgorithm.SHA256).data(head.message()).build()
    if urlsplit(settings.TIMESTAMP_URL).scheme not in ("http", "https"):
        raise StampFailure(_("URBANGRID_TIMESTAMP_URL 须以 http:// 或 https:// 开头"))
    request = urllib.request.Request(  # noqa: S310 (the scheme was looked at)
        settings.TIMESTAMP_URL, question.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            raw = answer.read(MOST_BYTES)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise StampFailure(_("连不上：%(error)s") % {"error": error}) from error
    found = _decoded(raw)
    if found.tst_info.nonce != question.nonce:
        raise StampFailure(_("答复不是对这次请求的"))
    if fault := fault_of(head, raw):
        raise StampFailure(fault)
    return found, raw


def _decoded(raw: bytes) -> TimeStampResponse:
    try:
        found = decode_timestamp_response(raw)
    except ValueError as error:
        raise StampFailure(_("答复不是时间戳，或不是严格的 DER 编码")) from error
    if found.status != PKIStatus.GRANTED.value:
        raise StampFailure(_("服务拒绝：%(words)s") % {"words": "; ".join(found.status_string) or found.status})
    return found


def fault_of(head: Head, raw: bytes) -> str:
    """What is wrong with a stored answer for this head; empty when nothing is. With roots set its signature and chain are checked too."""
    try:
        found = _decoded(raw)
    except StampFailure as failure:
        return str(failure)
    if found.tst_info.message_imprint.message != head.hash():
        return _("时间戳不是给这个树头的")
    if not settings.TIMESTAMP_ROOTS:
        return ""
    try:
        _verifier().verify_message(found, head.message())
    except (VerificationError, ValueError) as error:
        return _("时间戳的签名或证书不对：%(error)s") % {"error": error}
    except OSError as error:
        return _("根证书文件读不出：%(error)s") % {"error": error}
    return ""


def _verifier() -> Verifier:
    builder = VerifierBuilder()
    for certificate in x509.load_pem_x509_certificates(Path(settings.TIMESTAMP_ROOTS).read_bytes()):
        builder = builder.add_root_certificate(certificate)
    return builder.build()
