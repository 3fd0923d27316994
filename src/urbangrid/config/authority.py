"""The certificate of the local authority for phones that do not trust it yet: public, without sign-in."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate as phones take it (DER); 404 where pages are served with a city's own certificate or without TLS."""
    if not settings.CERTIFICATE_FILE or not settings.CERTIFICATE_FILE.startswith(str(settings.AUTHORITY_FILE.parent)):
        raise Http404
    der = x509.load_pem_x509_certificate(settings.AUTHORITY_FILE.read_bytes()).public_bytes(Encoding.DER)
    return HttpResponse(
        der, content_type="application/x-x509-ca-cert", headers={"Content-Disposition": "attachment; filename=urbangrid.crt"}
    )
